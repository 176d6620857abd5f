"""How well an applicant fits the ideal profile: each criterion's part, and what could not be judged."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from django.db.models import TextChoices
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from partners.names import fold
from partners.recruiting.questions import (
    ATTRIBUTE,
    COUNTRY,
    LANGUAGE,
    PRODUCTS,
    REGION,
    Kind,
    Question,
    answer_to,
)

MOST_WEIGHT = 10


@dataclass(frozen=True, slots=True)
class Gaps:
    """How many partners there are already: `answers` by target of a question and answer, `cells` by target and (region,
    answer) as the coverage grid counts them. `regions` are those known, each as partners' records spell it. Answers
    that are text, and regions, are under their `gap_key`.
    """

    answers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    cells: Mapping[str, Mapping[tuple[str, str], int]] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)


class Test(TextChoices):
    __test__ = False  # no test of pytest's

    ONE_OF = "one_of", gettext_lazy("is one of")
    AT_LEAST = "at_least", gettext_lazy("is at least")
    YES = "yes", gettext_lazy("is yes")
    CONTAINS = "contains", gettext_lazy("has the words")
    FILLED = "filled", gettext_lazy("is answered")
    BANDWIDTH = "bandwidth", gettext_lazy("bandwidth: the more, up to")
    GAP = "gap", gettext_lazy("fills a gap: few partners have it so far")
    CELL = "cell", gettext_lazy("fills a gap of coverage: few partners of the region have it so far")


# Which tests make sense of answers of each kind.
TESTS: dict[str, tuple[Test, ...]] = {
    Kind.SHORT: (Test.CONTAINS, Test.FILLED),
    Kind.LONG: (Test.CONTAINS, Test.FILLED),
    Kind.NUMBER: (Test.AT_LEAST, Test.BANDWIDTH, Test.FILLED),
    Kind.CHOICE: (Test.ONE_OF, Test.FILLED),
    Kind.CHOICES: (Test.ONE_OF, Test.FILLED),
    Kind.YES_NO: (Test.YES,),
    Kind.DATE: (Test.FILLED,),
}


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the profile: which answer is tested how, and how much it weighs (1 to 10).

    `wanted` are keys or words, `number` what is enough, `few` and `many` from how many partners on an answer fills a
    gap wholly and no longer at all.
    """

    key: str
    label: str
    question: str
    test: str
    weight: int = 1
    wanted: tuple[str, ...] = ()
    number: float = 0
    few: int = 0
    many: int = 0

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        return cls(**{**kept, "wanted": tuple(kept.get("wanted", ()))})

    def kept(self) -> dict[str, Any]:
        return {**asdict(self), "wanted": list(self.wanted)}


@dataclass(frozen=True, slots=True)
class Part:
    """What one criterion came to. `share` is 0 to 1, None where it cannot be judged; `count` are partners at the time.

    Of a cell of the coverage grid also its `region` and `answer`; a region without count is none that is known.
    """

    criterion: Criterion
    share: float | None
    count: int | None = None
    region: str = ""
    answer: str = ""

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        place = {name: kept.get(name, "") for name in ("region", "answer")}
        return cls(Criterion.of(kept["criterion"]), kept["share"], kept["count"], **place)

    def kept(self) -> dict[str, Any]:
        place = {name: value for name in ("region", "answer") if (value := getattr(self, name))}
        return {"criterion": self.criterion.kept(), "share": self.share, "count": self.count, **place}

    @property
    def points(self) -> float | None:
        return None if self.share is None else round(self.criterion.weight * self.share, 1)


@dataclass(frozen=True, slots=True)
class Score:
    """`total` is out of 100 over what could be judged, None where nothing could."""

    total: int | None
    parts: tuple[Part, ...] = field(default=())


def tests_for(question: Question) -> list[Test]:
    """What can be asked of this question's answers."""
    fitting = list(TESTS[question.kind])
    is_attribute = question.target.startswith(ATTRIBUTE)
    if question.target in (COUNTRY, REGION, LANGUAGE) or is_attribute:
        fitting.append(Test.GAP)
    if question.target == PRODUCTS or (is_attribute and question.kind in (Kind.CHOICE, Kind.CHOICES)):
        fitting.append(Test.CELL)
    return fitting


def score(
    criteria: Sequence[Criterion], questions: Sequence[Question], answers: Mapping[str, Any], gaps: Gaps
) -> Score:
    """Weigh every criterion. What was not answered counts neither for nor against: it is shown as unknown."""
    by_key = {question.key: question for question in questions}
    region = str(answer_to(questions, answers, REGION) or "")
    parts = tuple(_part(criterion, by_key.get(criterion.question), answers, gaps, region) for criterion in criteria)
    known = [part for part in parts if part.share is not None]
    weight = sum(part.criterion.weight for part in known)
    if not weight:
        return Score(None, parts)
    reached = sum(part.criterion.weight * (part.share or 0) for part in known)
    return Score(round(100 * reached / weight), parts)


