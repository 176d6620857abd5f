"""The questions of a call, as they are kept and as people read the answers."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Self

from django.conf import global_settings
from django.db.models import TextChoices
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.countries import country_choices

NAME, DOMAIN, WEBSITE, COUNTRY, REGION, LANGUAGE = "name", "domain", "website", "country", "region", "language"
FIELDS = (NAME, DOMAIN, WEBSITE, COUNTRY, REGION, LANGUAGE)
ATTRIBUTE = "attribute:"
# Nothing of a record: which products a company would sell or service, so that gaps of coverage can be seen.
PRODUCTS = "products"
MOST_QUESTIONS = 30


class Kind(TextChoices):
    SHORT = "short", gettext_lazy("One line")
    LONG = "long", gettext_lazy("Several lines")
    NUMBER = "number", gettext_lazy("A number")
    CHOICE = "choice", gettext_lazy("One of a list")
    CHOICES = "choices", gettext_lazy("Several of a list")
    YES_NO = "yes_no", gettext_lazy("Yes or no")
    DATE = "date", gettext_lazy("A day")


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `target` is where an accepted answer goes: a column of the partner, `attribute:<public id>`, or
    nowhere. `choices` are (key, label); answers keep keys.
    """

    key: str
    label: str
    kind: str = Kind.SHORT
    hint: str = ""
    is_required: bool = False
    target: str = ""
    choices: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        choices = tuple((str(key), str(label)) for key, label in kept.get("choices", ()))
        return cls(**{**kept, "choices": choices})

    def kept(self) -> dict[str, Any]:
        return {**asdict(self), "choices": [list(choice) for choice in self.choices]}

    @property
    def kind_label(self) -> str:
        return str(Kind(self.kind).label)

    def options(self) -> list[tuple[str, str]]:
        """(key, label) of what may be chosen; empty where anything may be written."""
        if self.target == COUNTRY:
            return [(key, str(label)) for key, label in country_choices() if key]
        if self.target == LANGUAGE:
            return [(key, str(label)) for key, label in global_settings.LANGUAGES]
        return list(self.choices)


def questions_of(kept: Sequence[Mapping[str, Any]]) -> list[Question]:
    return [Question.of(row) for row in kept]


def answer_to(questions: Sequence[Question], answers: Mapping[str, Any], target: str) -> Any:
    """What was answered to the question that fills this column or attribute; None where none does or nothing was."""
    key = next((question.key for question in questions if question.target == target), "")
    return answers.get(key)


def shown_answer(question: Question, value: Any) -> str:
    """An answer as people read it; empty where nothing was answered."""
    if value in (None, "", []):
        return ""
    match question.kind:
        case Kind.YES_NO:
            return _("Yes") if value else _("No")
        case Kind.DATE:
            return formats.date_format(date.fromisoformat(value), "j F Y")
        case Kind.CHOICE | Kind.CHOICES:
            labels = dict(question.options())
            keys = value if isinstance(value, list) else [value]
            return ", ".join(labels.get(key, str(key)) for key in keys)
        case Kind.NUMBER:
            return formats.number_format(value)
    return str(value)


def first_questions() -> list[Question]:
    """What a new call asks to begin with."""
    return [
        Question("company", _("Your company"), Kind.SHORT, is_required=True, target=NAME),
        Question(
            "website", _("Website"), Kind.SHORT, target=WEBSITE, hint=_("It tells us what you do, and who you are.")
        ),
        Question("country", _("Country"), Kind.CHOICE, is_required=True, target=COUNTRY),
        Question("about", _("What do you do, and for whom?"), Kind.LONG, is_required=True),
        Question("people", _("How many people work with customers?"), Kind.NUMBER, is_required=True),
        Question("hours", _("How many hours a week could you give us at first?"), Kind.NUMBER),
    ]
