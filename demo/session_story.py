"""What facilitators prepared for the demo's sessions, and what participants said on their cohort's home."""

import tomllib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from cohorts.models import AgendaKind, Cohort, Launch, Session, Speaker
from cohorts.parts import Part
from cohorts.services import launch, taking_part
from cohorts.services.agenda import ItemPlan
from cohorts.services.library import add_library_item
from cohorts.services.materials import add_material
from cohorts.services.needs import put_need, vote
from cohorts.services.rooms import edit_room
from demo.ecosystem import World
from demo.history import keep_letters
from demo.material import FOLDER
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.tenancy.scope import current_organization

if TYPE_CHECKING:
    from demo.cohort_story import CohortStory

Step = tuple[datetime, Callable[[datetime], None]]

_OWN = {
    "stratus": ItemPlan(
        title="The invoice on the table",
        kind=AgendaKind.WORK,
        minutes=15,
        speaker=Speaker.PARTICIPANTS,
        is_flexible=True,
        aim="A real cloud invoice makes costs a thing one can point at.",
        say=(
            "Each group gets one invoice, with the names blacked out. Find the three lines that you would ask the"
            " customer about first. You have ten minutes; then one group shows its lines and the others guess why."
        ),
        ask="- Which line surprised you?\n- Who at the customer knows what it is for?",
    ),
    "ferrum": ItemPlan(
        title="Walk around the machine",
        kind=AgendaKind.DEMO,
        minutes=20,
        speaker=Speaker.PARTICIPANTS,
        aim="What was seen with one's own eyes is planned for.",
        say=(
            "One of you carries the phone around a machine that is being commissioned. The others say where to stop."
            " Whoever stops the walk says what they saw and what it means for the plan."
        ),
        ask="- What did you expect to find there?\n- What would you check before you switch it on?",
    ),
}


def prepare(world: World) -> None:
    """The library's own item of this organization."""
    plan = _OWN[world.words.slug]
    add_library_item(actor=Actor.of(world.cast.staff[_LEADER[world.words.slug]]), plan=plan, now=world.ago(100))


_LEADER = {"stratus": "frida", "ferrum": "henrik"}


_PARTS = [Part.LAUNCH, Part.NEEDS, Part.RECORDINGS]
_RULE = "What is said here may be used outside. Who said it, and about which customer, stays in this room."
_KICKOFF = (
    "this is a small group, and everybody in it does the same kind of work. In the first session nobody explains"
    " anything for the first ten minutes: you talk in pairs.\n\nBefore it, three things: answer four questions, watch"
    " six minutes, write down your goal in one sentence. Half-finished is welcome."
)


@cache
def voices() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "rooms.toml").read_text("utf-8"))


def room_steps(story: "CohortStory") -> Iterator[Step]:
    """What a cohort has beside its sessions: room, launch, needs, what stays of sessions, who stays found."""
    yield story.day(-4.5), partial(_furnish, story)
    for session in Session.objects.filter(cohort=story.cohort).order_by("number"):
        yield session.ends_at + timedelta(hours=3), partial(_keep, story, session)
    yield story.day(7 * (story.plan.sessions - 1) + 6.5), partial(_stay_found, story)


def _furnish(story: "CohortStory", now: datetime) -> None:
    Cohort.objects.filter(pk=story.cohort.pk).update(parts=_PARTS)
    Session.objects.filter(cohort=story.cohort).update(is_recorded=True, talk_line="Half-finished is welcome.")
    story.cohort.refresh_from_db()
    _room(story, now)
    _launch(story, now)
    for number, member in enumerate(story.chosen):
        _take_part(story, member, number, now)
    _needs(story, now)


def _stay_found(story: "CohortStory", now: datetime) -> None:
    """Most agree that the others still find them."""
    for number, member in enumerate(story.chosen):
        taking_part.show_afterwards(cohort=story.cohort, membership=member, shows=number % 5 != 4, now=now)


def _room(story: "CohortStory", now: datetime) -> None:
    slug = current_organization().slug
    edit_room(
        actor=story.actor,
        cohort=story.cohort,
        revision=story.cohort.revision,
        chat_link=f"https://chat.example/{slug}/{story.plan.program}",
        room_rule=_RULE,
        now=now,
    )
    story.cohort.refresh_from_db()


def _launch(story: "CohortStory", now: datetime) -> None:
    said: dict[str, Any] = {"actor": story.actor, "cohort": story.cohort, "now": now}
    link = f"https://video.example/{current_organization().slug}/orientation"
    launch.save_launch(revision=0, kickoff=_KICKOFF, orientation_link=link, orientation_minutes=6, **said)
    launch.begin_with_shipped(**said)
    if story.plan.first_in <= 0:
        launch.send_kickoff(**said)
        keep_letters(now)


def _take_part(story: "CohortStory", member: Membership, number: int, now: datetime) -> None:
    """Most have said something, some have not yet: there is something to see and something to do."""
    said: dict[str, Any] = {"cohort": story.cohort, "membership": member, "now": now}
    words = voices()
    taking_part.accept_rule(version=story.cohort.room_rule_version, **said)
    taking_part.agree_to_recording(agrees=True, **said)
    if number % 4 != 3:
        goal, commitment = (words[name][number % len(words[name])] for name in ("goals", "commitments"))
        taking_part.write_goal(revision=0, goal=goal, commitment=commitment, is_quotable=number % 2 == 0, **said)
        taking_part.watch_orientation(**said)
    if number % 3 != 2:
        questions = Launch.objects.get(cohort=story.cohort).questions
        launch.answer_survey(answers=_answers(questions, number), **said)


def _answers(questions: list[dict[str, Any]], number: int) -> dict[str, Any]:
    words = voices()
    sure, often, able, stops, _between = (question["key"] for question in questions)
    options = [key for key, _label in questions[1]["options"]]
    return {
        sure: 1 + (number * 7) % 4,
        often: options[number % len(options)],
        able: words["able"][number % len(words["able"])],
        stops: words["stops"][number % len(words["stops"])],
    }


def _needs(story: "CohortStory", now: datetime) -> None:
    for number, text in enumerate(voices()["needs"][: max(len(story.chosen) - 1, 0)]):
        need = put_need(cohort=story.cohort, membership=story.chosen[number], text=text, now=now)
        for voter in story.chosen[number + 1 : number + 5 - number % 4]:
            vote(need=need, membership=voter, wants=True, now=now)


def _keep(story: "CohortStory", session: Session, now: datetime) -> None:
    """The recording, to be watched for as long as anybody may still need it, and the slides."""
    session.refresh_from_db()
    address = f"https://files.example/{current_organization().slug}/{story.plan.program}-{session.number}"
    said: dict[str, Any] = {"actor": story.actor, "session": session, "now": now}
    until = None if story.plan.first_in < -60 else session.starts_on + timedelta(days=60)
    add_material(kind="a_recording", link=f"{address}/recording", watch_until=until, **said)
    add_material(kind="b_slides", title="Slides, with everybody's notes", link=f"{address}/slides", **said)
    if session.number == 1:
        add_material(kind="c_board", link=f"{address}/board", **said)
