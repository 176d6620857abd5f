"""How a cohort begins: the kick-off mail, the orientation, the pre-course survey and its answers."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cohorts import questions as grammar
from cohorts import rules
from cohorts.models import Cohort, Launch, SurveyAnswer
from cohorts.queries.people import confirmed_members, seat_of
from cohorts.questions import Kind, Question
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.services import note
from prm.outbox.services import post
from prm.problems import Problem, refuse_if
from prm.tenancy.editing import update_if_unchanged
from prm.tenancy.violations import refused_by


@transaction.atomic
def save_launch(
    *,
    actor: Actor,
    cohort: Cohort,
    revision: int,
    kickoff: str,
    orientation_link: str,
    orientation_minutes: int,
    now: datetime,
) -> Launch:
    """Keep the kick-off mail as a draft, and where the orientation is. Raises `Refused`: changed_meanwhile."""
    launch = _locked(cohort)
    values: dict[str, Any] = {"orientation_link": orientation_link, "orientation_minutes": orientation_minutes}
    if launch.kickoff_sent_at is None:
        values["kickoff"] = kickoff
    changes = update_if_unchanged(launch, revision or 1, **values)
    if changes:
        note(actor=actor, verb="cohorts.launch_edited", obj=launch, label=cohort.title, changes=changes)
    return launch


@transaction.atomic
def send_kickoff(*, actor: Actor, cohort: Cohort, now: datetime) -> int:
    """Send the kick-off mail to every participant, once; returns to how many. Raises `Refused`: empty, sent, nobody."""
    launch = _locked(cohort)
    members = confirmed_members(cohort)
    refuse_if(rules.kickoff_problems(cohort=cohort, launch=launch, people=len(members)))
    Launch.objects.filter(pk=launch.pk).update(kickoff_sent_at=now)
    for member in members:
        post(kind="cohorts.kickoff", subject_id=launch.pk, recipient=member, now=now)
    note(actor=actor, verb="cohorts.kickoff_sent", obj=launch, label=cohort.title)
    return len(members)


def begin_with_shipped(*, actor: Actor, cohort: Cohort, now: datetime) -> None:
    """Ask the questions that come with the product, where none are asked yet."""
    _change(actor, cohort, lambda rows: rows if grammar.asked(rows) else _with_shipped(rows))


def save_question(*, actor: Actor, cohort: Cohort, question: Question, now: datetime) -> None:
    """Add a question, or change the one with its key. Raises `Refused` with what the grammar says."""

    def change(rows: list[Question]) -> list[Question]:
        others = [row for row in rows if row.key != question.key]
        refuse_if(grammar.question_problems(question, others))
        return grammar.save_question(rows, question)

    _change(actor, cohort, change)


def remove_question(*, actor: Actor, cohort: Cohort, key: str, now: datetime) -> None:
    """Ask it no longer; what was answered stays."""
    answers = SurveyAnswer.objects.filter(cohort=cohort, answers__has_key=key)
    _change(actor, cohort, lambda rows: grammar.remove_question(rows, key, is_answered=answers.exists()))


def move_question(*, actor: Actor, cohort: Cohort, key: str, is_up: bool, now: datetime) -> None:
    _change(actor, cohort, lambda rows: grammar.move_question(rows, key, is_up=is_up))


@transaction.atomic
def answer_survey(*, cohort: Cohort, membership: Membership, answers: Mapping[str, Any], now: datetime) -> SurveyAnswer:
    """Keep what one participant answered, once. Raises `Refused`: no_seat, not_asked, answered, and what is missing or
    wrong beside its question.
    """
    launch = Launch.objects.filter(cohort=cohort).first()
    questions = grammar.questions_of(launch.questions) if launch else []
    problems = rules.participant_problems(seat_of(membership, cohort))
    if not grammar.asked(questions):
        problems.append(Problem("not_asked", _("Nothing is asked at the moment.")))
    refuse_if([*problems, *grammar.answer_problems(questions, answers)])
    twice = Problem("answered", _("You have answered already. Thank you."))
    with refused_by("cohorts_survey_answer_once", twice):
        row = SurveyAnswer(cohort=cohort, membership=membership, answers=dict(answers), answered_at=now)
        row.save()
    return row


@transaction.atomic
def _change(actor: Actor, cohort: Cohort, change: Callable[[list[Question]], list[Question]]) -> None:
    launch = _locked(cohort)
    before = grammar.questions_of(launch.questions)
    after = change(before)
    if after != before:
        Launch.objects.filter(pk=launch.pk).update(questions=grammar.kept_questions(after))
        note(actor=actor, verb="cohorts.survey_edited", obj=launch, label=cohort.title)


def _locked(cohort: Cohort) -> Launch:
    Launch.objects.get_or_create(cohort=cohort)
    locked: Launch = Launch.objects.select_for_update(no_key=True).get(cohort=cohort)
    return locked


def _with_shipped(rows: list[Question]) -> list[Question]:
    for question in shipped_questions():
        rows = grammar.save_question(rows, question)
    return rows


def shipped_questions() -> list[Question]:
    """Questions whose answers change what one does in the first session."""
    often = (_("Never so far"), _("A few times"), _("Every month"), _("Every week"))
    return [
        Question(
            key="",
            label=_("How sure are you of what this cohort is about?"),
            kind=Kind.SCALE,
            low=_("I am new to it"),
            high=_("I could teach it"),
            is_required=True,
        ),
        Question(
            key="",
            label=_("How often do you do this kind of work today?"),
            kind=Kind.CHOICE,
            options=grammar.keyed_options(often),
            is_required=True,
        ),
        Question(key="", label=_("What do you want to be able to do at the end?"), kind=Kind.LONG, most=600),
        Question(key="", label=_("What stops you today?"), kind=Kind.LONG, most=600),
        Question(
            key="",
            label=_("Is there anything that those who lead it should know?"),
            kind=Kind.LONG,
            most=600,
            is_confidential=True,
        ),
    ]
