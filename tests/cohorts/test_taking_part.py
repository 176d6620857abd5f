"""Taking part: goals and promises, the room's rule, recordings and parts cut out, needs, the survey, the kick-off."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from cohorts import rules
from cohorts.models import (
    Attendance,
    Cohort,
    CutRequest,
    Launch,
    Need,
    Participation,
    Session,
    SessionMaterial,
    SurveyAnswer,
)
from cohorts.parts import Part
from cohorts.queries import launch as launch_queries
from cohorts.queries.needs import needs, proposed
from cohorts.questions import Question, kept_questions
from cohorts.services import launch, taking_part
from cohorts.services.materials import add_material, ask_for_cut, finish_cut, remove_material
from cohorts.services.needs import put_need, take_need, vote, withdraw_need
from cohorts.services.rooms import edit_room
from cohorts.services.seats import give_seat_back
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.outbox.models import Message
from prm.problems import Refused
from prm.tenancy.models import Organization
from tests.cohorts import factories

type SignIn = Callable[[Membership], Client]


@pytest.fixture
def room(winter: Cohort, lena: Membership, paul: Membership) -> Cohort:
    """A running cohort with all of it switched on, in which Lena and Paul have seats; session 1 is over."""
    factories.seat(winter, lena)
    factories.seat(winter, paul)
    Cohort.objects.filter(pk=winter.pk).update(
        state="running", parts=[Part.LAUNCH, Part.NEEDS, Part.RECORDINGS], room_rule="Stays here.", room_rule_version=1
    )
    winter.refresh_from_db()
    return winter


def first_of(cohort: Cohort) -> Session:
    found: Session = Session.objects.select_related("cohort").get(cohort=cohort, number=1)
    return found


def refused(act: Callable[[], object]) -> set[str]:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.codes


def test_a_goal_is_kept_and_not_overwritten(room: Cohort, lena: Membership, now: datetime) -> None:
    said: dict[str, Any] = {"cohort": room, "membership": lena, "now": now, "commitment": "I ask."}
    taking_part.write_goal(revision=0, goal=" Three talks. ", **said)
    row = Participation.objects.get()
    assert (row.goal, row.commitment, row.revision) == ("Three talks.", "I ask.", 2)
    assert refused(lambda: taking_part.write_goal(revision=0, goal="Other", **said)) == {"changed_meanwhile"}
    taking_part.write_goal(revision=2, goal="Four talks.", **said)
    assert Participation.objects.get().goal == "Four talks."


def test_only_participants_say_something(winter: Cohort, lena: Membership, now: datetime) -> None:
    said: dict[str, Any] = {"cohort": winter, "membership": lena, "now": now}
    for state in ("", "offered", "waiting", "released"):
        if state:
            factories.seat(winter, lena, state)
        assert refused(lambda: taking_part.write_goal(revision=0, goal="x", commitment="", **said)) == {"no_seat"}
        assert refused(lambda: taking_part.show_afterwards(shows=True, **said)) == {"no_seat"}
        assert refused(lambda: put_need(text="x", **said)) == {"no_seat"}
        winter.seats.all().delete()
    assert not Participation.objects.exists()


def test_a_new_rule_is_accepted_anew(room: Cohort, lena: Membership, actor: Actor, now: datetime) -> None:
    said: dict[str, Any] = {"cohort": room, "membership": lena, "now": now}
    taking_part.accept_rule(version=1, **said)
    edit_room(actor=actor, cohort=room, revision=room.revision, chat_link="", room_rule="Stays in here.", now=now)
    assert room.room_rule_version == 2
    assert refused(lambda: taking_part.accept_rule(version=1, **said)) == {"changed"}
    assert Participation.objects.get().rule_version == 1, "which words somebody accepted is kept"
    taking_part.accept_rule(version=2, **said)
    edit_room(actor=actor, cohort=room, revision=room.revision, chat_link="https://chat.example/x", now=now)
    assert (room.room_rule_version, room.room_rule) == (2, "Stays in here.")


def test_a_recording_is_announced_and_agreed_to(
    room: Cohort, lena: Membership, paul: Membership, actor: Actor, now: datetime
) -> None:
    session = first_of(room)
    said: dict[str, Any] = {"actor": actor, "session": session, "kind": "a_recording", "now": now}

    def add() -> SessionMaterial:
        return add_material(link="https://video.example/1", watch_until=date(2027, 1, 10), **said)

    assert refused(add) == {"not_announced"}
    Session.objects.filter(pk=session.pk).update(is_recorded=True)
    session.refresh_from_db()
    assert refused(add) == {"not_agreed"}
    taking_part.agree_to_recording(cohort=room, membership=lena, agrees=True, now=now)
    taking_part.agree_to_recording(cohort=room, membership=paul, agrees=False, now=now)
    with pytest.raises(Refused, match="Paul"):
        add()
    Attendance.objects.create(session=session, membership=lena, state="present", recorded_at=now)
    Attendance.objects.create(session=session, membership=paul, state="absent", recorded_at=now)
    assert add().watch_until == date(2027, 1, 10), "who was not there is not heard in it"
    assert refused(lambda: add_material(**said)) == {"somewhere"}


def test_slides_need_no_consent_and_small_cohorts_no_rules(room: Cohort, actor: Actor, now: datetime) -> None:
    session = first_of(room)
    said: dict[str, Any] = {"actor": actor, "session": session, "link": "https://x.example/", "now": now}
    slides = add_material(kind="b_slides", watch_until=date(2027, 1, 1), for_absent=True, **said)
    assert (slides.watch_until, slides.for_absent) == (None, False)
    session.cohort.parts = []
    add_material(kind="a_recording", **said)
    remove_material(actor=actor, material=slides, now=now)
    assert SessionMaterial.objects.count() == 1


@pytest.mark.parametrize(
    ("until", "for_absent", "is_held", "mine", "code"),
    [
        (None, False, False, "present", ""),
        (date(2026, 12, 31), False, False, "", ""),
        (date(2026, 12, 30), False, False, "", "over"),
        (None, True, False, "present", "for_absent"),
        (None, True, False, "excused", ""),
        (None, False, True, "absent", "held"),
    ],
)
def test_who_may_watch(until: date | None, for_absent: bool, is_held: bool, mine: str, code: str) -> None:
    found = rules.watching_problems(
        watch_until=until, for_absent=for_absent, is_held=is_held, mine=mine, today=date(2026, 12, 31)
    )
    assert [problem.code for problem in found] == ([code] if code else [])


def test_a_part_is_cut_out_before_anybody_watches(
    room: Cohort, lena: Membership, paul: Membership, actor: Actor, now: datetime, sign_in: SignIn
) -> None:
    session = first_of(room)
    link = "https://v.example/1"
    material = SessionMaterial.objects.create(session=session, kind="a_recording", link=link, added_at=now)
    where = address("session_material", room.public_id, session.public_id, material.public_id)
    other, own = sign_in(paul), sign_in(lena)
    assert other.get(where)["Location"] == "https://v.example/1"
    cut_page = address("recording_cut", room.public_id, session.public_id, material.public_id)
    assert own.post(cut_page, {"where": ""}).status_code == 422
    assert own.post(cut_page, {"where": "From minute 12 to 14"}).status_code == 303
    assert (own.get(where).status_code, other.get(where).status_code) == (404, 404)
    assert b"v.example" not in other.get(address("cohort_home", room.public_id)).content
    cut = CutRequest.objects.select_related("material").get()
    finish_cut(actor=actor, cut=cut, link="https://v.example/2", now=now)
    assert other.get(where)["Location"] == "https://v.example/2"
    facilitator = room.facilitators.get().membership
    with pytest.raises(Refused):
        ask_for_cut(material=material, membership=facilitator, where="x", now=now)


def test_needs_are_put_wanted_and_planned(
    room: Cohort, lena: Membership, paul: Membership, actor: Actor, now: datetime
) -> None:
    said: dict[str, Any] = {"cohort": room, "now": now}
    price = put_need(membership=lena, text="Prices", **said)
    opening = put_need(membership=paul, text="An opening", **said)
    assert put_need(membership=paul, text=" An opening ", **said) == opening
    for _again in range(2):
        vote(need=opening, membership=lena, wants=True, now=now)
    assert [(row.text, row.votes, row.is_mine) for row in needs(room, lena)] == [
        ("An opening", 2, False),
        ("Prices", 1, True),
    ]
    item = take_need(actor=actor, session=first_of(room), need=opening, now=now)
    assert (item.title, item.is_flexible, item.minutes) == ("An opening", True, 15)
    assert [row.text for row in proposed(room)] == ["Prices"]
    withdraw_need(need=price, membership=paul, now=now)
    vote(need=opening, membership=lena, wants=False, now=now)
    withdraw_need(need=price, membership=lena, now=now)
    assert [(row.text, row.votes) for row in needs(room)] == [("An opening", 1)]


def test_a_board_has_room_for_everybody(room: Cohort, lena: Membership, now: datetime) -> None:
    for number in range(rules.MOST_NEEDS):
        put_need(cohort=room, membership=lena, text=f"Need {number}", now=now)
    assert refused(lambda: put_need(cohort=room, membership=lena, text="More", now=now)) == {"many"}
    assert Need.objects.count() == rules.MOST_NEEDS


QUESTIONS = [
    Question("sure", "How sure are you?", "scale", low="new", high="teach", is_required=True),
    Question("often", "How often?", "choice", options=(("never", "Never"), ("weekly", "Weekly"))),
    Question("stops", "What stops you?", "long"),
    Question("between", "Between us?", "long", is_confidential=True),
]


def ask(cohort: Cohort) -> None:
    Launch.objects.create(cohort=cohort, questions=kept_questions(QUESTIONS))


def test_the_survey_is_answered_once_and_summed_up(
    room: Cohort, lena: Membership, paul: Membership, now: datetime
) -> None:
    assert refused(lambda: launch.answer_survey(cohort=room, membership=lena, answers={}, now=now)) == {"not_asked"}
    ask(room)
    assert refused(lambda: launch.answer_survey(cohort=room, membership=lena, answers={}, now=now)) == {"required"}
    said = {"sure": 2, "often": "weekly", "stops": "Zeit", "between": "I am ill."}
    launch.answer_survey(cohort=room, membership=lena, answers=said, now=now)
    assert refused(lambda: launch.answer_survey(cohort=room, membership=lena, answers=said, now=now)) == {"answered"}
    launch.answer_survey(cohort=room, membership=paul, answers={"sure": 5, "stops": "Money"}, now=now)
    sure, often, stops, between = launch_queries.summary(room, for_group=False)
    assert ([bar.number for bar in sure.bars], sure.average, sure.bars[0].label) == ([0, 1, 0, 0, 1], "3.5", "1 · new")
    assert ([(bar.label, bar.number) for bar in often.bars], often.answered) == ([("Never", 0), ("Weekly", 1)], 1)
    assert stops.texts == ["Money", "Zeit"]
    assert (between.texts, between.is_confidential) == (["I am ill."], True)
    assert [row.label for row in launch_queries.summary(room, for_group=True)] == [row.label for row in QUESTIONS[:3]]
    assert SurveyAnswer.objects.count() == 2


def test_questions_are_changed_without_losing_answers(
    room: Cohort, lena: Membership, actor: Actor, now: datetime
) -> None:
    said: dict[str, Any] = {"actor": actor, "cohort": room, "now": now}
    launch.begin_with_shipped(**said)
    launch.begin_with_shipped(**said)
    rows = Launch.objects.get().questions
    assert len(rows) == 5
    launch.save_question(question=Question("", "Which customer?"), **said)
    assert refused(lambda: launch.save_question(question=Question("", "which customer?"), **said)) == {"twice"}
    launch.move_question(key=rows[1]["key"], is_up=True, **said)
    first, second = rows[0]["key"], rows[1]["key"]
    answers = {first: 3, second: rows[1]["options"][0][0]}
    launch.answer_survey(cohort=room, membership=lena, answers=answers, now=now)
    launch.remove_question(key=first, **said)
    launch.remove_question(key=rows[2]["key"], **said)
    after = Launch.objects.get().questions
    assert [row["key"] for row in after if row["is_removed"]] == [first]
    assert (len(after), after[0]["key"]) == (5, second)


def test_the_kickoff_goes_out_once(
    room: Cohort, lena: Membership, paul: Membership, actor: Actor, now: datetime
) -> None:
    said: dict[str, Any] = {"actor": actor, "cohort": room, "now": now}
    assert refused(lambda: launch.send_kickoff(**said)) == {"empty"}
    words: dict[str, Any] = {"orientation_link": "https://video.example/o", "orientation_minutes": 6}
    launch.save_launch(revision=0, kickoff="Why this group.", **words, **said)
    assert launch.send_kickoff(**said) == 2
    assert refused(lambda: launch.send_kickoff(**said)) == {"sent"}
    sent = Message.objects.filter(kind="cohorts.kickoff")
    assert set(sent.values_list("recipient_id", flat=True)) == {lena.pk, paul.pk}
    launch.save_launch(revision=2, kickoff="Another.", **words, **said)
    assert Launch.objects.get().kickoff == "Why this group.", "what was sent stays as it was sent"


def test_the_checklist_is_worked_out_from_what_happened(
    room: Cohort, lena: Membership, paul: Membership, actor: Actor, now: datetime
) -> None:
    def states() -> dict[str, str]:
        found = launch_queries.launch_of(room)
        return {step.code: step.state for step in launch_queries.checklist(room, found, launch_queries.counts_of(room))}

    assert set(states().values()) == {"open"}
    ask(room)
    factories.item(first_of(room), "Hello", kind="ritual")
    for member, commitment in ((lena, "I ask."), (paul, "")):
        said: dict[str, Any] = {"cohort": room, "membership": member, "now": now}
        launch.answer_survey(answers={"sure": 1}, **said)
        taking_part.write_goal(revision=0, goal="More", commitment=commitment, **said)
    Launch.objects.update(kickoff="Draft", orientation_link="https://video.example/o")
    assert states() == {
        "kickoff": "begun",
        "survey": "done",
        "orientation": "open",
        "faces": "open",
        "ritual": "done",
        "promises": "begun",
    }
    taking_part.watch_orientation(cohort=room, membership=lena, now=now)
    assert states()["orientation"] == "begun"
    assert [row.name for row in launch_queries.promises(room)] == ["Lena Brandt", "Paul Ortega"]


def test_what_is_off_is_not_there(room: Cohort, frida: Membership, lena: Membership, sign_in: SignIn) -> None:
    Cohort.objects.filter(pk=room.pk).update(parts=[])
    participant, staff = sign_in(lena), sign_in(frida)
    home = participant.get(address("cohort_home", room.public_id)).content.decode()
    assert "Recordings" not in home
    assert "What we need" not in home
    for name in ("survey_answer", "cohort_faces", "need_list"):
        assert participant.get(address(name, room.public_id)).status_code == 404
    for name in ("orientation_watched", "rule_accept", "recording_agree"):
        assert participant.post(address(name, room.public_id)).status_code == 404
    for name in ("cohort_launch", "launch_edit", "survey_edit"):
        assert staff.get(address(name, room.public_id)).status_code == 404
    assert "Launch" not in staff.get(address("cohort_detail", room.public_id)).content.decode()


def test_the_group_sees_the_survey_in_the_first_session_and_not_before(
    room: Cohort, lena: Membership, paul: Membership, frida: Membership, sign_in: SignIn, now: datetime
) -> None:
    ask(room)
    answers = {"sure": 1, "stops": "The price list", "between": "Only for you"}
    launch.answer_survey(cohort=room, membership=paul, answers=answers, now=now)
    session = first_of(room)
    where = address("session_detail", room.public_id, session.public_id)
    guide = address("session_guide", room.public_id, session.public_id)
    assert "The price list" not in sign_in(lena).get(where).content.decode()
    read = sign_in(frida).get(guide).content.decode()
    assert "The price list" in read
    assert "Only for you" in read
    begun = session.starts_at - timedelta(days=60)
    Session.objects.filter(pk=session.pk).update(starts_at=begun, ends_at=begun + timedelta(hours=1))
    shown = sign_in(lena).get(where).content.decode()
    assert "The price list" in shown
    assert "Only for you" not in shown


def test_another_organizations_room_is_not_reached(
    umbrellas_cohort: Cohort, room: Cohort, lena: Membership, frida: Membership, sign_in: SignIn, acme: Organization
) -> None:
    for name in ("goal_edit", "need_list", "cohort_home"):
        assert sign_in(lena).get(address(name, umbrellas_cohort.public_id, organization=acme)).status_code == 404
    for name in ("room_edit", "cohort_launch"):
        assert sign_in(frida).get(address(name, umbrellas_cohort.public_id, organization=acme)).status_code == 404


def test_the_kickoff_says_why_when_and_where_to_begin(
    room: Cohort,
    lena: Membership,
    paul: Membership,
    actor: Actor,
    now: datetime,
    render_outbox: Callable[[datetime], list[Any]],
) -> None:
    said: dict[str, Any] = {"actor": actor, "cohort": room, "now": now}
    words: dict[str, Any] = {"orientation_link": "", "orientation_minutes": 6}
    launch.save_launch(revision=0, kickoff="You do the **same** work.", **words, **said)
    launch.send_kickoff(**said)
    give_seat_back(actor=Actor.of(paul), cohort=room, membership=paul, now=now)
    mails = [mail for mail in render_outbox(now) if mail.subject == "Winter 2026 begins"]
    (mail,) = mails
    assert lena.person.email in mail.to[0], "who left before it was sent does not get it"
    for part in (
        "Hello Lena,",
        "same",
        "We meet on Tuesday 8 December 2026, 10:00 CET.",
        f"/cohorts/{room.public_id}/home/",
    ):
        assert part in mail.body
