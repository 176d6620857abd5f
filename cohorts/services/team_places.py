"""A team's seat and its people's places, moved together. The caller holds the cohort's row.

The team is what is counted: it takes a seat in the moment in which the second of its people confirms, and gives it
back when it ends. Until it holds one, who has confirmed keeps their offer and is told that one more is needed.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cohorts import rules
from cohorts.models import (
    FEWEST_PEOPLE,
    SEAT_MACHINE,
    TEAM_MACHINE,
    TEAM_MEMBER_MACHINE,
    Cohort,
    Seat,
    Team,
    TeamMember,
)
from cohorts.queries.people import facilitating_members, seat_of
from cohorts.queries.rivals import companies_inside
from cohorts.queries.teams import is_elsewhere, place_of_seat
from cohorts.services import places
from partners.queries.competitors import meeting_problems, rivalries_with_reasons
from prm.accounts.models import Membership
from prm.addresses import address
from prm.outbox.notifications import notify
from prm.outbox.services import post
from prm.problems import Problem, Refused
from prm.tenancy.wakeups import wake

_HOLDING = (Team.State.OFFERED, Team.State.HELD)


def people_of(team: Team) -> list[TeamMember]:
    """Everybody in the team, in the order in which they were named."""
    rows = TeamMember.objects.present().filter(team=team).in_order()
    return list(rows.select_related("membership__person"))


def confirmed_in(team: Team) -> int:
    return TeamMember.objects.filter(team=team, state=TeamMember.State.CONFIRMED).count()


def offer_to_team(*, cohort: Cohort, team: Team, now: datetime) -> None:
    """Offer a seat to a team: each of its people gets the offer of a place."""
    values = places.offer_values(cohort, now)
    if team.state not in _HOLDING:
        TEAM_MACHINE.move(team, "offer", **values, held_at=None)
    for person in people_of(team):
        _ask_again(cohort, person, now)
        offer_place(cohort=cohort, team=team, person=person, now=now)
    wake("plan", now)


def offer_place(*, cohort: Cohort, team: Team, person: TeamMember, now: datetime) -> None:
    """Offer one of the team's people their place; whoever has not joined yet gets it when they do."""
    if person.membership is None or person.state not in TeamMember.ASKED_ONCE:
        return
    _give(cohort, team, person, Seat.State.OFFERED, places.offer_values(cohort, now))
    seat = seat_of(person.membership, cohort)
    assert seat is not None
    places.tell("cohorts.seat_offered", seat, now)


def put_team_in_line(*, cohort: Cohort, team: Team, now: datetime, is_full: bool = False) -> None:
    """Give a team the last place on the waiting list; `is_full` where the last seat went in the same moment."""
    position = places.next_position(cohort)
    TEAM_MACHINE.move(team, "queue", position=position, confirm_by=None, ended_at=None)
    for person in people_of(team):
        if person.state == TeamMember.State.CONFIRMED:
            TEAM_MEMBER_MACHINE.move(person, "step_back")
        _ask_again(cohort, person, now)
        seat = wait_in_line(cohort=cohort, team=team, person=person)
        if seat is not None:
            places.tell("cohorts.wait_listed", seat, now, **({"full": "yes"} if is_full else {}))


def wait_in_line(*, cohort: Cohort, team: Team, person: TeamMember) -> Seat | None:
    """Give one of a waiting team's people the team's place in line; None where they have not joined yet."""
    if person.membership is None or person.state not in TeamMember.ASKED_ONCE:
        return None
    waiting = {"position": team.position, "confirm_by": None, "ended_at": None}
    return _give(cohort, team, person, Seat.State.WAITING, waiting)


def _ask_again(cohort: Cohort, person: TeamMember, now: datetime) -> None:
    """Somebody of a team that had ended is in it again, unless another team has asked them meanwhile."""
    if person.state != TeamMember.State.LISTED:
        return
    verb = "leave" if is_elsewhere(cohort, person.email, person.membership, person.team) else "ask"
    TEAM_MEMBER_MACHINE.move(person, verb, **({"asked_at": now} if verb == "ask" else {"answered_at": now}))


_VERBS = {
    Seat.State.OFFERED: {"waiting": "offer", "released": "offer", "declined": "offer"},
    Seat.State.WAITING: {"offered": "queue", "released": "requeue", "declined": "requeue"},
}


def _give(cohort: Cohort, team: Team, person: TeamMember, state: Seat.State, values: dict[str, Any]) -> Seat:
    """The person's seat of this team, in this state, made where it is missing."""
    seat = seat_of(person.membership, cohort)
    if seat is None:
        seat = Seat.objects.create(
            cohort=cohort,
            membership=person.membership,
            partner=team.partner,
            application=team.application if _applied(team, person) else None,
            way=team.way,
            state=state,
            **values,
        )
    elif seat.state != state:
        SEAT_MACHINE.move(seat, _VERBS[state][seat.state], role=Seat.Role.PARTICIPANT, **values)
    else:
        Seat.objects.filter(pk=seat.pk).update(**values)
    return seat


