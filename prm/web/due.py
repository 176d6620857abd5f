"""What waits for a member in one organization: lines for the cards of the page over all organizations."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import HttpRequest

from prm.registry import Registry

_SHOWN = 5
_SOMETIME = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DueItem:
    """One thing to do. `at` is when it is due or begins, None for what has no date; `icon` is a lucide name."""

    title: str
    url: str
    icon: str = "circle-dot"
    at: datetime | None = None


@dataclass(frozen=True)
class DueProvider:
    """`items(request)` runs inside the organization's scope for its member, staff or partner, in one or two queries."""

    name: str
    items: Callable[[HttpRequest], list[DueItem]]
    order: int = 100


due: Registry[DueProvider] = Registry("providers of what is due")


def due_items(request: HttpRequest) -> list[DueItem]:
    """The next few things, the most urgent first."""
    found = [item for provider in due.all() for item in provider.items(request)]
    return sorted(found, key=lambda item: item.at or _SOMETIME)[:_SHOWN]
