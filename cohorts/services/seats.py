"""Seats: offered, confirmed, given back. Whoever takes or frees one holds the cohort's row until the end.

Confirming is where many people want the same thing in the same second: the row's lock puts them in line, the count is
read under it, and the database refuses `seats_taken` above the capacity.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max

from cohorts import facts, rules
from cohorts.models import SEAT_MACHINE, Application, Cohort, Seat
from cohorts.queries.people import first_session_at, last_session_at, seat_of
from cohorts.queries.rivals import companies_inside, entry_problems, named
from cohorts.services.audiences import audience_of
from partners.queries.competitors import meeting_problems, rivalries_with_reasons
from partners.services.audiences import add_member, remove_member
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.kinds import FactKind
from prm.activity.services import record
from prm.audit.services import note
from prm.outbox.services import post
from prm.problems import refuse_if
from prm.tenancy.violations import constraint_of
from prm.tenancy.wakeups import wake


def offer_first_seat(*, cohort: Cohort, application: Application, now: datetime) -> Seat:
    """Offer a seat to somebody who was accepted. The caller holds the cohort's row."""
    seat = _new_seat(application, Seat.State.OFFERED, **_offer_values(cohort, now))
    _post("cohorts.seat_offered", seat, now)
    return seat


def put_on_waiting_list(*, cohort: Cohort, application: Application, now: datetime) -> Seat:
    """Give somebody the last place on the waiting list. The caller holds the cohort's row."""
    seat = _new_seat(application, Seat.State.WAITING, position=_last_position(cohort) + 1)
    _post("cohorts.wait_listed", seat, now)
    return seat


@transaction.atomic
def confirm_seat(*, actor: Actor, cohort: Cohort, membership: Membership, now: datetime) -> Seat:
    """Take the seat that is offered, or the first place in line where the last one has just gone.

    The returned seat is `confirmed` or `waiting`; confirming twice is confirming once. Raises `Refused`: not_offered,
    released, over.
    """
    locked = Cohort.objects.locked().get(pk=cohort.pk)
    seat = seat_of(membership, locked)
    if seat is not None and seat.state == Seat.State.CONFIRMED:
        return seat
    refuse_if(rules.confirm_problems(cohort=locked, seat=seat))
    assert seat is not None
    if locked.seats_left <= 0 or not _take_one(locked):
        SEAT_MACHINE.move(seat, "queue", position=_last_position(locked) + 1, confirm_by=None)
        _post("cohorts.wait_listed", seat, now, full="yes")
        return seat
    SEAT_MACHINE.move(seat, "confirm", confirmed_at=now, ended_at=None)
    _welcome(locked, seat, membership, now)
    return seat


def _take_one(cohort: Cohort) -> bool:
    """Count one seat more; False where the database says that there is none."""
    try:
        with transaction.atomic():
            Cohort.objects.filter(pk=cohort.pk).update(seats_taken=F("seats_taken") + 1)
    except IntegrityError as error:
        if constraint_of(error) != "cohorts_never_oversold":
            raise
        return False
    cohort.seats_taken += 1
    return True


def _welcome(cohort: Cohort, seat: Seat, membership: Membership, now: datetime) -> None:
    add_member(audience_of(cohort), membership, now)
    _record(facts.SEAT_CONFIRMED, seat, membership, now)
    _post("cohorts.seat_confirmed", seat, now)
    wake("plan", now)


@transaction.atomic
def give_seat_back(*, actor: Actor, cohort: Cohort, membership: Membership, now: datetime) -> None:
    """The person leaves the cohort, declines the offer, or leaves the waiting list. Raises `Refused`: no_seat, over."""
    locked = Cohort.objects.locked().get(pk=cohort.pk)
    seat = seat_of(membership, locked)
    refuse_if(rules.giving_back_problems(cohort=locked, seat=seat))
    assert seat is not None
    was_participant = seat.state == Seat.State.CONFIRMED
    _free(locked, seat, "decline", now)
    if was_participant:
        _post("cohorts.seat_given_back", seat, now)


@transaction.atomic
def release_seat(*, actor: Actor, seat: Seat, now: datetime) -> None:
    """Staff end an offer, a seat or a wait, and the person is told. Raises `Refused`: no_seat, over."""
    locked = Cohort.objects.locked().get(pk=seat.cohort_id)
    fresh = _named(seat)
    refuse_if(rules.giving_back_problems(cohort=locked, seat=fresh))
    before = fresh.state
    _free(locked, fresh, "release", now)
    _post("cohorts.seat_released", fresh, now)
    changes = {"state": [before, fresh.state]}
    note(actor=actor, verb="cohorts.seat_released", obj=fresh, label=_label(fresh, locked), changes=changes)


