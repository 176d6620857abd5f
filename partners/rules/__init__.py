"""What is refused, what is asked about: policy over loaded rows. No query, no clock, no request."""

from partners.rules.groups import group_problems, period_problems, planned_end_problems, review_problems
from partners.rules.journeys import (
    answer_problems,
    circle_problems,
    doing_problems,
    incomplete_steps,
    phase_problems,
    signing_problems,
    start_problems,
    step_count_problems,
    switch_on_problems,
    waiver_problems,
)
from partners.rules.partners import account_manager_problems, described, duplicate_problems, invitation_problems
from partners.rules.people import (
    address_problems,
    invited_twice,
    may_manage_team,
    removal_problems,
    role_problems,
)
from partners.rules.recruitment import (
    beginning_problems,
    call_problems,
    completeness_problems,
    decision_problems,
    decline_problems,
    profile_problems,
    question_problems,
    removal_of_question_problems,
    submission_problems,
)

__all__ = [
    "account_manager_problems",
    "address_problems",
    "answer_problems",
    "beginning_problems",
    "call_problems",
    "circle_problems",
    "completeness_problems",
    "decision_problems",
    "decline_problems",
    "described",
    "doing_problems",
    "duplicate_problems",
    "group_problems",
    "incomplete_steps",
    "invitation_problems",
    "invited_twice",
    "may_manage_team",
    "period_problems",
    "phase_problems",
    "planned_end_problems",
    "profile_problems",
    "question_problems",
    "removal_of_question_problems",
    "removal_problems",
    "review_problems",
    "role_problems",
    "signing_problems",
    "start_problems",
    "step_count_problems",
    "submission_problems",
    "switch_on_problems",
    "waiver_problems",
]
