"""How long one tick of the planner takes with many running cohorts; its rows are taken away again."""

import time
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from cohorts.services.reminders import plan_reminders
from prm.outbox.models import Message
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.bench.measuring import Figure

COHORTS, PEOPLE = 10_000, 12
MOST_SECONDS, IDLE_SECONDS = 3.0, 1.0

_PROGRAM = """
INSERT INTO cohorts_program (organization_id, public_id, revision, title, promise, for_whom, weekly_minutes,
    expectations, gains, parts, created_at)
VALUES (%(organization)s, 'benchprogram', 1, 'Bench of reminders', '', '', 120, '', '', '{}', %(now)s) RETURNING id
"""
_COHORTS = """
INSERT INTO cohorts_cohort (organization_id, public_id, revision, program_id, title, state, capacity, seats_taken, zone,
    confirm_hours, roster, sessions_needed, homework_needed, parts, cancel_reason, chat_link,
    room_rule, room_rule_version, created_at)
SELECT %(organization)s, 'bc' || lpad(number::text, 10, '0'), 1, %(program)s, 'Bench ' || number, 'running', 12, 12,
    'Europe/Berlin', 72, 'named', 3, 1, '{}', '', '', '', 0, %(now)s
FROM generate_series(1, %(cohorts)s) AS number
"""
# Eight weekly sessions each, the weeks' hours spread evenly; homework before each second one.
_SESSIONS = """
INSERT INTO cohorts_session (organization_id, public_id, revision, cohort_id, number, title, starts_on, starts_time,
    zone, minutes, starts_at, ends_at, link, place, room, way, bring, leaves_with, talk_line, is_recorded,
    agenda_revision, state, cancel_reason, sequence)
SELECT organization_id, left(replace(gen_random_uuid()::text, '-', ''), 12), 1, id, number, 'Session ' || number,
    (local.at)::date, (local.at)::time, zone, 60, local.at AT TIME ZONE zone,
    (local.at AT TIME ZONE zone) + interval '1 hour', '', '', '', '', '', '', '', false, 0, 'planned', '', 0
FROM cohorts_cohort
    CROSS JOIN generate_series(1, 8) AS number
    CROSS JOIN LATERAL (
        SELECT date_trunc('hour', %(now)s AT TIME ZONE zone) + number * interval '7 days' - interval '28 days'
            + mod(id, 168) * interval '1 hour' AS at
    ) AS local
WHERE organization_id = %(organization)s AND program_id = %(program)s
"""
_HOMEWORK = """
INSERT INTO cohorts_homework (organization_id, public_id, revision, cohort_id, title, brief, due_on, due_time, due_at,
    created_at)
SELECT session.organization_id, left(replace(gen_random_uuid()::text, '-', ''), 12), 1, session.cohort_id, 'Homework',
    '', session.starts_on, session.starts_time, session.starts_at, %(now)s
FROM cohorts_session AS session JOIN cohorts_cohort AS cohort ON cohort.id = session.cohort_id
WHERE session.organization_id = %(organization)s AND cohort.program_id = %(program)s AND mod(session.number, 2) = 0
"""
_SEATS = """
WITH people AS (
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS total
    FROM accounts_membership WHERE organization_id = %(organization)s AND state = 'active' AND kind = 'partner'
)
INSERT INTO cohorts_seat (organization_id, public_id, cohort_id, membership_id, state, confirmed_at)
SELECT %(organization)s, left(replace(gen_random_uuid()::text, '-', ''), 12), cohort.id, people.id, 'confirmed', %(now)s
FROM cohorts_cohort AS cohort
    CROSS JOIN generate_series(0, %(people)s - 1) AS seat
    JOIN people ON people.place = mod(cohort.id * %(people)s + seat, people.total)
WHERE cohort.organization_id = %(organization)s AND cohort.program_id = %(program)s
ON CONFLICT DO NOTHING
"""


def measure_reminders(organization: Organization) -> list[Figure]:
    """A tick after half a day in which nothing ran, and one in which everything is planned already."""
    now = timezone.now()
    with scope(organization):
        seats = _fill(organization, now)
    _look_at_the_tables()
    with scope(organization), transaction.atomic():
        stored, first = _tick(now)
        later, idle = _tick(now + timedelta(seconds=1))
        transaction.set_rollback(True)
    with scope(organization):
        _empty(organization)
    if later:
        raise SystemExit(f"{later} reminders were planned twice")
    what = f"{COHORTS:,} cohorts, {seats:,} seats, {stored:,} reminders"
    return [
        _figure(f"reminders: a full tick ({what})", first, MOST_SECONDS),
        _figure("reminders: an idle tick", idle, IDLE_SECONDS),
    ]


def _look_at_the_tables() -> None:
    """As autovacuum does within a minute: statistics are made by who owns the tables."""
    owner = urlunsplit(urlsplit(settings.DATABASE_MIGRATE_URL)._replace(path=f"/{connection.settings_dict['NAME']}"))
    with psycopg.connect(owner, autocommit=True) as database:
        for table in ("cohort", "session", "homework", "seat"):
            database.execute(f"ANALYZE cohorts_{table}".encode())


def _empty(organization: Organization) -> None:
    """Take the rows away again."""
    of_bench = "organization_id = %s AND cohort_id IN (SELECT id FROM cohorts_cohort WHERE title LIKE 'Bench %%')"
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        for table in ("seat", "homework", "session"):
            cursor.execute(f"DELETE FROM cohorts_{table} WHERE {of_bench}", [organization.pk])
        cursor.execute("DELETE FROM cohorts_cohort WHERE title LIKE 'Bench %%'")
        cursor.execute("DELETE FROM cohorts_program WHERE public_id = 'benchprogram'")


def _figure(name: str, seconds: float, most: float) -> Figure:
    return Figure(name, p50_ms=round(seconds * 1000, 1), target=f"≤ {most:g} s", ok=seconds <= most)


def _fill(organization: Organization, now: datetime) -> int:
    values: dict[str, Any] = {"organization": organization.pk, "now": now, "cohorts": COHORTS, "people": PEOPLE}
    with connection.cursor() as cursor:
        # To make these rows takes longer than a page may.
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(_PROGRAM, values)
        values["program"] = cursor.fetchone()[0]
        for statement in (_COHORTS, _SESSIONS, _HOMEWORK, _SEATS):
            cursor.execute(statement, values)
        return int(cursor.rowcount)


def _tick(now: datetime) -> tuple[int, float]:
    before = Message.objects.count()
    started = time.perf_counter()
    plan_reminders(now)
    seconds = time.perf_counter() - started
    return Message.objects.count() - before, seconds
