from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time

from django.utils import formats
from django.utils.translation import gettext as _

from cohorts.models import Cohort, Seat, Session
from prm.problems import Problem

# Changes of these are sent to calendars; the agenda and what people leave with are not.
CALENDAR_FIELDS = frozenset({"title", "starts_on", "starts_time", "zone", "minutes", "link", "place", "room", "way"})


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


def series_problems(
    *, cohort: Cohort, sessions: Sequence[Session], seen: Mapping[str, int], days: int, starts_time: time | None
) -> list[Problem]:
    """Why these sessions, which are ahead, cannot be moved together; `seen` are the revisions they were read at."""
    if cohort.state in Cohort.ENDED:
        return [Problem("over", _("This cohort is over."))]
    if not sessions:
        return [Problem("nothing", _("This session is not ahead any more. Choose another one."), field="first")]
    if any(seen.get(session.public_id) != session.revision for session in sessions):
        text = _("Somebody changed a session meanwhile. Look at the dates as they are now, then move them again.")
        return [Problem("changed_meanwhile", text)]
    if not days and (starts_time is None or all(session.starts_time == starts_time for session in sessions)):
        return [Problem("same", _("Say by how many days, or at what time: nothing would change so."), field="days")]
    return []


def series_move_problems(
    *, moments: Sequence[tuple[Session, datetime]], taken: Collection[datetime], now: datetime
) -> list[Problem]:
    """Why sessions cannot begin at these moments; `taken` are those of the cohort's other sessions."""
    problems = []
    for session, starts_at in moments:
        day = formats.date_format(starts_at.astimezone(session.tz), "j F Y, H:i")
        if starts_at <= now:
            problems.append(Problem("past", _("%(day)s lies in the past.") % {"day": day}, field="days"))
        elif starts_at in taken:
            text = _("%(day)s: there is a session at this moment already.")
            problems.append(Problem("taken", text % {"day": day}, field="days"))
    return problems


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
