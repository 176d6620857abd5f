"""Agreements: their words, and accepting them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.models import Agreement
from partners.services.agreements import AgreementDetails
from prm.web.forms import Form
from prm.web.widgets import MarkdownArea, RadioCards


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

    def details(self) -> AgreementDetails:
        cleaned = self.cleaned_data
        return AgreementDetails(cleaned["title"], cleaned["body"], cleaned["signer"] == "person")


class AgreementVersionForm(Form):
    """The next version, written over the number that was read."""

    number = forms.IntegerField(widget=forms.HiddenInput)
    body = forms.CharField(label=_("Text"), max_length=50_000, widget=MarkdownArea)

    @classmethod
    def initial_of(cls, agreement: Agreement) -> dict[str, Any]:
        newest = agreement.versions.order_by("-number").first()
        return {"number": newest.number if newest else 0, "body": newest.body if newest else ""}


class AcceptForm(Form):
    authority = forms.CharField(
        label=_("In what capacity?"),
        max_length=120,
        required=False,
        help_text=_("For example: managing director, or on behalf of one."),
    )
    accepts = forms.BooleanField(label=_("I have read it and accept it"), required=False)
