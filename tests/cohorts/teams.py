"""Builders of teams and of cohorts whose seats are for teams."""

from datetime import timedelta
from typing import Any

from cohorts.models import Cohort, Seat, Team, TeamMember, TeamPlan
from cohorts.parts import Part
from cohorts.rules import Answers
from cohorts.services.applications import begin_application, submit_application
from cohorts.services.audiences import audience_of
from cohorts.services.teams import name_teammate
from partners.models import Partner
from partners.queries.people import partner_user_of
from partners.services.audiences import add_member
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from tests.factories import NOW

GOOD = Answers({"why": "Because.", "project": "A customer.", "experience": "new"}, agrees=True)


def for_teams(cohort: Cohort, *functions: tuple[str, int], largest: int = 4) -> Cohort:
    """Make the cohort's seats seats for teams, with these functions wanted."""
    cohort.parts = [*cohort.parts, Part.TEAMS.value]
    cohort.save(update_fields=["parts"])
    rows = [{"name": name, "wanted": wanted} for name, wanted in functions]
    TeamPlan.objects.create(cohort=cohort, largest=largest, functions=rows)
    return cohort


def applied(cohort: Cohort, lead: Membership, *colleagues: Membership, now: Any = NOW) -> Team:
    """A team whose lead has applied and whose colleagues were asked."""
    application = begin_application(cohort=cohort, membership=lead, now=now)
    team = Team.objects.get(application=application)
    for colleague in colleagues:
        named(team, lead, colleague.person.email, now=now)
    submit_application(actor=Actor.of(lead), cohort=cohort, membership=lead, answers=GOOD, now=now)
    return Team.objects.get(pk=team.pk)


def named(team: Team, namer: Membership, email: str, *, now: Any = NOW, **more: Any) -> TeamMember:
    user = partner_user_of(namer)
    assert user is not None
    return name_teammate(
        actor=Actor.of(namer),
        namer=namer,
        team=team,
        email=email,
        domains=frozenset({user.partner.domain}),
        now=now,
        **more,
    )


def team(cohort: Cohort, partner: Partner, *people: Membership, state: str = "offered", **fields: Any) -> Team:
    """A team in any state, its people's places with it; a held one is counted."""
    if state == "offered":
        fields.setdefault("confirm_by", NOW + timedelta(hours=72))
    if state == "waiting":
        fields.setdefault("position", Team.objects.waiting().filter(cohort=cohort).count() + 1)
    if state == "held":
        fields.setdefault("held_at", NOW)
        cohort.seats_taken += 1
        cohort.save(update_fields=["seats_taken"])
    made: Team = Team.objects.create(cohort=cohort, partner=partner, state=state, created_at=NOW, **fields)
    said = {"held": "confirmed", "offered": "willing", "waiting": "willing", "forming": "willing", "ended": "listed"}
    for person in people:
        TeamMember.objects.create(
            team=made,
            cohort=cohort,
            membership=person,
            email=person.person.email,
            name=str(person.person),
            state=said[state],
            created_at=NOW,
        )
        _seat(cohort, made, person)
    return made


def _seat(cohort: Cohort, made: Team, person: Membership) -> None:
    values: dict[str, Any] = {}
    match made.state:
        case "held":
            values = {"state": "confirmed", "confirmed_at": NOW}
            add_member(audience_of(cohort), person, NOW)
        case "offered":
            values = {"state": "offered", "confirm_by": made.confirm_by, "offered_at": NOW}
        case "waiting":
            values = {"state": "waiting", "position": made.position}
    if values:
        Seat.objects.create(cohort=cohort, membership=person, partner=made.partner, **values)
