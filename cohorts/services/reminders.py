"""What is due to be said: planned anew at each tick from the present state, so that moving or canceling just works.

Each kind is one INSERT … SELECT with an anti-join over all cohorts of the organization. What counts is the last of the
offsets whose moment has come, for as long as it makes sense (`CATCHES_UP`, or until the session begins): so a worker
that slept says the right thing once. The occasion of a reminder names its offset and the moment it is about: a session
that moves has a new one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from cohorts import walltime
from cohorts.models import Cohort
from cohorts.models.reminders import (
    FARTHEST_HOMEWORK,
    FARTHEST_SESSION,
    MINUTES_OF_A_DAY,
    USUAL_HOMEWORK,
    USUAL_SEATS,
    USUAL_SESSIONS,
)
from prm.outbox.services import Due, post_due
from prm.tenancy.scope import current_organization

# What was missed by more than this is not said any more.
CATCHES_UP = timedelta(hours=12)
# Nobody is reminded of an offer in its first day.
OFFER_RESTS = timedelta(hours=24)
# Homework is spoken of in the recipient's morning; what is days away does not arrive in the recipient's night.
MORNING = time(9)
NIGHT = (time(21), time(7))


def plan_reminders(now: datetime) -> datetime | None:
    """Store every reminder that is due at `now` and not stored yet; returns when the next one may be."""
    for recipients in (_PARTICIPANTS, _FACILITATORS):
        for kind, sort in (("cohorts.session_reminder", _DAYS_AHEAD), ("cohorts.session_starts_soon", _HOURS_AHEAD)):
            post_due(kind=kind, due=_filled(_SESSIONS, now, recipients=recipients, sort=sort), now=now, anew=True)
    post_due(kind="cohorts.homework_reminder", due=_filled(_HOMEWORK, now), now=now, anew=True)
    post_due(kind="cohorts.seat_reminder", due=_filled(_OFFERS, now), now=now, anew=True)
    return _next_moment(now)


def local_instant(wall: str, zone: str) -> str:
    """In SQL what `walltime.instant` is in Python: the first instant at which clocks in `zone` show `wall`.

    Postgres takes a time that comes twice as its second coming, and moves one that does not exist by the whole gap.
    """
    taken = f"({wall} AT TIME ZONE {zone})"
    return (
        f"CASE WHEN {taken} AT TIME ZONE {zone} <> {wall} THEN date_trunc('hour', {wall}) AT TIME ZONE {zone}"
        f" WHEN ({taken} - interval '1 hour') AT TIME ZONE {zone} = {wall} THEN {taken} - interval '1 hour'"
        f" WHEN ({taken} - interval '30 minutes') AT TIME ZONE {zone} = {wall} THEN {taken} - interval '30 minutes'"
        f" ELSE {taken} END"
    )


_ZONE = "coalesce(nullif(person.zone, ''), %(zone)s)"
_PLANS = """
    LEFT JOIN cohorts_reminderplan AS own
        ON own.organization_id = cohort.organization_id AND own.cohort_id = cohort.id
    LEFT JOIN cohorts_reminderplan AS programs
        ON programs.organization_id = cohort.organization_id AND programs.program_id = cohort.program_id"""
_PEOPLE = """
    JOIN accounts_membership AS member ON member.id = who.membership_id AND member.state = 'active'
    JOIN accounts_person AS person ON person.id = member.person_id"""
_PARTICIPANTS = """
    JOIN cohorts_seat AS who ON who.organization_id = due.organization_id AND who.cohort_id = due.cohort_id
        AND who.state = 'confirmed'"""
_THEIR_SEATS = _PARTICIPANTS.replace("due.", "homework.")
_FACILITATORS = """
    JOIN cohorts_cohortfacilitator AS who ON who.organization_id = due.organization_id
        AND who.cohort_id = due.cohort_id"""
_DAYS_AHEAD = f"due.minutes >= {MINUTES_OF_A_DAY} AND due.at > %(missed)s"
_HOURS_AHEAD = f"due.minutes < {MINUTES_OF_A_DAY}"

# A whole number of days before is the same wall-clock time so many days earlier, in the session's zone.
_SESSION_MOMENTS = f"""
    CROSS JOIN LATERAL unnest(coalesce(own.sessions, programs.sessions, %(sessions)s::int[])) AS offsets (minutes)
    CROSS JOIN LATERAL (
        SELECT session.starts_on + session.starts_time - offsets.minutes * interval '1 minute' AS wall
    ) AS local
    CROSS JOIN LATERAL (
        SELECT CASE WHEN mod(offsets.minutes, {MINUTES_OF_A_DAY}) = 0 THEN {local_instant("local.wall", "session.zone")}
            ELSE session.starts_at - offsets.minutes * interval '1 minute' END AS at
    ) AS moment"""
_SESSIONS = f"""
WITH due AS (
    SELECT DISTINCT ON (session.id) session.id, session.cohort_id, session.starts_at, offsets.minutes, moment.at
    FROM cohorts_session AS session
    JOIN cohorts_cohort AS cohort ON cohort.organization_id = session.organization_id
        AND cohort.id = session.cohort_id AND cohort.state = ANY(%(under_way)s){_PLANS}{_SESSION_MOMENTS}
    WHERE session.organization_id = %(organization)s AND session.state = 'planned'
        AND session.starts_at > %(now)s AND session.starts_at <= %(farthest_session)s AND moment.at <= %(now)s
    ORDER BY session.id, offsets.minutes
)
SELECT who.membership_id, due.id, due.minutes || ' ' || extract(epoch FROM due.starts_at)::bigint,
    CASE WHEN due.minutes < {MINUTES_OF_A_DAY} THEN due.at
        WHEN reader.at::time < '{NIGHT[1]}' THEN (reader.at::date + time '{NIGHT[1]}') AT TIME ZONE reader.zone
        WHEN reader.at::time >= '{NIGHT[0]}' THEN (reader.at::date + 1 + time '{NIGHT[1]}') AT TIME ZONE reader.zone
        ELSE due.at END
