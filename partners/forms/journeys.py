"""Journeys: what a template says, one of its steps, and what people fill in on their way."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners import rules
from partners.forms.attributes import attribute_field
from partners.forms.fields import ColleagueField, colleagues
from partners.journey_starters import STARTERS
from partners.models import Attribute, JourneyTemplate, PartnerUser, TemplateStep
from partners.queries.journeys.answers import ATTRIBUTE, attributes_to_ask
from partners.queries.journeys.kinds import FORM
from partners.queries.journeys.studio import trigger_choices
from partners.rules.journeys import MOST_QUESTIONS
from partners.services.journeys.templates import StepDetails, TemplateDetails, question
from partners.step_kinds import StepKind
from partners.triggers import triggers
from prm.accounts.models import Membership
from prm.web.forms import EditForm, Form
from prm.web.widgets import CheckCards, MarkdownArea, RadioCards, Switch

QUESTION_KINDS = [
    ("text", _("Short text")),
    ("long", _("Long text")),
    ("number", _("Number")),
    ("date", _("Date")),
    ("yes_no", _("Yes or no")),
]
_SPARE_QUESTIONS = 3
_BOUND = "attribute:"


def _keys(choices: Sequence[tuple[str, Any]]) -> set[str]:
    """The keys of a menu, those of its groups among them."""
    found: set[str] = set()
    for key, label in choices:
        found |= {inner for inner, _label in label} if isinstance(label, list) else {key}
    return found


def _bound(public_id: str) -> str:
    """What the choice of an attribute is called among the kinds of answers."""
    return f"{_BOUND}{public_id}" if public_id else ""


class TemplateForm(EditForm):
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Partners read it above their steps."))
    welcome = forms.CharField(
        label=_("What partners read first"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What it leads to and how long it takes, in a sentence or two."),
    )
    starts = forms.ChoiceField(
        label=_("What starts it?"), help_text=_("Whoever joins is on their way within a minute.")
    )
    is_personal = forms.BooleanField(
        label=_("Each person goes through it"),
        required=False,
        widget=Switch,
        help_text=_("Otherwise the company has one journey, and whoever does a step does it for all."),
    )
    leaving = forms.ChoiceField(
        label=_("When they leave what started it"),
        choices=JourneyTemplate.Leaving.choices,
        initial=JourneyTemplate.Leaving.STOP,
        widget=RadioCards,
    )
    phases = forms.CharField(
        label=_("Phases"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=800,
        help_text=_("One a line, in their order: for example Arrive, Learn, Begin to sell."),
    )
    owner = ColleagueField(label=_("Owner"), help_text=_("Who keeps it short and true."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = trigger_choices()
        present = str(self.initial.get("starts") or "")
        if present and present not in _keys(choices):
            # What was put away since stays chosen until somebody chooses something else.
            choices.append((present, _("What started it so far, no longer there")))
        self.fields["starts"].choices = choices  # type: ignore[attr-defined]

    def owner_choices(self) -> models.QuerySet[Membership]:
        return colleagues()

    def clean_phases(self) -> list[str]:
        lines = [" ".join(line.split()) for line in self.cleaned_data["phases"].splitlines()]
        phases = [line for line in lines if line]
        if any(len(phase) > 60 for phase in phases):
            raise ValidationError(_("A phase has at most 60 characters."))
        return phases

    def details(self) -> TemplateDetails:
        cleaned = self.cleaned_data
        trigger, _colon, source = cleaned["starts"].partition(":")
        return TemplateDetails(
            name=" ".join(cleaned["name"].split()),
            phases=cleaned["phases"],
            welcome=cleaned["welcome"],
            trigger=trigger,
            source_id=int(source),
            is_personal=cleaned["is_personal"],
            leaving=cleaned["leaving"],
            owner=cleaned["owner"],
        )

    @classmethod
    def initial_of(cls, template: JourneyTemplate) -> dict[str, Any]:
        return {
            "name": template.name,
            "welcome": template.welcome,
            "starts": f"{template.trigger}:{template.source_id}",
            "is_personal": template.is_personal,
            "leaving": template.leaving,
            "phases": "\n".join(template.phases),
            "owner": template.owner_id,
            "revision": template.revision,
        }

    @classmethod
    def initial_from(cls, starter_name: str, owner: Membership) -> dict[str, Any]:
        """What a starter proposes; an empty sheet for none."""
        starter = STARTERS.get(starter_name)
        if starter is None:
            return {"phases": str(_("First steps")), "starts": "hand:0", "owner": owner.pk}
        trigger = triggers.get(starter.trigger) if starter.trigger in triggers else None
        found = trigger.choices() if trigger and trigger.choices else []
        starts = "hand:0"
        if trigger is not None and (trigger.choices is None or len(found) == 1):
            # Where there is only one thing to join, it is that one.
            starts = f"{trigger.name}:{found[0][0] if found else 0}"
        return {
            "name": str(starter.label),
            "welcome": str(starter.welcome),
            "phases": "\n".join(str(phase) for phase in starter.phases),
            "is_personal": starter.is_personal,
            "starts": starts,
            "owner": owner.pk,
        }


class StepForm(EditForm):
    """A step of one kind. `others` are the steps that it may wait for, `template` gives the phases."""

    title = forms.CharField(label=_("What is to be done"), max_length=120)
    phase = forms.TypedChoiceField(label=_("Phase"), coerce=int)
    source_id = forms.TypedChoiceField(label=_("About"), coerce=int, required=False, empty_value=None)
    text = forms.CharField(
        label=_("How"),
        max_length=5000,
        required=False,
        widget=MarkdownArea(attrs={"rows": 5}),
        help_text=_("Markdown. Say how long it takes and what it is good for."),
    )
    url = forms.URLField(label=_("Link"), max_length=500, required=False, assume_scheme="https")
    side = forms.ChoiceField(
        label=_("Who does it?"),
        choices=TemplateStep.Side.choices,
        initial=TemplateStep.Side.PARTNER,
        widget=RadioCards(
            hints={
                "partner": _("It stands in their to-do list"),
                "staff": _("It stands under “My steps”, and partners see that it is our turn"),
            }
        ),
    )
    doer = ColleagueField(
        label=_("Colleague"), help_text=_("For our own steps. Left empty, the partner’s account manager does it.")
    )
    due_days = forms.IntegerField(label=_("Due after days"), min_value=0, max_value=730, required=False)
    due_from = forms.ChoiceField(
        label=_("Counted from"),
        choices=[("start", _("the first day")), ("steps", _("the end of the steps that it waits for"))],
        required=False,
    )
    waits_for = forms.MultipleChoiceField(
        label=_("Opens after"), required=False, widget=CheckCards, help_text=_("Tick nothing to have it open at once.")
    )
    is_optional = forms.BooleanField(label=_("May be skipped"), required=False, widget=Switch)

    def __init__(
        self, *args: Any, template: JourneyTemplate, kind: StepKind, others: Sequence[TemplateStep], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self._choose("phase", list(enumerate(template.phases)))
        self._choose("waits_for", [(step.key, step.title) for step in others])
        if not others:
            del self.fields["waits_for"], self.fields["due_from"]
        if kind.choices is not None:
            self._choose("source_id", [("", _("decide later")), *kind.choices(), *self._gone(kind)])
        else:
            del self.fields["source_id"]
        if kind.is_about_something or kind.name == FORM:
            # Only partners read, accept and answer.
            del self.fields["side"], self.fields["doer"]
        self.questions: list[str] = self._add_questions() if kind.name == FORM else []

    def _choose(self, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _gone(self, kind: StepKind) -> list[tuple[int, str]]:
        """What the step is about, where it is offered no longer: it stays chosen until somebody chooses another."""
        present = self.initial.get("source_id")
        if not present or kind.choices is None or present in dict(kind.choices()):
            return []
        place = kind.places([present]).get(present) if kind.places else None
        return [(present, str(_("%s (no longer offered)") % (place.title if place else _("What it was about"))))]

    def _add_questions(self) -> list[str]:
        """Three fields for each question, and room for some more."""
        known = self.initial.get("questions") or []
        places = range(min(len(known) + _SPARE_QUESTIONS, MOST_QUESTIONS))
        bound = [str(row[ATTRIBUTE]) for row in known if row.get(ATTRIBUTE)]
        attributes = [(_bound(public_id), name) for public_id, name in attributes_to_ask(bound)]
        kinds = [*QUESTION_KINDS, *([(_("Kept as what you know about them"), attributes)] if attributes else [])]
        for place in places:
            question = known[place] if place < len(known) else {}
            number = {"n": place + 1}
            self.fields[f"q{place}_label"] = forms.CharField(
                label=_("Question %(n)d") % number,
                max_length=200,
                required=False,
                initial=question.get("label", ""),
            )
            self.fields[f"q{place}_kind"] = forms.ChoiceField(
                label=_("Answer to question %(n)d") % number,
                choices=kinds,
                required=False,
                initial=_bound(question.get(ATTRIBUTE, "")) or question.get("kind", "text"),
            )
            self.fields[f"q{place}_needed"] = forms.BooleanField(
                label=_("Question %(n)d needs an answer") % number,
                required=False,
                initial=question.get("is_required", False),
            )
        return [f"q{place}" for place in places]

    def _questions(self) -> list[dict[str, Any]]:
        known = self.initial.get("questions") or []
        found = []
        for place, name in enumerate(self.questions):
            label = self.cleaned_data.get(f"{name}_label", "").strip()
            if label:
                key = known[place]["key"] if place < len(known) else ""
                kind = self.cleaned_data.get(f"{name}_kind") or "text"
                needed = bool(self.cleaned_data.get(f"{name}_needed"))
                attribute = kind.removeprefix(_BOUND) if kind.startswith(_BOUND) else ""
                found.append(question(label, ATTRIBUTE if attribute else kind, needed, key, attribute))
        return found

    def details(self) -> StepDetails:
        cleaned = self.cleaned_data
        side = cleaned.get("side") or TemplateStep.Side.PARTNER
        return StepDetails(
            kind=self.kind.name,
            title=" ".join(cleaned["title"].split()),
            text=cleaned["text"],
            url=cleaned["url"],
            phase=cleaned["phase"],
            source_id=cleaned.get("source_id") or 0,
            side=side,
            doer=cleaned.get("doer") if side == TemplateStep.Side.STAFF else None,
            is_optional=cleaned["is_optional"],
            due_days=cleaned["due_days"],
            is_due_after_steps=cleaned.get("due_from") == "steps",
            waits_for=cleaned.get("waits_for") or [],
            questions=self._questions(),
        )

    def owner_choices(self) -> models.QuerySet[Membership]:
        return colleagues()

    def doer_choices(self) -> models.QuerySet[Membership]:
        return colleagues()

    @classmethod
    def initial_of(cls, step: TemplateStep) -> dict[str, Any]:
        return {
            "title": step.title,
            "phase": step.phase,
            "source_id": step.source_id or "",
            "text": step.text,
            "url": step.url,
            "side": step.side,
            "doer": step.doer_id,
            "due_days": step.due_days,
            "due_from": "steps" if step.is_due_after_steps else "start",
            "waits_for": step.waits_for,
            "is_optional": step.is_optional,
            "questions": step.questions,
            "revision": step.revision,
        }


class StartForm(Form):
    """Which journey a partner begins; for journeys of persons, who of the partner."""

    template = forms.ModelChoiceField(label=_("Journey"), queryset=JourneyTemplate.objects.none(), empty_label=None)
    person = forms.ModelChoiceField(
        label=_("Person"),
        queryset=PartnerUser.objects.none(),
        required=False,
        empty_label=_("the whole company"),
        help_text=_("For journeys that each person goes through."),
    )

    def __init__(
        self,
        *args: Any,
        templates: "models.QuerySet[JourneyTemplate]",
        people: "models.QuerySet[PartnerUser]",
        **kwargs: Any,
    ) -> None:
        self._templates, self._people = templates, people
        super().__init__(*args, **kwargs)

    def template_choices(self) -> "models.QuerySet[JourneyTemplate]":
        return self._templates

    def person_choices(self) -> "models.QuerySet[PartnerUser]":
        return self._people

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        template, person = cleaned.get("template"), cleaned.get("person")
        if template is not None and template.is_personal and person is None:
            self.add_error("person", _("Each person goes through this journey: choose who."))
        if template is not None and not template.is_personal and person is not None:
            self.add_error("person", _("This journey is the company’s. Leave the person out."))
        return cleaned


class SettleForm(Form):
    """A note to a step that is done, or why it is waived or opened again."""

    words = forms.CharField(max_length=500, required=False)


class AnswerForm(Form):
    """What a partner's person fills in for a step: the questions of a form, and a note.

    `bound` gives the attribute of those questions whose answers are kept as such, `held` what these are now.
    """

    note = forms.CharField(
        label=_("A note for us"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(
        self,
        *args: Any,
        questions: Sequence[Mapping[str, Any]],
        answers: Mapping[str, str],
        bound: Mapping[str, Attribute] | None = None,
        held: Mapping[int, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._bound = bound or {}
        asked: dict[str, forms.Field] = {}
        for row in questions:
            key = str(row["key"])
            asked[key] = self._field(row, answers.get(key, ""), (held or {}).get)
        self.fields = asked | self.fields
        self._keys = list(asked)
        self.prepare_fields()

    def _field(self, row: Mapping[str, Any], answer: str, held: Callable[[int], Any]) -> forms.Field:
        attribute = self._bound.get(str(row["key"]))
        if attribute is None:
            return _answer_field(row, answer)
        field = attribute_field(attribute, held=held(attribute.pk), required=bool(row.get("is_required")))
        field.label = str(row["label"])
        return field

    def answers(self) -> dict[str, str]:
        """Every answer as a text, values of attributes in words."""
        return {
            key: rules.display(self._bound[key], self.cleaned_data.get(key))
            if key in self._bound
            else _as_text(self.cleaned_data.get(key))
            for key in self._keys
        }

    def values(self) -> dict[Attribute, Any]:
        """What attributes shall be; one that was left empty stays as it is."""
        found = {attribute: self.cleaned_data.get(key) for key, attribute in self._bound.items()}
        return {attribute: value for attribute, value in found.items() if value is not None}

    def typed(self) -> list[tuple[str, str]]:
        """(label, text) of what was written, for somebody who cannot send it any more."""
        written = ((bound.label, ", ".join(self.data.getlist(bound.html_name))) for bound in self.visible_fields())  # type: ignore[attr-defined]
        return [(str(label), text) for label, text in written if text.strip()]


def _answer_field(question: Mapping[str, Any], answer: str) -> forms.Field:
    kinds: dict[str, forms.Field] = {
        "long": forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 3})),
        "number": forms.DecimalField(max_digits=16, decimal_places=4),
        "date": forms.DateField(),
        "yes_no": forms.ChoiceField(choices=[("", "—"), ("yes", _("Yes")), ("no", _("No"))]),
    }
    field = kinds.get(str(question["kind"])) or forms.CharField(max_length=400)
    field.label = str(question["label"])
    field.required = bool(question.get("is_required"))
    field.initial = answer
    return field


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return f"{value.normalize():f}" if hasattr(value, "normalize") else str(value)
