"""When people are reminded: said for a program, or for one cohort in its place."""

from datetime import datetime
from typing import Any

from django.db import transaction

from cohorts.models import Cohort, Program, ReminderPlan
from cohorts.queries.reminders import Offsets, offsets_of_cohort, offsets_of_program
from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.tenancy.wakeups import wake


@transaction.atomic
def set_program_reminders(*, actor: Actor, program: Program, offsets: Offsets, now: datetime) -> None:
    """Remind people of all cohorts of this program like this, save those that have a word of their own."""
    _keep(actor, program, offsets_of_program(program), offsets, {"program": program}, now)


@transaction.atomic
def set_cohort_reminders(*, actor: Actor, cohort: Cohort, offsets: Offsets, now: datetime) -> None:
    """Remind people of this cohort like this, whatever its program says."""
    _keep(actor, cohort, offsets_of_cohort(cohort)[0], offsets, {"cohort": cohort}, now)


def _keep(
    actor: Actor, obj: Cohort | Program, before: Offsets, after: Offsets, whose: dict[str, Any], now: datetime
) -> None:
    ReminderPlan.objects.update_or_create(
        **whose, defaults={name: sorted(values, reverse=True) for name, values in vars(after).items()}
    )
    changes = {
        name: [_listed(getattr(before, name)), _listed(values)]
        for name, values in vars(after).items()
        if sorted(values) != sorted(getattr(before, name))
    }
    note(actor=actor, verb="cohorts.reminders_set", obj=obj, changes=changes)
    wake("plan", now)


def _listed(values: tuple[int, ...]) -> str:
    return ", ".join(str(value) for value in sorted(values, reverse=True))


@transaction.atomic
def use_programs_reminders(*, actor: Actor, cohort: Cohort, now: datetime) -> None:
    """Take the cohort's own word back: its program's holds again."""
    if ReminderPlan.objects.filter(cohort=cohort).delete()[0]:
        note(actor=actor, verb="cohorts.reminders_of_program", obj=cohort)
        wake("plan", now)
