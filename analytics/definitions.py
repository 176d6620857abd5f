"""The organization's figures: what each means, exactly, in one place.

The unit is the partner company, test partners are out, a window is [from, to), and N is always shown. A definition that
changes its meaning gets a new version.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from analytics import queries
from prm.registry import Registry

WINDOW = timedelta(days=30)


@dataclass(frozen=True)
class Definition:
    """A figure: of how many partners at least one person did something of these `kinds` of facts in the window.

    `meaning` says it beside the figure in a few words, `formula` in full.
    """

    name: str
    version: int
    label: Any
    meaning: Any
    formula: Any
    kinds: tuple[str, ...]
    order: int = 0


@dataclass(frozen=True, slots=True)
class Figure:
    """A definition's value at a moment, with the value of the window before."""

    definition: Definition
    count: int
    total: int
    before: int

    @property
    def change(self) -> int:
        return self.count - self.before


def figures_of(wanted: Iterable[Definition], now: datetime, total: int | None = None) -> list[Figure]:
    """The figures over the 30 days before `now`; two queries, whatever the number of figures and partners.

    One query where `total`, how many partners there are, is known (`queries.all_partners`).
    Partners that are not in the denominator any more count in neither window.
    """
    listed = list(wanted)
    windows = [queries.Window(now - WINDOW, now), queries.Window(now - 2 * WINDOW, now - WINDOW)]
    counted = queries.count_partners([definition.kinds for definition in listed], windows)
    number = queries.all_partners(now).count() if total is None else total
    return [
        Figure(definition, count, number, before) for definition, (count, before) in zip(listed, counted, strict=True)
    ]


definitions: Registry[Definition] = Registry("figures")
definitions.register(
    Definition(
        name="active",
        version=1,
        label=_("Active partners"),
        meaning=_("somebody there did something in 30 days"),
        formula=_(
            "Partners of which at least one person did something that Canopy records (opened or finished content,"
            " answered a question, applied, confirmed a seat, attended, handed in) in the last 30 days."
        ),
        kinds=queries.ACTS,
        order=10,
    ),
    Definition(
        name="learning",
        version=1,
        label=_("Learning partners"),
        meaning=_("finished content or answered a question in 30 days"),
        formula=_(
            "Partners of which at least one person finished an item of content or answered a recall question in the"
            " last 30 days."
        ),
        kinds=queries.LEARNING,
        order=20,
    ),
    Definition(
        name="cohorts",
        version=1,
        label=_("Partners in cohorts"),
        meaning=_("attended a session or handed in homework in 30 days"),
        formula=_(
            "Partners of which at least one person attended a cohort's session or handed in homework in the last 30"
            " days."
        ),
        kinds=queries.COHORTS,
        order=30,
    ),
)
