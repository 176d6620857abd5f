"""A partner seen from all sides: apps above add a card to its page, and a part to how it goes.

facets.register(Facet("cohorts.seats", _("Cohorts"), "graduation-cap", queries.cohorts_of_partner, order=10))
health_sources.register(HealthSource("cohorts.presence", queries.presence_judged, order=50))
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise

from prm.registry import Registry


@dataclass(frozen=True, slots=True)
class FacetLine:
    """One line of a card. `badge` is a few words in the `tone` of a badge; `url` leads to where it is told whole."""

    title: str
    hint: str = ""
    url: str = ""
    badge: str = ""
    tone: str = "neutral"


@dataclass(frozen=True, slots=True)
class FacetCard:
    """What one app says of a partner: the first lines, and in a word what they come to."""

    lines: tuple[FacetLine, ...]
    summary: str = ""


@dataclass(frozen=True)
class Facet:
    """`read(partner_id, now)` gives a card for colleagues, None where there is nothing to say; two queries at most."""

    name: str
    label: str | Promise
    icon: str
    read: Callable[[int, datetime], FacetCard | None]
    order: int = 100


class Standing(StrEnum):
    GOOD = "good"
    WATCH = "watch"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Judged:
    """How one part (`label`) goes, why, and what would mend it: the words of a button, and where it leads for the
    partner of a public id.
    """

    label: str
    standing: Standing
    words: str
    action: str = ""
    where: Callable[[str], str] | None = None


@dataclass(frozen=True)
class HealthSource:
    """`judge(partner_ids, now)` says of each partner how some parts go, in one query; what is missing is not known."""

    name: str
    judge: Callable[[Collection[int], datetime], Mapping[int, Sequence[Judged]]]
    order: int = 100


facets: Registry[Facet] = Registry("facet of partners")
health_sources: Registry[HealthSource] = Registry("source of a partner's health")
