import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Event, Thread
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from prm.activity import partitions, queries
from prm.activity.kinds import FactKind, Measure, fact_kinds
from prm.activity.models import Fact
from prm.activity.services import NewFact, record, record_many
from prm.tenancy.connections import connected_as
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope

ARRIVED = FactKind("tests.guest_arrived", "Guest arrived")
LEFT = FactKind("tests.guest_left", "Guest left", sign=-1)
PRESENT = Measure("tests.guests_present", "Guests present", (ARRIVED, LEFT))
START = queries.Cursor()


def _settled_after(cursor: queries.Cursor, limit: int = 1000) -> tuple[list[Fact], queries.Cursor]:
    """`facts_after`, waiting for other tests' transactions: numbers are the whole cluster's, and the stream waits for
    the oldest one that is running anywhere.
    """
    for _attempt in range(240):
        facts, then = queries.facts_after(cursor, limit)
        if facts:
            return facts, then
        time.sleep(0.25)
    return [], cursor


@pytest.fixture(autouse=True)
def kinds() -> None:
    fact_kinds.register(ARRIVED, LEFT)


def test_a_fact_is_one_insert(in_acme: Organization, now: datetime, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        record(kind=ARRIVED, at=now, partner_id=7, person_id=8, object_id=9, data={"seat": 3})
    fact = Fact.objects.get()
    assert (fact.kind, fact.at, fact.partner_id, fact.person_id, fact.object_id) == (ARRIVED.name, now, 7, 8, 9)
    assert (fact.amount, fact.unit, fact.data, fact.organization_id) == (Decimal(1), "", {"seat": 3}, in_acme.pk)


def test_an_unknown_kind_is_refused(in_acme: Organization, now: datetime) -> None:
    with pytest.raises(KeyError, match=r"tests\.nobody_knows"):
        record(kind="tests.nobody_knows", at=now)


def test_amounts_carry_the_sign_of_their_kind(in_acme: Organization, now: datetime) -> None:
    record_many([NewFact(ARRIVED, now, partner_id=1, amount=5), NewFact(LEFT, now, partner_id=1, amount=2)])
    record(kind=ARRIVED, at=now, partner_id=2, amount=Decimal("1.5"))
    record(kind=ARRIVED, at=now, partner_id=2, amount=-1)
    assert queries.total(PRESENT) == Decimal("3.5")
    assert queries.total_by_partner(PRESENT) == {1: Decimal(3), 2: Decimal("0.5")}
    assert queries.total_by_partner(PRESENT, partner_ids=[2]) == {2: Decimal("0.5")}


def test_periods_are_half_open(in_acme: Organization, now: datetime) -> None:
    for hours in (0, 1, 2):
        record(kind=ARRIVED, at=now + timedelta(hours=hours))
    assert queries.total(PRESENT, since=now, until=now + timedelta(hours=2)) == 2
    assert queries.total(PRESENT, since=now + timedelta(days=1)) == 0


def test_many_facts_are_one_insert(in_acme: Organization, now: datetime, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert record_many(NewFact(ARRIVED, now, object_id=number) for number in range(500)) == 500
    assert record_many([]) == 0
    assert Fact.objects.count() == 500


@pytest.mark.parametrize("statement", ["UPDATE activity_fact SET amount = 2", "DELETE FROM activity_fact"])
def test_facts_stay_as_they_are(in_acme: Organization, now: datetime, statement: str) -> None:
    record(kind=ARRIVED, at=now)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_months_lie_in_their_own_partitions(in_acme: Organization) -> None:
    present = timezone.now()
    record(kind=ARRIVED, at=present)
    record(kind=ARRIVED, at=datetime(1999, 5, 1, tzinfo=UTC))
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM activity_fact ORDER BY at")
        names = [name for (name,) in cursor.fetchall()]
    assert names == [partitions.DEFAULT, partitions.partition_name(partitions.month_start(present))]


def test_a_partition_cannot_be_read_round_its_parent(in_acme: Organization, now: datetime) -> None:
    name = partitions.partition_name(partitions.month_start(timezone.now()))
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {name}")


@pytest.mark.django_db(transaction=True)
def test_migrate_has_made_the_months_ahead_and_makes_those_that_come() -> None:
    present = timezone.now()
    assert partitions.months_ahead(connection, present) >= partitions.MONTHS_AHEAD - 1
    later = partitions.month_start(present, 6)
    with connected_as(settings.DATABASE_MIGRATE_URL), transaction.atomic():
        made = partitions.ensure_partitions(connection, later)
        assert partitions.partition_name(partitions.month_start(later, partitions.MONTHS_AHEAD)) in made
        assert partitions.ensure_partitions(connection, later) == []
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_a_late_month_takes_its_facts_out_of_the_default(acme: Organization) -> None:
    far = partitions.month_start(timezone.now(), partitions.MONTHS_AHEAD + 5)
    with scope(acme):
        record(kind=ARRIVED, at=far + timedelta(days=3))
    with connected_as(settings.DATABASE_MIGRATE_URL), transaction.atomic(), connection.cursor() as cursor:
        partitions.ensure_partitions(connection, partitions.month_start(far, -partitions.MONTHS_AHEAD))
        cursor.execute(f"SELECT (SELECT count(*) FROM {partitions.DEFAULT}), (SELECT count(*) FROM activity_fact)")
        assert cursor.fetchone() == (0, 1)
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_the_stream_waits_for_slower_transactions(acme: Organization, now: datetime) -> None:
    """The slow one draws its id first and commits last: a reader that goes by ids would never see it."""
    recorded, released = Event(), Event()

    def slow() -> None:
        with scope(acme):
            record(kind=ARRIVED, at=now, object_id=1)
            recorded.set()
            released.wait(10)
        connection.close()

    thread = Thread(target=slow)
    thread.start()
    assert recorded.wait(10)
    with scope(acme):
        record(kind=ARRIVED, at=now, object_id=2)
    with scope(acme):
        early, cursor = queries.facts_after(START)
    released.set()
    thread.join()
    with scope(acme):
        rest, cursor = _settled_after(cursor)
        assert [fact.object_id for fact in [*early, *rest]] == [1, 2]
        assert early == []
        assert queries.facts_after(cursor) == ([], cursor)


@pytest.mark.django_db(transaction=True)
def test_the_stream_comes_in_parts(acme: Organization, now: datetime) -> None:
    for number in range(5):
        with scope(acme):
            record_many([NewFact(ARRIVED, now, object_id=number * 10 + part) for part in range(3)])
    seen: list[Any] = []
    cursor = START
    with scope(acme):
        while len(seen) < 15:
            facts, cursor = _settled_after(cursor, limit=4)
            assert facts
            seen += [fact.object_id for fact in facts]
    assert seen == [number * 10 + part for number in range(5) for part in range(3)]


@pytest.mark.django_db(transaction=True)
def test_the_stream_goes_on_after_a_restore(acme: Organization, now: datetime) -> None:
    """Positions from a cluster whose transactions were numbered far higher: new ones are moved up behind them."""
    with scope(acme):
        record(kind=ARRIVED, at=now, object_id=1)
    with connected_as(settings.DATABASE_MIGRATE_URL), connection.cursor() as cursor:
        cursor.execute("UPDATE activity_fact SET stream_position = stream_position + 1000000")
        assert partitions.continue_stream(connection)
        assert not partitions.continue_stream(connection)
    try:
        with scope(acme):
            old, position = _settled_after(START)
            record(kind=ARRIVED, at=now, object_id=2)
        with scope(acme):
            new, _position = _settled_after(position)
        assert [fact.object_id for fact in [*old, *new]] == [1, 2]
    finally:
        with connected_as(settings.DATABASE_MIGRATE_URL), connection.cursor() as cursor:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION activity_stream_offset() RETURNS bigint LANGUAGE sql IMMUTABLE"
                " PARALLEL SAFE AS 'SELECT 0::bigint'"
            )
