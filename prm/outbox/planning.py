"""Planning: what is due follows from the present state, asked again at each tick.

A planner runs inside one organization's scope, inserts the messages that are due by one INSERT … SELECT with an
anti-join (`post_due`), and says when it wants to be asked again. Nothing is scheduled far ahead, so moving or cancelling
what a message is about just works.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from prm.registry import Registry
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope


@dataclass(frozen=True)
class Planner:
    """`plan(now)` returns the next moment at which it has something to do, or None: nothing ahead."""

    name: str
    plan: Callable[[datetime], datetime | None]
    order: int = 0


planners: Registry[Planner] = Registry("planner")


def plan_organization(organization: Organization, now: datetime) -> datetime | None:
    """Run every planner for one organization, each in a scope of its own; returns the earliest moment any asks for."""
    wanted: list[datetime] = []
    for planner in planners.all():
        with scope(organization):
            next_at = planner.plan(now)
        if next_at is not None:
            wanted.append(next_at)
    return min(wanted, default=None)
