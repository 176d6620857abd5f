"""Questions that staff write and people answer: a grammar kept as plain values, used by applications and surveys.

A form is a list of questions in a JSON column (`kept_questions`, `questions_of`), the answers of one person a mapping
from a question's key to a value: text, an option's key, a list of such, a number, or for a file what `FileAnswer`
tells. A question that is asked no longer stays in the list (`is_removed`) as long as somebody has answered it, so that
every answer can still be shown beside its question.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from django.db.models import TextChoices
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from partners.names import fold
from prm.problems import Problem
from prm.tenancy.public_ids import new_public_id

MOST_QUESTIONS = 30
MOST_OPTIONS = 30
LONGEST_LABEL, LONGEST_OPTION = 200, 120
SHORT_TEXT, LONG_TEXT = 200, 2000
# The largest number that may be asked for: JavaScript and JSON readers keep it exactly.
LARGEST = 1_000_000_000
SCALE = (1, 5)
SCALE_ENDS = range(11)


class Kind(TextChoices):
    SHORT = "short", gettext_lazy("One line")
    LONG = "long", gettext_lazy("Several lines")
    CHOICE = "choice", gettext_lazy("One of a list")
    MULTI = "multi", gettext_lazy("Several of a list")
    SCALE = "scale", gettext_lazy("A scale")
    NUMBER = "number", gettext_lazy("A number")
    FILE = "file", gettext_lazy("A file")


WRITTEN = (Kind.SHORT, Kind.LONG)
LISTED = (Kind.CHOICE, Kind.MULTI)


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `options` are (key, label) of what may be chosen; answers keep keys, so labels may be mended.

    `least` and `most` limit what is answered: characters of a text, options of "several", the ends of a scale, the
    size of a number. `low` and `high` are the words at the ends of a scale. What `is_confidential` is answered is for
    those who decide, and never for another partner.
    """

    key: str
    label: str
    kind: str = Kind.SHORT
    help: str = ""
    is_required: bool = False
    options: tuple[tuple[str, str], ...] = ()
    least: int | None = None
    most: int | None = None
    low: str = ""
    high: str = ""
    is_confidential: bool = False
    is_removed: bool = False

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        options = tuple((str(key), str(label)) for key, label in kept.get("options", ()))
        known = {name: value for name, value in kept.items() if name in cls.__dataclass_fields__}
        return cls(**{**known, "options": options})

    def kept(self) -> dict[str, Any]:
        return {**asdict(self), "kind": str(self.kind), "options": [list(option) for option in self.options]}

    @property
    def kind_label(self) -> str:
        return str(Kind(self.kind).label)

    @property
    def longest(self) -> int:
        """The most characters of a text."""
        return min(self.most or LONG_TEXT, LONG_TEXT) if self.kind == Kind.LONG else min(self.most or 200, SHORT_TEXT)

    @property
    def points(self) -> range:
        """The points of a scale, both ends included."""
        least = SCALE[0] if self.least is None else self.least
        most = SCALE[1] if self.most is None else self.most
        return range(least, most + 1)


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """What an answer keeps of a file. The file itself is stored by whoever owns the answers."""

    public_id: str
    name: str

    @classmethod
    def of(cls, value: Any) -> Self | None:
        if not isinstance(value, Mapping) or "public_id" not in value:
            return None
        return cls(str(value["public_id"]), str(value.get("name", "")))

    def kept(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer as people read it; `file` is what was uploaded, if that was asked for."""

    key: str
    label: str
    text: str
    kind: str
    is_confidential: bool = False
    is_removed: bool = False
    file: FileAnswer | None = None


def questions_of(kept: Iterable[Mapping[str, Any]]) -> list[Question]:
    return [Question.of(row) for row in kept]


def kept_questions(questions: Iterable[Question]) -> list[dict[str, Any]]:
    return [question.kept() for question in questions]


def asked(questions: Iterable[Question]) -> list[Question]:
    """Those that are asked today."""
    return [question for question in questions if not question.is_removed]


def is_empty(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


# ── Building ────────────────────────────────────────────────────────────────────────────────────────────────────────


def keyed_options(labels: Iterable[str], known: Iterable[tuple[str, str]] = ()) -> tuple[tuple[str, str], ...]:
    """(key, label) of each label; one that was there keeps its key, a new one gets a key that can be read."""
    keys = {label: key for key, label in known}
    found: dict[str, str] = {}
    for label in dict.fromkeys(" ".join(label.split()) for label in labels if label.strip()):
        key = keys.get(label) or fold(label).replace(" ", "-")[:40] or "option"
        while key in found or (label not in keys and key in keys.values()):
            key += "-"
        found[key] = label
    return tuple(found.items())


def question_problems(question: Question, others: Sequence[Question]) -> list[Problem]:
    """Why a form cannot ask this beside the others."""
    problems = []
    if not question.label.strip():
        problems.append(Problem("label", _("Write the question."), field="label"))
    if any(other.label.casefold() == question.label.casefold() for other in asked(others)):
        problems.append(Problem("twice", _("This is asked already."), field="label"))
    if len(asked(others)) >= MOST_QUESTIONS:
        text = _("A form asks at most %(n)d questions: nobody answers more.") % {"n": MOST_QUESTIONS}
        problems.append(Problem("too_many", text))
    return problems + _option_problems(question) + _limit_problems(question)


def _option_problems(question: Question) -> list[Problem]:
    if question.kind not in LISTED:
        return []
    if len(question.options) < 2:
        return [Problem("options", _("Name at least two things to choose from."), field="options")]
    if len(question.options) > MOST_OPTIONS:
        text = _("At most %(n)d can be chosen from.") % {"n": MOST_OPTIONS}
        return [Problem("options", text, field="options")]
    if any(len(label) > LONGEST_OPTION for _key, label in question.options):
        text = _("Each may have %(n)d characters.") % {"n": LONGEST_OPTION}
        return [Problem("options", text, field="options")]
    return []


def _limit_problems(question: Question) -> list[Problem]:
    least, most = question.least, question.most
    if question.kind == Kind.SCALE:
        points = question.points
        if len(points) < 2 or points[0] not in SCALE_ENDS or points[-1] not in SCALE_ENDS:
            return [Problem("limits", _("A scale has two to eleven points, between 0 and 10."), field="most")]
    if least is not None and most is not None and least > most:
        return [Problem("limits", _("The least is more than the most."), field="most")]
    if question.kind == Kind.MULTI and (least or 0) > len(question.options):
        return [Problem("limits", _("There are fewer things to choose from."), field="least")]
    if question.kind in WRITTEN and (least or 0) > question.longest:
        text = _("A text of this kind has at most %(n)d characters.") % {"n": question.longest}
        return [Problem("limits", text, field="least")]
    return []


def save_question(questions: Sequence[Question], question: Question) -> list[Question]:
    """The form with this question in the place of the one with its key; one without a key is new, and comes last."""
    if question.key:
        return [question if row.key == question.key else row for row in questions]
    return [*questions, replace(question, key=new_public_id())]


def remove_question(questions: Sequence[Question], key: str, *, is_answered: bool) -> list[Question]:
    """The form without the question. Where somebody has answered it, it stays among those asked no longer."""
    if not is_answered:
        return [row for row in questions if row.key != key]
    return [replace(row, is_removed=True) if row.key == key else row for row in questions]


def restore_question(questions: Sequence[Question], key: str) -> list[Question]:
    return [replace(row, is_removed=False) if row.key == key else row for row in questions]


def move_question(questions: Sequence[Question], key: str, *, is_up: bool) -> list[Question]:
    """The form with the question one place up or down among those that are asked."""
    rows, gone = asked(questions), [row for row in questions if row.is_removed]
    place = next((at for at, row in enumerate(rows) if row.key == key), None)
    other = None if place is None else place + (-1 if is_up else 1)
    if place is not None and other is not None and 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    return [*rows, *gone]


# ── Answering ───────────────────────────────────────────────────────────────────────────────────────────────────────


def answer_problems(questions: Iterable[Question], answers: Mapping[str, Any]) -> list[Problem]:
    """What is missing or wrong in these answers, each beside its question (`field` is the question's key)."""
    problems = []
    for question in asked(questions):
        value = answers.get(question.key)
        if is_empty(value):
            if question.is_required:
                problems.append(Problem("required", _("Please answer this."), field=question.key))
        elif text := _wrong(question, value):
            problems.append(Problem("wrong", text, field=question.key))
    return problems


def _wrong(question: Question, value: Any) -> str:
    """Why a value is no answer to the question; empty where it is one."""
    match question.kind:
        case Kind.SHORT | Kind.LONG:
            return _wrong_text(question, value)
        case Kind.CHOICE:
            return "" if value in [key for key, _label in question.options] else _("Choose one of these.")
        case Kind.MULTI:
            return _wrong_choices(question, value)
        case Kind.SCALE:
            is_point = isinstance(value, int) and not isinstance(value, bool) and value in question.points
            return "" if is_point else _("Choose a point of the scale.")
        case Kind.NUMBER:
            return _wrong_number(question, value)
    return "" if FileAnswer.of(value) else _("Choose a file.")


def _wrong_text(question: Question, value: Any) -> str:
    if not isinstance(value, str):
        return _("Write a text.")
    if len(value) > question.longest:
        return _("At most %(n)d characters, please.") % {"n": question.longest}
    if question.least and len(value.strip()) < question.least:
        return _("A little more, please: at least %(n)d characters.") % {"n": question.least}
    return ""


def _wrong_choices(question: Question, value: Any) -> str:
    known = [key for key, _label in question.options]
    if not isinstance(value, list) or any(key not in known for key in value):
        return _("Choose some of these.")
    if question.least and len(value) < question.least:
        return ngettext("Choose at least %(n)d.", "Choose at least %(n)d.", question.least) % {"n": question.least}
    if question.most and len(value) > question.most:
        return ngettext("Choose at most %(n)d.", "Choose at most %(n)d.", question.most) % {"n": question.most}
    return ""


def _wrong_number(question: Question, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _("Write a number.")
    if question.least is not None and value < question.least:
        return _("At least %(n)s.") % {"n": formats.number_format(question.least)}
    if question.most is not None and value > question.most:
        return _("At most %(n)s.") % {"n": formats.number_format(question.most)}
    return ""


def shown_answer(question: Question, value: Any) -> str:
    """An answer in words; empty where nothing was answered. Options that exist no longer are shown by their key."""
    if is_empty(value):
        return ""
    match question.kind:
        case Kind.CHOICE | Kind.MULTI:
            labels = dict(question.options)
            return ", ".join(labels.get(key, str(key)) for key in (value if isinstance(value, list) else [value]))
        case Kind.SCALE:
            return _("%(value)s of %(most)s") % {"value": value, "most": question.points[-1]}
        case Kind.NUMBER if isinstance(value, int | float):
            return formats.number_format(value)
        case Kind.FILE:
            file = FileAnswer.of(value)
            return file.name if file else ""
    return str(value)


def shown_answers(
    questions: Iterable[Question], answers: Mapping[str, Any], *, hide: Collection[str] = ()
) -> list[Shown]:
    """Everything that was answered, in the form's order; after it the answers to questions that are asked no longer.

    `hide` are keys that are not shown to this reader.
    """
    listed = [*questions]
    rows = [*asked(listed), *(row for row in listed if row.is_removed)]
    return [
        Shown(
            question.key,
            question.label,
            text,
            question.kind,
            question.is_confidential,
            question.is_removed,
            FileAnswer.of(answers.get(question.key)) if question.kind == Kind.FILE else None,
        )
        for question in rows
        if question.key not in hide and (text := shown_answer(question, answers.get(question.key)))
    ]
