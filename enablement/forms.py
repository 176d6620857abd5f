"""The shape of what people type about content and questions. What happens with it is in services."""

from dataclasses import replace
from typing import Any, cast

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from enablement.models import Content, RecallItem
from enablement.queries.library import audience_ids, topic_names
from enablement.rules import FEWEST_OPTIONS, MOST_OPTIONS, MOST_VARIANTS, Wording
from enablement.services.contents import ContentDetails
from enablement.services.items import ItemDetails
from partners.queries.audiences import audience_choices
from prm.files.types import DOCUMENT_BYTES
from prm.problems import Problem, Refused
from prm.web.forms import EditForm
from prm.web.widgets import FileDrop, MarkdownArea, RadioCards

# What each kind of content is made of, beside what every kind has.
_OWN_FIELDS = {
    Content.Kind.ARTICLE: ("body",),
    Content.Kind.FILE: ("file", "body"),
    Content.Kind.LINK: ("url", "body"),
}


class UploadField(forms.FileField):
    max_size = DOCUMENT_BYTES


class WebAddressField(forms.URLField):
    default_validators = [URLValidator(schemes=["http", "https"])]


class ContentForm(EditForm):
    """A content of one kind. `revision` is what it was read at, None for a new one."""

    title = forms.CharField(label=_("Title"), max_length=140)
    file = UploadField(label=_("File"), widget=FileDrop)
    url = WebAddressField(label=_("Address"), max_length=500, assume_scheme="https")
    body = forms.CharField(
        label=_("Text"),
        max_length=100_000,
        required=False,
        widget=MarkdownArea(),
        help_text=_("Markdown: ## for a heading, **bold**, - for a list, [words](address) for a link."),
    )
    summary = forms.CharField(
        label=_("Summary"),
        max_length=280,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("Two lines that tell a busy person whether to open it."),
    )
    purpose = forms.ChoiceField(
        label=_("What it is for"),
        choices=Content.Purpose.choices,
        widget=RadioCards(
            hints={
                "enablement": _("Helps partners do their job"),
                "reference": _("To look things up: prices, limits, contacts"),
                "marketing": _("To be shown to customers"),
            }
        ),
        initial=Content.Purpose.ENABLEMENT,
    )
    topic = forms.CharField(
        label=_("Topic"),
        max_length=60,
        required=False,
        widget=forms.TextInput({"list": "topics", "autocomplete": "off"}),
    )
    minutes = forms.IntegerField(
        label=_("Minutes to read"),
        min_value=1,
        max_value=600,
        initial=3,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )
    checked_on = forms.DateField(
        label=_("Checked on"), required=False, help_text=_("The day on which somebody last vouched for it.")
    )
    audiences = forms.TypedMultipleChoiceField(
        label=_("Who may see it"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, kind: str, content: Content | None = None, **kwargs: Any) -> None:
        self.kind = Content.Kind(kind)
        self.content = content
        if content is not None:
            kwargs.setdefault("initial", _initial(content))
        super().__init__(*args, **kwargs)
        for name in {"file", "url", "body"} - set(_OWN_FIELDS[self.kind]):
            del self.fields[name]
        self.offered = [(choice.id, choice.label) for choice in audience_choices()]
        cast(forms.TypedMultipleChoiceField, self.fields["audiences"]).choices = self.offered
        self.topics = topic_names()
        if self.kind != Content.Kind.ARTICLE:
            self.fields["body"].label = _("Notes beside it")
            self.fields["body"].widget.attrs["rows"] = 5
        if content is not None and content.file_id is not None and "file" in self.fields:
            self.fields["file"].required = False
            self.fields["file"].help_text = _("The present file stays unless you choose another one.")

    def details(self) -> ContentDetails:
        given = self.cleaned_data
        return ContentDetails(
            title=given["title"],
            purpose=given["purpose"],
            topic=given["topic"],
            summary=given["summary"],
            body=given.get("body", ""),
            url=given.get("url", ""),
            minutes=given["minutes"],
            checked_on=given["checked_on"],
            upload=given.get("file"),
        )

    @property
    def chosen_audiences(self) -> list[int]:
        """The audiences that are ticked on the page, whatever else is wrong with the form."""
        ticked = {str(value) for value in self["audiences"].value() or []}
        return [pk for pk, _label in self.offered if str(pk) in ticked]


def _initial(content: Content) -> dict[str, Any]:
    names = ("title", "url", "body", "summary", "purpose", "minutes", "checked_on", "revision")
    topic = content.topic.name if content.topic else ""
    return {name: getattr(content, name) for name in names} | {"topic": topic, "audiences": audience_ids(content)}


class ItemForm(EditForm):
    """A recall item with up to four wordings of up to six answers, all of which are shown: no script is needed."""

    claim = forms.CharField(
        label=_("What is to be remembered"),
        max_length=280,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("One sentence that is true: a rule, a limit, the answer to an objection."),
    )
    explanation = forms.CharField(
        label=_("Why it is so"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Shown after each answer, right or wrong."),
    )
    criticality = forms.ChoiceField(
        label=_("How important"),
        choices=RecallItem.Criticality.choices,
        widget=RadioCards(
            hints={
                "normal": _("Asked again when recall falls to 85 %"),
                "must_know": _("Asked again when recall falls to 90 %"),
            }
        ),
        initial=RecallItem.Criticality.NORMAL,
    )

    def __init__(self, *args: Any, item: RecallItem | None = None, **kwargs: Any) -> None:
        self.item = item
        present = _wordings_of(item) if item is not None else []
        if item is not None:
            initial = {name: getattr(item, name) for name in ("claim", "explanation", "criticality", "revision")}
            kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)
        for place in range(MOST_VARIANTS):
            self._add_wording(place, present[place] if place < len(present) else None)

    def _add_wording(self, place: int, present: Wording | None) -> None:
        self.fields[f"{place}-question"] = forms.CharField(
            label=_("Question"),
            max_length=400,
            required=place == 0,
            initial=present.question if present else "",
            widget=forms.Textarea({"rows": 2}),
        )
        for option in range(MOST_OPTIONS):
            has_text = present is not None and option < len(present.options)
            self.fields[f"{place}-option-{option}"] = forms.CharField(
                max_length=200,
                required=False,
                strip=True,
                label=_("Answer %(number)d") % {"number": option + 1},
                initial=present.options[option] if present and has_text else "",
            )
        self.fields[f"{place}-correct"] = forms.TypedChoiceField(
            label=_("Right answer"),
            required=False,
            coerce=int,
            empty_value=None,
            choices=[(str(option), str(option + 1)) for option in range(MOST_OPTIONS)],
            initial=str(present.correct) if present and present.correct is not None else "",
            widget=forms.RadioSelect,
        )
        self.fields[f"{place}-options"] = forms.CharField(required=False, widget=forms.HiddenInput)

    def wordings(self) -> list[Wording]:
        """What was typed, without wordings of which nothing was, and without empty answers."""
        found = []
        self._places: list[int] = []
        for place in range(MOST_VARIANTS):
            texts = [self.cleaned_data.get(f"{place}-option-{option}") or "" for option in range(MOST_OPTIONS)]
            question = self.cleaned_data.get(f"{place}-question") or ""
            if not question and not any(texts):
                continue
            marked = self.cleaned_data.get(f"{place}-correct")
            kept = [option for option, text in enumerate(texts) if text]
            correct = kept.index(marked) if marked in kept else None
            found.append(Wording(question, tuple(texts[option] for option in kept), correct))
            self._places.append(place)
        return found

    def add_problems(self, refusal: Refused) -> None:
        """Beside the wording they speak of, which need not be the one of that number: empty ones do not count."""
        super().add_problems(Refused([replace(problem, field=self._field_of(problem)) for problem in refusal.problems]))

    def _field_of(self, problem: Problem) -> str:
        place, dash, name = problem.field.partition("-")
        if not dash or int(place) >= len(self._places):
            return problem.field
        return f"{self._places[int(place)]}-{name}"

    def details(self) -> ItemDetails:
        given = self.cleaned_data
        return ItemDetails(given["claim"], given["explanation"], given["criticality"], self.wordings())

    def blocks(self) -> list[dict[str, Any]]:
        """The fields of each wording, as the page lays them out; `is_open` are those that hold something."""
        return [self._block(place) for place in range(MOST_VARIANTS)]

    def _block(self, place: int) -> dict[str, Any]:
        options = [self[f"{place}-option-{option}"] for option in range(MOST_OPTIONS)]
        marked = str(self[f"{place}-correct"].value() or "")
        question = self[f"{place}-question"]
        return {
            "number": place + 1,
            "question": question,
            "rows": [
                {
                    "field": field,
                    "value": str(option),
                    "is_marked": marked == str(option),
                    "is_spare": option >= FEWEST_OPTIONS,
                }
                for option, field in enumerate(options)
            ],
            "marker": f"{place}-correct",
            "errors": self._errors_of(place),
            "is_open": place == 0 or bool(question.value()) or any(field.value() for field in options),
        }

    def _errors_of(self, place: int) -> list[str]:
        """What is wrong with the answers of one wording, each thing once."""
        names = [
            f"{place}-options",
            f"{place}-correct",
            *(f"{place}-option-{option}" for option in range(MOST_OPTIONS)),
        ]
        found = [str(error) for name in names for error in self.errors.get(name, ())]
        return list(dict.fromkeys(found))


def _wordings_of(item: RecallItem) -> list[Wording]:
    rows = item.variants.filter(is_active=True).order_by("position", "pk")
    return [Wording(row.question, tuple(option["text"] for option in row.options), row.correct) for row in rows]
