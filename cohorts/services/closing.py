"""The survey at the end of a cohort: written by staff, answered once, asked for and reminded of from what is so now."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, CharField, DateTimeField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from cohorts import questions as grammar
from cohorts import rules, shapes
from cohorts.models import ClosingAnswer, ClosingSurvey, Cohort, Seat
from cohorts.queries import closing as queries
from cohorts.queries.people import seat_of
from cohorts.questions import Kind, Question
from cohorts.walltime import occasion
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.services import note
from prm.outbox.models import Message
from prm.outbox.services import post_due
from prm.problems import Problem, refuse_if
from prm.tenancy.editing import update_if_unchanged
from prm.tenancy.violations import refused_by
from prm.tenancy.wakeups import wake

ASKED, REMINDED = "cohorts.closing_asked", "cohorts.closing_reminder"
_SHAPE_SCALE = (0, 10)
_LONGEST = 600


def begin_closing(cohort: Cohort, shape: str = "") -> None:
    """A new cohort is asked what the program's last one was asked, in a copy; else what its shape proposes."""
    former = queries.last_closing(cohort)
    questions = queries.asked_in(former) if former else _keyed(shape_questions(shape or cohort.program.shape))
    days = {"days_open": former.days_open} if former else {}
    ClosingSurvey.objects.create(cohort=cohort, **ClosingSurvey.asking(questions), **days)


def begin_with_shape(*, actor: Actor, cohort: Cohort, now: datetime) -> None:
    """Ask what the program's shape proposes, where nothing is asked yet."""
    proposed = shape_questions(cohort.program.shape)
    _change(actor, cohort, lambda rows: rows if grammar.asked(rows) else [*rows, *_keyed(proposed)], now)


def save_question(*, actor: Actor, cohort: Cohort, question: Question, now: datetime) -> None:
    """Add a question, or change the one with its key. Raises `Refused`: file, and what the grammar says."""

    def change(rows: list[Question]) -> list[Question]:
        others = [row for row in rows if row.key != question.key]
        refuse_if([*rules.closing_question_problems(question), *grammar.question_problems(question, others)])
        return grammar.save_question(rows, question)

    _change(actor, cohort, change, now)


def ask_again(*, actor: Actor, cohort: Cohort, key: str, now: datetime) -> None:
    """Ask what was asked before the course, so that both answers stand beside one another.

    Nothing happens where it is asked already, or nothing of this key was asked. Raises `Refused`: too_many.
    """

    def change(rows: list[Question]) -> list[Question]:
        before = queries.asked_before(cohort, grammar.asked(rows))
        found = next((row for row in before if row.key == key), None)
        if found is None:
            return rows
        refuse_if(grammar.question_problems(found, [row for row in rows if row.key != key]))
        if key in {row.key for row in grammar.asked(rows)}:
            return grammar.save_question(rows, replace(found, key=""))
        return [*(row for row in rows if row.key != key), found]

    _change(actor, cohort, change, now)


def remove_question(*, actor: Actor, cohort: Cohort, key: str, now: datetime) -> None:
    """Ask it no longer; what was answered stays."""
    answers = ClosingAnswer.objects.filter(cohort=cohort, answers__has_key=key)
    _change(actor, cohort, lambda rows: grammar.remove_question(rows, key, is_answered=answers.exists()), now)


def move_question(*, actor: Actor, cohort: Cohort, key: str, is_up: bool, now: datetime) -> None:
    _change(actor, cohort, lambda rows: grammar.move_question(rows, key, is_up=is_up), now)


@transaction.atomic
def set_days_open(*, actor: Actor, cohort: Cohort, revision: int, days_open: int, now: datetime) -> None:
    """How many days after the last session the survey can be answered. Raises `Refused`: changed_meanwhile."""
    survey = _locked(cohort)
    changes = update_if_unchanged(survey, revision or 1, days_open=days_open)
    if changes:
        note(actor=actor, verb="cohorts.closing_edited", obj=survey, label=cohort.title, changes=changes)
        wake("plan", now)


@transaction.atomic
def answer_closing(*, cohort: Cohort, membership: Membership, answers: Mapping[str, Any], now: datetime) -> None:
    """Keep what one participant answered, once.

    Raises `Refused`: no_seat, not_asked, early, over, answered, and what is missing or wrong beside its question.
    """
    survey = queries.closing_of(cohort)
    asked, window = queries.asked_in(survey), queries.window_of(survey, cohort)
    problems = rules.closing_problems(
        seat=seat_of(membership, cohort),
        opens_at=window.opens_at,
        closes_at=window.closes_at,
        asks=bool(asked),
        now=now,
    )
    refuse_if([*problems, *grammar.answer_problems(asked, answers)])
    known = {question.key for question in asked}
    said = {key: value for key, value in answers.items() if key in known}
    twice = Problem("answered", _("You have answered already. Thank you."))
    with refused_by("cohorts_closing_answer_once", twice):
        ClosingAnswer.objects.create(cohort=cohort, membership=membership, answers=said, answered_at=now)


