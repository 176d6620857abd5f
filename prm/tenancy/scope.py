"""The organization scope: the first of the two walls between organizations (the second is row-level security).

A scope is one transaction with `app.organization_id` set for its length, plus a context variable of the same value,
which the managers of tenant models read. Both always agree: a savepoint that is released would keep the setting of
the inner scope, so it is put back by hand; a savepoint that is rolled back puts it back by itself.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn, cast

from django.db import connection, transaction

from prm.tenancy.planned import planned_cursor

if TYPE_CHECKING:
    from prm.tenancy.models import Organization

SETTING = "app.organization_id"
_current: ContextVar["Organization | None"] = ContextVar("organization", default=None)
_last_words: ContextVar["dict[str, Callable[[], None]] | None"] = ContextVar("last_words", default=None)


class ScopeRequired(Exception):
    """A tenant's data was reached without saying whose."""


class ScopeConflict(Exception):
    """One organization's data was reached inside another one's scope."""


def current_organization() -> "Organization":
    """The organization whose scope is open; raises `ScopeRequired` where there is none."""
    organization = _current.get()
    if organization is None:
        raise ScopeRequired("no organization's scope is open")
    return organization


def current_organization_id() -> int | None:
    organization = _current.get()
    return None if organization is None else organization.pk


def at_end_of_scope(key: str, write: Callable[[], None]) -> None:
    """Have `write` run as the scope's last statement, within its transaction; a second one of the same key replaces it.

    For rows that everybody writes: locked any earlier, they would make others wait for the whole transaction.
    """
    words = _last_words.get()
    if words is None:
        raise ScopeRequired("no organization's scope is open")
    words[key] = write


def last_word(key: str) -> Callable[[], None] | None:
    """What waits for the end of the scope under this key."""
    return (_last_words.get() or {}).get(key)


def write_last_words() -> None:
    """Run what waits for the end of the scope now, always in the same order: two scopes never wait for each other."""
    words = _last_words.get() or {}
    for key in sorted(words):
        words.pop(key)()


@contextmanager
def standing_in(organization_id: int) -> Iterator[None]:
    """Let querysets be built for an organization that a stand-in names, within any scope and without one of its own.

    Nothing may be read meanwhile: every statement is refused. For prm.tenancy.prepared alone.
    """
    token = _current.set(cast("Organization", _StandIn(organization_id))) if _current.get() else None
    try:
        with connection.execute_wrapper(_refuse):
            yield
    finally:
        if token:
            _current.reset(token)


@dataclass(frozen=True)
class _StandIn:
    """All that may be known of the organization while a statement for every organization is built."""

    pk: int


def _refuse(*_: object) -> NoReturn:
    raise ScopeConflict("something was read while a statement was built")


@contextmanager
def scope(organization: "Organization") -> Iterator["Organization"]:
    """Open the organization's scope: one transaction, in which its rows and no others can be reached.

    The same organization nested is a no-op, another one nested raises `ScopeConflict`.
    """
    present = _current.get()
    if present is not None:
        if present.pk != organization.pk:
            raise ScopeConflict(f"scope of organization {organization.pk} inside that of {present.pk}")
        yield present
        return
    nested = connection.in_atomic_block
    with transaction.atomic():
        former = _enter(organization.pk)
        token, words = _current.set(organization), _last_words.set({})
        try:
            yield organization
            if not connection.needs_rollback:
                write_last_words()
        finally:
            _last_words.reset(words)
            _current.reset(token)
        if nested:
            _put_back(former)


def _enter(organization_id: int) -> str:
    # A sub-select, since the order in which a plain target list is computed is nobody's promise.
    with planned_cursor(connection) as cursor:
        cursor.execute(
            "SELECT former.value, set_config(%s, %s, true)"
            " FROM (SELECT coalesce(current_setting(%s, true), '') AS value OFFSET 0) AS former",
            [SETTING, str(organization_id), SETTING],
        )
        (former, _setting) = cursor.fetchone()
    return str(former)


def _put_back(former: str) -> None:
    if connection.needs_rollback:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, former])
