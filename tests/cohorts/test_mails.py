"""Mails as they arrive: who gets which words, what is attached, and the one thing to press."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from cohorts import walltime
from cohorts.models import Cohort, Decision, Graduation, Nomination, Recap, Seat, Session
from cohorts.rules import Answers
from cohorts.services.applications import submit_application
from cohorts.services.graduation import graduate
from cohorts.services.homework import comment_submission, submit_homework
from cohorts.services.nominations import nominate
from cohorts.services.recaps import save_recap, send_recap
from cohorts.services.reminders import plan_reminders
from cohorts.services.seats import confirm_seat, give_seat_back, release_seat
from cohorts.services.selection import draft_decision, release_decisions
from cohorts.services.sessions import SessionPlan, cancel_session, edit_session
from cohorts.services.stages import cancel_cohort
from partners.models import Partner
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.outbox.models import Message
from tests.cohorts import factories

type Deliver = Callable[[datetime], list[Any]]


def calendars(mail: Any) -> list[Calendar]:
    """Every calendar file of a mail, the one beside the text first."""
    parts = [part for part in mail.message().walk() if part.get_content_type() in ("text/calendar", "application/ics")]
    parts.sort(key=lambda part: part.get_content_type() != "text/calendar")
    return [Calendar.from_ical(part.get_payload(decode=True)) for part in parts]


def event_of(calendar: Calendar) -> Any:
    (event,) = calendar.walk("VEVENT")
    return event


def to(mails: list[Any], member: Membership) -> Any:
    (mail,) = [mail for mail in mails if member.person.email in mail.to[0]]
    return mail


def test_the_nominee_reads_who_thinks_of_them(
    winter: Cohort, lena: Membership, frida: Membership, now: datetime, render_outbox: Deliver
) -> None:
    nominate(
        actor=Actor.of(frida), nominator=frida, cohort=winter, email=lena.person.email, note="You know why.", now=now
    )
    (mail,) = render_outbox(now)
    token = Nomination.objects.get().token
    assert mail.subject == "Frida Sand thinks of you for “Winter 2026”"
    assert mail.reply_to == ["frida@acme.example"]
    for words in ("Hello Lena,", "You know why.", "three discovery conversations", f"/o/acme/nominations/{token}/"):
        assert words in mail.body
    stored = Message.objects.get()
    assert token not in str(stored.copy)


def test_from_the_application_to_the_calendar(
    winter: Cohort,
    lena: Membership,
    paul: Membership,
    frida: Membership,
    actor: Actor,
    now: datetime,
    render_outbox: Deliver,
) -> None:
    good = Answers({"why": "Because.", "project": "A customer.", "experience": "new"}, agrees=True)
    rows = [
        submit_application(actor=Actor.of(who), cohort=winter, membership=who, answers=good, now=now)
        for who in (lena, paul)
    ]
    received = render_outbox(now)
    assert {mail.subject for mail in received} == {"Your application for “Winter 2026” is in"}
    Cohort.objects.filter(pk=winter.pk).update(state="selecting")
    for row, kind in zip(rows, ("accept", "decline"), strict=True):
        words = f"Hello, **{kind}** with care."
        draft_decision(actor=actor, decider=frida, application=row, kind=kind, wording=words, now=now)
    release_decisions(actor=actor, cohort=winter, now=now)
    told = render_outbox(now)
    offered, declined = to(told, lena), to(told, paul)
    assert offered.subject == "You are in: confirm your seat in “Winter 2026”"
    assert "Hello, **accept** with care." in offered.body
    assert "<strong>accept</strong>" in offered.alternatives[0][0]
    assert "Thursday 26 November 2026, 11:00 CET" in offered.body
    assert "show your work half-finished" in offered.body
    assert "Hello, **decline** with care." in declined.body
    assert "accept" not in declined.body
    confirm_seat(actor=Actor.of(lena), cohort=winter, membership=lena, now=now)
    (welcome,) = render_outbox(now)
    assert welcome.subject == "Your seat in “Winter 2026” is confirmed"
    assert len(calendars(welcome)) >= 4


def test_the_invitation_is_what_calendar_programs_expect(
    winter: Cohort, lena: Membership, now: datetime, render_outbox: Deliver
) -> None:
    factories.seat(winter, lena, "offered")
    confirm_seat(actor=Actor.of(lena), cohort=winter, membership=lena, now=now)
    (mail,) = render_outbox(now)
    found = calendars(mail)
    assert all(calendar["METHOD"] == "REQUEST" for calendar in found)
    first = found[0]
    event = event_of(first)
    session = Session.objects.get(number=1)
    assert event["UID"] == f"{session.public_id}.{session.organization_id}@canopy"
    assert (event["SEQUENCE"], event["STATUS"]) == (0, "CONFIRMED")
    assert event["DTSTART"].dt == session.starts_at
    assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(hours=1)
    assert str(event["ATTENDEE"]) == "mailto:lena@nordwind.example"
    assert event["LOCATION"] == "https://meet.example/acme"
    assert [zone["TZID"] for zone in first.walk("VTIMEZONE")] == ["Europe/Berlin"]
    assert {str(event_of(calendar)["UID"]) for calendar in found} == {
        f"{row.public_id}.{row.organization_id}@canopy" for row in Session.objects.all()
    }


def test_a_change_keeps_the_uid_and_raises_the_sequence(
    winter: Cohort, lena: Membership, actor: Actor, now: datetime, render_outbox: Deliver
) -> None:
    factories.seat(winter, lena)
    session = Session.objects.select_related("cohort").get(number=1)
    plan = SessionPlan(
        session.title, date(2026, 12, 9), time(14), "Europe/Berlin", 90, link="", place="Room 4; bring a pen"
    )
    edit_session(actor=actor, session=session, revision=1, plan=plan, content_ids=(), now=now)
    moved = to(render_outbox(now), lena)
    assert moved.subject == "Changed: Session 1 is on Wednesday 9 December 2026, 14:00 CET"
    event = event_of(calendars(moved)[0])
    assert (event["UID"], event["SEQUENCE"]) == (f"{session.public_id}.{session.organization_id}@canopy", 1)
    assert event["LOCATION"] == "Room 4; bring a pen"
    cancel_session(actor=actor, session=session, reason="Frida is ill.", now=now + timedelta(hours=1))
    canceled = to(render_outbox(now + timedelta(hours=1)), lena)
    calendar = calendars(canceled)[0]
    event = event_of(calendar)
    assert (calendar["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 2)
    assert event["UID"] == f"{session.public_id}.{session.organization_id}@canopy"
    assert "Frida is ill." in canceled.body


def test_of_two_changes_in_a_row_only_the_newest_is_told(
    winter: Cohort, lena: Membership, actor: Actor, now: datetime, render_outbox: Deliver
) -> None:
    factories.seat(winter, lena)
    session = Session.objects.select_related("cohort").get(number=1)
    for hour in (14, 15):
        plan = SessionPlan(session.title, session.starts_on, time(hour), session.zone, 60, session.link)
        edit_session(actor=actor, session=session, revision=session.revision, plan=plan, content_ids=(), now=now)
    mail = to(render_outbox(now), lena)
    assert "15:00" in mail.subject


def test_who_leaves_gets_the_sessions_out_of_the_calendar(
    winter: Cohort, lena: Membership, paul: Membership, actor: Actor, now: datetime, render_outbox: Deliver
) -> None:
    factories.seat(winter, lena)
    seat = factories.seat(winter, paul)
    give_seat_back(actor=Actor.of(lena), cohort=winter, membership=lena, now=now)
    release_seat(actor=actor, seat=seat, now=now)
    mails = render_outbox(now)
    for member, subject in (
        (lena, "You have given back your seat in “Winter 2026”"),
        (paul, "Your place in “Winter 2026”"),
    ):
        mail = to(mails, member)
        assert mail.subject == subject
        assert {str(calendar["METHOD"]) for calendar in calendars(mail)} == {"CANCEL"}


def test_the_last_seat_went_in_the_same_moment(
    winter: Cohort, lena: Membership, paul: Membership, now: datetime, render_outbox: Deliver
) -> None:
    Cohort.objects.filter(pk=winter.pk).update(capacity=1)
    for who in (lena, paul):
        factories.seat(winter, who, "offered")
        confirm_seat(actor=Actor.of(who), cohort=winter, membership=who, now=now)
    assert to(render_outbox(now), paul).subject == "The last seat in “Winter 2026” went in the same moment"


def test_reminders_are_told_in_the_readers_zone(
    winter: Cohort, lena: Membership, paul: Membership, frida: Membership, render_outbox: Deliver
) -> None:
    lena.person.zone = "America/New_York"
    lena.person.save()
    factories.seat(winter, lena)
    factories.seat(winter, paul)
    session = Session.objects.get(number=1)
    plan_reminders(walltime.days_before(session.starts_on, session.starts_time, session.zone, 1))
    # In New York that moment is in the night: hers comes at seven.
    mails = render_outbox(walltime.days_before(session.starts_on, session.starts_time, session.zone, 1))
    assert not [mail for mail in mails if lena.person.email in mail.to[0]]
    mails += render_outbox(session.starts_at - timedelta(hours=21))
    assert to(mails, lena).subject == "Session 1: Tuesday 8 December 2026, 04:00 EST"
    assert to(mails, paul).subject == "Session 1: Tuesday 8 December 2026, 10:00 CET"
    absence = f"/o/acme/cohorts/{winter.public_id}/sessions/{session.public_id}/absence/"
    assert absence in to(mails, lena).body
    assert absence not in to(mails, frida).body
    plan_reminders(session.starts_at - timedelta(minutes=60))
    soon = to(render_outbox(session.starts_at - timedelta(minutes=60)), lena)
    assert soon.subject == "Session 1 begins at 04:00 EST"
    assert "https://meet.example/acme" in soon.body


def test_the_recap_is_markdown_and_who_was_missed_reads_so(
    winter: Cohort, lena: Membership, paul: Membership, actor: Actor, render_outbox: Deliver
) -> None:
    factories.seat(winter, lena)
    factories.seat(winter, paul)
    session = Session.objects.select_related("cohort").get(number=1)
    session.attendance.create(membership=paul, state="absent", recorded_at=session.ends_at)
    body = "## What we did\n\n- We *talked*\n- <script>alert(1)</script>"
    recap = save_recap(actor=actor, session=session, revision=0, body=body, now=session.ends_at)
    send_recap(actor=actor, recap=recap, now=session.ends_at)
    mails = render_outbox(session.ends_at)
    there, missed = to(mails, lena), to(mails, paul)
    assert there.subject == "Session 1: what we did, what comes next"
    html = there.alternatives[0][0]
    assert "<em>talked</em>" in html
    assert "<script" not in html
    assert missed.subject == "Session 1: what you missed, and how to catch up"
    assert Recap.objects.get().state == "sent"


def test_homework_and_graduation(
    winter: Cohort,
    lena: Membership,
    frida: Membership,
    nordwind: Partner,
    actor: Actor,
    now: datetime,
    render_outbox: Deliver,
) -> None:
    factories.seat(winter, lena)
    task = factories.homework(winter)
    plan_reminders(walltime.days_before(task.due_on, time(9), task.cohort.zone, 1))
    (reminder, *_others) = [
        mail
        for mail in render_outbox(walltime.days_before(task.due_on, time(9), task.cohort.zone, 1))
        if mail.subject.startswith("Homework for Winter 2026")
    ]
    assert "Tuesday 8 December 2026, 18:00 CET" in reminder.body
    row = submit_homework(actor=Actor.of(lena), homework=task, membership=lena, text="Done.", now=now)
    comment_submission(actor=actor, author=frida, submission=row, body="Whom first? *Really*", now=now)
    comment = to(render_outbox(now), lena)
    assert comment.subject == "Frida Sand commented on your homework"
    assert "Whom first? *Really*" in comment.body
    Cohort.objects.filter(pk=winter.pk).update(state="graduating")
    winter.refresh_from_db()
    graduate(actor=actor, cohort=winter, membership_ids=[lena.pk], now=now)
    mail = to(render_outbox(now), lena)
    token = Graduation.objects.get().token
    assert mail.subject == f"You have graduated: {winter.program.title}"
    assert f"/o/acme/certificates/{token}/" in mail.body
    assert f"/o/acme/badges/{token}/" in mail.body


def test_calling_it_off_takes_it_out_of_calendars_that_had_it(
    winter: Cohort, lena: Membership, paul: Membership, actor: Actor, now: datetime, render_outbox: Deliver
) -> None:
    factories.seat(winter, lena)
    factories.application(winter, paul)
    cancel_cohort(actor=actor, cohort=winter, reason="Too few of you.", now=now)
    mails = render_outbox(now)
    assert "Too few of you." in to(mails, paul).body
    assert calendars(to(mails, paul)) == []
    assert {str(event_of(calendar)["SEQUENCE"]) for calendar in calendars(to(mails, lena))} == {"1"}


@pytest.mark.parametrize("state", ["declined", "released", "confirmed"])
def test_an_offer_that_is_answered_is_not_told_any_more(
    winter: Cohort, lena: Membership, frida: Membership, actor: Actor, now: datetime, render_outbox: Deliver, state: str
) -> None:
    Cohort.objects.filter(pk=winter.pk).update(state="selecting")
    row = factories.application(winter, lena)
    draft_decision(actor=actor, decider=frida, application=row, kind="accept", wording="Yes.", now=now)
    release_decisions(actor=actor, cohort=winter, now=now)
    Seat.objects.update(state=state)
    assert render_outbox(now) == []


def test_words_of_people_are_words_and_no_markup(
    winter: Cohort, lena: Membership, frida: Membership, now: datetime, render_outbox: Deliver
) -> None:
    lena.person.name = "[Lena](https://evil.example) <b>"
    lena.person.save()
    nominate(
        actor=Actor.of(frida),
        nominator=frida,
        cohort=winter,
        email=lena.person.email,
        note="<img src=x> [click](https://evil.example)",
        now=now,
    )
    (mail,) = render_outbox(now)
    html = mail.alternatives[0][0]
    assert 'href="https://evil.example' not in html
    assert "<img src=x" not in html


def test_a_decision_keeps_its_words_after_it_was_released(
    winter: Cohort, paul: Membership, frida: Membership, actor: Actor, now: datetime, render_outbox: Deliver
) -> None:
    Cohort.objects.filter(pk=winter.pk).update(state="selecting")
    row = factories.application(winter, paul)
    draft_decision(
        actor=actor, decider=frida, application=row, kind="decline", reason="full", wording="Next time.", now=now
    )
    release_decisions(actor=actor, cohort=winter, now=now)
    assert Decision.objects.get().reason == "full"
    assert "Next time." in to(render_outbox(now), paul).body
    assert ZoneInfo(winter.zone) == winter.tz
