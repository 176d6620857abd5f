"""What is refused about calls for partners and applications to become one."""

from collections.abc import Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from partners.models import PartnerApplication, RecruitmentCall
from partners.recruiting.questions import MOST_QUESTIONS, NAME, Question
from partners.recruiting.scoring import Criterion
from prm.problems import Problem


def call_problems(call: RecruitmentCall, questions: Sequence[Question]) -> list[Problem]:
    """Why a call cannot be opened."""
    problems = []
    if not call.why.strip():
        problems.append(
            Problem("no_promise", _("Say first why one should partner with you: applicants read it."), "why")
        )
    if not any(question.target == NAME and question.is_required for question in questions):
        problems.append(Problem("no_name", _("One required question must ask for the company’s name.")))
    return problems


def question_problems(question: Question, others: Sequence[Question]) -> list[Problem]:
    """Why a question cannot stand in its call beside `others`."""
    problems = []
    if question.target and any(other.target == question.target for other in others):
        problems.append(Problem("target_taken", _("Another question of this call fills that already."), "target"))
    if question.kind in ("choice", "choices") and not question.options():
        problems.append(Problem("no_choices", _("Write what may be chosen, one a line."), "choices"))
    if len(others) >= MOST_QUESTIONS:
        words = _("%s questions are the most. Fewer questions bring more applications.")
        problems.append(Problem("too_many", words % MOST_QUESTIONS))
    return problems


def removal_of_question_problems(question: Question, criteria: Sequence[Criterion]) -> list[Problem]:
    """Why a question cannot be taken out of its call."""
    if question.target == NAME:
        return [Problem("is_name", _("Without the company’s name nobody can become a partner."))]
    used = [criterion.label for criterion in criteria if criterion.question == question.key]
    if used:
        return [Problem("is_weighed", _("The profile weighs it: %s. Take it out there first.") % ", ".join(used))]
    return []


def beginning_problems(call: RecruitmentCall, earlier: PartnerApplication | None, day: date) -> list[Problem]:
    """Why an address cannot begin a new application on this day; `earlier` is its last one to this call."""
    if not call.is_open_on(day):
        return [Problem("closed", _("This call takes no applications now."))]
    if earlier is None or earlier.may_apply_again_on(day):
        return []
    if earlier.state == PartnerApplication.State.DECLINED and earlier.reapply_on:
        words = _("You may apply again from %s on.") % date_format(earlier.reapply_on, "j F Y")
        return [Problem("too_early", words)]
    return [Problem("already", _("There is an application from this address already."))]


def submission_problems(call: RecruitmentCall, application: PartnerApplication, day: date) -> list[Problem]:
    """Why a draft cannot be handed in."""
    if application.state != PartnerApplication.State.DRAFT:
        return [Problem("not_draft", _("Your application is in already. Nothing needs to be sent again."))]
    if not call.is_open_on(day):
        return [Problem("closed", _("This call takes no applications now. What you wrote is kept for 30 days."))]
    return []


def decision_problems(application: PartnerApplication) -> list[Problem]:
    """Why an application cannot be decided (any more)."""
    if application.is_undecided:
        return []
    words = _("This is no longer possible: meanwhile it is “%s”.") % application.get_state_display()
    return [Problem("wrong_state", words)]
