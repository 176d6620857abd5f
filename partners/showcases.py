"""What audiences have: apps above say what they show to whom, so that group pages and invitations can tell.

showcases.register(Showcase("enablement.library", _("Library"), order=10, show=queries.shown_to))
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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


@dataclass(frozen=True)
class Showcase:
    """`show(audience_ids, now, limit)` gives what members of any of the audiences can open now."""

    name: str
    label: Any
    show: Callable[[Collection[int], datetime, int], tuple[int, list[Shown]]]
    order: int = 100


showcases: Registry[Showcase] = Registry("showcases")


def shelves(audience_ids: Collection[int], now: datetime, limit: int = 5) -> list[Shelf]:
    """What everybody shows to these audiences; apps that show nothing are left out."""
    found = []
    for showcase in showcases.all():
        total, first = showcase.show(audience_ids, now, limit)
        if total:
            found.append(Shelf(showcase.label, total, tuple(first)))
    return found
