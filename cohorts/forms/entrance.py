"""Forms on the way in: nominating a colleague, many people at once, a graduate's words."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from cohorts.services.proposals import MOST_AT_ONCE
from prm.accounts.models import normalize_email
from prm.web.forms import Form

_BETWEEN = re.compile(r"[\s,;<>]+")


class ColleagueForm(Form):
    email = forms.EmailField(label=_("Their e-mail address"), max_length=254)
    name = forms.CharField(
        label=_("Their name"), max_length=120, required=False, help_text=_("For somebody who is not here yet.")
    )
    note = forms.CharField(
        label=_("Why this person"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("They read it in the mail."),
    )

    def clean_email(self) -> str:
        return normalize_email(self.cleaned_data["email"])


class ManyForm(Form):
    """Addresses in any order: one a line, or as a mail program copies them."""

    emails = forms.CharField(
        label=_("E-mail addresses"),
        max_length=20000,
        widget=forms.Textarea({"rows": 8, "autocapitalize": "off", "spellcheck": "false"}),
        help_text=_("One a line, or as your mail program copies them. Each is answered by itself."),
    )
    note = forms.CharField(
        label=_("Why they"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Each reads it in the mail."),
    )

    def clean_emails(self) -> list[str]:
        """Every word with an @; a name beside it is left out."""
        words = [word.strip("\"'()") for word in _BETWEEN.split(self.cleaned_data["emails"])]
        found = list(dict.fromkeys(normalize_email(word) for word in words if "@" in word))
        if not found:
            raise ValidationError(_now("There is no e-mail address in it."), code="none")
        if len(found) > MOST_AT_ONCE:
            text = _now("At most %(most)d at once: these are %(n)d.")
            raise ValidationError(text, code="many", params={"most": MOST_AT_ONCE, "n": len(found)})
        return found


class FinderForm(Form):
    """Who was ticked in the finder."""

    note = forms.CharField(
        label=_("Why they"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("Each reads it in the mail."),
    )


class TestimonialForm(Form):
    # Not a test, whatever its name begins with.
    __test__ = False

    words = forms.CharField(
        label=_("What would you tell those who come after you?"),
        max_length=400,
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Two sentences: what you can show now, and what surprised you."),
    )
    agrees = forms.BooleanField(
        label=_("Anybody with the invitation page’s link may read it, with my name and company"), required=False
    )

    def clean_words(self) -> Any:
        return self.cleaned_data["words"].strip()