FROM (SELECT due.*, %(organization)s::bigint AS organization_id FROM due) AS due
    %%(recipients)s{_PEOPLE}
    CROSS JOIN LATERAL (SELECT due.at AT TIME ZONE {_ZONE} AS at, {_ZONE} AS zone) AS reader
WHERE %%(sort)s AND NOT EXISTS (
    SELECT FROM cohorts_attendance AS said
    WHERE said.organization_id = %(organization)s AND said.session_id = due.id
        AND said.membership_id = who.membership_id AND said.state = 'excused'
)"""  # nosec B608: constants; values travel beside it

_HOMEWORK = f"""
SELECT who.membership_id, homework.id, due.days || ' ' || extract(epoch FROM homework.due_at)::bigint, due.at
FROM cohorts_homework AS homework
    JOIN cohorts_cohort AS cohort ON cohort.organization_id = homework.organization_id
        AND cohort.id = homework.cohort_id AND cohort.state = ANY(%(under_way)s){_PLANS}{_THEIR_SEATS}{_PEOPLE}
    CROSS JOIN LATERAL (SELECT {_ZONE} AS zone) AS reader
    CROSS JOIN LATERAL (
        SELECT offsets.days, moment.at
        FROM unnest(coalesce(own.homework, programs.homework, %(homework)s::int[])) AS offsets (days)
        CROSS JOIN LATERAL (
            SELECT ((homework.due_at AT TIME ZONE reader.zone)::date - offsets.days + time '{MORNING}')
                AT TIME ZONE reader.zone AS at
        ) AS moment
        WHERE moment.at <= %(now)s ORDER BY offsets.days LIMIT 1
    ) AS due
WHERE homework.organization_id = %(organization)s
    AND homework.due_at > %(oldest_homework)s AND homework.due_at <= %(farthest_homework)s
    AND who.role = 'participant' AND due.at > %(missed)s AND (due.days < 0 OR homework.due_at > %(now)s)
    AND NOT EXISTS (
        SELECT FROM cohorts_submission AS handed_in
        WHERE handed_in.organization_id = %(organization)s AND handed_in.homework_id = homework.id
            AND handed_in.membership_id = who.membership_id
    )"""  # nosec B608: constants; values travel beside it

# Who has confirmed for their team waits for a second one, and is not reminded.
_OFFER_MOMENTS = """
FROM cohorts_seat AS who
    JOIN cohorts_cohort AS cohort ON cohort.organization_id = who.organization_id
        AND cohort.id = who.cohort_id AND cohort.state = ANY(%(under_way)s)"""
_OFFER_MOMENTS += f"""{_PLANS}
    CROSS JOIN LATERAL unnest(coalesce(own.seats, programs.seats, %(seats)s::int[])) AS offsets (hours)
    CROSS JOIN LATERAL (
        SELECT greatest(who.confirm_by - offsets.hours * interval '1 hour', who.offered_at + %(rests)s) AS at
    ) AS moment
