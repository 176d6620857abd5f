"""Agreements: their words, and accepting them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partners.models import Agreement, AgreementVersion
from partners.services.agreements import AgreementDetails
from prm.web.forms import Form
from prm.web.widgets import MarkdownArea, RadioCards


def term_field() -> forms.TypedChoiceField:
    """For how long an acceptance binds, in months."""
    return forms.TypedChoiceField(
        label=_("How long does it hold?"),
        choices=[
            ("", _("Until further notice")),
            ("12", _("One year from when it is accepted")),
            ("24", _("Two years")),
            ("36", _("Three years")),
            ("6", _("Half a year")),
        ],
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_(
            "Ninety days before it ends, a journey of yours can begin its renewal; signing early loses no day."
        ),
    )


class AgreementForm(Form):
    title = forms.CharField(label=_("Title"), max_length=120)
    signer = forms.ChoiceField(
        label=_("Who accepts it?"),
        choices=[("company", _("A lead, for the company")), ("person", _("Each person, for oneself"))],
        initial="company",
        widget=RadioCards(
            hints={
                "company": _("Terms, prices, data protection: once for each company"),
                "person": _("A code of conduct, rules of a lab: once for each person"),
            }
        ),
    )
    body = forms.CharField(
        label=_("Text"),
        max_length=50_000,
        widget=MarkdownArea,
        help_text=_("Markdown. What people accept never changes: a change is a new version."),
    )
    term_months = term_field()

    def details(self) -> AgreementDetails:
        cleaned = self.cleaned_data
        is_personal = cleaned["signer"] == "person"
        return AgreementDetails(cleaned["title"], cleaned["body"], is_personal, cleaned["term_months"])


class AgreementVersionForm(Form):
    """The next version, written over the number that was read."""

    number = forms.IntegerField(widget=forms.HiddenInput)
    body = forms.CharField(label=_("Text"), max_length=50_000, widget=MarkdownArea)
    term_months = term_field()

    @classmethod
    def initial_of(cls, agreement: Agreement) -> dict[str, Any]:
        newest = agreement.versions.order_by("-number").first()
        if newest is None:
            return {"number": 0}
        return {"number": newest.number, "body": newest.body, "term_months": newest.term_months}


class AcceptForm(Form):
    """Accepting `version`, the one that counts; `number` is the one that was read."""

    number = forms.IntegerField(widget=forms.HiddenInput, required=False)
    authority = forms.CharField(
        label=_("In what capacity?"),
        max_length=120,
        required=False,
        help_text=_("For example: managing director, or on behalf of one."),
    )
    accepts = forms.BooleanField(label=_("I have read it and accept it"), required=False)

    def __init__(self, *args: Any, version: AgreementVersion, **kwargs: Any) -> None:
        super().__init__(*args, initial={"number": version.number}, **kwargs)
        self._version = version

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("number") != self._version.number:
            # What is accepted next is what stands there now, and it is ticked anew.
            data: Any = self.data
            self.data = data = data.copy()
            data["number"] = str(self._version.number)
            data.pop("accepts", None)
            raise ValidationError(_("There is a newer version by now. Please read that one."), code="old_version")
        return cleaned
