"""What participants may say and see around a cohort: words about themselves, recordings, needs."""

from datetime import date

from django.utils.translation import gettext as _

from cohorts.models import Attendance, Cohort, Launch, Seat, Session, SessionMaterial
from cohorts.parts import Part
from prm.problems import Problem

MOST_NEEDS = 10


def participant_problems(seat: Seat | None) -> list[Problem]:
    """Why somebody cannot say how they take part."""
    if seat is None or seat.state != Seat.State.CONFIRMED:
        return [Problem("no_seat", _("Only participants can say so."))]
    return []


def rule_problems(*, cohort: Cohort, seat: Seat | None, version: int) -> list[Problem]:
    """Why the room's rule cannot be accepted: what was read must be what holds now."""
    problems = participant_problems(seat)
    if version != cohort.room_rule_version:
        problems.append(Problem("changed", _("The rule was changed meanwhile. Please read it as it is now.")))
    return problems


def material_problems(
    *, session: Session, kind: str, has_link: bool, has_file: bool, against: list[str]
) -> list[Problem]:
    """Why something cannot be kept of a session. `against` are those present who have not agreed to be recorded."""
    problems = []
    if session.state == Session.State.CANCELLED:
        problems.append(Problem("cancelled", _("This session was canceled.")))
    if has_link == has_file:
        problems.append(Problem("somewhere", _("Give a link or a file, one of them."), field="link"))
    if kind == SessionMaterial.Kind.RECORDING and session.cohort.uses(Part.RECORDINGS):
        problems += recording_problems(session=session, against=against)
    return problems


def recording_problems(*, session: Session, against: list[str]) -> list[Problem]:
    """Why there can be no recording: it was not announced, or somebody who was there has not agreed."""
    if not session.is_recorded:
        text = _("This session was not announced as recorded: a recording of it cannot be shown.")
        return [Problem("not_announced", text, field="kind")]
    if against:
        text = _("These people were there and have not agreed: %(names)s.") % {"names": ", ".join(against)}
        return [Problem("not_agreed", text, field="kind")]
    return []


def watching_problems(
    *, watch_until: date | None, for_absent: bool, is_held: bool, mine: str, today: date
) -> list[Problem]:
    """Why a participant, whose attendance is `mine`, cannot watch a recording (now)."""
    if is_held:
        return [Problem("held", _("Somebody's part is being cut out. It comes back when that is done."))]
    if watch_until is not None and watch_until < today:
        return [Problem("over", _("It could be watched until its last day, which is over."))]
    if for_absent and mine == Attendance.State.PRESENT:
        return [Problem("for_absent", _("It is for those who could not be there."))]
    return []


def need_problems(*, seat: Seat | None, cohort: Cohort, mine: int) -> list[Problem]:
    """Why somebody cannot put one more need on the board; they have `mine` there."""
    problems = participant_problems(seat)
    if cohort.state in Cohort.ENDED:
        problems.append(Problem("over", _("This cohort is over.")))
    if mine >= MOST_NEEDS:
        problems.append(Problem("many", _("You have %d needs on the board: take one off first.") % MOST_NEEDS))
    return problems


def kickoff_problems(*, cohort: Cohort, launch: Launch, people: int) -> list[Problem]:
    """Why the kick-off mail cannot be sent: it goes out once, with words, to somebody."""
    problems = []
    if launch.kickoff_sent_at is not None:
        problems.append(Problem("sent", _("The kick-off mail was sent: it cannot be sent again.")))
    if not launch.kickoff.strip():
        problems.append(Problem("empty", _("An empty mail is not sent: write it first."), field="kickoff"))
    if cohort.state in Cohort.ENDED:
        problems.append(Problem("over", _("This cohort is over.")))
    if not people:
        problems.append(Problem("nobody", _("Nobody has a confirmed seat yet.")))
    return problems
