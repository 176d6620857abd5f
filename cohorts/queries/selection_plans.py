"""How a cohort selects: its questions and settings, with the defaults where nobody has set any."""

from typing import Any

from django.db.models import QuerySet

from cohorts.first_questions import first_questions
from cohorts.models import Application, Cohort, SelectionPlan
from cohorts.questions import Question, asked, questions_of
from prm.tenancy.prepared import prepared


def plan_of(cohort: Cohort) -> SelectionPlan:
    """The cohort's own plan, or an unsaved one that says what holds without it."""
    return _plans.first(cohort.pk) or SelectionPlan(cohort=cohort)


@prepared
def _plans(cohort_id: int) -> QuerySet[SelectionPlan]:
    rows: QuerySet[SelectionPlan] = SelectionPlan.objects.filter(cohort=cohort_id)
    return rows


def form_of(plan: SelectionPlan) -> list[Question]:
    """Everything that is or was asked; `cohorts.questions.asked` leaves out what is asked no longer."""
    return form_from(plan.questions)


def form_from(kept: Any) -> list[Question]:
    """The same from a plan's `questions` alone, None where there is no plan."""
    return questions_of(kept or []) or first_questions()


def questions_for(cohort: Cohort) -> list[Question]:
    return form_of(plan_of(cohort))


def last_plan_with_questions(cohort: Cohort) -> SelectionPlan | None:
    """How the program's last cohort before this one, of those that wrote questions of their own, selects."""
    earlier = SelectionPlan.objects.filter(cohort__program=cohort.program_id, cohort__lt=cohort.pk)
    rows = earlier.exclude(questions=[]).select_related("cohort").order_by("-cohort_id")
    found: SelectionPlan | None = rows.first()
    return found


def copied_from(cohort: Cohort, plan: SelectionPlan) -> Cohort | None:
    """The earlier cohort whose questions this one asks, as long as both ask the same."""
    former = last_plan_with_questions(cohort) if plan.questions else None
    is_same = former and asked(questions_of(former.questions)) == asked(questions_of(plan.questions))
    return former.cohort if former and is_same else None


def is_answered(cohort: Cohort, key: str) -> bool:
    """Whether somebody, also in a draft, has answered the question."""
    return Application.objects.filter(cohort=cohort, answers__has_key=key).exists()
