"""Cohorts, their people, sessions, homework and graduations, split by noun."""

from cohorts.models.cohorts import COHORT_MACHINE, Cohort, CohortFacilitator, CohortQuerySet
from cohorts.models.graduation import Graduation, GraduationQuerySet
from cohorts.models.homework import Homework, HomeworkQuerySet, Submission, SubmissionComment, SubmissionQuerySet
from cohorts.models.programs import Program, ProgramQuerySet
from cohorts.models.recaps import RECAP_MACHINE, Recap, RecapQuerySet
from cohorts.models.selection import (
    APPLICATION_MACHINE,
    NOMINATION_MACHINE,
    SEAT_MACHINE,
    Application,
    ApplicationQuerySet,
    Decision,
    DecisionQuerySet,
    Nomination,
    NominationQuerySet,
    Seat,
    SeatQuerySet,
)
from cohorts.models.sessions import (
    SESSION_MACHINE,
    Attendance,
    AttendanceQuerySet,
    Session,
    SessionContent,
    SessionQuerySet,
)

MACHINES = (COHORT_MACHINE, SESSION_MACHINE, NOMINATION_MACHINE, APPLICATION_MACHINE, SEAT_MACHINE, RECAP_MACHINE)

__all__ = [
    "APPLICATION_MACHINE",
    "COHORT_MACHINE",
    "MACHINES",
    "NOMINATION_MACHINE",
    "RECAP_MACHINE",
    "SEAT_MACHINE",
    "SESSION_MACHINE",
    "Application",
    "ApplicationQuerySet",
    "Attendance",
    "AttendanceQuerySet",
    "Cohort",
    "CohortFacilitator",
    "CohortQuerySet",
    "Decision",
    "DecisionQuerySet",
    "Graduation",
    "GraduationQuerySet",
    "Homework",
    "HomeworkQuerySet",
    "Nomination",
    "NominationQuerySet",
    "Program",
    "ProgramQuerySet",
    "Recap",
    "RecapQuerySet",
    "Seat",
    "SeatQuerySet",
    "Session",
    "SessionContent",
    "SessionQuerySet",
    "Submission",
    "SubmissionComment",
    "SubmissionQuerySet",
]
