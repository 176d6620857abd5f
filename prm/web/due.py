"""What waits for a member in one organization: lines for the page over all organizations and for a to-do list."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from prm.accounts.models import Membership
from prm.registry import Registry
from prm.waiting import Listed

# Practice has a card of its own and mails of its own.
PRACTICE = "enablement.questions"
_SHOWN = 5
_SOON = timedelta(days=3)
_SOMETIME = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DueItem:
    """One thing to do. `at` is when it is due or begins, None for what has no date; `icon` is a lucide name.

    Two lines with the same `key`, such as "content:12", are one thing that two apps ask for: the earlier one is shown.
    `hint` says in a few words what it belongs to. `is_day` says that only the day of `at` counts, `begins` that it is
    something that takes place then, `can_wait` that nobody is written to for its sake alone.
    """

    title: str
    url: str
    icon: str = "circle-dot"
    at: datetime | None = None
    key: str = ""
    hint: str = ""
    is_day: bool = False
    begins: bool = False
    can_wait: bool = False


@dataclass(frozen=True, slots=True)
class DueLine:
    """A line of a person's list in ready strings; `tone` is that of its badge."""

    title: str
    url: str
    icon: str
    hint: str
    when: str
    tone: str


def due_line(item: DueItem, now: datetime) -> DueLine:
    """The line as its person reads it, in the zone that is theirs."""
    return DueLine(item.title, item.url, item.icon, item.hint, *_when(item, now))


def _when(item: DueItem, now: datetime) -> tuple[str, str]:
    if item.at is None:
        return "", ""
    local, today = timezone.localtime(item.at), timezone.localtime(now).date()
    shown = date_format(local, "j M" if item.is_day else "j M, H:i")
    if item.begins:
        return shown, ""
    if local.date() < today or (item.at < now and not item.is_day):
        return _("was due %s") % date_format(local, "j M"), "warning"
    return _("until %s") % shown, "info" if local.date() - today <= _SOON else ""


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


@dataclass
class _Reader:
    """As much of a request as providers read, for whoever looks at the list without one."""

    membership: Membership
    now: datetime


def list_of(member: Membership, now: datetime) -> list[Listed]:
    """What the member's home page lists, for a mail."""
    items = all_due(cast(HttpRequest, _Reader(member, now)), but=PRACTICE)
    lines = [(due_line(item, now), item.can_wait) for item in items]
    return [Listed(line.title, line.when, line.hint, can_wait) for line, can_wait in lines]
