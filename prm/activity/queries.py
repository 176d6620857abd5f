"""Reading facts: measures over a period, and the stream in an order that misses nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.db.models import QuerySet, Sum

from prm.activity.kinds import Measure
from prm.activity.models import Fact
from prm.tenancy.scope import current_organization


def _counted(measure: Measure, since: datetime | None, until: datetime | None) -> "QuerySet[Fact]":
    facts = Fact.objects.filter(kind__in=measure.kind_names, unit=measure.unit)
    if since is not None:
        facts = facts.filter(at__gte=since)
    if until is not None:
        facts = facts.filter(at__lt=until)
    return facts


def total(measure: Measure, *, since: datetime | None = None, until: datetime | None = None) -> Decimal:
    """The measure over the whole organization in the half-open period; without `since` from the beginning on."""
    return _counted(measure, since, until).aggregate(total=Sum("amount"))["total"] or Decimal(0)


def total_by_partner(
    measure: Measure,
    *,
    partner_ids: Collection[int] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> dict[int, Decimal]:
    """The measure by partner; partners without any such fact are left out."""
    facts = _counted(measure, since, until).filter(partner_id__isnull=False)
    if partner_ids is not None:
        facts = facts.filter(partner_id__in=partner_ids)
    return dict(facts.values_list("partner_id").annotate(total=Sum("amount")).order_by())


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """How far a reader has come in the stream of an organization's facts; the start is `Cursor()`."""

    position: int = 0
    fact_id: int = 0


def facts_after(cursor: Cursor, limit: int = 1000) -> tuple[list[Fact], Cursor]:
    """The next facts of the stream, and the cursor to go on with. Nothing is ever missed or handed out twice.

    Ids are drawn before transactions commit: a reader that remembers the highest id it saw misses the fact of a slower
    transaction with a lower one. So each fact holds the number of its transaction, the stream is read in the order of
    these, and only up to the oldest transaction that is still running: everything below it is settled for good.
    """
    with connection.cursor() as database:
        database.execute(
            "SELECT id, stream_position FROM activity_fact"
            " WHERE organization_id = %s AND (stream_position, id) > (%s, %s) AND stream_position"
            " < pg_snapshot_xmin(pg_current_snapshot())::text::bigint + activity_stream_offset()"
            " ORDER BY stream_position, id LIMIT %s",
            [current_organization().pk, cursor.position, cursor.fact_id, limit],
        )
        found = database.fetchall()
    if not found:
        return [], cursor
    facts = Fact.objects.in_bulk([fact_id for fact_id, _position in found])
    last_id, last_position = found[-1]
    return [facts[fact_id] for fact_id, _position in found], Cursor(last_position, last_id)