def _free(cohort: Cohort, seat: Seat, verb: str, now: datetime) -> None:
    """End the seat and pass what becomes free on to those who wait. `confirmed_at` stays: calendars must follow."""
    was_confirmed = seat.state == Seat.State.CONFIRMED
    SEAT_MACHINE.move(seat, verb, position=None, confirm_by=None, ended_at=now)
    if was_confirmed:
        Cohort.objects.filter(pk=cohort.pk).update(seats_taken=F("seats_taken") - 1)
        cohort.seats_taken -= 1
        membership = Membership.objects.by_id(seat.membership_id)
        remove_member(audience_of(cohort), membership, now)
        _record(facts.SEAT_GIVEN_UP, seat, membership, now)
    _move_up(cohort, now)


def _move_up(cohort: Cohort, now: datetime) -> None:
    """Offer what is free to those who wait, in their order, unless the first session is too near.

    Whoever must not meet somebody inside is passed over, and keeps the place in line.
    """
    if cohort.state in Cohort.ENDED or not rules.moves_up_by_itself(first_session_at=first_session_at(cohort), now=now):
        return
    free = cohort.seats_left - Seat.objects.offered().filter(cohort=cohort).count()
    if free <= 0:
        return
    inside = companies_inside(cohort)
    waiting = list(Seat.objects.waiting().filter(cohort=cohort).select_related("partner", "membership"))
    found = rivalries_with_reasons({**inside, **named(waiting)}, now)
    for seat in waiting:
        newcomer = named([seat])
        if free and not meeting_problems({**inside, **newcomer}, newcomer, found):
            _offer(cohort, seat, now)
            inside |= newcomer
            free -= 1


@transaction.atomic
def offer_seat(*, actor: Actor, seat: Seat, now: datetime) -> None:
    """Staff offer a seat to somebody who waits or whose seat was given back.

    Raises `Refused`: holds, over, full, and rivals where somebody inside must never meet this person's company.
    """
    locked = Cohort.objects.locked().get(pk=seat.cohort_id)
    fresh = _named(seat)
    refuse_if(
        rules.offer_problems(cohort=locked, seat=fresh, last_session_at=last_session_at(locked), now=now)
        or entry_problems(locked, named([fresh]), now)
    )
    before = fresh.state
    _offer(locked, fresh, now)
    changes = {"state": [before, fresh.state]}
    note(actor=actor, verb="cohorts.seat_offered", obj=fresh, label=_label(fresh, locked), changes=changes)
    wake("plan", now)


@transaction.atomic
def extend_offer(*, actor: Actor, seat: Seat, confirm_by: datetime, now: datetime) -> None:
    """Give somebody more time to confirm. Raises `Refused`: not_offered, past."""
    locked = Cohort.objects.locked().get(pk=seat.cohort_id)
    fresh = _named(seat)
    refuse_if(rules.extension_problems(seat=fresh, confirm_by=confirm_by, now=now))
    Seat.objects.filter(pk=fresh.pk).update(confirm_by=confirm_by)
    changes = {"confirm_by": [fresh.confirm_by, confirm_by]}
    note(actor=actor, verb="cohorts.offer_extended", obj=fresh, label=_label(fresh, locked), changes=changes)
    wake("plan", now)


def _named(seat: Seat) -> Seat:
    """The seat as it is now, with its person."""
    return Seat.objects.select_related("membership__person", "partner").get(pk=seat.pk)


def _label(seat: Seat, cohort: Cohort) -> str:
    return f"{seat.membership.person}, {cohort.title}"


def _new_seat(application: Application, state: str, **values: Any) -> Seat:
    seat: Seat = Seat.objects.create(
        cohort_id=application.cohort_id,
        membership=application.membership,
        partner_id=application.partner_id,
        application=application,
        state=state,
        **values,
    )
    return seat


def _offer(cohort: Cohort, seat: Seat, now: datetime) -> None:
    SEAT_MACHINE.move(seat, "offer", **_offer_values(cohort, now))
    _post("cohorts.seat_offered", seat, now)


def _offer_values(cohort: Cohort, now: datetime) -> dict[str, Any]:
    """An offer is answered within the cohort's hours, and before the first session begins where that is ahead."""
    confirm_by = now + timedelta(hours=cohort.confirm_hours)
    first = first_session_at(cohort)
    if first is not None and now < first:
        confirm_by = min(confirm_by, first)
    return {"position": None, "confirm_by": confirm_by, "offered_at": now, "ended_at": None}


def _last_position(cohort: Cohort) -> int:
    return Seat.objects.filter(cohort=cohort).aggregate(last=Max("position"))["last"] or 0


def _slot(now: datetime) -> str:
    """What happened once at this moment may happen again later: the moment is the occasion."""
    return f"{now:%Y%m%d%H%M%S%f}"


def _post(kind: str, seat: Seat, now: datetime, **parameters: str) -> None:
    post(
        kind=kind,
        subject_id=seat.pk,
        slot=_slot(now),
        recipient=seat.membership,
        parameters=parameters,
        now=now,
    )


def _record(kind: FactKind, seat: Seat, membership: Membership, now: datetime) -> None:
    record(kind=kind, at=now, partner_id=seat.partner_id, person_id=membership.person_id, object_id=seat.cohort_id)
