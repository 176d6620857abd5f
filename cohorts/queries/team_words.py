"""Teams told within other queries: what a page that is about something else says of them costs it none of its own."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject, NullIf

from cohorts import rules
from cohorts.models import FEWEST_PEOPLE, MOST_PEOPLE, Application, Cohort, Seat, Team, TeamMember, TeamPlan
from cohorts.parts import Part
from cohorts.queries.board import Board, Lane, Tile
from cohorts.queries.composition import Composition
from cohorts.queries.teams import PersonRow
from prm.accounts.models import Membership


@dataclass(frozen=True)
class TeamInShort:
    """A team beside something else: its people, and what it lacks."""

    people: list[PersonRow]
    missing: list[str]
    is_short: bool = False

    def is_anothers(self, member: Membership) -> bool:
        """Whether a colleague has asked the member into it: that is answered before one applies oneself."""
        return not any(person.is_lead and person.email == member.person.email for person in self.people)

    def has_said_yes(self, member: Membership) -> bool:
        """Whether the member confirmed already; with an offer still open the team lacks a second one."""
        mine = (person for person in self.people if person.email == member.person.email)
        return any(person.state == TeamMember.State.CONFIRMED for person in mine)

    @property
    def missing_words(self) -> str:
        return rules.missing_words(self.missing)


_NAME = Coalesce(
    NullIf("membership__person__name", Value("")), NullIf("name", Value("")), "email", output_field=CharField()
)


def _people(rows: QuerySet[TeamMember]) -> ArraySubquery:
    told = JSONObject(
        public_id="public_id",
        name=_NAME,
        email="email",
        function="function",
        state="state",
        team_state="team__state",
        member="membership",
        lead="team__application__membership",
    )
    return ArraySubquery(rows.order_by("id").values(told=told))


def _wanted(cohort: str, program: str) -> Subquery:
    """The functions wanted: of the cohort's own plan, else of its program's."""
    return Subquery(_plans(cohort, program).values("functions")[:1])


def _plans(cohort: str, program: str) -> QuerySet[TeamPlan]:
    rows = TeamPlan.objects.filter(Q(cohort=OuterRef(cohort)) | Q(program=OuterRef(program)))
    return rows.order_by(F("cohort").asc(nulls_last=True))


def in_short(
    people: Sequence[Mapping[str, Any]] | None, wanted: Sequence[Mapping[str, Any]] | None
) -> TeamInShort | None:
    """What was told by the queries here; None where there is no team."""
    if not people:
        return None
    labels = dict(TeamMember.State.choices)
    rows = [
        PersonRow(
            public_id=row["public_id"],
            name=row["name"],
            email=row["email"],
            function=row["function"],
            state=row["state"],
            state_label=str(labels[row["state"]]),
            is_lead=row["member"] is not None and row["member"] == row["lead"],
        )
        for row in people
    ]
    confirmed = sum(row.state == TeamMember.State.CONFIRMED for row in rows)
    is_held = people[0]["team_state"] == Team.State.HELD
    return TeamInShort(
        people=rows,
        missing=rules.missing_functions(rules.shape_of_rows(wanted or []), [row.function for row in rows]),
        is_short=is_held and confirmed < FEWEST_PEOPLE,
    )


def applications_with_team(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Applications with `team_people` and `team_wanted`, for `in_short`."""
    people = TeamMember.objects.present().filter(team__application=OuterRef("pk"))
    return rows.annotate(team_people=_people(people), team_wanted=_wanted("cohort", "cohort__program"))


def seats_with_team(rows: QuerySet[Seat], membership: Membership | int) -> QuerySet[Seat]:
    """The member's seats with `team_people` and `team_wanted`, for `in_short`."""
    mine = TeamMember.objects.asked().filter(cohort=OuterRef(OuterRef("cohort")), membership=membership)
    people = TeamMember.objects.present().filter(team__in=mine.values("team"))
    return rows.annotate(team_people=_people(people), team_wanted=_wanted("cohort", "cohort__program"))


def own_team(membership: Membership, cohort: Cohort) -> TeamInShort | None:
    """The member's team in this cohort, also while only they know of it; one query, none where seats are people's."""
    if not cohort.uses(Part.TEAMS):
        return None
    found: Any = cohorts_with_own_team(Cohort.objects.filter(pk=cohort.pk), membership)
    return own_team_of(found.get())


def own_team_of(cohort: Any) -> TeamInShort | None:
    """The member's team in a cohort as `cohorts_with_own_team` has it."""
    return in_short(cohort.team_people, cohort.team_wanted)


def cohorts_with_own_team(rows: QuerySet[Cohort], membership: Membership | int) -> QuerySet[Cohort]:
    """Cohorts with the member's team in each, for `own_team_of`, and `team_largest`, of how many people one is."""
    mine = TeamMember.objects.present().filter(cohort=OuterRef(OuterRef("pk")), membership=membership)
    mine = mine.filter(~Q(state=TeamMember.State.LISTED) | Q(team__application__membership=membership))
    return rows.annotate(
        team_people=_people(TeamMember.objects.present().filter(team__in=mine.values("team"))),
        team_wanted=_wanted("pk", "program"),
        team_largest=Coalesce(Subquery(_plans("pk", "program").values("largest")[:1]), MOST_PEOPLE),
    )


def with_team_counts(rows: QuerySet[Cohort]) -> QuerySet[Cohort]:
    """Cohorts with what the board says of teams: wanted functions, teams that hold a seat or an offer, their people."""
    teams = Team.objects.filter(cohort=OuterRef("pk")).order_by().values("cohort")
    counted = teams.annotate(n=Count("*")).values("n")
    inside = TeamMember.objects.asked().filter(cohort=OuterRef("pk"), team__state__in=["offered", "held"])
    return rows.annotate(
        team_wanted=_wanted("pk", "program"),
        teams_offered=_number(counted.filter(state=Team.State.OFFERED)),
        teams_held=_number(counted.filter(state=Team.State.HELD)),
        team_functions=ArraySubquery(inside.exclude(function="").values("function")),
    )


def _number(rows: QuerySet[Any]) -> Coalesce:
    return Coalesce(Subquery(rows, output_field=IntegerField()), 0)


def board_of_teams(board: Board, cohort: Any) -> Board:
    """The board in teams instead of people: how large each is and what it lacks, and how many would be in the room.

    `cohort` is as `with_team_counts` has it.
    """
    wanted = rules.shape_of_rows(cohort.team_wanted or [])
    accepted = [tile for lane in board.lanes if lane.key == "accept" for tile in lane.tiles]
    functions = Counter([*cohort.team_functions, *(name for tile in accepted for name in tile.functions if name)])
    accepts = next((lane.count for lane in board.lanes if lane.key == "accept"), 0)
    return replace(
        board,
        lanes=[_lane(lane, wanted) for lane in board.lanes],
        released=_lane(board.released, wanted),
        composition=_composition(board.composition, cohort, accepts, functions),
    )


def _lane(lane: Lane, wanted: rules.TeamShape) -> Lane:
    return replace(lane, tiles=[_tile(tile, wanted) for tile in lane.tiles])


def _tile(tile: Tile, wanted: rules.TeamShape) -> Tile:
    missing = rules.missing_functions(wanted, tile.functions)
    return replace(tile, team=rules.size_words(len(tile.functions)), missing=rules.missing_words(missing))


def _composition(composition: Composition, cohort: Any, accepts: int, functions: Counter[str]) -> Composition:
    return replace(
        composition,
        total=cohort.teams_offered + cohort.teams_held + accepts,
        is_for_teams=True,
        functions=functions.most_common(),
        experience=[],
    )
