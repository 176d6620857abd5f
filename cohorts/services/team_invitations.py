"""Staff ask a whole team straight to a seat; whoever is new joins the partner by the same mail."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from cohorts import rules
from cohorts.models import Cohort, Seat, Team, TeamMember
from cohorts.queries.people import last_session_at
from cohorts.queries.rivals import entry_problems
from cohorts.queries.teams import is_elsewhere, shape_of_cohort
from cohorts.services import places, seats, team_places, teams
from partners.models import Partner
from partners.queries.people import partner_user_of
from prm.accounts.actors import Actor
from prm.accounts.models import Membership, normalize_email
from prm.audit.services import note as note_in_audit
from prm.problems import Problem, refuse_if


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody whom staff want in a team; `name` is needed for who is not here yet."""

    email: str
    name: str = ""
    function: str = ""


@transaction.atomic
def invite_team(
    *,
    actor: Actor,
    inviter: Membership,
    cohort: Cohort,
    partner: Partner,
    people: Sequence[Wanted],
    note: str = "",
    now: datetime,
) -> Team:
    """Offer a seat to two to four people of one partner, each of whom confirms for themselves.

    Raises `Refused` with what `rules.team_invitation_problems` says, what is said about one of them (its field ends
    with their number, `email2`), and rivals.
    """
    locked = Cohort.objects.locked().get(pk=cohort.pk)
    wanted = [replace(person, email=normalize_email(person.email)) for person in people]
    refuse_if(
        rules.team_invitation_problems(
            cohort=locked,
            emails=[person.email for person in wanted],
            shape=shape_of_cohort(locked)[0],
            last_session_at=last_session_at(locked),
            now=now,
        )
        or _about_people(locked, partner, wanted)
        or entry_problems(locked, {partner.pk: partner.name}, now)
    )
    team = Team.objects.create(
        cohort=locked, partner=partner, invited_by=inviter, way=Seat.Way.INVITATION, note=note.strip(), created_at=now
    )
    for person in wanted:
        member = teams.known(person.email)
        teams.add_to_team(
            team=team, email=person.email, name=person.name, member=member, function=person.function, now=now
        )
    for named in team_places.people_of(team):
        if named.membership is None:
            teams.ask(actor=actor, asker=inviter, team=team, person=named, now=now)
    team_places.offer_to_team(cohort=locked, team=team, now=now)
    note_in_audit(actor=actor, verb="cohorts.team_invited", obj=team, label=f"{partner.name}, {locked.title}")
    return team


def _about_people(cohort: Cohort, partner: Partner, wanted: Sequence[Wanted]) -> list[Problem]:
    problems: list[Problem] = []
    names = shape_of_cohort(cohort)[0].names
    for number, person in enumerate(wanted, start=1):
        member = teams.known(person.email)
        user = partner_user_of(member) if member else None
        found = rules.colleague_of_team_problems(
            email=person.email,
            member=member,
            is_same_partner=user is not None and user.partner.pk == partner.pk,
            domains=frozenset({person.email.rpartition("@")[2]}),
        )
        found += rules.invited_person_problems(
            function=person.function, names=names, is_elsewhere=is_elsewhere(cohort, person.email, member, None)
        )
        problems += [replace(problem, field=f"{problem.field}{number}") for problem in found]
    return problems


@transaction.atomic
def welcome_teammate(*, person: TeamMember, membership: Membership, now: datetime) -> None:
    """Somebody who was named by address has joined: they get what their team has, and otherwise find the question."""
    cohort, team = teams.lock(person.team)
    TeamMember.objects.filter(pk=person.pk).update(membership=membership, name=str(membership.person))
    fresh = TeamMember.objects.select_related("membership__person", "team").get(pk=person.pk)
    if fresh.state not in TeamMember.ASKED_ONCE or cohort.state in Cohort.ENDED:
        return
    ahead = last_session_at(cohort)
    if ahead is not None and ahead > now:
        teams.take_in(cohort=cohort, team=team, person=fresh, now=now)


@transaction.atomic
def offer_team(*, actor: Actor, team: Team, now: datetime) -> None:
    """Staff offer a seat to a team that waits or has none any more.

    Raises `Refused` with what `rules.team_offer_problems` says, and rivals.
    """
    cohort, fresh = teams.lock(team)
    refuse_if(
        rules.team_offer_problems(
            cohort=cohort,
            team=fresh,
            people=len(team_places.people_of(fresh)),
            last_session_at=last_session_at(cohort),
            now=now,
        )
        or entry_problems(cohort, {fresh.partner.pk: fresh.partner.name}, now)
    )
    before = fresh.state
    team_places.offer_to_team(cohort=cohort, team=fresh, now=now)
    _write_down(actor, "cohorts.team_offered", fresh, cohort, [before, fresh.state])


@transaction.atomic
def extend_team(*, actor: Actor, team: Team, confirm_by: datetime, now: datetime) -> None:
    """Give everybody of a team who has not answered more time. Raises `Refused`: not_offered, past."""
    cohort, fresh = teams.lock(team)
    people = [row.membership_id for row in team_places.people_of(fresh) if row.membership_id is not None]
    awaited = Seat.objects.offered().filter(cohort=cohort, membership__in=people)
    refuse_if(rules.team_extension_problems(is_awaited=awaited.exists(), confirm_by=confirm_by, now=now))
    awaited.update(confirm_by=confirm_by)
    if fresh.state == Team.State.OFFERED:
        Team.objects.filter(pk=fresh.pk).update(confirm_by=confirm_by)
    _write_down(actor, "cohorts.team_extended", fresh, cohort, [fresh.confirm_by, confirm_by])


@transaction.atomic
def release_team(*, actor: Actor, team: Team, now: datetime) -> None:
    """Staff end a team's offer, seat or wait; everybody in it is told, and the next team moves up.

    Raises `Refused`: no_seat, over.
    """
    cohort, fresh = teams.lock(team)
    refuse_if(rules.team_release_problems(cohort=cohort, team=fresh))
    before = fresh.state
    told = team_places.end_team(cohort=cohort, team=fresh, now=now)
    for member, _was_in in told:
        seat = Seat.objects.of_member(member).filter(cohort=cohort).first()
        if seat is not None:
            places.tell("cohorts.seat_released", seat, now)
    seats.pass_on(cohort, now)
    _write_down(actor, "cohorts.team_released", fresh, cohort, [before, fresh.state])


def _write_down(actor: Actor, verb: str, team: Team, cohort: Cohort, change: list[object]) -> None:
    label = f"{team.partner.name}, {cohort.title}"
    note_in_audit(actor=actor, verb=verb, obj=team, label=label, changes={"state": change})
