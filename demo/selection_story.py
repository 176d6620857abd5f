"""How one cohort selects, and who comes into another without an application."""

from functools import partial

from cohorts.models import Application, Cohort, Seat
from cohorts.parts import Part
from cohorts.questions import Kind, Question
from cohorts.services.seat_invitations import invite_to_seat
from cohorts.services.seats import confirm_seat
from cohorts.services.selection import tell_to_hold
from cohorts.services.selection_plans import edit_plan, own_plan, save_question
from demo.cohort_story import CohortStory
from demo.ecosystem import World
from demo.history import keep_letters
from prm.accounts.actors import Actor
from prm.accounts.models import Membership


def tell_selection(world: World, *, is_open: CohortStory, selecting: CohortStory, running: CohortStory) -> None:
    _ask_one_thing_more(world, is_open)
    _select_with_care(world, selecting)
    _invite(world, running)
    keep_letters(world.ago(1))


def _ask_one_thing_more(world: World, story: CohortStory) -> None:
    """The open cohort asks a question of its own, which those who have applied already are spared."""
    question = Question(
        "",
        "How many customers do you talk to in a month?",
        Kind.NUMBER,
        "Roughly. We mix those who talk to many with those who talk to few.",
        least=0,
        most=500,
    )
    save_question(actor=story.actor, cohort=story.cohort, question=question)


def _select_with_care(world: World, story: CohortStory) -> None:
    """Account managers are to know first, beginners are looked for, and who is still undecided keeps the dates free."""
    story.cohort.refresh_from_db()
    Cohort.objects.filter(pk=story.cohort.pk).update(parts=[*story.cohort.parts, Part.CRITERIA])
    wanted = {"groups": [world.groups["msps"].public_id], "answers": {"experience": ["new", "some"]}}
    plan = own_plan(story.cohort)
    edit_plan(actor=story.actor, cohort=story.cohort, revision=plan.revision, manager_hours=12, criteria=wanted)
    waiting = Application.objects.waiting_for_decision().filter(cohort=story.cohort, decisions=None)
    for application in waiting.select_related("membership__person", "cohort"):
        tell_to_hold(actor=story.actor, application=application, now=world.ago(1))


def _invite(world: World, story: CohortStory) -> None:
    """A graduate mentors the running cohort; somebody from a customer comes for an hour and has not answered yet."""
    mentor = _graduate_who_is_not_in(world, story)
    ask = partial(invite_to_seat, actor=story.actor, inviter=story.facilitator, cohort=story.cohort)
    ask(
        email=mentor.person.email,
        role=Seat.Role.MENTOR,
        note="You know where this gets stuck. An hour a week, and they learn from your worst migration.",
        now=world.ago(4),
    )
    confirm_seat(actor=Actor.of(mentor), cohort=story.cohort, membership=mentor, now=world.ago(3))
    ask(
        email="carla.fuentes@sankt-hedwig.example",
        name="Carla Fuentes",
        role=Seat.Role.GUEST_STAR,
        note="Tell us how it was on your side of the table. Twenty minutes, no slides.",
        now=world.ago(1),
    )


def _graduate_who_is_not_in(world: World, story: CohortStory) -> Membership:
    inside = {member.pk for member in story.plan.applicants}
    return next(member for member in world.cast.people["resellers"] if member.pk not in inside)
