from dataclasses import dataclass

from django.utils.translation import gettext as _

from cohorts.models import Cohort, Graduation
from prm.problems import Problem


@dataclass(frozen=True, slots=True)
class Criterion:
    """One condition of graduation: what was done out of what is needed."""

    label: str
    done: int
    needed: int

    @property
    def is_met(self) -> bool:
        return self.done >= self.needed


def criteria(*, cohort: Cohort, attended: int, handed_in: int) -> list[Criterion]:
    """The conditions of graduation, as the participant and the facilitator see them all the time."""
    wanted = [
        Criterion(_("Sessions attended"), attended, cohort.sessions_needed),
        Criterion(_("Homework handed in"), handed_in, cohort.homework_needed),
    ]
    return [criterion for criterion in wanted if criterion.needed]


def graduation_problems(*, cohort: Cohort, chosen: int, strangers: int, unmet: int) -> list[Problem]:
    """What stands against graduating `chosen` people together.

    `strangers` among them are no participants or have graduated; `unmet` have not done what is needed and may graduate
    all the same, by a facilitator's word.
    """
    problems = []
    if cohort.state != Cohort.State.GRADUATING:
        problems.append(Problem("wrong_stage", _("Graduation begins when all sessions are over.")))
    if not chosen:
        problems.append(Problem("nobody", _("Choose at least one person.")))
    if strangers:
        problems.append(Problem("not_participants", _("Only participants who have not graduated yet can be chosen.")))
    if unmet:
        text = _("Some have not done everything that is needed. They graduate by your word.")
        problems.append(Problem("unmet", text, level="warning"))
    return problems


def revocation_problems(*, graduation: Graduation, reason: str) -> list[Problem]:
    if not graduation.is_valid:
        return [Problem("revoked", _("This certificate is revoked already."))]
    if not reason.strip():
        return [Problem("required", _("Say why: it is kept in the audit trail."), field="reason")]
    return []
