"""What happens to one person's place and to the count of seats. The caller holds the cohort's row.

Whether a place is counted by itself or as a part of a team's seat is decided above (`seats`, `team_places`).
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max

from cohorts import facts, rules
from cohorts.models import SEAT_MACHINE, Cohort, Seat, Team
from cohorts.parts import Part
from cohorts.queries.people import first_session_at
from cohorts.services.audiences import audience_of
from cohorts.services.calendars import enter_calendar, leave_calendar
from partners.services.audiences import add_member, remove_member
from prm.accounts.models import Membership
from prm.activity.kinds import FactKind
from prm.activity.services import record
from prm.outbox.services import post
from prm.tenancy.violations import constraint_of
from prm.tenancy.wakeups import wake


def take_one(cohort: Cohort) -> bool:
    """Count one seat more; False where there is none, or where the database says so."""
    if cohort.seats_left <= 0:
        return False
    try:
        with transaction.atomic():
            Cohort.objects.filter(pk=cohort.pk).update(seats_taken=F("seats_taken") + 1)
    except IntegrityError as error:
        if constraint_of(error) != "cohorts_never_oversold":
            raise
        return False
    cohort.seats_taken += 1
    return True


def give_one_back(cohort: Cohort) -> None:
    """Count one seat less."""
    Cohort.objects.filter(pk=cohort.pk).update(seats_taken=F("seats_taken") - 1)
    cohort.seats_taken -= 1


def let_in(cohort: Cohort, seat: Seat, membership: Membership, now: datetime) -> None:
    """Confirm a place: the gates open, the sessions come into the calendar, the person is told."""
    SEAT_MACHINE.move(seat, "confirm", confirmed_at=now, ended_at=None)
    if rules.rights_of(seat).reads_content:
        add_member(audience_of(cohort), membership, now)
    enter_calendar(cohort=cohort, membership=membership)
    if seat.counts:
        _record(facts.SEAT_CONFIRMED, seat, membership, now)
    tell("cohorts.seat_confirmed", seat, now)
    wake("plan", now)


def let_go(cohort: Cohort, seat: Seat, verb: str, now: datetime) -> bool:
    """End a place; returns whether it was a confirmed one. `confirmed_at` stays: calendars must follow."""
    was_confirmed = seat.state == Seat.State.CONFIRMED
    SEAT_MACHINE.move(seat, verb, position=None, confirm_by=None, ended_at=now)
    if was_confirmed:
        membership = Membership.objects.by_id(seat.membership_id)
        remove_member(audience_of(cohort), membership, now)
        leave_calendar(cohort=cohort, membership=membership)
        if seat.counts:
            _record(facts.SEAT_GIVEN_UP, seat, membership, now)
    return was_confirmed


def offer(cohort: Cohort, seat: Seat, now: datetime) -> None:
    """Offer a place to somebody who waits, or whose place has ended."""
    SEAT_MACHINE.move(seat, "offer", **offer_values(cohort, now))
    tell("cohorts.seat_offered", seat, now)


def offer_values(cohort: Cohort, now: datetime) -> dict[str, Any]:
    """An offer is answered within the cohort's hours, and before the first session begins where that is ahead."""
    confirm_by = now + timedelta(hours=cohort.confirm_hours)
    first = first_session_at(cohort)
    if first is not None and now < first:
        confirm_by = min(confirm_by, first)
    return {"position": None, "confirm_by": confirm_by, "offered_at": now, "ended_at": None}


def next_position(cohort: Cohort) -> int:
    """The place behind everybody who waits."""
    rows = Team.objects if cohort.uses(Part.TEAMS) else Seat.objects
    return (rows.filter(cohort=cohort).aggregate(last=Max("position"))["last"] or 0) + 1


def occasion(now: datetime) -> str:
    """What happened once at this moment may happen again later: the moment is the occasion."""
    return f"{now:%Y%m%d%H%M%S%f}"


def tell(kind: str, seat: Seat, now: datetime, **parameters: str) -> None:
    """Send the seat's person this kind of message."""
    post(
        kind=kind,
        subject_id=seat.pk,
        slot=occasion(now),
        recipient=seat.membership,
        parameters=parameters,
        now=now,
    )


def _record(kind: FactKind, seat: Seat, membership: Membership, now: datetime) -> None:
    record(kind=kind, at=now, partner_id=seat.partner_id, person_id=membership.person_id, object_id=seat.cohort_id)