WHERE who.organization_id = %(organization)s AND who.state = 'offered' AND who.confirm_by > %(now)s
    AND NOT EXISTS (
        SELECT FROM cohorts_teammember AS said
        WHERE said.organization_id = who.organization_id AND said.cohort_id = who.cohort_id
            AND said.membership_id = who.membership_id AND said.state = 'confirmed'
    )"""  # nosec B608: constants; values travel beside it
_OFFERS = f"""
SELECT due.membership_id, due.id, due.hours || ' ' || extract(epoch FROM due.confirm_by)::bigint, due.at
FROM (
    SELECT DISTINCT ON (who.id) who.id, who.membership_id, who.confirm_by, offsets.hours, moment.at{_OFFER_MOMENTS}
        AND moment.at <= %(now)s AND moment.at < who.confirm_by
    ORDER BY who.id, offsets.hours
) AS due
WHERE due.at > %(missed)s"""  # nosec B608: constants; values travel beside it

_NEXT_SESSION = f"""
SELECT min(moment.at)
FROM cohorts_session AS session
    JOIN cohorts_cohort AS cohort ON cohort.organization_id = session.organization_id
        AND cohort.id = session.cohort_id AND cohort.state = ANY(%(under_way)s){_PLANS}{_SESSION_MOMENTS}
WHERE session.organization_id = %(organization)s AND session.state = 'planned'
    AND session.starts_at > %(now)s AND session.starts_at <= %(farthest_session)s AND moment.at > %(now)s"""  # nosec B608: constants; values travel beside it
_NEXT_OFFER = f"""
SELECT min(moment.at){_OFFER_MOMENTS} AND moment.at > %(now)s AND moment.at < who.confirm_by"""
_LATER_SESSION = """
SELECT min(session.starts_at)
FROM cohorts_session AS session
    JOIN cohorts_cohort AS cohort ON cohort.organization_id = session.organization_id
        AND cohort.id = session.cohort_id AND cohort.state = ANY(%(under_way)s)
WHERE session.organization_id = %(organization)s AND session.state = 'planned'
    AND session.starts_at > %(farthest_session)s"""
_ZONES_WITH_HOMEWORK = f"""
SELECT DISTINCT {_ZONE}
FROM cohorts_homework AS homework
    JOIN cohorts_cohort AS cohort ON cohort.organization_id = homework.organization_id
        AND cohort.id = homework.cohort_id AND cohort.state = ANY(%(under_way)s){_THEIR_SEATS}{_PEOPLE}
WHERE homework.organization_id = %(organization)s
    AND homework.due_at > %(oldest_homework)s AND homework.due_at <= %(farthest_homework)s"""  # nosec B608: constants; values travel beside it


@dataclass(frozen=True)
class _Template:
    """A statement with named values, as the positional one that `post_due` puts into its own."""

    text: str
    names: tuple[str, ...]

    @classmethod
    def of(cls, named: str) -> "_Template":
        names: list[str] = []

        class Positions(dict[str, str]):
            def __missing__(self, name: str) -> str:
                names.append(name)
                return "%s"

        return cls(named % Positions(), tuple(names))


def _filled(named: str, now: datetime, **parts: str) -> Due:
    if parts:
        named = named.replace("%%(recipients)s", parts["recipients"]).replace("%%(sort)s", parts["sort"])
    template = _Template.of(named)
    values = _values(now)
    return Due(template.text, [values[name] for name in template.names])


def _values(now: datetime) -> Mapping[str, Any]:
    organization = current_organization()
    day = timedelta(days=1)
    return {
        "organization": organization.pk,
        "zone": organization.zone,
        "now": now,
        "missed": now - CATCHES_UP,
        "rests": OFFER_RESTS,
        "under_way": [state.value for state in Cohort.UNDER_WAY],
        "sessions": list(USUAL_SESSIONS),
        "homework": list(USUAL_HOMEWORK),
        "seats": list(USUAL_SEATS),
        # A day on the wall clock may last longer than 24 hours.
        "farthest_session": now + FARTHEST_SESSION + day,
        "farthest_homework": now + FARTHEST_HOMEWORK + 2 * day,
        "oldest_homework": now - FARTHEST_HOMEWORK - 2 * day,
    }


def _next_moment(now: datetime) -> datetime | None:
    """The earliest moment after `now` at which one of the reminders above may become due."""
    values = _values(now)
    with connection.cursor() as cursor:
        found = [_first(cursor, _NEXT_SESSION, values), _first(cursor, _NEXT_OFFER, values)]
        if found[0] is None and (later := _first(cursor, _LATER_SESSION, values)) is not None:
            found.append(later - FARTHEST_SESSION)
        cursor.execute(_ZONES_WITH_HOMEWORK, values)
        found += [_next_morning(now, ZoneInfo(zone)) for (zone,) in cursor.fetchall()]
    return min((moment for moment in found if moment is not None), default=None)


def _first(cursor: Any, statement: str, values: Mapping[str, Any]) -> datetime | None:
    cursor.execute(statement, values)
    moment: datetime | None = cursor.fetchone()[0]
    return moment.astimezone(UTC) if moment else None


def _next_morning(now: datetime, zone: ZoneInfo) -> datetime:
    today: date = now.astimezone(zone).date()
    this = walltime.instant(today, MORNING, zone)
    return this if this > now else walltime.instant(today + timedelta(days=1), MORNING, zone)
