"""Which reminders hold for a program and for one of its cohorts."""

from dataclasses import dataclass

from django.db.models import Q

from cohorts.models import Cohort, Program, ReminderPlan
from cohorts.models.reminders import USUAL_HOMEWORK, USUAL_SEATS, USUAL_SESSIONS


@dataclass(frozen=True)
class Offsets:
    """Minutes before a session, days before homework is due (below zero: after), hours before an offer ends."""

    sessions: tuple[int, ...]
    homework: tuple[int, ...]
    seats: tuple[int, ...]


USUAL = Offsets(USUAL_SESSIONS, USUAL_HOMEWORK, USUAL_SEATS)


def offsets_of_program(program: Program) -> Offsets:
    return _offsets(ReminderPlan.objects.filter(program=program).first())


def offsets_of_cohort(cohort: Cohort) -> tuple[Offsets, bool]:
    """What holds for the cohort, and whether that is its own word rather than its program's."""
    rows = ReminderPlan.objects.filter(Q(cohort=cohort) | Q(program=cohort.program_id))
    plans = sorted(rows, key=lambda plan: plan.cohort_id is None)
    plan = plans[0] if plans else None
    return _offsets(plan), plan is not None and plan.cohort_id is not None


def _offsets(plan: ReminderPlan | None) -> Offsets:
    return USUAL if plan is None else Offsets(tuple(plan.sessions), tuple(plan.homework), tuple(plan.seats))
