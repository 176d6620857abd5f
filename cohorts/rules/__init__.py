"""Policy over loaded rows: why something cannot be done. No query, no clock, no request."""

from cohorts.rules.applications import Answers, application_problems, withdrawal_problems
from cohorts.rules.graduation import Criterion, criteria, graduation_problems, revocation_problems
from cohorts.rules.homework import deletion_problems, homework_problems, submission_problems
from cohorts.rules.nominations import nomination_problems, pass_on_problems
from cohorts.rules.recaps import recap_problems
from cohorts.rules.seats import (
    confirm_problems,
    extension_problems,
    giving_back_problems,
    moves_up_by_itself,
    offer_problems,
    release_problems,
)
from cohorts.rules.sessions import (
    CALENDAR_FIELDS,
    attendance_problems,
    cancel_problems,
    edit_problems,
    excuse_problems,
    planning_problems,
)
from cohorts.rules.stages import BACK_VERB, NEXT_VERB, VERB_LABELS, StageFacts, stage_problems

__all__ = [
    "BACK_VERB",
    "CALENDAR_FIELDS",
    "NEXT_VERB",
    "VERB_LABELS",
    "Answers",
    "Criterion",
    "StageFacts",
    "application_problems",
    "attendance_problems",
    "cancel_problems",
    "confirm_problems",
    "criteria",
    "deletion_problems",
    "edit_problems",
    "excuse_problems",
    "extension_problems",
    "giving_back_problems",
    "graduation_problems",
    "homework_problems",
    "moves_up_by_itself",
    "nomination_problems",
    "offer_problems",
    "pass_on_problems",
    "planning_problems",
    "recap_problems",
    "release_problems",
    "revocation_problems",
    "stage_problems",
    "submission_problems",
    "withdrawal_problems",
]
