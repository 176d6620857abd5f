"""Goals of a program: set and taken away. Where they stand is counted, see `queries.goals`."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cohorts import rules
from cohorts.models import Program, ProgramGoal
from partners.days import day_of
from partners.models import Product
from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.problems import refuse_if


@transaction.atomic
def set_goal(
    *,
    actor: Actor,
    program: Program,
    kind: str,
    target: int,
    due_on: date,
    product: Product | None = None,
    now: datetime,
) -> ProgramGoal:
    """A number to reach by a day. Raises `Refused`: no_product, past, same."""
    others = list(ProgramGoal.objects.filter(program=program))
    counts_product = kind == ProgramGoal.Kind.CERTIFIED
    refuse_if(rules.goal_problems(kind=kind, product=product, due_on=due_on, today=day_of(now), others=others))
    goal: ProgramGoal = ProgramGoal.objects.create(
        program=program,
        kind=kind,
        product=product if counts_product else None,
        target=target,
        due_on=due_on,
        created_at=now,
    )
    text = _("%(target)d by %(day)s") % {"target": target, "day": due_on.isoformat()}
    note(actor=actor, verb="cohorts.goal_set", obj=program, changes={goal.kind: ["", text]})
    return goal


@transaction.atomic
def remove_goal(*, actor: Actor, goal: ProgramGoal) -> None:
    """A goal is given up; what happened stays counted elsewhere."""
    note(actor=actor, verb="cohorts.goal_removed", obj=goal.program, changes={goal.kind: [str(goal.target), ""]})
    goal.delete()
