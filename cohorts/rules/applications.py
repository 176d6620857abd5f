from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from cohorts.first_questions import first_questions
from cohorts.models import Application, Cohort
from cohorts.questions import Question, answer_problems
from prm.accounts.models import Membership
from prm.problems import Problem

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


@dataclass(frozen=True)
class Answers:
    """What an applicant answered, by the keys of the questions. `agrees` is the tick below what is expected.

    `uploads` are files that are chosen now. A file that was stored before is kept where no other takes its place.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    agrees: bool = False
    uploads: Mapping[str, "UploadedFile[bytes]"] = field(default_factory=dict)


def application_problems(
    *,
    cohort: Cohort,
    membership: Membership | None,
    application: Application | None,
    now: datetime,
    answers: Answers | None = None,
    questions: Sequence[Question] | None = None,
    is_late: bool = False,
) -> list[Problem]:
    """Why this member cannot apply, or with `answers` to the cohort's `questions` why these cannot be handed in.

    `is_late` where somebody who was declined has named them: they may still apply while the cohort selects.
    The invitation page, the form and the service ask this one function, so a blocker is seen before anybody types.
    """
    problems = [*_cohort_problems(cohort, now, is_late=is_late), *_person_problems(membership, application)]
    if answers is not None and not problems:
        problems += _answer_problems(answers, first_questions() if questions is None else questions)
    if not problems and cohort.seats_left <= 0:
        problems.append(Problem("full", _("All seats are taken. You can apply for the waiting list."), level="warning"))
    return problems


def _cohort_problems(cohort: Cohort, now: datetime, *, is_late: bool) -> list[Problem]:
    if cohort.takes_applications(now) or (is_late and cohort.state == Cohort.State.SELECTING):
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


def _answer_problems(answers: Answers, questions: Sequence[Question]) -> list[Problem]:
    problems = answer_problems(questions, answers.values)
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
