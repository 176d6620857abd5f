"""Recording what happened. Called by the service that made it happen, in its transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone
from psycopg.types.json import Jsonb

from prm.activity.kinds import FactKind, fact_kinds
from prm.arrays import int_array
from prm.tenancy.scope import current_organization
from prm.tenancy.wakeups import wake

# What follows facts is woken so soon after one, and for those that happen all the time a little later.
SOON, LATER = timedelta(seconds=5), timedelta(seconds=30)
_INSERT = (
    "INSERT INTO activity_fact (organization_id, at, kind, partner_id, person_id, object_id, amount, unit, data)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
_INSERT_MANY = (
    "INSERT INTO activity_fact (organization_id, at, kind, partner_id, person_id, object_id, amount, unit, data)"
    " SELECT %s, row.* FROM unnest(%s::timestamptz[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[],"
    " %s::numeric[], %s::text[], %s::jsonb[]) AS row"
)
_MOVE = """
INSERT INTO activity_fact (organization_id, at, kind, partner_id, person_id, object_id, amount, unit, data)
SELECT organization_id, at, kind, whose.partner_id, person_id, object_id, amount * whose.sign, unit, data
FROM activity_fact CROSS JOIN (VALUES (%(to)s::bigint, 1), (%(from)s::bigint, -1)) AS whose (partner_id, sign)
WHERE organization_id = %(organization)s AND activity_fact.partner_id = %(from)s AND kind <> ALL(%(but)s::text[])
"""
_INSERT_EACH = (
    "INSERT INTO activity_fact (organization_id, at, kind, partner_id, amount, unit, data)"
    " SELECT %s, %s, %s, partner_id, %s, '', '{}' FROM unnest(%s::bigint[]) AS partner_id"
)


@dataclass(frozen=True, slots=True)
class NewFact:
    """One fact for `record_many`; the fields mean what `record`'s parameters do."""

    kind: FactKind | str
    at: datetime
    partner_id: int | None = None
    person_id: int | None = None
    object_id: int | None = None
    amount: Decimal | int = 1
    unit: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def record(
    *,
    kind: FactKind | str,
    at: datetime,
    partner_id: int | None = None,
    person_id: int | None = None,
    object_id: int | None = None,
    amount: Decimal | int = 1,
    unit: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Store one fact of the current organization: one INSERT, and what follows facts is woken as the scope ends.

    `amount` is stored with the kind's sign; a correction of one fact is the same kind again with a negative amount.
    `data` holds ids and numbers, never personal text. An unknown kind raises KeyError.
    """
    fact = NewFact(kind, at, partner_id, person_id, object_id, amount, unit, data or {})
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [current_organization().pk, *_values(fact)])
    _wake_followers(fact_kinds.get(_name(fact.kind)).is_small)


def record_many(facts: Iterable[NewFact]) -> int:
    """Store any number of facts by one INSERT; returns how many there were."""
    listed = list(facts)
    if not listed:
        return 0
    columns = list(zip(*(_values(fact) for fact in listed), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_MANY, [current_organization().pk, *map(list, columns)])
    _wake_followers(all(fact_kinds.get(_name(fact.kind)).is_small for fact in listed))
    return len(listed)


def move_facts(from_partner: int, to_partner: int, *, but_kinds: Iterable[FactKind] = ()) -> int:
    """Have everything that happened to one partner count for another, at the moments at which it happened.

    Each fact is taken back by a counter-fact of the same moment and recorded once more for the other partner: sums over
    any period, of either partner and of the organization, are right without readers knowing. Returns how many facts
    moved; those of `but_kinds` stay.
    """
    parameters: dict[str, Any] = {
        "from": from_partner,
        "to": to_partner,
        "organization": current_organization().pk,
        "but": [kind.name for kind in but_kinds],
    }
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, parameters)
        moved = int(cursor.rowcount) // 2
    if moved:
        _wake_followers(is_small=False)
    return moved


def _wake_followers(is_small: bool) -> None:
    wake("follow", timezone.now() + (LATER if is_small else SOON))


def _name(kind: FactKind | str) -> str:
    return kind if isinstance(kind, str) else kind.name


def record_each(kind: FactKind, at: datetime, *, partner_ids: Sequence[int]) -> None:
    """Store the same fact of each of these partners by one INSERT that holds nothing but their ids."""
    known = fact_kinds.get(kind.name)
    if partner_ids:
        parameters: list[Any] = [
            current_organization().pk,
            at,
            known.name,
            Decimal(known.sign),
            int_array(partner_ids),
        ]
        with connection.cursor() as cursor:
            cursor.execute(_INSERT_EACH, parameters)


def _values(fact: NewFact) -> tuple[Any, ...]:
    kind = fact_kinds.get(_name(fact.kind))
    amount = Decimal(fact.amount) * kind.sign
    data = Jsonb(dict(fact.data))
    return fact.at, kind.name, fact.partner_id, fact.person_id, fact.object_id, amount, fact.unit, data
