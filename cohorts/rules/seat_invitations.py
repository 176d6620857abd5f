from datetime import datetime

from django.utils.translation import gettext as _

from cohorts.models import Cohort, Seat
from cohorts.parts import Part
from prm.accounts.models import Membership
from prm.problems import Problem


def seat_invitation_problems(
    *,
    cohort: Cohort,
    role: str,
    member: Membership | None,
    seat: Seat | None,
    is_invited: bool,
    last_session_at: datetime | None,
    now: datetime,
) -> list[Problem]:
    """Why somebody cannot be asked straight into the cohort. `member` is None for an address that nobody here has."""
    if cohort.state not in Cohort.UNDER_WAY:
        return [Problem("wrong_stage", _("People are invited from the moment the cohort is open until it is over."))]
    if last_session_at is None or last_session_at <= now:
        return [Problem("over", _("There is no session ahead."))]
    if role == Seat.Role.PARTICIPANT and cohort.uses(Part.TEAMS):
        return [Problem("team", _("Seats are for teams here: invite a team instead."), field="role")]
    if member is not None and member.state != Membership.State.ACTIVE:
        return [Problem("not_active", _("This person cannot sign in now."), field="email")]
    if member is not None and member.kind == Membership.Kind.STAFF:
        text = _("Colleagues with a role in the studio follow the cohort there. Name them as facilitators instead.")
        return [Problem("staff", text, field="email")]
    if seat is not None and seat.state in (*Seat.HOLDING, Seat.State.WAITING):
        return [Problem("holds", _("This person has a seat, an offer or a place in line already."), field="email")]
    if member is None and is_invited:
        return [Problem("invited", _("This address is invited already."), field="email")]
    if role == Seat.Role.PARTICIPANT and cohort.seats_left <= 0:
        return [Problem("full", _("All seats are taken."))]
    return []
