"""What waits for a member in one organization: lines for the page over all organizations and for a to-do list."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import HttpRequest

from prm.registry import Registry

_SHOWN = 5
_SOMETIME = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DueItem:
    """One thing to do. `at` is when it is due or begins, None for what has no date; `icon` is a lucide name.

    Two lines with the same `key`, such as "content:12", are one thing that two apps ask for: the earlier one is shown.
    `hint` says in a few words what it belongs to.
    """

    title: str
    url: str
    icon: str = "circle-dot"
    at: datetime | None = None
    key: str = ""
    hint: str = ""


@dataclass(frozen=True)
class DueProvider:
    """`items(request)` runs inside the organization's scope for its member, staff or partner, in one or two queries."""

    name: str
    items: Callable[[HttpRequest], list[DueItem]]
    order: int = 100


due: Registry[DueProvider] = Registry("providers of what is due")


def due_items(request: HttpRequest) -> list[DueItem]:
    """The next few things, the most urgent first."""
    return all_due(request)[:_SHOWN]


def all_due(request: HttpRequest, but: str = "") -> list[DueItem]:
    """Everything that waits, without doubles, the most urgent first; what the provider `but` knows is left out."""
    found = [item for provider in due.all() if provider.name != but for item in provider.items(request)]
    lines: dict[str, DueItem] = {}
    for item in sorted(found, key=lambda item: item.at or _SOMETIME):
        lines.setdefault(item.key or f"{item.url} {item.title}", item)
    return list(lines.values())
