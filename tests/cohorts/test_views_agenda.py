"""Agenda builder and home of a cohort over HTTP: wrong input keeps what was typed, who is late sees what changed."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client

from cohorts.models import AgendaItem, Attendance, Cohort, LibraryItem, Participation, Session, SessionMaterial
from cohorts.queries.library import entry_of
from partners.models import Partner
from prm.accounts.models import Membership
from prm.addresses import address
from tests.cohorts import factories
from tests.factories import NOW

type SignIn = Callable[[Membership], Client]
KEPT = "Kept words"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW) as traveller:
        yield traveller


@pytest.fixture
def running(in_acme: object, frida: Membership, lena: Membership, nordwind: Partner) -> Cohort:
    cohort = factories.cohort("running", facilitator=frida, title="Autumn 2026")
    factories.seat(cohort, lena)
    return cohort


@pytest.fixture
def first(running: Cohort) -> Session:
    session = Session.objects.get(cohort=running, number=1)
    for title in ("Hello", "Pairs", "Close"):
        factories.item(session, title)
    return session


@pytest.fixture
def client(frida: Membership, sign_in: SignIn) -> Client:
    return sign_in(frida)


def page(name: str, session: Session, *more: str) -> str:
    return address(name, session.cohort.public_id, session.public_id, *more)


def titles(session: Session) -> list[str]:
    return [item.title for item in AgendaItem.objects.filter(session=session).in_order()]


def ids(session: Session) -> list[str]:
    return [item.public_id for item in AgendaItem.objects.filter(session=session).in_order()]


def test_items_come_out_of_the_library_and_by_hand(first: Session, client: Client) -> None:
    add = page("agenda_item_add", first)
    assert client.post(add, {"key": "pair-share", "place": "1"}).status_code == 303
    assert client.post(add, {"title": "By hand", "minutes": 7}).status_code == 303
    assert titles(first) == ["Hello", str(entry_of("pair-share").title), "Pairs", "Close", "By hand"]
    answer = client.post(add, {"title": KEPT, "minutes": "soon"})
    assert answer.status_code == 422
    assert KEPT in answer.content.decode()
    assert client.post(add, {"key": "nosuchitem"}).status_code == 404
    copied = AgendaItem.objects.get(kind="pairs")
    assert copied.say == entry_of("pair-share").say


@pytest.mark.parametrize("place", ["-1", "99", "x", "1" * 50, ""])
def test_a_strange_place_is_the_end_or_nothing(first: Session, client: Client, place: str) -> None:
    assert client.post(page("agenda_item_add", first), {"key": "pulse", "place": place}).status_code == 303
    assert titles(first)[-1] == str(entry_of("pulse").title)


def test_buttons_and_dragging_order_the_items(first: Session, client: Client) -> None:
    order, seen = page("agenda_order", first), " ".join(ids(first))
    assert client.post(order, {"down": ids(first)[0], "revision": 1, "seen": seen}).status_code == 303
    assert titles(first) == ["Pairs", "Hello", "Close"]
    assert client.post(order, {"order": " ".join(ids(first)[::-1]), "revision": 2, "seen": seen}).status_code == 303
    assert titles(first) == ["Close", "Hello", "Pairs"]
    assert client.post(order, {"up": "nosuchitem", "revision": 3}).status_code == 404


def test_who_moves_in_an_old_agenda_sees_what_changed(first: Session, client: Client) -> None:
    seen, moved = " ".join(ids(first)), ids(first)[2]
    client.post(page("agenda_item_add", first), {"title": "Meanwhile", "minutes": 5})
    client.post(page("agenda_item_remove", first, ids(first)[0]))
    answer = client.post(page("agenda_order", first), {"up": moved, "revision": 1, "seen": seen})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody changed this agenda meanwhile" in shown
    assert "New: Meanwhile." in shown
    assert "1 item was taken out." in shown
    assert titles(first) == ["Pairs", "Close", "Meanwhile"]
    htmx = {"HX-Request": "true", "HX-Target": "agenda"}
    part = client.post(page("agenda_order", first), {"up": moved, "revision": 3, "seen": seen}, headers=htmx)
    assert (part.status_code, "<html" in part.content.decode()) == (200, False)
    assert titles(first) == ["Close", "Pairs", "Meanwhile"]


def test_two_tabs_edit_an_item(first: Session, client: Client) -> None:
    item = AgendaItem.objects.get(title="Pairs")
    where = page("agenda_item_edit", first, item.public_id)
    words = {"title": "Pairs", "minutes": 10, "kind": "pairs", "speaker": "participants", "revision": 1}
    assert client.post(where, {**words, "minutes": 12}).status_code == 303
    answer = client.post(where, {**words, "say": KEPT})
    assert answer.status_code == 422
    assert answer.context["form"].saved == [("Minutes", "12"), ("What to say", "")]
    assert client.post(where, {**words, "title": "", "revision": 2}).status_code == 422
    assert client.post(where, {**words, "minutes": 999, "revision": 2}).status_code == 422


def test_the_library_is_edited_hidden_and_restored(running: Cohort, client: Client) -> None:
    where = address("library_item_edit", "mini-case")
    words = {"title": "Our case", "minutes": 10, "kind": "breakout", "speaker": "participants", "revision": 0}
    assert client.post(where, {**words, "title": ""}).status_code == 422
    assert client.post(where, words).status_code == 303
    assert client.post(where, {**words, "title": KEPT}).status_code == 422
    assert entry_of("mini-case").title == "Our case"
    assert client.post(address("library_item_show", "mini-case"), {"hide": "yes"}).status_code == 303
    assert "Our case" not in client.get(page("session_agenda", Session.objects.all()[0])).content.decode()
    assert client.post(address("library_item_restore", "mini-case")).status_code == 303
    assert not LibraryItem.objects.exists()
    assert client.get(address("library_item_edit", "nosuchitem")).status_code == 404


def test_a_series_skips_holidays_and_is_added_whole(running: Cohort, client: Client) -> None:
    where = address("session_series", running.public_id)
    words = {"title": "Clinic", "first_on": "2027-01-05", "starts_time": "10:00", "zone": "Europe/Berlin"}
    words |= {"count": "3", "minutes": "60", "skipping": "2027-01-12"}
    assert client.post(where, {**words, "skipping": "Epiphany"}).status_code == 422
    assert client.post(where, {**words, "first_on": "2026-12-15", "skipping": ""}).status_code == 422, "taken"
    assert running.sessions.count() == 4, "all of them or none"
    assert client.post(where, words).status_code == 303
    added = running.sessions.filter(number__gt=4).order_by("number")
    assert [(row.title, row.starts_on) for row in added] == [
        ("Clinic 1", date(2027, 1, 5)),
        ("Clinic 2", date(2027, 1, 19)),
        ("Clinic 3", date(2027, 1, 26)),
    ]


def test_the_guide_is_read_by_all_staff_and_no_partner(
    first: Session, alice: Membership, lena: Membership, sign_in: SignIn
) -> None:
    AgendaItem.objects.filter(session=first).update(say="Welcome **all**.", notes="Only for us")
    guide = page("session_guide", first)
    shown = sign_in(alice).get(guide).content.decode()
    assert "<strong>all</strong>" in shown
    assert "10:20" in shown
    participant = sign_in(lena)
    assert participant.get(guide).status_code == 403
    read = participant.get(page("session_detail", first)).content.decode()
    assert "Pairs" in read
    assert "Only for us" not in read
    assert "Welcome" not in read


def test_an_offered_seat_has_a_home_of_its_own(
    running: Cohort, paul: Membership, kestrel: Partner, sign_in: SignIn
) -> None:
    running.room_rule, running.room_rule_version, running.parts = "Stays here.", 3, ["recordings"]
    running.state = "confirmed"
    running.save()
    factories.seat(running, paul, "offered")
    visitor, home = sign_in(paul), address("cohort_home", running.public_id)
    shown = visitor.get(home).content.decode()
    assert "Please confirm until" in shown
    assert "Stays here." in shown
    assert "Lena Brandt" not in shown, "who is in is told to those who are in"
    answer = visitor.post(address("seat_confirm", running.public_id), {"rule": "3"})
    assert answer["Location"] == home
    assert Participation.objects.get().rule_version == 3
    assert "Write down your goal" in visitor.get(home).content.decode()


def test_the_home_stays_readable_and_names_only_who_agreed(
    running: Cohort, lena: Membership, paul: Membership, kestrel: Partner, sign_in: SignIn
) -> None:
    factories.seat(running, paul)
    Cohort.objects.filter(pk=running.pk).update(state="finished")
    visitor, home = sign_in(lena), address("cohort_home", running.public_id)
    assert "Paul Ortega" not in visitor.get(home).content.decode()
    sign_in(paul).post(address("show_afterwards", running.public_id), {"shows": "yes"})
    shown = sign_in(lena).get(home).content.decode()
    assert "Paul Ortega" in shown
    assert "May the others still find you?" in shown


def test_what_was_missed_and_what_stays(running: Cohort, lena: Membership, sign_in: SignIn, clock: object) -> None:
    session = Session.objects.get(cohort=running, number=1)
    begun = NOW - timedelta(days=2)
    Session.objects.filter(pk=session.pk).update(starts_at=begun, ends_at=begun + timedelta(hours=1), state="held")
    Attendance.objects.create(session=session, membership=lena, state="absent", recorded_at=NOW)
    SessionMaterial.objects.create(
        session=session, kind="b_slides", title="The slides", link="https://x.example/s", added_at=NOW
    )
    shown = sign_in(lena).get(address("cohort_home", running.public_id)).content.decode()
    assert "What you missed" in shown
    assert "The slides" in shown
    assert "https://x.example/s" not in shown, "the way there asks again who may go"


def test_a_goal_typed_twice_shows_both(running: Cohort, lena: Membership, sign_in: SignIn) -> None:
    visitor, where = sign_in(lena), address("goal_edit", running.public_id)
    assert visitor.post(where, {"goal": "First", "revision": 0}).status_code == 303
    answer = visitor.post(where, {"goal": KEPT, "revision": 1})
    assert answer.status_code == 422
    assert ("My goal", "First") in answer.context["form"].saved
    assert visitor.post(where, {"goal": "x" * 601, "revision": 2}).status_code == 422
    assert Participation.objects.get().goal == "First"


@pytest.mark.parametrize("wrong", [{}, {"link": "javascript:alert(1)"}, {"link": "https://x.example/", "kind": "film"}])
def test_wrong_materials_are_refused(first: Session, client: Client, wrong: dict[str, str]) -> None:
    answer = client.post(page("session_materials", first), {"kind": "b_slides", "title": KEPT, **wrong})
    assert answer.status_code == 422
    assert KEPT in answer.content.decode()
    assert not SessionMaterial.objects.exists()
