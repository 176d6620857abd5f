"""Fields and pieces that several forms of partners share."""

import re
from datetime import date, datetime, timedelta
from email.utils import parseaddr
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.days import beginning_of
from partners.services.inviting import Invitee
from prm.accounts.models import Membership, normalize_email
from prm.accounts.permissions import TABLE
from prm.tenancy.scope import current_organization
from prm.web.forms import Form


class ColleagueField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the active colleagues, by name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Membership.everywhere.none(), required=False, empty_label=_("nobody yet"), **kwargs)

    def label_from_instance(self, obj: Membership) -> str:
        return str(obj.person)


def colleagues() -> models.QuerySet[Membership]:
    rows = Membership.objects.in_organization(current_organization()).active().staff().with_person()
    return rows.order_by("person__name", "person__email")


def screeners() -> models.QuerySet[Membership]:
    """Colleagues who may look at applications to become a partner."""
    return colleagues().filter(roles__overlap=sorted(TABLE["recruitment.view"]))


def end_of_day(day: date | None) -> datetime | None:
    """The moment after `day`, where the organization is: "until 5 December" includes that day."""
    if day is None:
        return None
    return beginning_of(day + timedelta(days=1))


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
