"""What makes an agenda good, as figures and advice. Nothing here forbids anything: the facilitator decides."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cohorts.models import AgendaItem, AgendaKind, Speaker

TALK_GOAL = 70
FIXED_GOAL = 60
# Within so many minutes of its beginning everybody has spoken to somebody.
FIRST_MINUTES = 10
# Fixed shares within so many points of the goal need no word.
_TOLERANCE = 15
# A plan that is so many minutes shorter than its session leaves air.
_AIR = 10


@dataclass(frozen=True)
class Meters:
    """Shares in whole percent of the minutes that the items take."""

    planned: int
    length: int
    talk: int
    fixed: int

    @property
    def flexible(self) -> int:
        return 100 - self.fixed if self.planned else 0

    @property
    def left(self) -> int:
        return self.length - self.planned

    @property
    def over(self) -> int:
        return max(-self.left, 0)

    @property
    def talks_enough(self) -> bool:
        return self.talk >= TALK_GOAL

    @property
    def is_balanced(self) -> bool:
        return abs(self.fixed - FIXED_GOAL) <= _TOLERANCE

    @property
    def fits(self) -> bool:
        return 0 <= self.left <= _AIR


def meters(items: Sequence[AgendaItem], length: int) -> Meters:
    planned = sum(item.minutes for item in items)
    heard = sum(item.minutes for item in items if item.speaker == Speaker.PARTICIPANTS)
    fixed = sum(item.minutes for item in items if not item.is_flexible)
    return Meters(planned, length, _percent(heard, planned), _percent(fixed, planned))


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0


@dataclass(frozen=True)
class Check:
    """One thing that a good agenda has, and whether this one has it."""

    code: str
    label: str
    is_met: bool


def agenda_checks(items: Sequence[AgendaItem], leaves_with: str) -> list[Check]:
    """A pair-share within the first ten minutes, a product, a next step."""
    return [
        Check("pairs", _("A pair-share begins in the first ten minutes"), _pairs_soon(items)),
        Check("product", _("People leave with something: it says with what"), bool(leaves_with.strip())),
        Check("next_step", _("A next step: a homework briefing in the second half"), _has_next_step(items)),
    ]


def _pairs_soon(items: Sequence[AgendaItem]) -> bool:
    begun = 0
    for item in items:
        if begun >= FIRST_MINUTES:
            return False
        if item.kind == AgendaKind.PAIRS:
            return True
        begun += item.minutes
    return False


def _has_next_step(items: Sequence[AgendaItem]) -> bool:
    whole, begun = sum(item.minutes for item in items), 0
    for item in items:
        if item.kind == AgendaKind.HOMEWORK and 2 * begun >= whole - item.minutes:
            return True
        begun += item.minutes
    return False


def moved(order: Sequence[int], pk: int, step: int) -> list[int]:
    """The ids with one of them a step further up (-1) or down (1); at an end it stays."""
    ids = list(order)
    if pk not in ids:
        return ids
    place = ids.index(pk)
    target = min(max(place + step, 0), len(ids) - 1)
    ids.insert(target, ids.pop(place))
    return ids
