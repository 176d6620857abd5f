"""Forms through which people come in: starting an organization, codes, joining, passing an invitation on."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from prm.accounts.models import normalize_email
from prm.web import starters
from prm.web.forms import Form
from prm.web.settings_forms import ZoneAndYear
from prm.web.widgets import CheckCards, CodeInput


class CompanyForm(Form):
    """What somebody who is signed in says to start another organization."""

    company = forms.CharField(
        label=_("Company"), max_length=120, widget=forms.TextInput({"autocomplete": "organization"})
    )
    # Filled in by the browser where scripts run (static/canopy/canopy.js); the next page shows it.
    zone = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput({"data-zone-guess": True}))


class StartForm(CompanyForm):
    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput({"autocomplete": "name", "autofocus": True})
    )
    email = forms.EmailField(
        label=_("Work e-mail"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
        help_text=_("We mail you a code. You need no password."),
    )
    field_order = ("name", "email", "company")

    def clean_email(self) -> str:
        return normalize_email(self.cleaned_data["email"])


class CodeForm(Form):
    code = forms.CharField(label=_("Code"), max_length=20, widget=CodeInput({"autofocus": True}))


class PartnersForm(ZoneAndYear):
    """Who the partners are, and the two guesses that everything with dates depends on."""

    kinds = forms.MultipleChoiceField(
        label=_("Choose all that fit"),
        required=False,
        choices=[(choice.name, choice.label) for choice in starters.CHOICES],
        widget=CheckCards(
            hints={choice.name: choice.hint for choice in starters.CHOICES},
            icons={choice.name: choice.icon for choice in starters.CHOICES},
        ),
    )
    field_order = ("kinds",)


class JoinForm(Form):
    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"}))


class JoinCodeForm(JoinForm, CodeForm):
    field_order = ("code", "name")


class PassOnForm(Form):
    """Who should get the invitation instead. Both fields may stay empty: then the invitation just ends."""

    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("name") and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", _("With an address your contact can write to them."))
        return cleaned
