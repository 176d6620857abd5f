"""The shape of what people type. What happens with it is in services."""

import re
from datetime import date, datetime, time, timedelta
from email.utils import parseaddr
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import global_settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.countries import country_choices
from partners.models import Group, Partner, PartnerUser
from partners.queries.groups import groups_for_choice
from partners.services.groups import GroupDetails
from partners.services.inviting import Invitee
from partners.services.partners import PartnerDetails
from prm.accounts.models import Membership, normalize_email
from prm.imports.models import Import
from prm.imports.schema import import_schemas
from prm.tenancy.scope import current_organization
from prm.web.forms import EditForm, Form
from prm.web.widgets import FileDrop, RadioCards


class ColleagueField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the active colleagues, by name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Membership.everywhere.none(), required=False, empty_label=_("nobody yet"), **kwargs)

    def label_from_instance(self, obj: Membership) -> str:
        return str(obj.person)


def colleagues() -> models.QuerySet[Membership]:
    rows = Membership.objects.in_organization(current_organization()).active().staff().with_person()
    return rows.order_by("person__name", "person__email")


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


def end_of_day(day: date | None) -> datetime | None:
    """The moment after `day`, where the organization is: "until 5 December" includes that day."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(current_organization().zone))


class ReasonForm(Form):
    """Why, and until when. `ends_at()` is the moment after the last day."""

    reason = forms.CharField(label=_("Why"), max_length=200, required=False)
    until = forms.DateField(
        label=_("Until"), required=False, help_text=_("That day included. Leave it empty for “until further notice”.")
    )

    def clean_until(self) -> date | None:
        day: date | None = self.cleaned_data["until"]
        if day is not None and day.year > 9000:
            raise ValidationError(_("This day is too far away."))
        return day

    def ends_at(self) -> datetime | None:
        return end_of_day(self.cleaned_data["until"])


class JoinGroupForm(ReasonForm):
    """Putting one partner into a group."""

    group = forms.ModelChoiceField(label=_("Group"), queryset=Group.objects.none(), to_field_name="public_id")
    field_order = ("group", "reason", "until")

    def group_choices(self) -> models.QuerySet[Group]:
        return groups_for_choice()


class PersonForm(EditForm):
    """A partner's person, as staff or the company's lead changes one."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=PartnerUser.Role.choices,
        widget=RadioCards(
            hints={
                "lead": _("Speaks for the company: invites and removes colleagues"),
                "member": _("Sees and does what is for the company"),
            }
        ),
    )
    job_title = forms.CharField(label=_("Job"), max_length=120, required=False)

    def clean_revision(self) -> int:
        return self.cleaned_data["revision"] or 0

    @classmethod
    def initial_of(cls, user: PartnerUser) -> dict[str, Any]:
        return {"role": user.role, "job_title": user.job_title, "revision": user.revision}

    def keep_role(self, role: str) -> None:
        """Take the role off the form: it stays as it is, whatever is sent."""
        self.fields["role"] = forms.CharField(widget=forms.HiddenInput, required=False, disabled=True, initial=role)
        self.initial["role"] = role


_BETWEEN = re.compile(r"[\n;,]+")


class AddressesField(forms.CharField):
    """Several addresses, one a line or with commas between, each with a name or without: a list of `Invitee`."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 3, "inputmode": "email", "autocapitalize": "off", "spellcheck": "false"})
        super().__init__(**{"max_length": 5000, "widget": widget, **kwargs})

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        return [_invitee(part) for part in _BETWEEN.split(text) if part.strip()]

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")
        wrong = [invitee.email for invitee in value if not _is_address(invitee.email)]
        if wrong:
            raise ValidationError([_("“%s” is no e-mail address.") % text[:80] for text in wrong])

    def run_validators(self, value: Any) -> None:
        """Length is asked of the text by `to_python`'s base; the list has no validators of its own."""


def _invitee(text: str) -> Invitee:
    name, email = parseaddr(text.strip())
    if "@" not in email:
        name, email = "", text
    return Invitee(normalize_email(email), " ".join(name.split())[:120])


def _is_address(email: str) -> bool:
    try:
        validate_email(email)
    except ValidationError:
        return False
    return len(email) <= 254


class InviteForm(Form):
    """Addresses for each of some partners, and one personal line for all of them."""

    note = forms.CharField(
        label=_("A personal line"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stands at the top of the mail, above everything else."),
    )

    def __init__(self, *args: Any, partners: list[Partner], **kwargs: Any) -> None:
        self.partners = partners
        super().__init__(*args, **kwargs)
        for partner in partners:
            self.fields[f"emails_{partner.public_id}"] = AddressesField(
                label=_("People of %s") % partner.name,
                required=len(partners) == 1,
                help_text=_("One a line. “Lena Brandt <lena@nordwind.example>” tells the name as well."),
            )

    @property
    def address_fields(self) -> list[Any]:
        return [self[f"emails_{partner.public_id}"] for partner in self.partners]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not any(self.invitees_of(partner) for partner in self.partners):
            raise ValidationError(_("Write at least one address."))
        return cleaned

    def lists(self) -> dict[Partner, list[Invitee]]:
        """Whom to invite to which partner; partners with nobody are left out."""
        return {partner: invitees for partner in self.partners if (invitees := self.invitees_of(partner))}

    def invitees_of(self, partner: Partner) -> list[Invitee]:
        """What is right so far; nobody before anything was typed."""
        cleaned = getattr(self, "cleaned_data", {})
        found: list[Invitee] = cleaned.get(f"emails_{partner.public_id}") or []
        return found


class ColleagueInviteForm(Form):
    """What a partner's lead fills in for one colleague."""

    email = forms.EmailField(label=_("E-mail address"))
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    note = forms.CharField(
        label=_("A personal line"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class TableUpload(forms.FileField):
    max_size = 25 * 1024 * 1024


class ImportForm(Form):
    file = TableUpload(
        label=_("Spreadsheet"),
        widget=FileDrop(attrs={"accept": ".csv,.xlsx"}),
        help_text=_("CSV or XLSX. The first row names the columns; any names and any order will do."),
    )


class ColumnsForm(Form):
    """Which column of a spreadsheet is which field of a partner."""

    def __init__(self, *args: Any, row_import: Import, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = [
            (str(number), title or _("Column %d") % (number + 1)) for number, title in enumerate(row_import.columns)
        ]
        for field in import_schemas.get(row_import.schema).fields:
            found = row_import.mapping.get(field.name)
            self.fields[field.name] = forms.ChoiceField(
                label=field.label,
                choices=[("", _("not in the file")), *titles],
                required=field.is_required,
                initial="" if found is None else str(found),
            )

    def mapping(self) -> dict[str, int]:
        return {name: int(column) for name, column in self.cleaned_data.items() if column}
