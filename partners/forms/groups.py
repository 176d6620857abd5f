"""What a group is called and what is said about it."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.forms.fields import ColleagueField, colleagues
from partners.models import Group, GroupReview
from partners.services.groups import GroupDetails
from prm.accounts.models import Membership
from prm.activity.kinds import measures
from prm.web.forms import EditForm, Form
from prm.web.widgets import RadioCards


def measure_choices() -> list[tuple[str, str]]:
    """What a goal can be counted by: measures whose facts name a partner."""
    return [("", "–"), *((one.name, str(one.label)) for one in measures.all() if one.is_of_partners)]


class ReviewForm(Form):
    """What becomes of a group."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=GroupReview.Decision.choices,
        widget=RadioCards(
            hints={
                "keep": _("It does what it is for"),
                "change": _("It goes on, with another rule, text or treatment"),
                "close": _("It is archived; its partners are remembered"),
            }
        ),
    )
    words = forms.CharField(label=_("Why"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    next_on = forms.DateField(label=_("Look again on"), required=False)


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

    contact = ColleagueField(
        label=_("Contact"), help_text=_("Whom its partners turn to, where they have no account manager.")
    )
    response_hours = forms.IntegerField(
        label=_("Answers within, in hours"),
        min_value=1,
        max_value=720,
        required=False,
        help_text=_("Its partners read it. Of several groups the soonest holds."),
    )
    goal_measure = forms.ChoiceField(label=_("Measured by"), choices=measure_choices, required=False)
    goal_target = forms.DecimalField(label=_("Target"), min_value=0, max_digits=14, decimal_places=2, required=False)
    goal_on = forms.DateField(label=_("By"), required=False)
    review_on = forms.DateField(
        label=_("Next review"), required=False, help_text=_("On that day you decide: keep it, change it, close it.")
    )
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

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if bool(cleaned.get("goal_measure")) != (cleaned.get("goal_target") is not None) and not self.errors:
            self.add_error("goal_target", _("A goal is a number and what it counts: fill in both, or neither."))
        return cleaned

    def contact_choices(self) -> models.QuerySet[Membership]:
        return colleagues()

    def owner_choices(self) -> models.QuerySet[Membership]:
        return colleagues()

    def details(self) -> GroupDetails:
        return GroupDetails(**{name: self.cleaned_data[name] for name in GroupDetails.__dataclass_fields__})

    @classmethod
    def initial_of(cls, group: Group) -> dict[str, Any]:
        return {
            **{name: getattr(group, name) for name in GroupDetails.__dataclass_fields__},
            "owner": group.owner_id,
            "contact": group.contact_id,
            "revision": group.revision,
        }
