"""What waits for colleagues: apps register sources, which say it out of their present state and never copy it.

    waiting.register(WaitingSource("cohorts.recaps", _("Recaps"), "mail", "cohorts.manage", rows=…, word=…, …))

The to-do list asks all of them in one query, so a source gives parts of a query and words each row afterwards.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from prm.registry import Registry


@dataclass(frozen=True, slots=True)
class Words:
    """A line as a colleague reads it: what waits, on which page it is done and what the button there says.

    `hint` says in a few words what it belongs to, where that is not a partner.
    """

    title: str
    url: str
    button: str
    hint: str = ""


@dataclass(frozen=True)
class WaitingSource:
    """One kind of thing that waits for a colleague until it is decided or done.

    `rows(membership_id, now)` gives everything of the organization that waits, each row with a public id; the
    statement is prepared (`prm.tenancy.prepared`), so it reads nothing else. `since` is the lookup of the moment since
    when a row waits, `due` that of the moment or day (`is_due_day`) by which it should be done. `tells` are the
    lookups that `word` gets by name. `partner` is the lookup of the partner that it is about, `doer` that of the
    membership it was given to. `mine(membership_id)` says which rows are a colleague's own: without it those of the
    partners they manage, and where there is no partner either, everybody's who holds the `permission`.
    """

    name: str
    label: Any
    icon: str
    permission: str
    rows: Callable[[int, datetime], QuerySet[Any]]
    word: Callable[[Mapping[str, Any]], Words]
    since: str
    tells: Mapping[str, Any] = field(default_factory=dict)
    due: str = ""
    is_due_day: bool = False
    partner: str = ""
    doer: str = ""
    mine: Callable[[int], Q] | None = None
    order: int = 100

    def own(self, membership_id: int, *, is_owner: bool) -> Q:
        """Which rows are this colleague's own; partners that nobody manages are the owners'."""
        if self.mine is not None:
            return self.mine(membership_id)
        return self.managed(membership_id, is_owner=is_owner) if self.partner else Q()

    def managed(self, membership_id: int, *, is_owner: bool = False) -> Q:
        """Which rows are about the partners that this colleague manages."""
        found = Q(**{f"{self.partner}__account_manager": membership_id})
        return found | Q(**{f"{self.partner}__account_manager": None}) if is_owner else found


waiting: Registry[WaitingSource] = Registry("sources of what waits")


@dataclass(frozen=True)
class Awaited:
    """Partners' people and guests for whom something may wait: `people(now)` gives their membership ids.

    Whoever plans mails asks this of all at once, before the list of each is made. It may name somebody too many.
    """

    name: str
    people: Callable[[datetime], QuerySet[Any, Any]]


awaited: Registry[Awaited] = Registry("people for whom something may wait")


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the home page of a partner's person or a guest, in ready strings.

    `can_wait` says that nobody is written to for its sake alone.
    """

    title: str
    when: str
    hint: str
    can_wait: bool


@dataclass(frozen=True)
class HomeList:
    """What a home page lists, for mails: `lines(membership, now)`, the most urgent first."""

    name: str
    lines: Callable[[Any, datetime], list[Listed]]


home_lists: Registry[HomeList] = Registry("lists of home pages")