def plan_closing(now: datetime) -> datetime | None:
    """Ask whoever can answer and has not, and remind them once; returns when the next survey opens or reminds.

    The occasion is the end of the last session: where one more is held afterwards, it is asked after that one.
    """
    surveys: Any = ClosingSurvey.objects.asking().with_opening().select_related("cohort")
    surveys = surveys.exclude(cohort__state__in=(Cohort.State.DRAFT, Cohort.State.CANCELLED))
    ahead: list[datetime] = []
    for survey in surveys.filter(opens_at__gt=now - queries.LONGEST_OPEN):
        window = queries.window_of(survey, survey.cohort)
        if window.opens_at is None or window.reminds_at is None or window.is_over(now):
            continue
        ahead += [moment for moment in (window.opens_at, window.reminds_at) if moment > now]
        if window.is_open(now):
            _plan(survey, window.opens_at, window.reminds_at, now)
            # Who was asked late is reminded later than the others.
            ahead.append(now + queries.RESTS)
    return min(ahead, default=None)


def _plan(survey: ClosingSurvey, opens_at: datetime, reminds_at: datetime, now: datetime) -> None:
    slot = occasion(opens_at)
    silent = queries.seats_without_answer(survey.cohort)
    post_due(kind=ASKED, due=_due(silent, survey, slot, opens_at), now=now, anew=True)
    if reminds_at <= now:
        asked = Message.objects.filter(kind=ASKED, subject_id=survey.pk, slot=slot, recipient=OuterRef("membership"))
        rested = silent.filter(Exists(asked.filter(created_at__lte=now - queries.RESTS)))
        post_due(kind=REMINDED, due=_due(rested, survey, slot, reminds_at), now=now, anew=True)


def _due(seats: "QuerySet[Seat]", survey: ClosingSurvey, slot: str, at: datetime) -> QuerySet[Any, Any]:
    return seats.order_by().values_list(
        "membership_id",
        Cast(Value(survey.pk), BigIntegerField()),
        Cast(Value(slot), CharField()),
        Cast(Value(at), DateTimeField()),
    )


@transaction.atomic
def _change(actor: Actor, cohort: Cohort, change: Callable[[list[Question]], list[Question]], now: datetime) -> None:
    survey = _locked(cohort)
    before = grammar.questions_of(survey.questions)
    after = change(before)
    if after != before:
        ClosingSurvey.objects.filter(pk=survey.pk).update(**ClosingSurvey.asking(after))
        labels = [[row.label for row in grammar.asked(rows)] for rows in (before, after)]
        note(
            actor=actor,
            verb="cohorts.closing_edited",
            obj=survey,
            label=cohort.title,
            changes={"questions": labels},
        )
        wake("plan", now)


def _locked(cohort: Cohort) -> ClosingSurvey:
    ClosingSurvey.objects.bulk_create([ClosingSurvey(cohort=cohort)], ignore_conflicts=True)
    locked: ClosingSurvey = ClosingSurvey.objects.select_for_update(no_key=True).get(cohort=cohort)
    return locked


def _keyed(questions: list[Question]) -> list[Question]:
    rows: list[Question] = []
    for question in questions:
        rows = grammar.save_question(rows, question)
    return rows


def shape_questions(key: str) -> list[Question]:
    """What the shape of this key asks at the end, as questions of the grammar, in the language of whoever acts."""
    kinds = {"scale": Kind.SCALE, "text": Kind.LONG, "choice": Kind.CHOICE}
    rows = []
    for question in shapes.shape_of(key).survey:
        is_scale, is_text = question.kind == "scale", question.kind == "text"
        least, most = _SHAPE_SCALE
        rows.append(
            Question(
                key="",
                label=str(question.text),
                kind=kinds[question.kind],
                is_required=not is_text,
                options=grammar.keyed_options(str(choice) for choice in question.choices),
                least=least if is_scale else None,
                most=most if is_scale else _LONGEST if is_text else None,
                low=_("Not at all") if is_scale else "",
                high=_("Very") if is_scale else "",
            )
        )
    return rows
