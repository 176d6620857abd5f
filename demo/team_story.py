"""Seats for teams: one team holds its seat, one lacks a second yes, one waits, one is still to be read."""

from collections.abc import Sequence
from datetime import time, timedelta
from typing import Any

from cohorts import shapes
from cohorts.models import Application, Cohort, Program, Team, TeamMember
from cohorts.parts import Part
from cohorts.rules import Answers, Function, TeamShape
from cohorts.services.applications import begin_application, submit_application
from cohorts.services.cohorts import Series, create_cohort
from cohorts.services.programs import create_program, shape_words, switch_parts
from cohorts.services.seats import confirm_seat
from cohorts.services.selection import draft_decision, release_decisions
from cohorts.services.stages import move_cohort
from cohorts.services.team_invitations import Wanted, invite_team
from cohorts.services.team_plans import set_program_teams
from cohorts.services.teams import come_along, name_teammate, set_function
from cohorts.wording import proposed_wording
from demo.cohort_story import voices
from demo.ecosystem import World
from demo.history import keep_letters
from partners.queries.people import partner_user_of
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.tenancy.scope import current_organization

Pair = tuple[Membership, Membership]
_SHAPE = TeamShape(3, (Function("Sales"), Function("Technical")))


def tell_teams(world: World, key: str, leader: str) -> None:
    """Two people work for each company of the group `key`: a pair is a team."""
    people = world.cast.people[key]
    pairs = list(zip(people[::2], people[1::2], strict=True))[:5]
    lead = world.cast.staff[leader]
    cohort = _plan(world, lead)
    move_cohort(actor=Actor.of(lead), cohort=cohort, verb="open", now=world.ago(34))
    for number, pair in enumerate(pairs[:4]):
        _apply(world, cohort, pair, number)
    _decide(world, cohort, lead)
    _confirm(world, cohort, pairs)
    _ask_in(world, cohort, lead, pairs[4])
    keep_letters(world.ago(1))


def _plan(world: World, lead: Membership) -> Cohort:
    actor, shape = Actor.of(lead), shapes.SHAPES["joint"]
    words: dict[str, Any] = {**shape_words(shape)}
    program = create_program(
        actor=actor, title="Joint offer, in teams", shape=shape.key, facilitators=[lead], now=world.ago(60), **words
    )
    switch_parts(actor=actor, holder=program, revision=program.revision, parts=[Part.TEAMS])
    set_program_teams(actor=actor, program=program, shape=_SHAPE)
    program = Program.objects.get(pk=program.pk)
    first = (world.now + timedelta(days=19)).date()
    series = Series(first_on=first, starts_time=time(14), count=4, minutes=75, link="https://meet.example/joint-offer")
    return create_cohort(
        actor=actor,
        program=program,
        title="Joint offer, first teams",
        zone=current_organization().zone,
        capacity=3,
        series=series,
        facilitators=[lead],
        applications_close_on=world.ago(10).date(),
        now=world.ago(35),
    )


def _apply(world: World, cohort: Cohort, pair: Pair, number: int) -> None:
    """The first names the second; the third team still lacks somebody technical."""
    lead, colleague = pair
    now, said = world.ago(30 - number), voices()
    application = begin_application(cohort=cohort, membership=lead, now=now)
    team = Team.objects.get(application=application)
    function = "Sales" if number == 2 else "Technical"
    _name(world, team, lead, colleague.person.email, function, now)
    set_function(person=team.members.get(membership=lead), function="Sales", now=now)
    values = {key: said[key][number % len(said[key])] for key in ("why", "project", "experience")}
    answers = Answers(values, agrees=True)
    submit_application(actor=Actor.of(lead), cohort=cohort, membership=lead, answers=answers, now=now)
    keep_letters(now)
    come_along(person=team.members.get(membership=colleague), membership=colleague, now=world.ago(29 - number))


def _name(world: World, team: Team, namer: Membership, email: str, function: str, now: Any, name: str = "") -> None:
    user = partner_user_of(namer)
    assert user is not None
    name_teammate(
        actor=Actor.of(namer),
        namer=namer,
        team=team,
        email=email,
        name=name,
        function=function,
        domains=frozenset({user.partner.domain}),
        now=now,
    )


def _decide(world: World, cohort: Cohort, lead: Membership) -> None:
    """Two teams are in, one waits, and the last one is released into the list of those that are still to be read."""
    actor = Actor.of(lead)
    cohort.refresh_from_db()
    move_cohort(actor=actor, cohort=cohort, verb="select", now=world.ago(9))
    rows = Application.objects.filter(cohort=cohort).select_related("membership__person", "cohort", "partner")
    for application, kind in zip(rows.longest_waiting_first(), ("accept", "accept", "wait"), strict=False):
        first_name = application.membership.person.first_name
        wording = proposed_wording(kind=kind, reason="", first_name=first_name, cohort_title=cohort.title)
        draft_decision(actor=actor, decider=lead, application=application, kind=kind, wording=wording, now=world.ago(9))
    release_decisions(actor=actor, cohort=cohort, now=world.ago(8.5))
    keep_letters(world.ago(8.5))


def _confirm(world: World, cohort: Cohort, pairs: Sequence[Pair]) -> None:
    """The first team holds its seat and names a third; of the second only one has said yes."""
    for member, days in ((pairs[0][0], 8), (pairs[0][1], 7.5), (pairs[1][0], 7)):
        confirm_seat(actor=Actor.of(member), cohort=cohort, membership=member, now=world.ago(days))
    keep_letters(world.ago(7))
    held = TeamMember.objects.get(cohort=cohort, membership=pairs[0][0]).team
    user = partner_user_of(pairs[0][0])
    assert user is not None
    email = f"mara.voss@{user.partner.domain}"
    _name(world, held, pairs[0][0], email, "Technical", world.ago(3), name="Mara Voss")


def _ask_in(world: World, cohort: Cohort, lead: Membership, pair: Pair) -> None:
    """A team that has not applied is asked straight in."""
    user = partner_user_of(pair[0])
    assert user is not None
    invite_team(
        actor=Actor.of(lead),
        inviter=lead,
        cohort=cohort,
        partner=user.partner,
        people=[
            Wanted(pair[0].person.email, function="Sales"),
            Wanted(pair[1].person.email, function="Technical"),
        ],
        note="Your two last projects are what this is about. Come together: one sells it, one builds it.",
        now=world.ago(2),
    )
