"""The months of the table of facts: a partition for each, made by `migrate` for two years ahead.

DEFAULT takes facts of months that have none (history that is imported, an installation not migrated for years); a month
made later takes over its rows from there.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "activity_fact"
DEFAULT = "activity_fact_default"
MONTHS_BACK = 11
MONTHS_AHEAD = 24
# Fewer than this many months ahead, and /readyz says so.
WARN_BELOW = 3


def month_start(at: datetime, months_later: int = 0) -> datetime:
    """The first instant, in UTC, of the month of `at` or of one so many months later."""
    count = at.astimezone(UTC).year * 12 + at.astimezone(UTC).month - 1 + months_later
    return datetime(count // 12, count % 12 + 1, 1, tzinfo=UTC)


def partition_name(month: datetime) -> str:
    return f"{TABLE}_{month:%Y_%m}"


def ensure_partitions(connection: BaseDatabaseWrapper, now: datetime) -> list[str]:
    """Make the months that are missing, from a year back on the first run; returns the names of those made.

    Needs the role that owns the table. Policies come afterwards, with everything else's (prm.tenancy.policies); until
    then a month is unreachable but through its parent, whose policies hold.
    """
    existing = set(_existing(connection))
    first = 0 if existing else -MONTHS_BACK
    wanted = [month_start(now, number) for number in range(first, MONTHS_AHEAD + 1)]
    missing = [month for month in wanted if partition_name(month) not in existing]
    for month in missing:
        _make(connection, month)
    return [partition_name(month) for month in missing]


def months_ahead(connection: BaseDatabaseWrapper, now: datetime) -> int:
    """How many months after the present one have a partition, without a gap."""
    existing = set(_existing(connection))
    count = 0
    while partition_name(month_start(now, count + 1)) in existing:
        count += 1
    return count


def continue_stream(connection: BaseDatabaseWrapper) -> bool:
    """After a restore into another cluster, have new positions go on after the old ones; whether that was needed.

    Positions come from transaction numbers, which start low in a new cluster: unless they are moved up, readers of the
    stream would take new facts for ones they have read long ago.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint, activity_stream_offset()")
        transaction_id, offset = cursor.fetchone()
        highest = max(_highest_positions(connection), default=0)
        if highest <= transaction_id + offset:
            return False
        new_offset = int(highest + 1 - transaction_id)
        cursor.execute(
            "CREATE OR REPLACE FUNCTION activity_stream_offset() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE"
            f" AS 'SELECT {new_offset}::bigint'"
        )
        return True


def _highest_positions(connection: BaseDatabaseWrapper) -> Iterator[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT stream_position FROM activity_fact WHERE organization_id = organization.id"
            " ORDER BY stream_position DESC LIMIT 1) FROM tenancy_organization AS organization"
        )
        yield from (highest for (highest,) in cursor.fetchall() if highest is not None)


def _existing(connection: BaseDatabaseWrapper) -> list[str]:
    """Partitions but DEFAULT."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid"
            " WHERE inhparent = to_regclass(%s) AND child.relname <> %s",
            [TABLE, DEFAULT],
        )
        return [name for (name,) in cursor.fetchall()]


def _make(connection: BaseDatabaseWrapper, month: datetime) -> None:
    name, start, end = partition_name(month), month.isoformat(), month_start(month, 1).isoformat()
    period = f"at >= '{start}' AND at < '{end}'"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {name} (LIKE {TABLE} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
        cursor.execute(
            f"WITH moved AS (DELETE FROM {DEFAULT} WHERE {period} RETURNING *)"  # nosec B608: constants and dates
            f" INSERT INTO {name} SELECT * FROM moved"
        )
        cursor.execute(f"ALTER TABLE {TABLE} ATTACH PARTITION {name} FOR VALUES FROM ('{start}') TO ('{end}')")
