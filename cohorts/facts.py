"""What happens in cohorts, as facts that lower floors and figures count."""

from django.utils.translation import gettext_lazy as _

from prm.activity.kinds import FactKind, Measure

NOMINATED = FactKind("cohorts.nominated", _("Nominated for a cohort"))
APPLIED = FactKind("cohorts.applied", _("Applied for a cohort"))
APPLICATION_WITHDRAWN = FactKind("cohorts.application_withdrawn", _("Application withdrawn"), sign=-1)
ACCEPTED = FactKind("cohorts.accepted", _("Accepted into a cohort"))
WAIT_LISTED = FactKind("cohorts.wait_listed", _("Put on a cohort's waiting list"))
DECLINED = FactKind("cohorts.declined", _("Application declined"))
DECISION_REVERSED = FactKind("cohorts.decision_reversed", _("Decision about an application reversed"))
SEAT_CONFIRMED = FactKind("cohorts.seat_confirmed", _("Seat confirmed"))
SEAT_GIVEN_UP = FactKind("cohorts.seat_given_up", _("Seat given up"), sign=-1)
STAGE_CHANGED = FactKind("cohorts.stage_changed", _("Cohort moved to another stage"))
SESSION_ATTENDED = FactKind("cohorts.session_attended", _("Attended a session"))
HOMEWORK_SUBMITTED = FactKind("cohorts.homework_submitted", _("Homework handed in"))
HOMEWORK_COMMENTED = FactKind("cohorts.homework_commented", _("Homework commented"))
RECAP_SENT = FactKind("cohorts.recap_sent", _("Recap sent"))
GRADUATED = FactKind("cohorts.graduated", _("Graduated"))
GRADUATION_REVOKED = FactKind("cohorts.graduation_revoked", _("Graduation revoked"), sign=-1)

KINDS = (
    NOMINATED,
    APPLIED,
    APPLICATION_WITHDRAWN,
    ACCEPTED,
    WAIT_LISTED,
    DECLINED,
    DECISION_REVERSED,
    SEAT_CONFIRMED,
    SEAT_GIVEN_UP,
    STAGE_CHANGED,
    SESSION_ATTENDED,
    HOMEWORK_SUBMITTED,
    HOMEWORK_COMMENTED,
    RECAP_SENT,
    GRADUATED,
    GRADUATION_REVOKED,
)

MEASURES = (
    Measure("cohorts.applications", _("Applications"), (APPLIED, APPLICATION_WITHDRAWN)),
    Measure("cohorts.participants", _("Participants"), (SEAT_CONFIRMED, SEAT_GIVEN_UP)),
    Measure("cohorts.sessions_attended", _("Sessions attended"), (SESSION_ATTENDED,)),
    Measure("cohorts.homework", _("Homework handed in"), (HOMEWORK_SUBMITTED,)),
    Measure("cohorts.graduates", _("Graduates"), (GRADUATED, GRADUATION_REVOKED)),
)