def _applied(team: Team, person: TeamMember) -> bool:
    return team.application is not None and team.application.membership_id == person.membership_id


def confirm_place(*, cohort: Cohort, seat: Seat, membership: Membership, now: datetime) -> None:
    """One of a team's people confirms. With the second one the team takes its seat, and all who confirmed are in.

    Where the last seat has just gone, the whole team waits in line. Raises `Refused`: not_offered.
    """
    person = place_of_seat(seat)
    if person is None:
        raise Refused(Problem("not_offered", _("You are in no team of this cohort any more.")))
    team = person.team
    if person.state != TeamMember.State.CONFIRMED:
        TEAM_MEMBER_MACHINE.move(person, "confirm", answered_at=now)
    if team.state == Team.State.HELD:
        places.let_in(cohort, seat, membership, now)
    elif confirmed_in(team) >= FEWEST_PEOPLE:
        _take_seat(cohort, team, now)
    seat.refresh_from_db()


def _take_seat(cohort: Cohort, team: Team, now: datetime) -> None:
    if not places.take_one(cohort):
        put_team_in_line(cohort=cohort, team=team, now=now, is_full=True)
        return
    TEAM_MACHINE.move(team, "hold", held_at=now, confirm_by=None)
    for person in people_of(team):
        if person.state == TeamMember.State.CONFIRMED and person.membership is not None:
            seat = seat_of(person.membership, cohort)
            assert seat is not None
            places.let_in(cohort, seat, person.membership, now)


def leave_team(*, cohort: Cohort, seat: Seat, now: datetime) -> None:
    """Somebody's place has ended: they are in the team no more. The last one takes the team along.

    A team that falls below two keeps its seat; those who lead the cohort are told, and decide.
    """
    person = place_of_seat(seat)
    if person is None:
        return
    team, before = person.team, confirmed_in(person.team)
    TEAM_MEMBER_MACHINE.move(person, "leave", answered_at=now)
    if not people_of(team):
        finish_team(cohort=cohort, team=team, now=now)
    elif rules.is_short(team, confirmed_in(team)) and confirmed_in(team) < before:
        _tell_leaders(cohort, team, now)


def _tell_leaders(cohort: Cohort, team: Team, now: datetime) -> None:
    words = _("%(company)s has fewer than two people left in %(cohort)s: call, or release the seat")
    title = words % {"company": team.partner.name, "cohort": cohort.title}
    url = address("team_manage", cohort.public_id, team.public_id)
    for colleague in facilitating_members(cohort):
        notify(membership=colleague, kind="cohorts.team_short", title=title, url=url, now=now)


def finish_team(*, cohort: Cohort, team: Team, now: datetime) -> None:
    """The team has no seat, offer or place in line any more; who is still in it is only listed."""
    was_held = team.state == Team.State.HELD
    TEAM_MACHINE.move(team, "end", position=None, confirm_by=None, ended_at=now)
    if was_held:
        places.give_one_back(cohort)
    for person in people_of(team):
        if person.state in TeamMember.ASKED_ONCE:
            TEAM_MEMBER_MACHINE.move(person, "forget")


def end_team(*, cohort: Cohort, team: Team, now: datetime) -> list[tuple[Membership, bool]]:
    """End the team and the places of its people; returns who knew of it, and whether their place was confirmed."""
    told = []
    for person in people_of(team):
        if person.membership is None or person.state not in TeamMember.ASKED_ONCE:
            continue
        seat = seat_of(person.membership, cohort)
        is_open = seat is not None and seat.state in (*Seat.HOLDING, Seat.State.WAITING)
        was_in = seat is not None and is_open and places.let_go(cohort, seat, "release", now)
        told.append((person.membership, was_in))
    if team.state != Team.State.ENDED:
        finish_team(cohort=cohort, team=team, now=now)
    return told


def move_teams_up(*, cohort: Cohort, now: datetime) -> None:
    """Offer what is free to the teams that wait, in their order. Whoever must not meet somebody inside is passed over,
    and keeps the place in line.
    """
    free = cohort.seats_left - Team.objects.offered().filter(cohort=cohort).count()
    if free <= 0:
        return
    inside = companies_inside(cohort)
    waiting = list(Team.objects.waiting().filter(cohort=cohort).select_related("partner", "application"))
    found = rivalries_with_reasons({**inside, **_companies(waiting)}, now)
    for team in waiting:
        newcomer = _companies([team])
        if free and not meeting_problems({**inside, **newcomer}, newcomer, found):
            offer_to_team(cohort=cohort, team=team, now=now)
            inside |= newcomer
            free -= 1


def _companies(teams: Iterable[Team]) -> dict[int, str]:
    return {team.partner.pk: team.partner.name for team in teams}


def tell_person(kind: str, person: TeamMember, now: datetime, **parameters: str) -> None:
    """Send somebody of a team, who is here, this kind of message about it."""
    if person.membership is not None:
        post(
            kind=kind,
            subject_id=person.pk,
            slot=places.occasion(now),
            recipient=person.membership,
            parameters=parameters,
            now=now,
        )
