"""A partner's facts, and putting one partner into a group."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import global_settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners import rules
from partners.countries import country_choices
from partners.forms.attributes import attribute_fields
from partners.forms.fields import ColleagueField, ReasonForm, colleagues
from partners.models import Attribute, Group, Partner
from partners.queries.attributes import in_sections
from partners.queries.groups import groups_for_choice
from partners.services.partners import PartnerDetails
from prm.accounts.models import Membership
from prm.web.forms import EditForm


class PartnerForm(EditForm):
    """A partner's facts. `revision` is what they were read at, `is_another` the answer to "looks like Nordwind"."""

    name = forms.CharField(label=_("Company name"), max_length=120)
    domain = forms.CharField(
        label=_("Domain"),
        max_length=300,
        required=False,
        help_text=_("Any web or mail address of theirs will do. It tells doubles apart."),
        widget=forms.TextInput(attrs={"placeholder": "nordwind.example"}),
    )
    status = forms.ChoiceField(label=_("Status"), choices=Partner.Status.choices)
    account_manager = ColleagueField(
        label=_("Account manager"), help_text=_("Their people see this colleague as “Your contact”.")
    )
    country = forms.ChoiceField(label=_("Country"), choices=country_choices, required=False)
    region = forms.CharField(label=_("Region"), max_length=80, required=False)
    website = forms.URLField(label=_("Website"), max_length=200, required=False, assume_scheme="https")
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", "–"), *((code, name) for code, name in global_settings.LANGUAGES)],
    )
    notes = forms.CharField(
        label=_("Internal notes"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Colleagues only. The partner never sees them."),
    )
    is_another = forms.BooleanField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, attributes: Sequence[Attribute] = (), held: Mapping[int, Any] | None = None, **kwargs: Any
    ) -> None:
        self.attributes, self.held = attributes, held or {}
        super().__init__(*args, **kwargs)
        self.fields.update(attribute_fields(attributes, self.held))
        self.prepare_fields()

    @property
    def value_sections(self) -> list[tuple[str, list[Any]]]:
        """The fields of attributes in their order, under their headings."""
        return in_sections((attribute.section, self[rules.field_name(attribute)]) for attribute in self.attributes)

    def values(self) -> dict[Attribute, Any]:
        """What attributes shall be, of those whose field was changed."""
        typed = {attribute: self.cleaned_data[rules.field_name(attribute)] for attribute in self.attributes}
        return {attribute: value for attribute, value in typed.items() if value != self.held.get(attribute.pk)}

    def account_manager_choices(self) -> models.QuerySet[Membership]:
        return colleagues()

    def details(self) -> PartnerDetails:
        names = PartnerDetails.__dataclass_fields__
        return PartnerDetails(**{name: self.cleaned_data[name] for name in names})

    @classmethod
    def initial_of(cls, partner: Partner) -> dict[str, Any]:
        return {
            **{name: getattr(partner, name) for name in PartnerDetails.__dataclass_fields__},
            "account_manager": partner.account_manager_id,
            "revision": partner.revision,
        }


class JoinGroupForm(ReasonForm):
    """Putting one partner into a group."""

    group = forms.ModelChoiceField(label=_("Group"), queryset=Group.objects.none(), to_field_name="public_id")
    field_order = ("group", "reason", "until")

    def group_choices(self) -> models.QuerySet[Group]:
        return groups_for_choice()
