from datetime import datetime

from django.utils.translation import gettext as _

from cohorts.models import Cohort, Seat, Session
from prm.problems import Problem

# Changes of these are sent to calendars; a new agenda is not.
CALENDAR_FIELDS = frozenset({"title", "starts_on", "starts_time", "zone", "minutes", "link", "place"})


def planning_problems(*, cohort: Cohort, starts_at: datetime, is_taken: bool, now: datetime) -> list[Problem]:
    """Why a session cannot be planned for this moment; `is_taken` by another one of the cohort."""
    if cohort.state in Cohort.ENDED:
        return [Problem("over", _("This cohort is over."))]
    if starts_at <= now:
        return [Problem("past", _("This moment lies in the past."), field="starts_on")]
    if is_taken:
        return [Problem("taken", _("There is a session at this moment already."), field="starts_on")]
    return []


def edit_problems(*, session: Session, starts_at: datetime, now: datetime) -> list[Problem]:
    """Why a session cannot be changed so: what was held or cancelled keeps its date."""
    if starts_at == session.starts_at:
        return []
    if session.state != Session.State.PLANNED:
        return [Problem("not_planned", _("Only a planned session can be moved."), field="starts_on")]
    if starts_at <= now:
        return [Problem("past", _("This moment lies in the past."), field="starts_on")]
    return []


def cancel_problems(session: Session, now: datetime) -> list[Problem]:
    if session.state != Session.State.PLANNED:
        return [Problem("not_planned", _("Only a planned session can be canceled."))]
    return []


def attendance_problems(session: Session, now: datetime) -> list[Problem]:
    """Why nobody can be marked as present yet, or at all."""
    if session.state == Session.State.CANCELLED:
        return [Problem("cancelled", _("This session was canceled."))]
    if not session.has_begun(now):
        return [Problem("not_begun", _("This session has not begun."))]
    return []


def excuse_problems(*, session: Session, seat: Seat | None, now: datetime) -> list[Problem]:
    """Why a participant cannot say "I can't make it"."""
    if seat is None or seat.state != Seat.State.CONFIRMED:
        return [Problem("no_seat", _("Only participants can say so."))]
    if session.state != Session.State.PLANNED or session.has_begun(now):
        return [Problem("begun", _("This session has begun or does not take place."))]
    return []