def _part(criterion: Criterion, question: Question | None, answers: Mapping[str, Any], gaps: Gaps, region: str) -> Part:
    answer = answers.get(criterion.question) if question else None
    if criterion.test == Test.FILLED:
        return Part(criterion, None if question is None else float(answer not in (None, "", [])))
    if question is None or answer in (None, "", []):
        return Part(criterion, None)
    keys = answer if isinstance(answer, list) else [answer]
    if criterion.test == Test.GAP:
        counts = gaps.answers.get(question.target, {})
        count = min(counts.get(gap_key(key), 0) for key in keys)
        return Part(criterion, gap_share(count, criterion.few, criterion.many), count)
    if criterion.test == Test.CELL:
        return _cell_part(criterion, keys, region, gaps.regions, gaps.cells.get(question.target, {}))
    return Part(criterion, _SHARES[Test(criterion.test)](criterion, answer))


def _cell_part(
    criterion: Criterion,
    keys: Sequence[str],
    answered: str,
    regions: Mapping[str, str],
    counts: Mapping[tuple[str, str], int],
) -> Part:
    """Of several answers the one that the region has the fewest partners for. An unknown region says nothing: it would
    look empty however it is misspelled.
    """
    region = regions.get(gap_key(answered))
    if region is None:
        return Part(criterion, None, region=answered[:80])
    found = {key: counts.get((gap_key(region), key), 0) for key in keys}
    answer = min(found, key=lambda key: found[key])
    share = gap_share(found[answer], criterion.few, criterion.many)
    return Part(criterion, share, found[answer], region, answer)


def gap_key(answer: object) -> str:
    """Under what an answer is counted: "Bavaria " and "bavaria" are one region."""
    return " ".join(str(answer).split()).casefold()


def gap_share(count: int, few: int, many: int) -> float:
    """1 with `few` partners or fewer, 0 from `many` on, in between by the distance."""
    if count <= few:
        return 1.0
    return 0.0 if count >= many else round((many - count) / (many - few), 3)


def _one_of(criterion: Criterion, answer: Any) -> float:
    keys = answer if isinstance(answer, list) else [answer]
    return float(any(key in criterion.wanted for key in keys))


def _contains(criterion: Criterion, answer: Any) -> float:
    text = f" {fold(str(answer))} "
    words = [fold(word) for word in criterion.wanted]
    return sum(f" {word} " in text for word in words) / len(words) if words else 0.0


def _at_least(criterion: Criterion, answer: Any) -> float:
    return float(_number(answer) >= criterion.number)


def _bandwidth(criterion: Criterion, answer: Any) -> float:
    return round(max(0.0, min(1.0, _number(answer) / criterion.number)), 3) if criterion.number > 0 else 1.0


def _number(answer: Any) -> float:
    found = float(answer)
    return found if math.isfinite(found) else 0.0


_SHARES: dict[Test, Callable[[Criterion, Any], float]] = {
    Test.ONE_OF: _one_of,
    Test.AT_LEAST: _at_least,
    Test.YES: lambda _criterion, answer: float(bool(answer)),
    Test.CONTAINS: _contains,
    Test.BANDWIDTH: _bandwidth,
}


def wanted_words(criterion: Criterion, questions: Sequence[Question]) -> str:
    """What a criterion wants, as a sentence's second half: "is one of Germany, Austria"."""
    question = next((row for row in questions if row.key == criterion.question), None)
    labels = dict(question.options()) if question else {}
    listed = ", ".join(labels.get(key, key) for key in criterion.wanted)
    amount = number_format(int(criterion.number) if criterion.number == int(criterion.number) else criterion.number)
    match criterion.test:
        case Test.ONE_OF:
            return _("is one of %s") % listed
        case Test.AT_LEAST:
            return _("is at least %s") % amount
        case Test.BANDWIDTH:
            return _("the more, up to %s") % amount
        case Test.CONTAINS:
            return _("has the words %s") % listed
        case Test.CELL:
            return _("%(many)s partners of the region are wanted") % {"many": criterion.many}
        case Test.GAP:
            if not criterion.few:
                return _("full while no partner has it, nothing from %s on") % criterion.many
            words = _("full with %(few)s partners or fewer, nothing from %(many)s on")
            return words % {"few": criterion.few, "many": criterion.many}
    return str(Test(criterion.test).label)


def cell_name(part: Part, questions: Sequence[Question]) -> str:
    """The cell of the coverage grid that a part is about: "Nordics × Cloud migration"."""
    question = next((row for row in questions if row.key == part.criterion.question), None)
    labels = dict(question.options()) if question else {}
    return f"{part.region} × {labels.get(part.answer, part.answer)}"


def why(part: Part, questions: Sequence[Question] = ()) -> str:
    """Why a criterion came to its part."""
    if part.share is None and part.region:
        return _("“%s” is none of your regions: it counts neither for nor against") % part.region
    if part.share is None:
        return _("Not answered: it counts neither for nor against")
    if part.count is not None and part.region:
        partners = ngettext("%d partner", "%d partners", part.count) % part.count
        told = {"cell": cell_name(part, questions), "partners": partners, "many": part.criterion.many}
        return _("%(cell)s has %(partners)s; you want %(many)s") % told
    if part.count is not None:
        words = ngettext("%(n)d partner has it so far", "%(n)d partners have it so far", part.count)
        return words % {"n": part.count}
    if part.share >= 1:
        return _("Fits")
    return _("Fits in part") if part.share > 0 else _("Does not fit")
