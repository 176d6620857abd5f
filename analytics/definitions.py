"""The organization's figures: what each means, exactly, in one place.

The unit is the partner company, test partners are out, a window is [from, to), and N is always shown. A definition that
changes its meaning gets a new version.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from analytics import queries
from prm.registry import Registry

WINDOW = timedelta(days=30)


@dataclass(frozen=True)
class Definition:
    """A figure: a share of the partners, told as "numerator of denominator".

    `numerator(since, until)` and `denominator(until)` give the ids of the partners that are counted.
    """

    name: str
    version: int
    label: Any
    meaning: Any
    formula: Any
    numerator: Callable[[datetime, datetime], set[int]]
    denominator: Callable[[datetime], set[int]]
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


def figure_of(definition: Definition, now: datetime) -> Figure:
    """The figure over the 30 days before `now`; partners that are no longer in the denominator count in neither
    window.
    """
    total = definition.denominator(now)
    count = definition.numerator(now - WINDOW, now) & total
    before = definition.numerator(now - 2 * WINDOW, now - WINDOW) & total
    return Figure(definition, len(count), len(total), len(before))


definitions: Registry[Definition] = Registry("figures")
definitions.register(
    Definition(
        name="active",
        version=1,
        label=_("Active partners"),
        meaning=_("somebody there did something in 30 days"),
        formula=_(
            "Partners of which at least one person did something that Canopy records (opened or finished content,"
            " answered a question, applied, attended, handed in) in the last 30 days, of all partners that are not"
            " archived."
        ),
        numerator=queries.partners_with_acts,
        denominator=queries.all_partners,
        order=10,
    ),
    Definition(
        name="learning",
        version=1,
        label=_("Learning partners"),
        meaning=_("finished content or answered a question in 30 days"),
        formula=_(
            "Partners of which at least one person finished an item of content or answered a recall question in the"
            " last 30 days, of all partners that are not archived."
        ),
        numerator=queries.partners_that_learned,
        denominator=queries.all_partners,
        order=20,
    ),
    Definition(
        name="cohorts",
        version=1,
        label=_("Partners in cohorts"),
        meaning=_("attended a session or handed in homework in 30 days"),
        formula=_(
            "Partners of which at least one person attended a cohort's session or handed in homework in the last 30"
            " days, of all partners that are not archived."
        ),
        numerator=queries.partners_in_cohorts,
        denominator=queries.all_partners,
        order=30,
    ),
)
