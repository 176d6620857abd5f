"""Invitations that calendars follow: never a SEQUENCE twice for two different things, and a feed behind a secret."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar

from cohorts.models import CalendarFeed, CalendarTurn, Cohort, CohortFacilitator, Session
from cohorts.services.calendars import renew_feed
from cohorts.services.cohorts import Series, create_cohort, edit_cohort
from cohorts.services.seats import confirm_seat, give_seat_back, offer_seat, release_seat
from cohorts.services.sessions import SessionPlan, add_session, cancel_session, edit_session
from cohorts.services.stages import cancel_cohort
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts import factories
from tests.cohorts.itip import complaints
from tests.factories import NOW

type SignIn = Callable[[Membership], Client]
type Deliver = Callable[[datetime], list[Any]]

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW) as traveller:
        yield traveller


def files_of(mail: Any) -> list[bytes]:
    parts = [part for part in mail.message().walk() if part.get_content_type() in ("text/calendar", "application/ics")]
    return [part.get_payload(decode=True) for part in parts]


def told(mails: list[Any], member: Membership) -> set[tuple[str, str, int]]:
    """(method, summary, sequence) of all calendar files that the member got."""
    found = set()
    for mail in mails:
        if member.person.email in mail.to[0]:
            for content in files_of(mail):
                calendar = Calendar.from_ical(content)
                (event,) = calendar.walk("VEVENT")
                found.add(
                    (str(calendar["METHOD"]), str(event["SUMMARY"]).rpartition(": ")[2], int(str(event["SEQUENCE"])))
                )
    return found


def of_all(method: str, sequence: int) -> set[tuple[str, str, int]]:
    return {(method, f"Session {number}", sequence) for number in range(1, 5)}


def test_leaving_and_returning_raises_the_sequence_each_time(
    winter: Cohort, lena: Membership, actor: Actor, now: datetime, render_outbox: Deliver
) -> None:
    seat = factories.seat(winter, lena, "offered")
    lenas = Actor.of(lena)
    moment = now
    expected = []
    for turn in (0, 2, 4):
        confirm_seat(actor=lenas, cohort=winter, membership=lena, now=moment)
        assert told(render_outbox(moment), lena) == of_all("REQUEST", turn)
        moment += MINUTE
        if turn == 2:
            release_seat(actor=actor, seat=seat, now=moment)
        else:
            give_seat_back(actor=lenas, cohort=winter, membership=lena, now=moment)
        assert told(render_outbox(moment), lena) == of_all("CANCEL", turn + 1)
        moment += MINUTE
        offer_seat(actor=actor, seat=seat, now=moment)
        render_outbox(moment)
        expected.append(turn)
    assert CalendarTurn.objects.get(membership=lena).turns == 5


def test_a_move_after_a_return_is_higher_than_both(
    winter: Cohort, lena: Membership, paul: Membership, actor: Actor, now: datetime, render_outbox: Deliver
) -> None:
    seat = factories.seat(winter, lena, "offered")
    factories.seat(winter, paul)
    for _turn in range(2):
        confirm_seat(actor=Actor.of(lena), cohort=winter, membership=lena, now=now)
        give_seat_back(actor=Actor.of(lena), cohort=winter, membership=lena, now=now)
        offer_seat(actor=actor, seat=seat, now=now)
    confirm_seat(actor=Actor.of(lena), cohort=winter, membership=lena, now=now)
    assert told(render_outbox(now), lena) == of_all("REQUEST", 4)
    session = Session.objects.select_related("cohort").get(number=2)
    plan = SessionPlan(session.title, date(2026, 12, 17), time(14), "Europe/Berlin", 60)
    edit_session(actor=actor, session=session, revision=1, plan=plan, content_ids=(), now=now + MINUTE)
    mails = render_outbox(now + MINUTE)
    assert told(mails, lena) == {("REQUEST", "Session 2", 5)}
    assert told(mails, paul) == {("REQUEST", "Session 2", 1)}


def test_who_leads_gets_the_sessions_from_the_first_day_on(
    in_acme: Organization, frida: Membership, bob: Membership, actor: Actor, now: datetime, render_outbox: Deliver
) -> None:
    series = Series(date(2026, 12, 8), time(10), 4, 60)
    program = factories.ProgramFactory.create()
    cohort = create_cohort(
        actor=actor,
        program=program,
        title="Spring",
        zone="Europe/Berlin",
        capacity=12,
        series=series,
        facilitators=[frida],
        now=now,
    )
    titles = {session.title for session in cohort.sessions.all()}
    assert told(render_outbox(now), frida) == {("REQUEST", title, 0) for title in titles}
    for moment, wanted, who, method, sequence in (
        (now + MINUTE, [frida, bob], bob, "REQUEST", 0),
        (now + 2 * MINUTE, [bob], frida, "CANCEL", 1),
        (now + 3 * MINUTE, [bob, frida], frida, "REQUEST", 2),
        (now + 4 * MINUTE, [frida], bob, "CANCEL", 1),
    ):
        cohort.refresh_from_db()
        edit_cohort(actor=actor, cohort=cohort, revision=cohort.revision, changes={}, facilitators=wanted, now=moment)
        mails = render_outbox(moment)
        assert len(mails) == 1
        assert told(mails, who) == {(method, title, sequence) for title in titles}
    assert [row.membership_id for row in CohortFacilitator.objects.all()] == [frida.pk]


def test_who_leads_for_a_moment_only_is_told_nothing(
    winter: Cohort, frida: Membership, bob: Membership, actor: Actor, now: datetime, render_outbox: Deliver
) -> None:
    for wanted in ([frida, bob], [frida]):
        winter.refresh_from_db()
        edit_cohort(actor=actor, cohort=winter, revision=winter.revision, changes={}, facilitators=wanted, now=now)
    # What was never told needs no taking back, but a canceling of something unknown harms no calendar.
    assert told(render_outbox(now), bob) <= of_all("CANCEL", 1)


def _lead(cohort: Cohort, actor: Actor, leaders: list[Membership], now: datetime) -> None:
    cohort.refresh_from_db()
    edit_cohort(actor=actor, cohort=cohort, revision=cohort.revision, changes={}, facilitators=leaders, now=now)


@pytest.mark.parametrize("seat_ends_by", ["herself", "staff"])
def test_who_gives_the_seat_back_and_still_leads_keeps_the_sessions(
    winter: Cohort,
    frida: Membership,
    bob: Membership,
    actor: Actor,
    now: datetime,
    render_outbox: Deliver,
    seat_ends_by: str,
) -> None:
    seat = factories.seat(winter, bob, "offered")
    confirm_seat(actor=Actor.of(bob), cohort=winter, membership=bob, now=now)
    _lead(winter, actor, [frida, bob], now)
    assert told(render_outbox(now), bob) == of_all("REQUEST", 0)
    if seat_ends_by == "staff":
        release_seat(actor=actor, seat=seat, now=now + MINUTE)
    else:
        give_seat_back(actor=Actor.of(bob), cohort=winter, membership=bob, now=now + MINUTE)
    (mail,) = render_outbox(now + MINUTE)
    assert files_of(mail) == []
    assert ("You still lead it" in mail.body) is (seat_ends_by == "herself")
    renew_feed(membership=bob, now=now)
    assert len(titles_in(Client(), feed_url(bob))) == 4
    # What calendars hear next is newer than all before, and the last of the two ways out clears them.
    session = Session.objects.select_related("cohort").get(number=2)
    plan = SessionPlan(session.title, date(2026, 12, 17), time(14), "Europe/Berlin", 60)
    edit_session(actor=actor, session=session, revision=1, plan=plan, content_ids=(), now=now + 2 * MINUTE)
    assert told(render_outbox(now + 2 * MINUTE), bob) == {("REQUEST", "Session 2", 2)}
    _lead(winter, actor, [frida], now + 3 * MINUTE)
    expected = {("CANCEL", f"Session {number}", 3 if number == 2 else 2) for number in range(1, 5)}
    assert told(render_outbox(now + 3 * MINUTE), bob) == expected
    assert titles_in(Client(), feed_url(bob)) == {}


def test_who_stops_leading_and_takes_part_keeps_the_sessions(
    winter: Cohort, frida: Membership, bob: Membership, actor: Actor, now: datetime, render_outbox: Deliver
) -> None:
    factories.seat(winter, bob, "offered")
    _lead(winter, actor, [frida, bob], now)
    confirm_seat(actor=Actor.of(bob), cohort=winter, membership=bob, now=now)
    render_outbox(now)
    _lead(winter, actor, [frida], now + MINUTE)
    (mail,) = render_outbox(now + MINUTE)
    assert "You still take part" in mail.body
    assert files_of(mail) == []
    give_seat_back(actor=Actor.of(bob), cohort=winter, membership=bob, now=now + 2 * MINUTE)
    assert told(render_outbox(now + 2 * MINUTE), bob) == of_all("CANCEL", 2)


def test_both_ways_out_before_any_mail_left_end_in_canceling(
    winter: Cohort, frida: Membership, bob: Membership, actor: Actor, now: datetime, render_outbox: Deliver
) -> None:
    factories.seat(winter, bob, "offered")
    confirm_seat(actor=Actor.of(bob), cohort=winter, membership=bob, now=now)
    _lead(winter, actor, [frida, bob], now)
    render_outbox(now)
    give_seat_back(actor=Actor.of(bob), cohort=winter, membership=bob, now=now + MINUTE)
    _lead(winter, actor, [frida], now + MINUTE)
    assert told(render_outbox(now + MINUTE), bob) == of_all("CANCEL", 2)


def test_every_file_of_a_whole_story_is_what_the_standards_ask_for(
    winter: Cohort,
    lena: Membership,
    bob: Membership,
    frida: Membership,
    actor: Actor,
    now: datetime,
    render_outbox: Deliver,
    tmp_path: Path,
) -> None:
    factories.seat(winter, lena, "offered")
    confirm_seat(actor=Actor.of(lena), cohort=winter, membership=lena, now=now)
    edit_cohort(actor=actor, cohort=winter, revision=winter.revision, changes={}, facilitators=[frida, bob], now=now)
    odd = SessionPlan("Über; “Zahlen”, 🎉\nund mehr", date(2027, 3, 28), time(2, 30), "Australia/Lord_Howe", 45)
    session = add_session(actor=actor, cohort=winter, plan=odd, now=now)
    plain = SessionPlan("In UTC", date(2027, 4, 1), time(9), "UTC", 45, place="Room 4, second floor")
    edit_session(actor=actor, session=session, revision=1, plan=plain, content_ids=(), now=now)
    mails = render_outbox(now)
    cancel_session(actor=actor, session=session, reason="Ill.", now=now + MINUTE)
    give_seat_back(actor=Actor.of(lena), cohort=winter, membership=lena, now=now + MINUTE)
    winter.refresh_from_db()
    mails += render_outbox(now + MINUTE)
    cancel_cohort(actor=actor, cohort=winter, reason="Too few.", now=now + 2 * MINUTE)
    mails += render_outbox(now + 2 * MINUTE)
    files = [content for mail in mails for content in files_of(mail)]
    methods = {str(Calendar.from_ical(content)["METHOD"]) for content in files}
    assert methods == {"REQUEST", "CANCEL"}
    assert complaints(tmp_path, files) == ""


def test_the_checker_finds_what_is_wrong(tmp_path: Path) -> None:
    broken = b"BEGIN:VCALENDAR\r\nPRODID:x\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:a\r\nEND:VEVENT\r\n"
    assert "ORGANIZER" in complaints(tmp_path, [broken + b"END:VCALENDAR\r\n"])


# ── The feed ────────────────────────────────────────────────────────────────────────────────────────────────────────


def feed_url(member: Membership) -> str:
    return address("calendar_feed", CalendarFeed.objects.get(membership=member).token)


def titles_in(client: Client, url: str) -> dict[str, int]:
    answer = client.get(url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    return {str(event["SUMMARY"]).rpartition(": ")[2]: int(str(event["SEQUENCE"])) for event in events}


def test_the_feed_shows_what_is_on_without_signing_in(
    winter: Cohort, lena: Membership, frida: Membership, actor: Actor, now: datetime, tmp_path: Path
) -> None:
    for member in (lena, frida):
        renew_feed(membership=member, now=now)
    nobody = Client()
    assert titles_in(nobody, feed_url(lena)) == {}
    factories.seat(winter, lena)
    assert titles_in(nobody, feed_url(lena)) == titles_in(nobody, feed_url(frida))
    assert titles_in(nobody, feed_url(lena)) == {f"Session {number}": 0 for number in range(1, 5)}
    cancel_session(actor=actor, session=Session.objects.select_related("cohort").get(number=2), now=now)
    assert set(titles_in(nobody, feed_url(lena))) == {"Session 1", "Session 3", "Session 4"}
    content = nobody.get(feed_url(lena)).content
    assert b"ATTENDEE" not in content
    assert complaints(tmp_path, [content]) == ""
    give_seat_back(actor=Actor.of(lena), cohort=winter, membership=lena, now=now)
    assert titles_in(nobody, feed_url(lena)) == {}


def test_a_renewed_address_kills_the_former(winter: Cohort, lena: Membership, now: datetime) -> None:
    assert not renew_feed(membership=lena, now=now)
    first = feed_url(lena)
    assert renew_feed(membership=lena, now=now)
    nobody = Client()
    assert nobody.get(first).status_code == 404
    assert nobody.get(feed_url(lena)).status_code == 200
    assert nobody.get(first[: -len("abc/sessions.ics")] + "abc/sessions.ics").status_code == 404


def test_another_organizations_address_opens_nothing_here(
    umbrella: Organization, acme: Organization, charlie: Membership, now: datetime
) -> None:
    with scope(umbrella):
        renew_feed(membership=charlie, now=now)
        foreign = CalendarFeed.objects.get().token
    nobody = Client()
    assert nobody.get(address("calendar_feed", foreign, organization=umbrella)).status_code == 200
    assert nobody.get(address("calendar_feed", foreign, organization=acme)).status_code == 404


def test_whoever_no_longer_belongs_here_reads_nothing(winter: Cohort, lena: Membership, now: datetime) -> None:
    renew_feed(membership=lena, now=now)
    lena.state = Membership.State.SUSPENDED
    lena.save()
    assert Client().get(feed_url(lena)).status_code == 404


def test_a_program_that_asks_too_often_is_told_to_wait(winter: Cohort, lena: Membership, now: datetime) -> None:
    renew_feed(membership=lena, now=now)
    nobody, url = Client(), feed_url(lena)
    answers = [nobody.get(url).status_code for _time in range(61)]
    assert answers == [200] * 60 + [429]
    guesses = [nobody.get(address("calendar_feed", f"guess{number}")).status_code for number in range(31)]
    assert guesses == [404] * 30 + [429]


def test_the_page_makes_an_address_and_renews_it(winter: Cohort, lena: Membership, sign_in: SignIn) -> None:
    client, page = sign_in(lena), address("calendar_subscribe")
    assert "webcal://" not in client.get(page).content.decode()
    assert not CalendarFeed.objects.exists()
    assert client.post(address("calendar_renew")).status_code == 303
    first = CalendarFeed.objects.get().token
    shown = client.get(page).content.decode()
    assert f"{first}/sessions.ics" in shown
    assert 'href="webcal://' in shown
    client.post(address("calendar_renew"))
    shown = client.get(page).content.decode()
    assert first not in shown
    assert CalendarFeed.objects.get().token in shown
