"""What partners tell of themselves, and asking them for it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import global_settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partners import rules
from partners.countries import country_choices
from partners.forms.attributes import attribute_field
from partners.models import Attribute
from partners.queries.questions import Question
from prm.web.forms import Form


def _record_field(field: str, label: str, held: Any) -> forms.Field:
    match field:
        case "country":
            return forms.ChoiceField(label=label, choices=country_choices, required=False, initial=held)
        case "language":
            languages = [("", "–"), *((code, _(name)) for code, name in global_settings.LANGUAGES)]
            return forms.ChoiceField(label=label, choices=languages, required=False, initial=held)
        case "website":
            return forms.URLField(label=label, max_length=200, required=False, assume_scheme="https", initial=held)
    return forms.CharField(label=label, max_length=80, required=False, initial=held)


def form_name(question: Question) -> str:
    return rules.field_name(question.attribute) if question.attribute else f"record_{question.field}"


class TellForm(Form):
    """Questions to a partner. `told()` is what was answered; with `must_tell` an empty form is refused."""

    def __init__(
        self,
        *args: Any,
        questions: Sequence[Question],
        held: Mapping[str, Any] | None = None,
        must_tell: bool = False,
        **kwargs: Any,
    ) -> None:
        self.questions, self.held, self.must_tell = questions, held or {}, must_tell
        super().__init__(*args, **kwargs)
        for question in questions:
            present = self.held.get(question.field)
            if question.attribute is not None:
                field: forms.Field = attribute_field(question.attribute, held=present)
            else:
                field = _record_field(question.field, question.label, present)
            self.fields[form_name(question)] = field
        self.prepare_fields()

    @property
    def rows(self) -> list[tuple[str, Any]]:
        """(the question's field, the form's field) in order."""
        return [(question.field, self[form_name(question)]) for question in self.questions]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.must_tell and not self.errors and not self.told():
            raise ValidationError(_("Answer at least one, or skip them."))
        return cleaned

    def told(self) -> dict[str | Attribute, Any]:
        """What differs from what is known, by the attribute or the column's name."""
        found: dict[str | Attribute, Any] = {}
        for question in self.questions:
            value = self.cleaned_data.get(form_name(question))
            if (value or None if question.attribute is None else value) != (self.held.get(question.field) or None):
                found[question.attribute or question.field] = value
        return found


class AskForm(Form):
    """What to ask partners for, and a personal line."""

    fields_asked = forms.MultipleChoiceField(label=_("What to ask for"), widget=forms.CheckboxSelectMultiple)
    note = forms.CharField(
        label=_("A personal line"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stands at the top of the mail: why you ask, what they get from it."),
    )

    def __init__(self, *args: Any, questions: Sequence[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fields_asked"].choices = [  # type: ignore[attr-defined]
            (question.field, question.label) for question in questions
        ]
