"""Reminders are planned from the present state: the right ones, once, at the right time by the wall."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cohorts import walltime
from cohorts.models import Attendance, Cohort, Homework, ReminderPlan, Seat, Session
from cohorts.services.attendance import come_after_all, excuse
from cohorts.services.homework import submit_homework
from cohorts.services.reminders import plan_reminders
from cohorts.services.sessions import SessionPlan, cancel_session, edit_session
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.outbox.models import Message, Notification
from prm.outbox.services import set_preferences
from prm.tenancy.models import Organization
from prm.web.guesses import zone_names
from tests.cohorts import factories

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def running(winter: Cohort, lena: Membership, paul: Membership) -> Cohort:
    """Lena and Paul take part, Frida leads."""
    factories.seat(winter, lena)
    factories.seat(winter, paul)
    Cohort.objects.filter(pk=winter.pk).update(state="running")
    winter.refresh_from_db()
    return winter


def planned(now: datetime) -> list[tuple[str, int, int]]:
    """What a tick at `now` adds: (kind, recipient, subject)."""
    before = set(Message.objects.values_list("pk", flat=True))
    plan_reminders(now)
    new = Message.objects.exclude(pk__in=before).order_by("kind", "recipient_id", "subject_id")
    return list(new.values_list("kind", "recipient_id", "subject_id"))


def day_before(session: Session) -> datetime:
    """The same time by the wall, a day before the session."""
    return walltime.days_before(session.starts_on, session.starts_time, session.zone, 1)


def morning(task: Homework, days: int) -> datetime:
    """Nine o'clock so many days before, where the task's cohort is."""
    return walltime.days_before(task.due_on, time(9), task.cohort.zone, days)


def sent_to(member: Membership, mails: list[Any]) -> list[str]:
    return [mail.subject for mail in mails if member.person.email in mail.to[0]]


def moved(session: Session, actor: Actor, now: datetime, **changes: Any) -> None:
    said = SessionPlan(**{name: getattr(session, name) for name in SessionPlan.__dataclass_fields__})
    plan = replace(said, **changes)
    edit_session(actor=actor, session=session, revision=session.revision, plan=plan, content_ids=(), now=now)


# Sessions on the day after clocks change, at a time that the day before has twice or not at all, and on ordinary days:
# (zone, day, time, the moment of the day before, the start), the moments reckoned by hand.
CHANGES = [
    # Spring: 02:30 of the day before does not exist, the first minute after the gap counts.
    ("Europe/Berlin", date(2027, 3, 29), time(2, 30), "2027-03-28T01:00", "2027-03-29T00:30"),
    ("Europe/Berlin", date(2027, 3, 28), time(9, 30), "2027-03-27T08:30", "2027-03-28T07:30"),
    ("America/New_York", date(2027, 3, 15), time(2, 30), "2027-03-14T07:00", "2027-03-15T06:30"),
    ("America/New_York", date(2027, 3, 14), time(9, 30), "2027-03-13T14:30", "2027-03-14T13:30"),
    # Lord Howe moves by half an hour.
    ("Australia/Lord_Howe", date(2026, 10, 5), time(2, 15), "2026-10-03T15:30", "2026-10-04T15:15"),
    ("Australia/Lord_Howe", date(2026, 10, 4), time(9, 30), "2026-10-02T23:00", "2026-10-03T22:30"),
    # Autumn: 02:30 of the day before comes twice, the first one counts; the day between has 25 hours.
    ("Europe/Berlin", date(2026, 10, 26), time(2, 30), "2026-10-25T00:30", "2026-10-26T01:30"),
    ("Europe/Berlin", date(2026, 10, 25), time(9, 30), "2026-10-24T07:30", "2026-10-25T08:30"),
    ("America/New_York", date(2026, 11, 2), time(1, 30), "2026-11-01T05:30", "2026-11-02T06:30"),
    ("America/New_York", date(2026, 11, 1), time(9, 30), "2026-10-31T13:30", "2026-11-01T14:30"),
    ("Australia/Lord_Howe", date(2027, 4, 5), time(1, 45), "2027-04-03T14:45", "2027-04-04T15:15"),
    ("Australia/Lord_Howe", date(2027, 4, 4), time(9, 30), "2027-04-02T22:30", "2027-04-03T23:00"),
    # Kathmandu has no summer time, and a quarter of an hour of its own.
    ("Asia/Kathmandu", date(2027, 3, 28), time(9, 30), "2027-03-27T03:45", "2027-03-28T03:45"),
    ("Asia/Kathmandu", date(2026, 10, 25), time(2, 30), "2026-10-23T20:45", "2026-10-24T20:45"),
]


@pytest.mark.parametrize(("zone", "on", "at", "day_before", "start"), CHANGES)
def test_across_a_change_of_clocks_each_reminder_comes_once(
    in_acme: Organization,
    lena: Membership,
    nordwind: object,
    zone: str,
    on: date,
    at: time,
    day_before: str,
    start: str,
) -> None:
    cohort = factories.cohort("running", sessions=0, zone=zone)
    session = factories.session(cohort, 1, on, at, zone=zone)
    factories.seat(cohort, lena)
    first, last = (datetime.fromisoformat(f"{moment}:00+00:00") for moment in (day_before, start))
    minute = timedelta(minutes=1)
    ticks = [first - HOUR, first - minute, first, first + minute, first + HOUR, last - HOUR - minute, last - HOUR]
    found = [(tick, row) for tick in [*ticks, last - minute, last, last + HOUR] for row in planned(tick)]
    assert found == [
        (first, ("cohorts.session_reminder", lena.pk, session.pk)),
        (last - HOUR, ("cohorts.session_starts_soon", lena.pk, session.pk)),
    ]


@pytest.mark.parametrize(
    ("zone", "on", "first", "last"),
    [
        ("Europe/Berlin", date(2027, 3, 29), "2027-03-26T08:00", "2027-03-28T07:00"),
        ("Europe/Berlin", date(2026, 10, 26), "2026-10-23T07:00", "2026-10-25T08:00"),
        ("America/New_York", date(2027, 3, 15), "2027-03-12T14:00", "2027-03-14T13:00"),
        ("America/New_York", date(2026, 11, 2), "2026-10-30T13:00", "2026-11-01T14:00"),
        ("Australia/Lord_Howe", date(2026, 10, 5), "2026-10-01T22:30", "2026-10-03T22:00"),
        ("Australia/Lord_Howe", date(2027, 4, 5), "2027-04-01T22:00", "2027-04-03T22:30"),
        ("Asia/Kathmandu", date(2027, 3, 28), "2027-03-25T03:15", "2027-03-27T03:15"),
    ],
)
def test_homework_is_reminded_at_the_readers_nine_on_both_sides_of_a_change(
    in_acme: Organization, lena: Membership, nordwind: object, zone: str, on: date, first: str, last: str
) -> None:
    lena.person.zone = zone
    lena.person.save()
    cohort = factories.cohort("running", sessions=0, zone=zone)
    factories.seat(cohort, lena)
    task = factories.homework(cohort, on)
    moments = [datetime.fromisoformat(f"{moment}:00+00:00") for moment in (first, last)]
    for moment in moments:
        assert planned(moment - timedelta(minutes=1)) == []
        assert planned(moment) == [("cohorts.homework_reminder", lena.pk, task.pk)]
        assert planned(moment + timedelta(minutes=1)) == []


def test_participants_and_facilitators_are_reminded_and_nobody_else(
    running: Cohort, lena: Membership, paul: Membership, frida: Membership
) -> None:
    factories.seat(running, factories.applicant("Nora Weiß"), "offered")
    factories.seat(running, factories.applicant("Ola Berg"), "waiting")
    first = running.sessions.get(number=1)
    found = planned(day_before(first))
    assert {recipient for _kind, recipient, _subject in found} == {lena.pk, paul.pk, frida.pk}
    assert {subject for _kind, _recipient, subject in found} == {first.pk}


def test_a_worker_that_slept_sends_what_still_makes_sense(running: Cohort) -> None:
    first = running.sessions.get(number=1)
    # Three hours late: the day before is still of use. Fifty minutes before the start only the hour is.
    assert {kind for kind, *_rest in planned(day_before(first) + 3 * HOUR)} == {"cohorts.session_reminder"}
    second = running.sessions.get(number=2)
    assert {kind for kind, *_rest in planned(second.starts_at - timedelta(minutes=50))} == {
        "cohorts.session_starts_soon"
    }


def test_a_session_that_moves_takes_its_reminders_along(
    running: Cohort, lena: Membership, actor: Actor, now: datetime
) -> None:
    first = running.sessions.get(number=1)
    assert planned(day_before(first))
    moved(first, actor, day_before(first) + HOUR, starts_on=date(2026, 12, 10))
    first.refresh_from_db()
    assert planned(day_before(first) - HOUR) == []
    assert ("cohorts.session_reminder", lena.pk, first.pk) in planned(day_before(first))


def test_a_canceled_session_reminds_nobody(running: Cohort, actor: Actor, now: datetime) -> None:
    first = running.sessions.get(number=1)
    cancel_session(actor=actor, session=first, now=now)
    assert planned(day_before(first)) == []
    assert planned(first.starts_at - HOUR) == []


@pytest.mark.parametrize("state", ["draft", "cancelled", "finished"])
def test_a_cohort_that_is_not_under_way_reminds_nobody(running: Cohort, state: str) -> None:
    Cohort.objects.filter(pk=running.pk).update(state=state)
    assert planned(day_before(running.sessions.get(number=1))) == []


def test_who_cannot_come_is_not_reminded(running: Cohort, lena: Membership, paul: Membership, now: datetime) -> None:
    first = running.sessions.select_related("cohort").get(number=1)
    excuse(session=first, membership=lena, now=now)
    recipients = {recipient for _kind, recipient, _subject in planned(day_before(first))}
    assert paul.pk in recipients
    assert lena.pk not in recipients


def test_homework_is_reminded_in_the_mornings_until_it_is_handed_in(
    running: Cohort, lena: Membership, paul: Membership
) -> None:
    task = factories.homework(running, date(2027, 1, 20))
    three_days, one_day = morning(task, 3), morning(task, 1)
    assert three_days == walltime.instant(date(2027, 1, 17), time(9), factories.ZONE)
    assert one_day == walltime.instant(date(2027, 1, 19), time(9), factories.ZONE)
    assert planned(three_days - HOUR) == []
    assert [recipient for _kind, recipient, _subject in planned(three_days)] == [lena.pk, paul.pk]
    submit_homework(actor=Actor.of(lena), homework=task, membership=lena, text="Done.", now=three_days + HOUR)
    assert planned(one_day) == [("cohorts.homework_reminder", paul.pk, task.pk)]
    assert planned(one_day + HOUR) == []
    assert planned(task.due_at) == []


def test_after_two_days_of_silence_one_mail_is_enough(running: Cohort, lena: Membership, paul: Membership) -> None:
    task = factories.homework(running, date(2027, 1, 20))
    assert len(planned(morning(task, 1) + HOUR)) == 2


def test_who_cannot_come_and_then_can_is_reminded_after_all(
    running: Cohort, lena: Membership, render_outbox: Callable[[datetime], list[Any]]
) -> None:
    first = running.sessions.select_related("cohort").get(number=1)
    tick = day_before(first)
    plan_reminders(tick)
    excuse(session=first, membership=lena, now=tick)
    assert not sent_to(lena, render_outbox(tick))
    plan_reminders(tick + HOUR)
    assert not sent_to(lena, render_outbox(tick + HOUR))
    come_after_all(session=first, membership=lena, now=tick + 2 * HOUR)
    for hours in (2, 3):
        plan_reminders(tick + hours * HOUR)
    assert len(sent_to(lena, render_outbox(tick + 3 * HOUR))) == 1
    # Said again after it was sent, nothing more comes before the last hour.
    excuse(session=first, membership=lena, now=tick + 4 * HOUR)
    come_after_all(session=first, membership=lena, now=tick + 5 * HOUR)
    plan_reminders(tick + 5 * HOUR)
    assert not sent_to(lena, render_outbox(tick + 5 * HOUR))


def test_who_turns_sessions_off_and_on_again_is_reminded(
    running: Cohort, lena: Membership, render_outbox: Callable[[datetime], list[Any]]
) -> None:
    tick = day_before(running.sessions.get(number=1))
    set_preferences(membership=lena, choices={"sessions": "off"}, now=tick)
    for hours in (0, 1):
        plan_reminders(tick + hours * HOUR)
        assert not sent_to(lena, render_outbox(tick + hours * HOUR))
    set_preferences(membership=lena, choices={"sessions": "mail"}, now=tick + 2 * HOUR)
    plan_reminders(tick + 2 * HOUR)
    assert len(sent_to(lena, render_outbox(tick + 2 * HOUR))) == 1


def test_a_reminder_for_the_bell_becomes_a_line_there_once(
    running: Cohort, lena: Membership, render_outbox: Callable[[datetime], list[Any]]
) -> None:
    first = running.sessions.get(number=1)
    set_preferences(membership=lena, choices={"sessions": "in_app"}, now=day_before(first))
    for tick in (day_before(first), day_before(first) + HOUR, first.starts_at - HOUR, first.starts_at - HOUR / 2):
        plan_reminders(tick)
        assert not sent_to(lena, render_outbox(tick))
    page = f"/o/acme/cohorts/{running.public_id}/sessions/{first.public_id}/"
    lines = Notification.objects.filter(membership=lena).order_by("pk").values_list("title", "url")
    assert list(lines) == [
        ("Session 1: Tuesday 8 December 2026, 10:00 CET", page),
        ("Session 1 begins at 10:00 CET", page),
    ]


OFFSETS = [
    # (session offsets of the program, of the cohort, hours before the session → whether a tick then reminds)
    ([7 * 1440], None, {169: False, 168: True, 160: True, 150: False, 24: False, 1: False}),
    ([7 * 1440, 180], None, {168: True, 24: False, 3: True, 1: True}),
    ([7 * 1440], [15], {168: False, 24: False, 1: False, 0.25: True}),
    ([1440], [], {24: False, 1: False}),
    (None, [3 * 1440, 1440], {72: True, 24: True, 12.5: True, 11: False}),
]


@pytest.mark.parametrize(("of_program", "of_cohort", "ticks"), OFFSETS)
def test_the_cohorts_offsets_go_before_the_programs(
    running: Cohort,
    lena: Membership,
    of_program: list[int] | None,
    of_cohort: list[int] | None,
    ticks: dict[float, bool],
) -> None:
    if of_program is not None:
        ReminderPlan.objects.create(program=running.program, sessions=of_program)
    if of_cohort is not None:
        ReminderPlan.objects.create(cohort=running, sessions=of_cohort)
    last = running.sessions.get(number=4)
    for hours, reminds in ticks.items():
        Message.objects.all().delete()
        found = planned(last.starts_at - hours * HOUR)
        assert bool([row for row in found if row[1:] == (lena.pk, last.pk)]) is reminds, hours


def test_late_homework_is_asked_for_once_the_morning_after(running: Cohort, lena: Membership, paul: Membership) -> None:
    task = factories.homework(running, date(2027, 1, 20))
    submit_homework(actor=Actor.of(lena), homework=task, membership=lena, text="Done.", now=task.due_at - HOUR)
    assert planned(morning(task, -1) - HOUR) == []
    assert planned(morning(task, -1) + 3 * HOUR) == [("cohorts.homework_reminder", paul.pk, task.pk)]
    assert planned(morning(task, -1) + 4 * HOUR) == []
    assert planned(morning(task, -2)) == []


@pytest.mark.parametrize(
    ("zone", "not_before"),
    [
        # 10:00 in Berlin is their night: it waits for seven o'clock there.
        ("America/Los_Angeles", "2026-12-07T15:00"),
        ("Pacific/Auckland", "2026-12-07T18:00"),
        ("Europe/Lisbon", "2026-12-07T09:00"),
    ],
)
def test_what_is_days_ahead_does_not_come_in_the_readers_night(
    running: Cohort, lena: Membership, zone: str, not_before: str
) -> None:
    lena.person.zone = zone
    lena.person.save()
    plan_reminders(day_before(running.sessions.get(number=1)))
    message = Message.objects.get(recipient=lena)
    assert message.not_before == datetime.fromisoformat(f"{not_before}:00+00:00")


def test_postgres_knows_every_zone_that_can_be_chosen() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_timezone_names")
        known = {name for (name,) in cursor.fetchall()}
    assert set(zone_names()) <= known


def test_an_offer_is_reminded_two_days_and_a_day_before_it_ends_and_again_when_extended(
    winter: Cohort, lena: Membership, now: datetime
) -> None:
    seat = factories.seat(winter, lena, "offered")
    assert planned(now + 23 * HOUR) == []
    assert planned(now + 24 * HOUR) == [("cohorts.seat_reminder", lena.pk, seat.pk)]
    assert planned(now + 47 * HOUR) == []
    assert planned(now + 48 * HOUR) == [("cohorts.seat_reminder", lena.pk, seat.pk)]
    assert planned(now + 60 * HOUR) == []
    assert planned(now + 73 * HOUR) == []
    Seat.objects.filter(pk=seat.pk).update(confirm_by=now + 6 * DAY)
    assert planned(now + 5 * DAY) == [("cohorts.seat_reminder", lena.pk, seat.pk)]


def test_an_offer_of_one_day_is_not_reminded(winter: Cohort, lena: Membership, now: datetime) -> None:
    factories.seat(winter, lena, "offered", confirm_by=now + DAY)
    assert all(planned(now + hours * HOUR) == [] for hours in range(25))


def test_the_next_tick_is_when_something_becomes_due(running: Cohort, now: datetime) -> None:
    first, second = running.sessions.get(number=1), running.sessions.get(number=2)
    assert plan_reminders(now) == day_before(first)
    assert plan_reminders(day_before(first)) == first.starts_at - HOUR
    assert plan_reminders(first.starts_at - HOUR) == day_before(second)
    last = running.sessions.get(number=4)
    assert plan_reminders(last.starts_at) is None


def test_reminders_of_many_are_the_same_statements(
    running: Cohort, lena: Membership, frida: Membership, django_assert_max_num_queries: Any
) -> None:
    first = running.sessions.get(number=1)
    with django_assert_max_num_queries(13) as few:
        plan_reminders(day_before(first))
    for number in range(5):
        other = factories.cohort("running", facilitator=frida)
        factories.seat(other, factories.applicant(f"Person{number} Nord"))
    Message.objects.all().delete()
    with django_assert_max_num_queries(13) as many:
        plan_reminders(day_before(first))
    assert isinstance(few, CaptureQueriesContext)
    assert len(many.captured_queries) == len(few.captured_queries)
    assert Message.objects.count() == 3 + 5 * 2


def test_what_was_planned_is_asked_again_when_it_is_sent(
    running: Cohort,
    lena: Membership,
    paul: Membership,
    frida: Membership,
    actor: Actor,
    render_outbox: Callable[[datetime], list[Any]],
) -> None:
    first = running.sessions.select_related("cohort").get(number=1)
    tick = day_before(first)
    plan_reminders(tick)
    excuse(session=first, membership=lena, now=tick)
    sent = render_outbox(tick)
    assert sorted(mail.to[0] for mail in sent) == [
        "Frida Sand <frida@acme.example>",
        "Paul Ortega <paul@kestrel.example>",
    ]
    assert Attendance.objects.get().state == "excused"
    reasons = dict(Message.objects.values_list("recipient_id", "reason"))
    assert reasons[lena.pk] == "not_needed"
