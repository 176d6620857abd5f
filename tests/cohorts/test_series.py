"""A series that is added or moved at once: one mail with all the dates, calendars right, all of it or nothing."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from cohorts.models import Cohort, Session
from cohorts.services.series import add_series, move_series
from cohorts.services.sessions import SessionPlan, cancel_session
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.audit.models import AuditEntry
from prm.outbox.models import Message
from prm.problems import Refused
from tests.cohorts import factories
from tests.cohorts.itip import complaints
from tests.cohorts.test_calendars import files_of, told
from tests.cohorts.test_reminders import moved
from tests.factories import NOW

type SignIn = Callable[[Membership], Client]
type Deliver = Callable[[datetime], list[Any]]

WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW) as traveller:
        yield traveller


@pytest.fixture
def running(winter: Cohort, lena: Membership) -> Cohort:
    """Lena takes part, Frida leads; four sessions are ahead, on 8, 15, 22 and 29 December at ten."""
    factories.seat(winter, lena)
    Cohort.objects.filter(pk=winter.pk).update(state="running")
    winter.refresh_from_db()
    return winter


def days_of(cohort: Cohort) -> list[date]:
    return list(Session.objects.filter(cohort=cohort).order_by("number").values_list("starts_on", flat=True))


def seen(cohort: Cohort) -> dict[str, int]:
    return dict(Session.objects.filter(cohort=cohort).values_list("public_id", "revision"))


def move(cohort: Cohort, actor: Actor, number: int = 1, days: int = 7, **said: Any) -> list[Session]:
    first = Session.objects.get(cohort=cohort, number=number).public_id
    return move_series(actor=actor, cohort=cohort, first=first, days=days, **{"seen": seen(cohort), "now": NOW, **said})


def add(cohort: Cohort, actor: Actor, count: int) -> list[Session]:
    first = SessionPlan("", date(2027, 1, 5), time(10), "Europe/Berlin", 60, link="https://meet.example/acme")
    plans = [SessionPlan(**{**first.__dict__, "starts_on": first.starts_on + WEEK * n}) for n in range(count)]
    return add_series(actor=actor, cohort=cohort, title="Clinic", plans=plans, now=NOW)


def refused(act: Callable[[], object]) -> set[str]:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.codes


def test_three_sessions_added_are_one_mail_for_each(
    running: Cohort, actor: Actor, lena: Membership, frida: Membership, render_outbox: Deliver, tmp_path: Path
) -> None:
    add(running, actor, 3)
    mails = render_outbox(NOW)
    assert sorted(mail.to[0].partition("<")[2] for mail in mails) == ["frida@acme.example>", "lena@nordwind.example>"]
    (mail,) = [mail for mail in mails if "lena" in mail.to[0]]
    assert mail.subject == "3 more sessions: Winter 2026"
    for day in ("5 January 2027, 10:00 CET", "12 January 2027", "19 January 2027"):
        assert day in mail.body
    assert mail.body.count("https://meet.example/acme") == 1, "the place stands once"
    assert f"/cohorts/{running.public_id}/home/" in mail.body
    expected = {("REQUEST", f"Clinic {number}", 0) for number in (1, 2, 3)}
    assert told(mails, lena) == told(mails, frida) == expected
    assert complaints(tmp_path, files_of(mail)) == ""


def test_a_series_of_one_is_told_as_one_session(running: Cohort, actor: Actor, render_outbox: Deliver) -> None:
    add(running, actor, 1)
    assert {mail.subject.partition(",")[0] for mail in render_outbox(NOW)} == {"One more session: Clinic"}


def test_the_rest_of_a_series_moves_with_one_mail(
    running: Cohort, actor: Actor, lena: Membership, render_outbox: Deliver, tmp_path: Path
) -> None:
    move(running, actor, number=2, days=2, starts_time=time(16))
    assert days_of(running) == [date(2026, 12, 8), date(2026, 12, 17), date(2026, 12, 24), date(2026, 12, 31)]
    mails = render_outbox(NOW)
    assert len(mails) == 2
    (mail,) = [mail for mail in mails if "lena" in mail.to[0]]
    assert mail.subject == "Changed: 3 sessions of Winter 2026 have other dates"
    assert "17 December 2026, 16:00 CET" in mail.body
    assert "8 December" not in mail.body.replace("18 December", "")
    assert told(mails, lena) == {("REQUEST", f"Session {number}", 1) for number in (2, 3, 4)}
    assert complaints(tmp_path, files_of(mail)) == ""
    entry = AuditEntry.objects.filter(verb="cohorts.session_edited").order_by("pk")[0]
    assert entry.changes == {"starts_on": ["2026-12-15", "2026-12-17"], "starts_time": ["10:00:00", "16:00:00"]}


def test_wall_clock_time_is_kept_across_a_change_of_clocks(running: Cohort, actor: Actor) -> None:
    move(running, actor, days=112)
    session = Session.objects.get(cohort=running, number=1)
    assert (session.starts_on, session.starts_time) == (date(2027, 3, 30), time(10))
    assert session.starts_at == datetime.fromisoformat("2027-03-30T08:00:00+00:00")


def test_what_changed_meanwhile_is_told_by_its_own_mail_alone(
    running: Cohort, actor: Actor, lena: Membership, render_outbox: Deliver
) -> None:
    move(running, actor)
    second, third = Session.objects.filter(cohort=running, number__in=(2, 3)).order_by("number")
    moved(second, actor, NOW, starts_on=second.starts_on + timedelta(days=1))
    cancel_session(actor=actor, session=third, now=NOW)
    found = told(render_outbox(NOW), lena)
    assert found == {
        ("REQUEST", "Session 1", 1), ("REQUEST", "Session 4", 1), ("REQUEST", "Session 2", 2),
        ("CANCEL", "Session 3", 2),
    }  # fmt: skip


def test_moved_twice_before_a_mail_left_is_told_once(
    running: Cohort, actor: Actor, lena: Membership, render_outbox: Deliver
) -> None:
    move(running, actor)
    move(running, actor, days=-7)
    assert days_of(running)[0] == date(2026, 12, 8)
    mails = render_outbox(NOW)
    assert len(mails) == 2
    assert told(mails, lena) == {("REQUEST", f"Session {number}", 2) for number in (1, 2, 3, 4)}


def test_who_left_meanwhile_gets_nothing(
    running: Cohort, actor: Actor, lena: Membership, render_outbox: Deliver
) -> None:
    move(running, actor)
    running.seats.update(state="released", confirmed_at=None)
    assert [mail.to[0] for mail in render_outbox(NOW) if "lena" in mail.to[0]] == []


def test_what_cannot_be_moved_is_refused_whole(running: Cohort, actor: Actor) -> None:
    before = days_of(running)
    assert refused(lambda: move(running, actor, days=0)) == {"same"}
    assert refused(lambda: move(running, actor, days=0, starts_time=time(10))) == {"same"}
    assert refused(lambda: move(running, actor, days=-30)) == {"past"}
    assert refused(lambda: move(running, actor, number=2, days=-7)) == {"taken"}
    assert refused(lambda: move(running, actor, seen={})) == {"changed_meanwhile"}
    Session.objects.filter(number=4).update(state="held")
    assert refused(lambda: move(running, actor, number=4)) == {"nothing"}
    Cohort.objects.filter(pk=running.pk).update(state="cancelled")
    running.refresh_from_db()
    assert refused(lambda: move(running, actor)) == {"over"}
    assert days_of(running) == before
    assert not Message.objects.exists()


def test_the_form_keeps_what_was_typed_and_shows_what_changed(
    running: Cohort, actor: Actor, frida: Membership, sign_in: SignIn
) -> None:
    client, url = sign_in(frida), address("series_move", running.public_id)
    first = Session.objects.get(cohort=running, number=1)
    page = client.get(url).content.decode()
    read = page.partition('name="seen" value="')[2].partition('"')[0]
    sent = {"first": first.public_id, "days": "3", "starts_time": "", "seen": read}
    for wrong in ({"days": "x"}, {"days": "900"}, {"first": "nosuchthing"}, {"starts_time": "25:99"}, {"days": "-90"}):
        assert client.post(url, {**sent, **wrong}).status_code == 422
    moved(first, actor, NOW, starts_on=date(2026, 12, 9))
    answer = client.post(url, sent)
    shown = answer.content.decode()
    assert (answer.status_code, "Somebody changed a session meanwhile" in shown, 'value="3"' in shown) == (
        422,
        True,
        True,
    )
    assert "9 December 2026" in shown
    sent["seen"] = shown.partition('name="seen" value="')[2].partition('"')[0]
    assert client.post(url, sent).status_code == 303
    assert days_of(running)[0] == date(2026, 12, 12)
    assert client.post(url, sent).status_code == 422, "pressing twice moves once"
