"""What a team is: said for a program, or for one cohort in its place."""

from typing import Any

from django.db import transaction

from cohorts import rules
from cohorts.models import Cohort, Program, TeamPlan
from cohorts.queries.teams import shape_of_cohort, shape_of_program
from cohorts.rules import TeamShape
from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.problems import refuse_if


@transaction.atomic
def set_program_teams(*, actor: Actor, program: Program, shape: TeamShape) -> None:
    """Teams of all cohorts of this program are like this, save in those that have a word of their own.

    Raises `Refused` with what `rules.shape_problems` says.
    """
    _keep(actor, program, shape_of_program(program), shape, {"program": program})


@transaction.atomic
def set_cohort_teams(*, actor: Actor, cohort: Cohort, shape: TeamShape) -> None:
    """Teams of this cohort are like this, whatever its program says. Raises `Refused` like `set_program_teams`."""
    _keep(actor, cohort, shape_of_cohort(cohort)[0], shape, {"cohort": cohort})


def _keep(actor: Actor, obj: Cohort | Program, before: TeamShape, after: TeamShape, whose: dict[str, Any]) -> None:
    refuse_if(rules.shape_problems(after))
    functions = [{"name": function.name, "wanted": function.wanted} for function in after.functions]
    TeamPlan.objects.update_or_create(**whose, defaults={"largest": after.largest, "functions": functions})
    if before != after:
        changes = {"teams": [_told(before), _told(after)]}
        note(actor=actor, verb="cohorts.teams_set", obj=obj, changes=changes)


def _told(shape: TeamShape) -> str:
    return ", ".join([str(shape.largest), *(f"{row.wanted} {row.name}" for row in shape.functions)])
