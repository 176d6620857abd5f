"""Wrong input is answered with 422 and keeps what was typed; pressing twice is once; who saves second sees both."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from cohorts.models import Application, Cohort, Decision, Graduation, Homework, Recap, Session, Submission
from cohorts.services.nominations import nominate
from partners.models import Partner
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.outbox.models import Message
from tests.cohorts import factories
from tests.factories import NOW

type SignIn = Callable[[Membership], Client]
type Url = Callable[..., str]
KEPT = "Kept words"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW) as traveller:
        yield traveller


@pytest.fixture
def client(frida: Membership, sign_in: SignIn) -> Client:
    return sign_in(frida)


@pytest.fixture
def participant(lena: Membership, sign_in: SignIn) -> Client:
    return sign_in(lena)


@pytest.fixture
def running(in_acme: object, frida: Membership, lena: Membership, nordwind: Partner) -> Cohort:
    cohort = factories.cohort("running", facilitator=frida, title="Autumn 2026")
    factories.seat(cohort, lena)
    return cohort


def program_words(**fields: Any) -> dict[str, Any]:
    return {"title": "First three deals", "promise": KEPT, "weekly_minutes": 120, "nominations_each": 3, **fields}


def cohort_words(of: str, facilitator: Membership, **fields: Any) -> dict[str, Any]:
    return {
        "program": of,
        "title": "Spring 2027",
        "capacity": 12,
        "first_on": "2027-01-12",
        "starts_time": "10:00",
        "zone": "Europe/Berlin",
        "count": 4,
        "minutes": 60,
        "place": KEPT,
        "facilitators": [facilitator.pk],
        **fields,
    }


def session_words(session: Session, **fields: Any) -> dict[str, Any]:
    said = {name: getattr(session, name) for name in ("title", "starts_on", "zone", "minutes", "link", "revision")}
    return {**said, "starts_time": "10:00", "leaves_with": KEPT, **fields}


def homework_words(**fields: Any) -> dict[str, Any]:
    return {"title": "Call somebody", "brief": KEPT, "due_on": "2026-12-14", "due_time": "18:00", **fields}


def edit_words(cohort: Cohort, facilitator: Membership, **fields: Any) -> dict[str, Any]:
    names = ("title", "capacity", "confirm_hours", "sessions_needed", "homework_needed", "roster", "revision")
    return {**{name: getattr(cohort, name) for name in names}, "facilitators": [facilitator.pk], **fields}


def refused(client: Client, url: str, data: dict[str, Any], kept: str = KEPT) -> Any:
    answer = client.post(url, data)
    assert answer.status_code == 422, url
    assert kept in answer.content.decode()
    return answer


@pytest.mark.parametrize("wrong", [{"title": ""}, {"title": "Taken"}, {"weekly_minutes": 5}, {"title": "x" * 121}])
def test_wrong_words_make_no_program(in_acme: object, client: Client, wrong: dict[str, Any]) -> None:
    factories.ProgramFactory.create(title="Taken")
    refused(client, address("program_create"), program_words(**wrong))


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": "Winter 2026"},
        {"first_on": "2026-01-12"},
        {"first_on": "0001-01-01"},
        {"first_on": "31.12.2026"},
        {"count": 0},
        {"capacity": 501},
        {"zone": "Mars/Olympus"},
        {"skipping": "tomorrow"},
        {"link": "javascript:alert(1)"},
        {"facilitators": []},
        {"facilitators": [999999]},
        {"program": "nosuchprogram"},
    ],
)
def test_wrong_plans_make_no_cohort(winter: Cohort, client: Client, frida: Membership, wrong: dict[str, Any]) -> None:
    words = cohort_words(winter.program.public_id, frida, **wrong)
    refused(client, address("cohort_create"), words)
    assert Cohort.objects.count() == 1


@pytest.mark.parametrize("wrong", [{"capacity": 0}, {"title": ""}, {"roster": "all"}, {"sessions_needed": -1}])
def test_wrong_changes_of_a_cohort(running: Cohort, client: Client, frida: Membership, wrong: dict[str, Any]) -> None:
    where = address("cohort_edit", running.public_id)
    refused(client, where, edit_words(running, frida, **{"title": KEPT, **wrong}), kept=str(next(iter(wrong.values()))))
    few = refused(client, where, edit_words(running, frida, title=KEPT, capacity=0))
    assert "capacity" in few.context["form"].errors


def test_fewer_seats_than_are_taken_are_refused(
    running: Cohort, client: Client, frida: Membership, paul: Membership, kestrel: Partner
) -> None:
    factories.seat(running, paul)
    where = address("cohort_edit", running.public_id)
    answer = refused(client, where, edit_words(running, frida, title=KEPT, capacity=1))
    assert "2 seats are confirmed already" in answer.content.decode()


@pytest.mark.parametrize(
    "wrong", [{"starts_on": "2026-01-05"}, {"minutes": 5}, {"starts_time": "25:00"}, {"title": ""}]
)
def test_wrong_sessions(running: Cohort, client: Client, wrong: dict[str, Any]) -> None:
    first = running.sessions.get(number=1)
    for name, *args in (("session_create", running.public_id), ("session_edit", running.public_id, first.public_id)):
        refused(client, address(name, *args), session_words(first, **wrong))
    assert running.sessions.count() == 4


@pytest.mark.parametrize(
    "wrong", [{"due_on": "2026-01-05"}, {"title": ""}, {"due_time": "noon"}, {"session": "foreign"}]
)
def test_wrong_homework(running: Cohort, client: Client, wrong: dict[str, Any]) -> None:
    refused(client, address("homework_create", running.public_id), homework_words(**wrong))
    assert not Homework.objects.exists()
    task = factories.homework(running)
    where = address("homework_edit", running.public_id, task.public_id)
    refused(client, where, homework_words(revision=1, **wrong))


def test_words_to_people_are_kept(winter: Cohort, client: Client, paul: Membership, lena: Membership) -> None:
    Cohort.objects.filter(pk=winter.pk).update(state="open")
    nobody = {"email": "nobody@nowhere.example", "partner": "No such company", "note": KEPT}
    refused(client, address("nomination_create", winter.public_id), nobody)
    application = factories.application(winter, paul)
    decide = address("application_decide", winter.public_id, application.public_id)
    refused(client, decide, {"kind": "decline", "reason": "full", "wording": " "}, kept="Keep this draft")
    refused(client, decide, {"kind": "maybe", "wording": KEPT})
    seat = factories.seat(winter, lena, "offered")
    extend = address("seat_extend", winter.public_id, seat.public_id)
    answer = refused(client, extend, {"until": "2026-01-01"}, kept="2026-01-01")
    assert "until" in answer.context["form"].errors
    refused(client, address("cohort_cancel", winter.public_id), {"reason": " "}, kept="Why")


def test_a_recap_is_kept_whatever_its_moment(running: Cohort, client: Client) -> None:
    first = running.sessions.get(number=1)
    where = address("recap_edit", running.public_id, first.public_id)
    for revision, day in ((0, ""), (0, "2026-01-01"), (1, "2026-12-08")):
        words = {"body": KEPT, "when": "later", "send_on": day, "send_time": "09:00", "revision": revision}
        assert "Somebody saved" not in refused(client, where, words).content.decode()
    assert "has not begun" in refused(client, where, {"body": KEPT, "when": "now", "revision": 2}).content.decode()
    assert [(recap.body, recap.state) for recap in Recap.objects.all()] == [(KEPT, "draft")]


def test_an_application_says_what_is_missing(winter: Cohort, participant: Client) -> None:
    where = address("application_create", winter.public_id)
    answer = refused(participant, where, {"why": KEPT, "project": ""})
    assert set(answer.context["form"].errors) == {"project", "experience", "agrees"}
    refused(participant, where, {"why": KEPT * 300, "project": KEPT})
    assert not Application.objects.handed_in().exists()


def test_empty_work_and_empty_comments_are_refused(
    running: Cohort, participant: Client, client: Client, lena: Membership
) -> None:
    task = factories.homework(running)
    where = address("homework_answer", running.public_id, task.public_id)
    refused(participant, where, {"text": " "}, kept="Write something, paste a link or add a file.")
    refused(participant, where, {"text": KEPT, "link": "no link at all"})
    handed_in = Submission.objects.create(homework=task, membership=lena, version=1, text="A.", submitted_at=NOW)
    for who, name in ((client, "submission_comment"), (participant, "homework_comment")):
        refused(who, address(name, running.public_id, handed_in.public_id), {"body": " "}, kept="A.")


# ── Pressed twice ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_releasing_twice_tells_people_once(winter: Cohort, client: Client, frida: Membership, lena: Membership) -> None:
    Cohort.objects.filter(pk=winter.pk).update(state="selecting")
    application = factories.application(winter, lena)
    Decision.objects.create(
        application=application, cohort=winter, kind="accept", wording="Welcome.", decided_by=frida, drafted_at=NOW
    )
    for _twice in range(2):
        assert client.post(address("decision_release", winter.public_id)).status_code == 303
    board = client.get(address("application_list", winter.public_id)).content.decode()
    assert "1 decision is on its way." in board
    assert "No decision is drafted." in board
    assert Message.objects.filter(kind="cohorts.seat_offered").count() == 1


def test_confirming_twice_takes_one_seat(winter: Cohort, participant: Client, lena: Membership) -> None:
    Cohort.objects.filter(pk=winter.pk).update(state="selecting")
    factories.seat(winter, lena, "offered")
    for _twice in range(2):
        answer = participant.post(address("seat_confirm", winter.public_id))
        assert answer["Location"] == address("cohort_home", winter.public_id)
    winter.refresh_from_db()
    assert winter.seats_taken == 1
    assert Message.objects.filter(kind="cohorts.seat_confirmed").count() == 1
    for _twice in range(2):
        participant.post(address("seat_decline", winter.public_id))
    winter.refresh_from_db()
    assert winter.seats_taken == 0


def test_applying_twice_is_one_application(winter: Cohort, participant: Client) -> None:
    words = {"why": "W", "project": "P", "experience": "some", "agrees": "on"}
    for _twice in range(2):
        assert participant.post(address("application_create", winter.public_id), words).status_code == 303
    assert Application.objects.count() == 1
    assert Message.objects.filter(kind="cohorts.application_received").count() == 1
    for _twice in range(2):
        participant.post(address("application_withdraw", winter.public_id))
    assert Application.objects.get().state == "withdrawn"


def test_graduating_twice_gives_one_certificate(running: Cohort, client: Client, lena: Membership) -> None:
    Cohort.objects.filter(pk=running.pk).update(state="graduating")
    where = address("graduation_list", running.public_id)
    assert client.post(where, {"member": [lena.pk]}).status_code == 303
    again = client.post(where, {"member": [lena.pk]})
    assert again.status_code == 422
    assert "who have not graduated yet" in again.content.decode()
    assert Graduation.objects.count() == Message.objects.filter(kind="cohorts.graduated").count() == 1


def test_nominating_twice_is_one_nomination(
    winter: Cohort, client: Client, frida: Membership, paul: Membership
) -> None:
    nominate(actor=Actor.of(frida), nominator=frida, cohort=winter, email=paul.person.email, now=NOW)
    again = refused(client, address("nomination_create", winter.public_id), {"email": paul.person.email, "note": KEPT})
    assert "This person is nominated already." in again.content.decode()


def test_a_session_added_twice_is_told_once(running: Cohort, client: Client) -> None:
    first = running.sessions.get(number=1)
    words = session_words(first, starts_on="2027-02-02", title="One more")
    assert client.post(address("session_create", running.public_id), words).status_code == 303
    again = refused(client, address("session_create", running.public_id), words)
    assert "There is a session at this moment already." in again.content.decode()
    assert running.sessions.count() == 5


def test_homework_set_twice_is_there_once(running: Cohort, client: Client) -> None:
    where = address("homework_create", running.public_id)
    assert client.post(where, homework_words()).status_code == 303
    assert "This homework is set already." in refused(client, where, homework_words()).content.decode()
    assert client.post(where, homework_words(due_on="2026-12-21")).status_code == 303


# ── Two tabs ────────────────────────────────────────────────────────────────────────────────────────────────────────


def save_in_two_tabs(client: Client, where: str, first: dict[str, Any], second: dict[str, Any]) -> Any:
    assert client.post(where, first).status_code == 303
    answer = refused(client, where, second)
    assert "Somebody saved this meanwhile" in answer.content.decode()
    assert client.post(where, {**second, "revision": 2}).status_code == 303
    return answer.context["form"].saved


def test_two_tabs_edit_a_session(running: Cohort, client: Client) -> None:
    first = running.sessions.get(number=1)
    words = session_words(first)
    where = address("session_edit", running.public_id, first.public_id)
    saved = save_in_two_tabs(client, where, {**words, "minutes": 75, "leaves_with": ""}, {**words, "minutes": 60})
    assert saved == [("Minutes", "75"), ("What people leave with", "")]


def test_two_tabs_edit_a_cohort(running: Cohort, client: Client, frida: Membership) -> None:
    words = edit_words(running, frida)
    where = address("cohort_edit", running.public_id)
    saved = save_in_two_tabs(client, where, {**words, "capacity": 9}, {**words, "title": KEPT})
    assert saved == [("Title", "Autumn 2026"), ("Seats", "9")]


def test_two_tabs_edit_homework(running: Cohort, client: Client) -> None:
    task = factories.homework(running)
    words = homework_words(revision=1)
    where = address("homework_edit", running.public_id, task.public_id)
    saved = save_in_two_tabs(client, where, {**words, "due_time": "20:00"}, words)
    assert saved == [("Until", "20:00")]


def test_two_tabs_edit_a_program(in_acme: object, client: Client) -> None:
    program = factories.ProgramFactory.create()
    words = program_words(revision=1)
    saved = save_in_two_tabs(client, address("program_edit", program.public_id), {**words, "weekly_minutes": 90}, words)
    assert saved == [("Minutes a week", "90")]


def test_two_tabs_write_a_recap(running: Cohort, client: Client) -> None:
    first = running.sessions.get(number=1)
    where = address("recap_edit", running.public_id, first.public_id)
    assert client.post(where, {"body": "One.", "when": "keep", "revision": 0}).status_code == 303
    again = refused(client, where, {"body": KEPT, "when": "keep", "revision": 0})
    assert again.context["form"].saved == [("Recap", "One.")]
    assert Recap.objects.get().body == "One."
    assert client.post(where, {"body": KEPT, "when": "keep", "revision": 1}).status_code == 303
