"""Cohorts, their people, sessions, homework and graduations, split by noun."""

from cohorts.models.agenda import AgendaItem, AgendaItemQuerySet, AgendaKind, LibraryItem, Speaker
from cohorts.models.calendars import CalendarFeed, CalendarTurn
from cohorts.models.closing import ClosingAnswer, ClosingSurvey
from cohorts.models.cohorts import COHORT_MACHINE, Cohort, CohortFacilitator, CohortQuerySet
from cohorts.models.drumbeat import Beat
from cohorts.models.entrance import Expert, Testimonial, TestimonialQuerySet
from cohorts.models.expectations import ExpectationsVersion
from cohorts.models.goals import ProgramGoal
from cohorts.models.graduation import Graduation, GraduationQuerySet
from cohorts.models.homework import Homework, HomeworkQuerySet, Submission, SubmissionComment, SubmissionQuerySet
from cohorts.models.launch import Launch, SurveyAnswer
from cohorts.models.prerequisites import Prerequisite
from cohorts.models.programs import Program, ProgramFacilitator, ProgramQuerySet
from cohorts.models.recaps import RECAP_MACHINE, Recap, RecapQuerySet
from cohorts.models.reminders import ReminderPlan
from cohorts.models.reviews import REVIEW_MACHINE, Review, Reviewer, ReviewQuerySet
from cohorts.models.seat_invitations import SeatInvitation
from cohorts.models.selection import (
    APPLICATION_MACHINE,
    NOMINATION_MACHINE,
    SEAT_MACHINE,
    Application,
    ApplicationFile,
    ApplicationQuerySet,
    Decision,
    DecisionQuerySet,
    Nomination,
    NominationQuerySet,
    Seat,
    SeatQuerySet,
)
from cohorts.models.selection_plans import SelectionPlan
from cohorts.models.sessions import (
    SESSION_MACHINE,
    Attendance,
    AttendanceQuerySet,
    Session,
    SessionContent,
    SessionQuerySet,
)
from cohorts.models.syllabus import Subject, SubjectContent, SubjectQuerySet
from cohorts.models.taking_part import (
    CutRequest,
    Need,
    NeedVote,
    Participation,
    SessionMaterial,
    SessionMaterialQuerySet,
)
from cohorts.models.teams import (
    FEWEST_PEOPLE,
    MOST_PEOPLE,
    TEAM_MACHINE,
    TEAM_MEMBER_MACHINE,
    Team,
    TeamMember,
    TeamMemberQuerySet,
    TeamPlan,
    TeamQuerySet,
)

MACHINES = (
    COHORT_MACHINE,
    SESSION_MACHINE,
    NOMINATION_MACHINE,
    APPLICATION_MACHINE,
    REVIEW_MACHINE,
    SEAT_MACHINE,
    TEAM_MACHINE,
    TEAM_MEMBER_MACHINE,
    RECAP_MACHINE,
)

__all__ = [
    "APPLICATION_MACHINE",
    "COHORT_MACHINE",
    "FEWEST_PEOPLE",
    "MACHINES",
    "MOST_PEOPLE",
    "NOMINATION_MACHINE",
    "RECAP_MACHINE",
    "REVIEW_MACHINE",
    "SEAT_MACHINE",
    "SESSION_MACHINE",
    "TEAM_MACHINE",
    "TEAM_MEMBER_MACHINE",
    "AgendaItem",
    "AgendaItemQuerySet",
    "AgendaKind",
    "Application",
    "ApplicationFile",
    "ApplicationQuerySet",
    "Attendance",
    "AttendanceQuerySet",
    "Beat",
    "CalendarFeed",
    "CalendarTurn",
    "ClosingAnswer",
    "ClosingSurvey",
    "Cohort",
    "CohortFacilitator",
    "CohortQuerySet",
    "CutRequest",
    "Decision",
    "DecisionQuerySet",
    "ExpectationsVersion",
    "Expert",
    "Graduation",
    "GraduationQuerySet",
    "Homework",
    "HomeworkQuerySet",
    "Launch",
    "LibraryItem",
    "Need",
    "NeedVote",
    "Nomination",
    "NominationQuerySet",
    "Participation",
    "Prerequisite",
    "Program",
    "ProgramFacilitator",
    "ProgramGoal",
    "ProgramQuerySet",
    "Recap",
    "RecapQuerySet",
    "ReminderPlan",
    "Review",
    "ReviewQuerySet",
    "Reviewer",
    "Seat",
    "SeatInvitation",
    "SeatQuerySet",
    "SelectionPlan",
    "Session",
    "SessionContent",
    "SessionMaterial",
    "SessionMaterialQuerySet",
    "SessionQuerySet",
    "Speaker",
    "Subject",
    "SubjectContent",
    "SubjectQuerySet",
    "Submission",
    "SubmissionComment",
    "SubmissionQuerySet",
    "SurveyAnswer",
    "Team",
    "TeamMember",
    "TeamMemberQuerySet",
    "TeamPlan",
    "TeamQuerySet",
    "Testimonial",
    "TestimonialQuerySet",
]
