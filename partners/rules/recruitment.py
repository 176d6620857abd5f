"""What is refused about calls for partners and applications to become one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from partners.models import DeclineReason, PartnerApplication, RecruitmentCall
from partners.recruiting.questions import MOST_QUESTIONS, NAME, REGION, Question
from partners.recruiting.scoring import Criterion, Test, tests_for
from prm.accounts.models import Membership
from prm.accounts.permissions import may
from prm.problems import Problem

# Drafts that nobody came back to are thrown away after so long.
DRAFT_DAYS = 30


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


def question_problems(question: Question, others: Sequence[Question], before: Question | None = None) -> list[Problem]:
    """Why a question cannot stand in its call beside `others`; `before` is what it was, where it is there already."""
    problems = []
    if before is not None and before.kind != question.kind:
        words = _("Answers of this kind are there already. Ask anew in a question of its own.")
        problems.append(Problem("kind_fixed", words, "kind"))
    if before is not None and before.target == NAME and (question.target != NAME or not question.is_required):
        problems.append(Problem("is_name", _("Without the company’s name nobody can become a partner."), "target"))
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
    is_region = question.target == REGION
    used = [row.label for row in criteria if row.question == question.key or (is_region and row.test == Test.CELL)]
    if used:
        return [Problem("is_weighed", _("The profile weighs it: %s. Take it out there first.") % ", ".join(used))]
    return []


def ideal_problems(criteria: Sequence[Criterion], questions: Sequence[Question]) -> list[Problem]:
    """What is missing or makes no sense in a profile; each problem on the field of its criterion."""
    asked = {question.key: question for question in questions}
    problems = []
    for criterion in criteria:
        question = asked.get(criterion.question)
        if question is None or criterion.test not in tests_for(question):
            problems.append(Problem("no_question", _("“%s” is no longer asked this way.") % criterion.label))
        elif criterion.test in (Test.ONE_OF, Test.CONTAINS) and not criterion.wanted:
            problems.append(Problem("nothing_wanted", _("Say what you look for."), f"{criterion.question}_wanted"))
        elif criterion.test in (Test.AT_LEAST, Test.BANDWIDTH) and criterion.number <= 0:
            problems.append(Problem("no_number", _("Say how much is enough."), f"{criterion.question}_number"))
        elif criterion.test == Test.CELL and not any(row.target == REGION for row in questions):
            words = _("A gap of coverage is one of a region: add a question that fills the region first.")
            problems.append(Problem("no_region", words, f"{criterion.question}_counted"))
        elif criterion.test in (Test.GAP, Test.CELL) and criterion.many <= criterion.few:
            words = _("This number is the larger one: from so many partners on, there is no gap.")
            problems.append(Problem("no_gap", words, f"{criterion.question}_many"))
    return problems


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
        words = _("We take no applications here now. What you wrote is kept for %s days.")
        return [Problem("closed", words % DRAFT_DAYS)]
    return []


def completeness_problems(
    questions: Sequence[Question], contact_name: str, answers: Mapping[str, Any]
) -> list[Problem]:
    """What is still to be filled in before an application can be handed in."""
    problems = [] if contact_name.strip() else [Problem("no_contact", _("Tell us who you are."), "contact_name")]
    missing = [row.key for row in questions if row.is_required and answers.get(row.key) in (None, "", [])]
    return problems + [Problem("no_answer", _("Please answer this."), f"answer_{key}") for key in missing]


def reviewer_problems(members: Iterable[Membership]) -> list[Problem]:
    """Who cannot look at applications."""
    words = _("%s does not see applications: the role does not include it.")
    return [
        Problem("no_reviewer", words % member.person, "reviewers")
        for member in members
        if not may(member, "recruitment.view")
    ]


def decision_problems(application: PartnerApplication) -> list[Problem]:
    """Why an application cannot be decided (any more)."""
    if application.is_undecided:
        return []
    words = _("This is no longer possible: meanwhile it is “%s”.") % application.get_state_display()
    return [Problem("wrong_state", words)]


def decline_problems(reason: str, wording: str, reapply_on: date | None, day: date) -> list[Problem]:
    """What a kind "no" still lacks."""
    problems = []
    if reason not in DeclineReason.values:
        problems.append(Problem("no_reason", _("Choose why."), "reason"))
    if not wording.strip():
        problems.append(Problem("no_words", _("Say something to the applicant."), "wording"))
    if reapply_on is not None and reapply_on <= day:
        problems.append(Problem("too_early", _("Choose a day that is still to come, or none."), "reapply_on"))
    return problems
