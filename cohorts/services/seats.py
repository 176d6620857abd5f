"""Seats: offered, confirmed, given back. Whoever takes or frees one holds the cohort's row until the end.

Confirming is where many people want the same thing in the same second: the row's lock puts them in line, the count is
read under it, and the database refuses `seats_taken` above the capacity. Where seats are for teams (`Part.TEAMS`), the
same verbs are about a person's place in their team, and the team is counted.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from cohorts import rules
from cohorts.models import SEAT_MACHINE, Application, Cohort, Seat, SeatInvitation
from cohorts.parts import Part
from cohorts.queries.people import first_session_at, last_session_at, seat_of
from cohorts.queries.rivals import companies_inside, entry_problems, named
from cohorts.queries.selection_plans import plan_of
from cohorts.queries.teams import offers_open
from cohorts.services import places, team_places
from partners.queries.competitors import meeting_problems, rivalries_with_reasons
from partners.queries.people import partner_user_of
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.services import note
from prm.problems import refuse_if
from prm.tenancy.wakeups import wake


def offer_first_seat(*, cohort: Cohort, application: Application, now: datetime) -> Seat:
    """Offer a seat to somebody who was accepted. The caller holds the cohort's row."""
    seat = _new_seat(application, Seat.State.OFFERED, **places.offer_values(cohort, now))
    places.tell("cohorts.seat_offered", seat, now)
    return seat


def offer_invited_seat(*, cohort: Cohort, invitation: SeatInvitation, membership: Membership, now: datetime) -> Seat:
    """Offer a seat to somebody who was asked straight in. The caller holds the cohort's row."""
    user = partner_user_of(membership)
    values = {"role": invitation.role, "way": Seat.Way.INVITATION, **places.offer_values(cohort, now)}
    seat = seat_of(membership, cohort)
    if seat is None:
        seat = Seat.objects.create(
            cohort=cohort,
            membership=membership,
            partner=user.partner if user else None,
            state=Seat.State.OFFERED,
            **values,
        )
    else:
        SEAT_MACHINE.move(seat, "offer", **values)
    places.tell("cohorts.seat_offered", seat, now)
    wake("plan", now)
    return seat


def put_on_waiting_list(*, cohort: Cohort, application: Application, now: datetime) -> Seat:
    """Give somebody the last place on the waiting list. The caller holds the cohort's row."""
    seat = _new_seat(application, Seat.State.WAITING, position=places.next_position(cohort))
    places.tell("cohorts.wait_listed", seat, now)
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
    if _is_teams(locked, seat):
        team_places.confirm_place(cohort=locked, seat=seat, membership=membership, now=now)
        return seat
    if seat.counts and not places.take_one(locked):
        SEAT_MACHINE.move(seat, "queue", position=places.next_position(locked), confirm_by=None)
        places.tell("cohorts.wait_listed", seat, now, full="yes")
        return seat
    places.let_in(locked, seat, membership, now)
    return seat


def _is_teams(cohort: Cohort, seat: Seat) -> bool:
    """Whether this place is a part of a team's seat rather than a seat of its own."""
    return seat.counts and cohort.uses(Part.TEAMS)


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
        places.tell("cohorts.seat_given_back", seat, now)


@transaction.atomic
def release_seat(*, actor: Actor, seat: Seat, now: datetime) -> None:
    """Staff end an offer, a seat or a wait, and the person is told. Raises `Refused`: no_seat, over."""
    locked = Cohort.objects.locked().get(pk=seat.cohort_id)
    fresh = _named(seat)
    refuse_if(rules.giving_back_problems(cohort=locked, seat=fresh))
    before = fresh.state
    _free(locked, fresh, "release", now)
    places.tell("cohorts.seat_released", fresh, now)
    changes = {"state": [before, fresh.state]}
    note(actor=actor, verb="cohorts.seat_released", obj=fresh, label=_label(fresh, locked), changes=changes)


def offer_again(*, cohort: Cohort, seat: Seat, now: datetime) -> None:
    """Offer a seat to somebody who waits, or whose seat has ended. The caller holds the cohort's row."""
    if seat.state not in Seat.HOLDING:
        places.offer(cohort, seat, now)
        wake("plan", now)


def put_back_in_line(*, cohort: Cohort, seat: Seat, now: datetime) -> None:
    """Give somebody who holds, held or gave back a seat the last place in line, and tell them.

    What becomes free passes on before: nobody overtakes those who waited. The caller holds the cohort's row.
    """
    if seat.state == Seat.State.WAITING:
        return
    if seat.state in Seat.HOLDING:
        _free(cohort, seat, "release", now)
    SEAT_MACHINE.move(seat, "requeue", position=places.next_position(cohort), ended_at=None)
    places.tell("cohorts.wait_listed", seat, now)


def end_seat(*, cohort: Cohort, seat: Seat, now: datetime) -> bool:
    """End whatever the person has without a mail of its own; returns whether it was a confirmed seat.

    The caller holds the cohort's row.
    """
    was_confirmed = seat.state == Seat.State.CONFIRMED
    if seat.state in (*Seat.HOLDING, Seat.State.WAITING):
        _free(cohort, seat, "release", now)
    return was_confirmed


def _free(cohort: Cohort, seat: Seat, verb: str, now: datetime) -> None:
    """End the seat and pass what becomes free on to those who wait."""
    was_confirmed = places.let_go(cohort, seat, verb, now)
    if _is_teams(cohort, seat):
        team_places.leave_team(cohort=cohort, seat=seat, now=now)
    elif was_confirmed and seat.counts:
        places.give_one_back(cohort)
    pass_on(cohort, now)


def pass_on(cohort: Cohort, now: datetime) -> None:
    """Offer what is free to those who wait, in their order, unless the first session is too near.

    Whoever must not meet somebody inside is passed over, and keeps the place in line. The caller holds the cohort.
    """
    quiet = timedelta(hours=plan_of(cohort).quiet_hours)
    begins = first_session_at(cohort)
    if cohort.state in Cohort.ENDED or not rules.moves_up_by_itself(first_session_at=begins, now=now, quiet=quiet):
        return
    if cohort.uses(Part.TEAMS):
        team_places.move_teams_up(cohort=cohort, now=now)
        return
    free = cohort.seats_left - offers_open(cohort)
    if free <= 0:
        return
    inside = companies_inside(cohort)
    waiting = list(Seat.objects.waiting().filter(cohort=cohort).select_related("partner", "membership"))
    found = rivalries_with_reasons({**inside, **named(waiting)}, now)
    for seat in waiting:
        newcomer = named([seat])
        if free and not meeting_problems({**inside, **newcomer}, newcomer, found):
            places.offer(cohort, seat, now)
            inside |= newcomer
            free -= 1


@transaction.atomic
def offer_seat(*, actor: Actor, seat: Seat, now: datetime) -> None:
    """Staff offer a seat to somebody who waits or whose seat was given back.

    Raises `Refused`: team, holds, over, full, and rivals where somebody inside must never meet this person's company.
    """
    locked = Cohort.objects.locked().get(pk=seat.cohort_id)
    fresh = _named(seat)
    refuse_if(
        rules.single_seat_problems(cohort=locked, seat=fresh)
        or rules.offer_problems(cohort=locked, seat=fresh, last_session_at=last_session_at(locked), now=now)
        or entry_problems(locked, named([fresh]), now)
    )
    before = fresh.state
    places.offer(locked, fresh, now)
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
        way=Seat.Way.NOMINATION if application.nomination_id else Seat.Way.APPLICATION,
        state=state,
        **values,
    )
    return seat
