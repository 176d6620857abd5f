"""Kinds of steps of a journey. This app has its own (queries/journeys/kinds.py); apps above register what they offer.

step_kinds.register(StepKind("content", _("Read something"), "book-open", choices=…, places=…, finished=…, order=20))
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from prm.registry import Registry


@dataclass(frozen=True, slots=True)
class Place:
    """Where a step's object is: what it is called and the page on which a partner's person does it.

    One that `is_gone` cannot be done by anybody now: it was withdrawn, or put away.
    """

    title: str
    url: str = ""
    hint: str = ""
    is_gone: bool = False


@dataclass(frozen=True)
class StepKind:
    """`choices` gives the objects that a step can be about as (key, label): without it a step is about none.

    `places` gives the place of each of some objects, as partners reach it. `finished(now)` gives the rows (membership
    id, object's key, moment) of those who are through with one: such a step is done by that and not by a click.
    """

    name: str
    label: Any
    icon: str
    hint: Any = ""
    choices: Callable[[], list[tuple[int, str]]] | None = None
    places: Callable[[Collection[int]], Mapping[int, Place]] | None = None
    finished: Callable[[datetime], QuerySet[Any, Any]] | None = None
    order: int = 100

    @property
    def is_about_something(self) -> bool:
        return self.choices is not None

    @property
    def is_done_elsewhere(self) -> bool:
        return self.finished is not None


step_kinds: Registry[StepKind] = Registry("kinds of steps")
