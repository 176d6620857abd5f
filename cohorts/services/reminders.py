"""What is due to be said: planned anew at each tick from the present state, so that moving or canceling just works.

Each kind is one INSERT … SELECT with an anti-join over all cohorts of the organization. The occasion of a reminder
names the moment it is about: a session that moves has a new one.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, CharField, Exists, F, Func, Min, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, Greatest

from cohorts.models import Attendance, Cohort, Homework, Seat, Session, Submission
from prm.outbox.services.messages import post_due

HOUR = timedelta(hours=1)
# Nobody is reminded of an offer in its first day; before its end everybody has a day to act.
OFFER_RESTS = timedelta(hours=24)
# A day on the wall clock is never longer than this: bounds what the index has to look at.
_LONGEST_DAY = timedelta(hours=30)


def plan_reminders(now: datetime) -> datetime | None:
    """Store every reminder that is due at `now` and not stored yet; returns when the next one will be."""
    for kind, sessions in (
        ("cohorts.session_reminder", _sessions_in_a_day(now)),
        ("cohorts.session_starts_soon", _sessions_in_an_hour(now)),
    ):
        post_due(kind=kind, due=_to_participants(sessions), now=now)
        post_due(kind=kind, due=_to_facilitators(sessions), now=now)
    for column, slot in (("first_reminder_at", "first"), ("last_reminder_at", "last")):
        post_due(kind="cohorts.homework_reminder", due=_homework(now, column, slot), now=now)
    post_due(kind="cohorts.seat_reminder", due=_offers(now), now=now)
    return _next_moment(now)


def _sessions_in_a_day(now: datetime) -> QuerySet[Session]:
    """Those whose day-before moment has come, until the hour before takes over."""
    return _planned().filter(day_before_at__lte=now, starts_at__gt=now + HOUR, starts_at__lte=now + _LONGEST_DAY)


def _sessions_in_an_hour(now: datetime) -> QuerySet[Session]:
    return _planned().filter(starts_at__gt=now, starts_at__lte=now + HOUR)


def _planned() -> QuerySet[Session]:
    rows: QuerySet[Session] = Session.objects.planned().filter(cohort__state__in=Cohort.UNDER_WAY)
    return rows


def _to_participants(sessions: QuerySet[Session]) -> QuerySet[Any, Any]:
    """A row for each session and participant who has not said that they cannot come."""
    seats = sessions.filter(cohort__seats__state=Seat.State.CONFIRMED)
    named = seats.annotate(member=F("cohort__seats__membership_id"), slot=_occasion("starts_at"))
    excused = Attendance.objects.filter(
        session=OuterRef("pk"), membership=OuterRef("member"), state=Attendance.State.EXCUSED
    )
    return named.exclude(Exists(excused)).values_list("member", "pk", "slot", "day_before_at")


def _to_facilitators(sessions: QuerySet[Session]) -> QuerySet[Any, Any]:
    led = sessions.filter(cohort__facilitators__isnull=False)
    named = led.annotate(member=F("cohort__facilitators__membership_id"), slot=_occasion("starts_at"))
    return named.values_list("member", "pk", "slot", "day_before_at")


def _homework(now: datetime, column: str, slot: str) -> QuerySet[Any, Any]:
    """A row for each piece of homework whose reminder's morning has come and participant who handed nothing in."""
    due = Homework.objects.due_after(now).filter(**{f"{column}__lte": now}, cohort__state__in=Cohort.UNDER_WAY)
    if column == "first_reminder_at":
        # Where both mornings have passed, one mail is enough.
        due = due.filter(last_reminder_at__gt=now)
    named = due.filter(cohort__seats__state=Seat.State.CONFIRMED).annotate(
        member=F("cohort__seats__membership_id"),
        slot=Concat(Value(f"{slot} "), _occasion("due_at"), output_field=CharField()),
    )
    handed_in = Submission.objects.filter(homework=OuterRef("pk"), membership=OuterRef("member"))
    return named.exclude(Exists(handed_in)).values_list("member", "pk", "slot", column)


def _offers(now: datetime) -> QuerySet[Any, Any]:
    """A row for each offer that nears its end unanswered."""
    open_now = Seat.objects.offered().filter(confirm_by__gt=now, cohort__state__in=Cohort.UNDER_WAY)
    due = open_now.annotate(reminded_at=_offer_reminder(), slot=_occasion("confirm_by")).filter(reminded_at__lte=now)
    return due.values_list("membership_id", "pk", "slot", "reminded_at")


def _offer_reminder() -> Any:
    return Greatest(F("confirm_by") - Value(OFFER_RESTS), F("offered_at") + Value(OFFER_RESTS))


def _occasion(column: str) -> Any:
    """In SQL what `walltime.occasion` is in Python."""
    seconds = Func(F(column), template="extract(epoch FROM %(expressions)s)", output_field=BigIntegerField())
    return Cast(Cast(seconds, BigIntegerField()), CharField())


def _next_moment(now: datetime) -> datetime | None:
    """The earliest moment after `now` at which one of the reminders above becomes due."""
    sessions = (
        Session.objects.planned()
        .filter(starts_at__gt=now)
        .aggregate(
            day=Min("day_before_at", filter=Q(day_before_at__gt=now)),
            start=Min("starts_at", filter=Q(starts_at__gt=now + HOUR)),
        )
    )
    homework = Homework.objects.due_after(now).aggregate(
        first=Min("first_reminder_at", filter=Q(first_reminder_at__gt=now)),
        last=Min("last_reminder_at", filter=Q(last_reminder_at__gt=now)),
    )
    ahead = Seat.objects.offered().annotate(reminded_at=_offer_reminder()).filter(reminded_at__gt=now)
    offers = ahead.aggregate(offer=Min("reminded_at"))
    hour = sessions["start"] - HOUR if sessions["start"] else None
    found = [sessions["day"], hour, homework["first"], homework["last"], offers["offer"]]
    return min((moment for moment in found if moment is not None), default=None)
