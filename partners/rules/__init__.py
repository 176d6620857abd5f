"""What is refused, what is asked about: policy over loaded rows. No query, no clock, no request."""

from partners.rules.competitors import meeting_problems
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
from partners.rules.partners import (
    account_manager_problems,
    described,
    duplicate_problems,
    invitation_problems,
    merge_problems,
)
from partners.rules.people import (
    address_problems,
    invited_twice,
    may_manage_team,
    removal_problems,
    role_problems,
)
from partners.rules.products import (
    change_problems,
    family_problems,
    family_retirement_problems,
    overlap_problems,
    product_problems,
    right_period_problems,
)
from partners.rules.structure import belonging_problems, end_problems, link_problems

__all__ = [
    "account_manager_problems",
    "address_problems",
    "answer_problems",
    "belonging_problems",
    "change_problems",
    "circle_problems",
    "described",
    "doing_problems",
    "duplicate_problems",
    "end_problems",
    "family_problems",
    "family_retirement_problems",
    "group_problems",
    "incomplete_steps",
    "invitation_problems",
    "invited_twice",
    "link_problems",
    "may_manage_team",
    "meeting_problems",
    "merge_problems",
    "overlap_problems",
    "period_problems",
    "phase_problems",
    "planned_end_problems",
    "product_problems",
    "removal_problems",
    "review_problems",
    "right_period_problems",
    "role_problems",
    "signing_problems",
    "start_problems",
    "step_count_problems",
    "switch_on_problems",
    "waiver_problems",
]
