from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.models import Cohort, Decision, Seat
from cohorts.parts import Part
from prm.problems import Problem

# In the last hours before the first session nobody is moved up by itself: staff call people then.
QUIET_BEFORE_START = timedelta(hours=48)


def release_problems(
    *,
    cohort: Cohort,
    kinds: list[str],
    offered: int,
    missing_wording: int,
    last_session_at: datetime | None,
    now: datetime,
) -> list[Problem]:
    """What stands against releasing these drafted decisions, or deserves a look before.

    `kinds` are those of the drafted decisions, `offered` counts open offers of seats.
    """
    problems = []
    if not kinds:
        problems.append(Problem("nothing_drafted", _("No decision is drafted.")))
    if cohort.state not in Cohort.DECIDING:
        problems.append(Problem("wrong_stage", _("Decisions are released after applications have closed.")))
    if last_session_at is not None and last_session_at <= now:
        problems.append(Problem("over", _("The last session is over.")))
    if missing_wording:
        text = ngettext(
            "%(n)d decline has no words to the applicant.",
            "%(n)d declines have no words to the applicant.",
            missing_wording,
        )
        problems.append(Problem("no_words", text % {"n": missing_wording}))
    accepted = kinds.count(Decision.Kind.ACCEPT)
    over = accepted + offered - cohort.seats_left
    if accepted and over > 0:
        text = _(
            "%(offers)d teams would hold an offer for %(seats)d free seats: the first of which two people confirm get"
            " them, the others go on the waiting list."
        )
        if not cohort.uses(Part.TEAMS):
            text = _(
                "%(offers)d people would hold an offer for %(seats)d free seats: the first to confirm get them, the"
                " others go on the waiting list."
            )
        values = {"offers": accepted + offered, "seats": cohort.seats_left}
        problems.append(Problem("over_offered", text % values, level="warning"))
    return problems


def confirm_problems(*, cohort: Cohort, seat: Seat | None) -> list[Problem]:
    """Why this seat cannot be confirmed. Past `confirm_by` it still can, until staff release it."""
    if seat is None or seat.state == Seat.State.WAITING:
        return [Problem("not_offered", _("No seat is offered to you now. When one is free you get a mail."))]
    if seat.state in (Seat.State.DECLINED, Seat.State.RELEASED):
        return [Problem("released", _("This seat was given back. If you still want it, write to us."))]
    if cohort.state in Cohort.ENDED:
        return [Problem("over", _("This cohort is over."))]
    return []


def giving_back_problems(*, cohort: Cohort, seat: Seat | None) -> list[Problem]:
    """Why somebody cannot leave the cohort or its waiting list."""
    if seat is None or seat.state in (Seat.State.DECLINED, Seat.State.RELEASED):
        return [Problem("no_seat", _("There is no seat to give back."))]
    if cohort.state in Cohort.ENDED:
        return [Problem("over", _("This cohort is over."))]
    return []


def offer_problems(*, cohort: Cohort, seat: Seat, last_session_at: datetime | None, now: datetime) -> list[Problem]:
    """Why staff cannot offer a seat to this person now."""
    if seat.state in Seat.HOLDING:
        return [Problem("holds", _("This person holds a seat or an offer already."))]
    if cohort.state in Cohort.ENDED:
        return [Problem("over", _("This cohort is over."))]
    if last_session_at is None or last_session_at <= now:
        return [Problem("over", _("There is no session ahead."))]
    if cohort.seats_left <= 0:
        return [Problem("full", _("All seats are taken."))]
    return []


def extension_problems(*, seat: Seat, confirm_by: datetime, now: datetime) -> list[Problem]:
    if seat.state != Seat.State.OFFERED:
        return [Problem("not_offered", _("Only an offer that is not answered can be extended."))]
    if confirm_by <= now:
        return [Problem("past", _("Choose a moment in the future."), field="until")]
    return []


def moves_up_by_itself(
    *, first_session_at: datetime | None, now: datetime, quiet: timedelta = QUIET_BEFORE_START
) -> bool:
    """Whether a free seat is offered to the next on the waiting list without anybody asking.

    `quiet` is the time before the start in which staff call people instead.
    """
    return first_session_at is not None and now < first_session_at - quiet
