"""What audiences have: apps above say what they show to whom, so that group pages and invitations can tell.

showcases.register(Showcase("enablement.library", _("Library"), queries.shown_to, queries.shown_to_each, order=10))
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from prm.registry import Registry


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing that an audience can open: its name, a few words (such as "4 min"), and where the studio keeps it."""

    title: str
    hint: str = ""
    studio_url: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What one app shows: the first few things, the most useful first, and how many there are in all."""

    label: Any
    total: int
    first: tuple[Shown, ...]


# Ids, or the query that finds them.
type Ids = Collection[int] | QuerySet[Any, int]
type Found = tuple[int, list[Shown]]


@dataclass(frozen=True)
class Showcase:
    """`show(audience_ids, now, limit)` gives what members of any of the audiences can open now, and how much that is.

    `show_each` gives the same for every audience by itself, all of them in one query.
    """

    name: str
    label: Any
    show: Callable[[Ids, datetime, int], Found]
    show_each: Callable[[Collection[int], datetime, int], Mapping[int, Found]]
    order: int = 100


showcases: Registry[Showcase] = Registry("showcases")


def shelves(audience_ids: Ids, now: datetime, limit: int = 5) -> list[Shelf]:
    """What everybody shows to these audiences; apps that show nothing are left out."""
    found = []
    for showcase in showcases.all():
        total, first = showcase.show(audience_ids, now, limit)
        if total:
            found.append(Shelf(showcase.label, total, tuple(first)))
    return found


def shelves_of_each(audience_ids: Collection[int], now: datetime, limit: int = 5) -> dict[int, list[Shelf]]:
    """`shelves` for every one of the audiences by itself."""
    found: dict[int, list[Shelf]] = {audience_id: [] for audience_id in audience_ids}
    for showcase in showcases.all():
        for audience_id, (total, first) in showcase.show_each(audience_ids, now, limit).items():
            found[audience_id].append(Shelf(showcase.label, total, tuple(first)))
    return found
