"""Forms of partner people: applying, passing on, handing in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.models import Application
from cohorts.rules import Answers
from prm.accounts.models import normalize_email
from prm.files.types import DOCUMENT_BYTES
from prm.web.forms import Form
from prm.web.widgets import FileDrop, MarkdownArea, RadioCards


class UploadField(forms.FileField):
    max_size = DOCUMENT_BYTES


class NeededText(forms.CharField):
    """May be empty in a draft, not in what is handed in: so it is not called optional."""

    is_needed = True
    widget = forms.Textarea({"rows": 4})


class ApplicationForm(Form):
    """Everything may be empty in a draft: `rules.application_problems` says what is missing when it is handed in."""

    why = NeededText(
        label=_("Why you, why now?"),
        max_length=2000,
        required=False,
        help_text=_("Two or three sentences, as you would tell a colleague."),
    )
    project = NeededText(
        label=_("What will you work on?"),
        max_length=2000,
        required=False,
        help_text=_("Something real: a customer, an offer, a number that should move."),
    )
    experience = forms.ChoiceField(
        label=_("Where do you stand today?"),
        choices=Application.Experience.choices,
        required=False,
        widget=RadioCards,
        help_text=_("There is no better answer: the best groups are mixed."),
    )
    avoids = forms.CharField(
        label=_("Anyone you would rather not share a room with?"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("In confidence: only the people who put the group together read it, never another partner."),
    )
    agrees = forms.BooleanField(label=_("I will do my part"), required=False)

    def answers(self) -> Answers:
        return Answers(**{name: self.cleaned_data[name] for name in Answers.__dataclass_fields__})

    @classmethod
    def initial_of(cls, application: Application | None, former: Application | None) -> dict[str, Any]:
        """What was saved, else what the same person wrote for an earlier cohort, without its agreement."""
        if application is not None:
            return {name: getattr(application, name) for name in Answers.__dataclass_fields__}
        if former is not None:
            return {"why": former.why, "project": former.project, "experience": former.experience}
        return {}


class PassOnForm(Form):
    email = forms.EmailField(label=_("Their e-mail address"), max_length=254)
    name = forms.CharField(label=_("Their name"), max_length=120, required=False)
    note = forms.CharField(
        label=_("A line to them"), max_length=500, required=False, widget=forms.Textarea({"rows": 2})
    )

    def clean_email(self) -> str:
        return normalize_email(self.cleaned_data["email"])


class SubmissionForm(Form):
    text = forms.CharField(
        label=_("Your work"),
        max_length=20000,
        required=False,
        widget=MarkdownArea({"rows": 8}),
        help_text=_("Half-finished is fine. Markdown works."),
    )
    link = forms.URLField(
        label=_("Or a link"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("To a document or a board."),
    )
    file = UploadField(label=_("Or a file"), required=False, widget=FileDrop)


class ExcuseForm(Form):
    reason = forms.CharField(
        label=_("A word to those who lead it"),
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("If you like. They see it, nobody else does."),
    )
