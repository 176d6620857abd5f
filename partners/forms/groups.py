"""What a group is called and what is said about it."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.forms.fields import ColleagueField, colleagues
from partners.models import Group
from partners.services.groups import GroupDetails
from prm.accounts.models import Membership
from prm.web.forms import EditForm


class GroupForm(EditForm):
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Partners read it on their page “Your groups”."))
    description = forms.CharField(
        label=_("What its partners read"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What they have in common, and what being in it gives them."),
    )
    purpose = forms.CharField(
        label=_("Why you treat them differently"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Colleagues only."),
    )
    owner = ColleagueField(label=_("Owner"), help_text=_("Who keeps this group meaningful, and supports its partners."))
    color = forms.ChoiceField(label=_("Color"), choices=Group.Color.choices, initial=Group.Color.INDIGO)

    brake = forms.IntegerField(
        label=_("Ask before more than so many partners move"),
        min_value=0,
        max_value=100_000,
        initial=25,
        required=False,
        help_text=_("Of a group with a rule. 0 asks every time."),
    )
    grace_days = forms.IntegerField(
        label=_("Days until whoever no longer fits leaves"),
        min_value=0,
        max_value=365,
        initial=14,
        required=False,
        help_text=_("They are told at once and keep everything till then. 0 is at once."),
    )

    def clean_brake(self) -> int:
        brake: int | None = self.cleaned_data["brake"]
        return GroupDetails.brake if brake is None else brake

    def clean_grace_days(self) -> int:
        days: int | None = self.cleaned_data["grace_days"]
        return GroupDetails.grace_days if days is None else days

    def owner_choices(self) -> models.QuerySet[Membership]:
        return colleagues()

    def details(self) -> GroupDetails:
        return GroupDetails(**{name: self.cleaned_data[name] for name in GroupDetails.__dataclass_fields__})

    @classmethod
    def initial_of(cls, group: Group) -> dict[str, Any]:
        return {
            **{name: getattr(group, name) for name in GroupDetails.__dataclass_fields__},
            "owner": group.owner_id,
            "revision": group.revision,
        }
