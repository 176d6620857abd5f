"""Questions that staff write, as form fields; and the form in which staff write one."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from cohorts.questions import (
    LARGEST,
    LISTED,
    LONGEST_LABEL,
    FileAnswer,
    Kind,
    Question,
    asked,
    is_empty,
    keyed_options,
)
from prm.files.types import DOCUMENT_BYTES
from prm.web.forms import Form
from prm.web.widgets import CheckCards, FileDrop, RadioCards, Switch

# So few options are shown as cards, more of them as a menu.
_FEW = 6


class UploadField(forms.FileField):
    max_size = DOCUMENT_BYTES


def field_of(question: Question) -> forms.Field:
    """The field of a question. Nothing is required by it: a draft may lack anything, and the rules say what is needed.

    Limits are told in words, and checked by `cohorts.questions.answer_problems`; only lengths are cut here, since the
    browser helps with them.
    """
    options = list(question.options)
    field: forms.Field
    match question.kind:
        case Kind.LONG:
            field = forms.CharField(max_length=question.longest, widget=forms.Textarea({"rows": 4}))
        case Kind.CHOICE if len(options) <= _FEW:
            field = forms.ChoiceField(choices=options, widget=RadioCards)
        case Kind.CHOICE:
            field = forms.ChoiceField(choices=[("", "–"), *options])
        case Kind.MULTI if len(options) <= _FEW:
            field = forms.MultipleChoiceField(choices=options, widget=CheckCards)
        case Kind.MULTI:
            field = forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple)
        case Kind.SCALE:
            field = forms.TypedChoiceField(
                choices=_scale_choices(question), coerce=int, empty_value=None, widget=forms.RadioSelect
            )
        case Kind.NUMBER:
            field = forms.DecimalField(min_value=-LARGEST, max_value=LARGEST, max_digits=14, decimal_places=2)
        case Kind.FILE:
            field = UploadField(widget=FileDrop)
        case _:
            field = forms.CharField(max_length=question.longest)
    field.label, field.help_text, field.required = question.label, question.help, False
    # What templates/web/forms/field.html asks, before it says that an answer is optional.
    setattr(field, "is_needed", question.is_required)  # noqa: B010
    return field


def _scale_choices(question: Question) -> list[tuple[int, str]]:
    points = question.points
    words = {points[0]: question.low, points[-1]: question.high}
    return [(point, f"{point} · {words[point]}" if words.get(point) else str(point)) for point in points]


class QuestionsForm(Form):
    """A form that asks questions written by staff, each under its key. Subclasses may have fields of their own."""

    def __init__(self, *args: Any, questions: Iterable[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = asked(questions)
        for question in self.questions:
            self.fields[question.key] = field_of(question)
        self.prepare_fields()

    def asked_fields(self) -> list[forms.BoundField]:
        return [self[question.key] for question in self.questions]

    def values(self) -> dict[str, Any]:
        """What was answered, as it is kept; files are in `uploads`, and of a field that is wrong nothing is there."""
        found = {}
        for question in self.questions:
            value = _kept(self.cleaned_data.get(question.key))
            if question.kind != Kind.FILE and not is_empty(value):
                found[question.key] = value
        return found

    def uploads(self) -> dict[str, "UploadedFile[bytes]"]:
        keys = [question.key for question in self.questions if question.kind == Kind.FILE]
        return {key: self.cleaned_data[key] for key in keys if self.cleaned_data.get(key)}


def initial_answers(questions: Iterable[Question], answers: Mapping[str, Any]) -> dict[str, Any]:
    """What a form begins with: kept answers to what is asked, without files, which a browser cannot be given."""
    return {row.key: answers[row.key] for row in asked(questions) if row.key in answers and row.kind != Kind.FILE}


def kept_files(questions: Iterable[Question], answers: Mapping[str, Any]) -> list[tuple[str, FileAnswer]]:
    """(question, file) of what was uploaded before."""
    files = [(row.label, FileAnswer.of(answers.get(row.key))) for row in asked(questions) if row.kind == Kind.FILE]
    return [(label, file) for label, file in files if file is not None]


def _kept(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


class QuestionForm(Form):
    """One question of a form, as staff write it. The kind stays what it was: answers may have been given."""

    label = forms.CharField(label=_("Question"), max_length=LONGEST_LABEL)
    help = forms.CharField(label=_("What is meant"), max_length=300, required=False)
    kind = forms.ChoiceField(label=_("Kind of answer"), choices=Kind.choices, initial=Kind.SHORT)
    is_required = forms.BooleanField(label=_("An answer is needed"), required=False, widget=Switch)
    options = forms.CharField(
        label=_("What may be chosen"),
        max_length=4000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("One a line; for lists only."),
    )
    least = forms.IntegerField(
        label=_("At least"),
        required=False,
        min_value=-LARGEST,
        max_value=LARGEST,
        help_text=_("Characters of a text, how many of a list, the low end of a scale, the size of a number."),
    )
    most = forms.IntegerField(label=_("At most"), required=False, min_value=-LARGEST, max_value=LARGEST)
    low = forms.CharField(label=_("Words at the low end of a scale"), max_length=60, required=False)
    high = forms.CharField(label=_("Words at its high end"), max_length=60, required=False)
    is_confidential = forms.BooleanField(
        label=_("In confidence"),
        required=False,
        widget=Switch,
        help_text=_("Only those who decide read the answer, never another partner."),
    )

    def __init__(self, *args: Any, before: Question | None = None, **kwargs: Any) -> None:
        self.before = before
        super().__init__(*args, **kwargs)
        if before is not None:
            self.fields["kind"].disabled = True
            self.initial = {**self.initial_of(before), **(self.initial or {})}

    def question(self) -> Question:
        cleaned = self.cleaned_data
        kind, is_scale = cleaned["kind"], cleaned["kind"] == Kind.SCALE
        known: Sequence[tuple[str, str]] = self.before.options if self.before else ()
        return Question(
            key=self.before.key if self.before else "",
            label=" ".join(cleaned["label"].split()),
            kind=kind,
            help=cleaned["help"],
            is_required=cleaned["is_required"],
            options=keyed_options(cleaned["options"].splitlines(), known) if kind in LISTED else (),
            least=None if kind in (Kind.CHOICE, Kind.FILE) else cleaned["least"],
            most=None if kind in (Kind.CHOICE, Kind.FILE) else cleaned["most"],
            low=cleaned["low"] if is_scale else "",
            high=cleaned["high"] if is_scale else "",
            is_confidential=cleaned["is_confidential"],
        )

    @classmethod
    def initial_of(cls, question: Question) -> dict[str, Any]:
        names = ("label", "help", "kind", "is_required", "least", "most", "low", "high", "is_confidential")
        options = "\n".join(label for _key, label in question.options)
        return {name: getattr(question, name) for name in names} | {"options": options}
