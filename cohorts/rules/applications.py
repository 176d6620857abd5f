from dataclasses import dataclass
from datetime import datetime

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from cohorts.models import Application, Cohort
from prm.accounts.models import Membership
from prm.problems import Problem


@dataclass(frozen=True)
class Answers:
    """What an applicant typed. `agrees` is the tick below what is expected, `avoids` is told in confidence."""

    why: str = ""
    project: str = ""
    experience: str = ""
    agrees: bool = False
    avoids: str = ""


def application_problems(
    *,
    cohort: Cohort,
    membership: Membership | None,
    application: Application | None,
    now: datetime,
    answers: Answers | None = None,
) -> list[Problem]:
    """Why this member cannot apply, or with `answers` why these cannot be handed in.

    The invitation page, the form and the service ask this one function, so a blocker is seen before anybody types.
    """
    problems = [*_cohort_problems(cohort, now), *_person_problems(membership, application)]
    if answers is not None and not problems:
        problems += _answer_problems(answers)
    if not problems and cohort.seats_left <= 0:
        problems.append(Problem("full", _("All seats are taken. You can apply for the waiting list."), level="warning"))
    return problems


def _cohort_problems(cohort: Cohort, now: datetime) -> list[Problem]:
    if cohort.takes_applications(now):
        return []
    closed_at = cohort.applications_close_at
    match cohort.state:
        case Cohort.State.DRAFT:
            return [Problem("not_open", _("Applications are not open yet."))]
        case Cohort.State.CANCELLED:
            return [Problem("cancelled", _("This cohort will not take place."))]
        case Cohort.State.FINISHED:
            return [Problem("over", _("This cohort is over."))]
    if closed_at is not None and closed_at <= now:
        day = formats.date_format(cohort.applications_close_on or timezone.localdate(closed_at), "j F Y")
        return [Problem("closed", _("Applications closed on %(day)s.") % {"day": day})]
    return [Problem("closed", _("Applications are closed."))]


def _person_problems(membership: Membership | None, application: Application | None) -> list[Problem]:
    if membership is None:
        return [Problem("no_membership", _("Only people of our partners can apply."))]
    if not membership.is_partner:
        return [Problem("not_a_partner", _("Colleagues do not apply: this page is for people of our partners."))]
    if application is not None and application.state == Application.State.DECIDED:
        return [Problem("decided", _("Your application has been decided."))]
    return []


def _answer_problems(answers: Answers) -> list[Problem]:
    problems = []
    if not answers.why.strip():
        problems.append(Problem("required", _("Say in a sentence or two why you want to take part."), field="why"))
    if not answers.project.strip():
        problems.append(Problem("required", _("Name something real that you will work on."), field="project"))
    if answers.experience not in Application.Experience.values:
        problems.append(Problem("required", _("Choose what fits best."), field="experience"))
    if not answers.agrees:
        problems.append(
            Problem("required", _("A seat is a promise to the others: please agree to it."), field="agrees")
        )
    return problems


def withdrawal_problems(application: Application) -> list[Problem]:
    if application.state == Application.State.DECIDED:
        return [
            Problem(
                "decided", _("Your application has been decided. You can give your seat back on this page instead.")
            )
        ]
    if application.state == Application.State.WITHDRAWN:
        return [Problem("withdrawn", _("This application is withdrawn already."))]
    return []
