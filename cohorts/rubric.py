"""The rubric of a selection, kept as plain values, and what several reviewers' points come to.

Points run from 1 to 5. One review is worth the mean of its points weighted by what each line of the rubric counts; an
application the mean of its reviews, so that nobody's opinion counts more for being spread over more lines.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any, Self

from django.utils.translation import gettext as _

POINTS = range(1, 6)
WEIGHTS = range(1, 6)
MOST_LINES = 8
# Reviews that are this far apart, in points, are told from each other: half the way from "no" to "yes".
DISAGREE = 1.5


@dataclass(frozen=True, slots=True)
class RubricLine:
    """Something that reviewers give points for. `meaning` says what deserves all of them."""

    key: str
    label: str
    weight: int = 1
    meaning: str = ""

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        return cls(str(kept["key"]), str(kept["label"]), int(kept.get("weight", 1)), str(kept.get("meaning", "")))

    def kept(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the reviews of one application come to. `low` and `high` are the lowest and the highest review."""

    mean: float
    low: float
    high: float
    reviews: int

    @property
    def disagrees(self) -> bool:
        return self.high - self.low >= DISAGREE


def first_rubric() -> list[RubricLine]:
    """The house's rubric, in the reader's language until a cohort writes its own."""
    return [
        RubricLine(
            "work",
            _("Has something real to work on"),
            3,
            _("A customer, an offer or a number is named, and could move within the weeks of the cohort."),
        ),
        RubricLine(
            "fit",
            _("Is whom it is for"),
            2,
            _("Does this work every week, and can decide about it."),
        ),
        RubricLine(
            "gives",
            _("Will give something to the others"),
            2,
            _("Brings a view, a market or a failure that the others do not have."),
        ),
    ]


def rubric_of(kept: Iterable[Mapping[str, Any]]) -> list[RubricLine]:
    return [RubricLine.of(row) for row in kept] or first_rubric()


def worth(rubric: Sequence[RubricLine], points: Mapping[str, Any]) -> float | None:
    """The weighted mean of one review; None where it has points for no line of the rubric as it is now."""
    whole = given = 0
    for line in rubric:
        if line.key in points:
            whole += line.weight
            given += line.weight * int(points[line.key])
    return given / whole if whole else None


def verdict(rubric: Sequence[RubricLine], reviews: Iterable[Mapping[str, Any]]) -> Verdict | None:
    """What these reviews, each a mapping from a line's key to its points, come to; None without any."""
    found = [value for points in reviews if (value := worth(rubric, points)) is not None]
    return Verdict(fmean(found), min(found), max(found), len(found)) if found else None
