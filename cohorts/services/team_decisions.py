"""What a decision about an application means for the team behind it: all of them learn of it, once."""

from datetime import datetime

from cohorts.models import Cohort, Decision, Team
from cohorts.services import places, seats, team_places
from prm.accounts.models import Membership
from prm.outbox.services import post


def follow_decision(*, cohort: Cohort, team: Team, kind: str, now: datetime) -> bool:
    """Let the team's seat follow a decision that is told, for the first time or in the place of another.

    Colleagues of whoever applied are told here; returns whether that person had confirmed a place. The caller holds
    the cohort's row.
    """
    match kind:
        case Decision.Kind.ACCEPT:
            if team.state not in (Team.State.OFFERED, Team.State.HELD):
                team_places.offer_to_team(cohort=cohort, team=team, now=now)
            return False
        case Decision.Kind.WAIT:
            _into_line(cohort, team, now)
            return False
        case _:
            return _decline(cohort, team, now)


def _into_line(cohort: Cohort, team: Team, now: datetime) -> None:
    """What becomes free passes on before: nobody overtakes those who waited."""
    if team.state == Team.State.WAITING:
        return
    if team.state in (Team.State.OFFERED, Team.State.HELD):
        team_places.end_team(cohort=cohort, team=team, now=now)
        seats.pass_on(cohort, now)
    team_places.put_team_in_line(cohort=cohort, team=team, now=now)


def _decline(cohort: Cohort, team: Team, now: datetime) -> bool:
    applicant = team.application.membership_id if team.application else None
    was_in = False
    had_seat = team.state in (Team.State.OFFERED, Team.State.HELD)
    for member, was_confirmed in team_places.end_team(cohort=cohort, team=team, now=now):
        if member.pk == applicant:
            was_in = was_confirmed
        else:
            _tell(team, member, was_confirmed, now)
    if had_seat:
        seats.pass_on(cohort, now)
    return was_in


def _tell(team: Team, member: Membership, was_confirmed: bool, now: datetime) -> None:
    post(
        kind="cohorts.team_declined",
        subject_id=team.pk,
        slot=places.occasion(now),
        recipient=member,
        parameters={"confirmed": "yes"} if was_confirmed else {},
        now=now,
    )
