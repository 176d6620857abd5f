"""Forms of partner people: applying, passing on, handing in."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.forms.questions import QuestionsForm, UploadField, initial_answers
from cohorts.queries.beginnings import Beginning
from cohorts.questions import Question
from cohorts.rules import Answers
from prm.accounts.models import normalize_email
from prm.web.forms import Form
from prm.web.widgets import FileDrop, MarkdownArea


class ApplicationForm(QuestionsForm):
    """The cohort's questions and the promise below them. Everything may be empty in a draft:
    `rules.application_problems` says what is missing when it is handed in.
    """

    agrees = forms.BooleanField(label=_("I will do my part"), required=False)

    def answers(self) -> Answers:
        return Answers(self.values(), agrees=self.cleaned_data["agrees"], uploads=self.uploads())

    @classmethod
    def initial_of(cls, questions: Sequence[Question], begin: Beginning) -> dict[str, Any]:
        return {**initial_answers(questions, begin.answers), "agrees": begin.agrees}


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
