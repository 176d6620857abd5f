"""Teams of a cohort: what holds for them, who is in them, what they lack."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import JSONObject

from cohorts import rules
from cohorts.first_questions import PHONE
from cohorts.models import (
    FEWEST_PEOPLE,
    Application,
    Cohort,
    Program,
    Seat,
    SeatInvitation,
    SeatQuerySet,
    Team,
    TeamMember,
    TeamPlan,
    TeamQuerySet,
)
from cohorts.parts import Part
from cohorts.queries.proposals import Colleague
from cohorts.rules import TeamShape
from partners.models import PartnerUser
from prm.accounts.models import Membership
from prm.addresses import address

_HOLDING = (Team.State.OFFERED, Team.State.HELD)
_TEAM_TONES: dict[str, str] = {Team.State.HELD: "success", Team.State.OFFERED: "warning", Team.State.WAITING: "warning"}
_PERSON_TONES: dict[str, str] = {
    TeamMember.State.CONFIRMED: "success",
    TeamMember.State.WILLING: "info",
    TeamMember.State.ASKED: "warning",
}


def shape_of_program(program: Program) -> TeamShape:
    return rules.shape_of_plan(TeamPlan.objects.filter(program=program).first())


def shape_of_cohort(cohort: Cohort) -> tuple[TeamShape, bool]:
    """What holds for the cohort, and whether that is its own word rather than its program's."""
    rows = TeamPlan.objects.filter(Q(cohort=cohort) | Q(program=cohort.program_id))
    plans = sorted(rows, key=lambda plan: plan.cohort_id is None)
    plan = plans[0] if plans else None
    return rules.shape_of_plan(plan), plan is not None and plan.cohort_id is not None


def has_people(cohort: Cohort) -> bool:
    """Whether anybody has applied for a seat of the cohort or was asked to one."""
    asked = SeatInvitation.objects.filter(cohort=cohort, role=Seat.Role.PARTICIPANT)
    seats = Seat.objects.participants().filter(cohort=cohort)
    rows = (Application.objects.filter(cohort=cohort), seats, asked, Team.objects.filter(cohort=cohort))
    return any(found.exists() for found in rows)


def offers_open(cohort: Cohort) -> int:
    """How many offers of the cohort's seats are not taken yet: to people, or where seats are for teams to teams."""
    if cohort.uses(Part.TEAMS):
        return Team.objects.offered().filter(cohort=cohort).count()
    return Seat.objects.offered().participants().filter(cohort=cohort).count()


def participants_in(cohort: Cohort) -> int:
    """How many people take part: as many as seats, unless those are for teams."""
    if not cohort.uses(Part.TEAMS):
        return cohort.seats_taken
    return Seat.objects.confirmed().participants().filter(cohort=cohort).count()


def team_of(application: Application) -> Team | None:
    return Team.objects.filter(application=application).select_related("partner").first()


def own_place(membership: Membership, cohort_id: str) -> TeamMember | None:
    """The member's place in a team of the cohort with this public id, with everything around it: the team they were
    asked into, else the one they put together. None where seats are for people.
    """
    rows = TeamMember.objects.present().filter(Q(membership=membership) | Q(email=membership.person.email))
    rows = rows.filter(cohort__public_id=cohort_id, cohort__parts__contains=[Part.TEAMS])
    mine = rows.filter(~Q(state=TeamMember.State.LISTED) | Q(team__application__membership=membership))
    found = mine.select_related("team__partner", "team__application__membership__person", "team__cohort__program")
    return min(found, key=lambda row: row.state == TeamMember.State.LISTED, default=None)


def place_of_seat(seat: Seat) -> TeamMember | None:
    """The place in a team that this person's seat stands for; none where seats are a person's."""
    rows = TeamMember.objects.asked().filter(cohort=seat.cohort_id, membership=seat.membership_id)
    return rows.select_related("team__partner").first()


def has_said_yes(seat: Seat) -> bool:
    """Whether this person confirmed for their team already, and waits for a second one."""
    rows = TeamMember.objects.filter(cohort=seat.cohort_id, membership=seat.membership_id)
    return rows.filter(state=TeamMember.State.CONFIRMED).exists()


def is_elsewhere(cohort: Cohort, email: str, member: Membership | None, besides: Team | None) -> bool:
    """Whether somebody is in another team of the cohort already, or has a seat in it."""
    rows = TeamMember.objects.asked().filter(cohort=cohort, email=email)
    if (rows.exclude(team=besides) if besides else rows).exists():
        return True
    if member is None:
        return False
    seats = Seat.objects.of_member(member).filter(cohort=cohort, state__in=(*Seat.HOLDING, Seat.State.WAITING))
    mine = TeamMember.objects.asked().filter(team=besides, membership=member) if besides else None
    return seats.exists() and not (mine is not None and mine.exists())


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody of a team as its page shows them. `seat_id` is the public id of their seat, where they have one."""

    public_id: str
    name: str
    email: str
    function: str
    state: str
    state_label: str
    is_lead: bool = False
    is_me: bool = False
    is_here: bool = True
    seat_id: str = ""
    confirm_by: datetime | None = None
    is_overdue: bool = False
    phone: str = ""

    @property
    def tone(self) -> str:
        return _PERSON_TONES.get(self.state, "neutral")


@dataclass(frozen=True)
class TeamRow:
    """A team with its people. `confirmed` counts those who said yes to their own place."""

    public_id: str
    company: str
    state: str
    state_label: str
    position: int | None
    confirm_by: datetime | None
    is_overdue: bool
    is_short: bool
    people: list[PersonRow]
    missing: list[str]
    url: str = ""
    note: str = ""
    functions: list[str] = field(default_factory=list)

    @property
    def tone(self) -> str:
        return _TEAM_TONES.get(self.state, "neutral")

    @property
    def confirmed(self) -> int:
        return sum(person.state == TeamMember.State.CONFIRMED for person in self.people)

    @property
    def missing_words(self) -> str:
        return rules.missing_words(self.missing)

    @property
    def size_words(self) -> str:
        return rules.size_words(len(self.people))


def team_rows(cohort: Cohort, now: datetime) -> list[TeamRow]:
    """The teams that have or had to do with a seat, those that hold one first; four queries, however many."""
    order = [Team.State.HELD, Team.State.OFFERED, Team.State.WAITING, Team.State.ENDED]
    teams = with_people(Team.objects.filter(cohort=cohort).exclude(state=Team.State.FORMING))
    shape = shape_of_cohort(cohort)[0] if teams else TeamShape()
    seats = _seats(cohort, teams)
    teams.sort(key=lambda team: (order.index(Team.State(team.state)), team.position or 0, team.pk))
    return [team_row(team, shape, seats, now, cohort=cohort, people=list(team.members.all())) for team in teams]


def with_people(rows: TeamQuerySet) -> list[Team]:
    """Teams with everybody in them, in the order in which they were named."""
    people = TeamMember.objects.present().in_order().select_related("membership__person")
    return list(rows.select_related("partner", "application").prefetch_related(Prefetch("members", people)))


def _seats(cohort: Cohort, teams: list[Team]) -> dict[int, Seat]:
    ids = [person.membership_id for team in teams for person in team.members.all() if person.membership_id]
    return {seat.membership_id: seat for seat in Seat.objects.filter(cohort=cohort, membership__in=ids)}


def one_team(
    team: Team, cohort: Cohort, now: datetime, reader: Membership | None = None, shape: TeamShape | None = None
) -> TeamRow:
    """One team, loaded with partner and application, for its own page, or for the studio's where there is no `reader`.

    `shape` is what the cohort says a team is, where it is known already.
    """
    people = list(TeamMember.objects.present().filter(team=team).in_order().select_related("membership__person"))
    found = Seat.objects.filter(cohort=cohort, membership__in=[row.membership_id for row in people])
    seats = {seat.membership_id: seat for seat in found}
    shape = shape or shape_of_cohort(cohort)[0]
    return team_row(team, shape, seats, now, cohort=cohort, people=people, reader=reader)


def team_row(
    team: Team,
    shape: TeamShape,
    seats: dict[int, Seat],
    now: datetime,
    *,
    cohort: Cohort,
    people: Sequence[TeamMember],
    reader: Membership | None = None,
) -> TeamRow:
    """A team and its people as a page shows them."""
    lead_id = team.application.membership_id if team.application else None
    phone = str(team.application.answers.get(PHONE) or "") if team.application else ""
    rows = [
        _person(row, seats.get(row.membership_id or 0), now, lead_id=lead_id, phone=phone, reader=reader)
        for row in people
    ]
    confirmed = sum(person.state == TeamMember.State.CONFIRMED for person in rows)
    return TeamRow(
        public_id=team.public_id,
        company=team.partner.name,
        state=team.state,
        state_label=team.get_state_display(),
        position=team.position,
        confirm_by=team.confirm_by,
        is_overdue=team.state in _HOLDING and any(person.is_overdue for person in rows),
        is_short=rules.is_short(team, confirmed),
        people=rows,
        missing=rules.missing_functions(shape, [person.function for person in rows]),
        url=address("team_manage", cohort.public_id, team.public_id),
        note=team.note,
        functions=shape.names,
    )


def _person(
    row: TeamMember,
    seat: Seat | None,
    now: datetime,
    *,
    lead_id: int | None,
    phone: str,
    reader: Membership | None,
) -> PersonRow:
    awaited = seat is not None and seat.state == Seat.State.OFFERED and row.state != TeamMember.State.CONFIRMED
    is_lead = row.membership_id is not None and row.membership_id == lead_id
    return PersonRow(
        public_id=row.public_id,
        name=str(row.membership.person) if row.membership else str(row),
        email=row.email,
        function=row.function,
        state=row.state,
        state_label=row.get_state_display(),
        is_lead=is_lead,
        is_me=reader is not None and row.membership_id == reader.pk,
        is_here=row.membership_id is not None,
        seat_id=seat.public_id if seat else "",
        confirm_by=seat.confirm_by if seat and awaited else None,
        is_overdue=awaited and seat is not None and seat.is_overdue(now),
        phone=phone if is_lead else "",
    )


def functions_by_member(cohort: Cohort) -> dict[int, str]:
    """Membership id → "Sales", for everybody who is asked into a team of the cohort; empty where seats are people's."""
    if not cohort.uses(Part.TEAMS):
        return {}
    rows = TeamMember.objects.asked().filter(cohort=cohort, membership__isnull=False).exclude(function="")
    return dict(rows.values_list("membership", "function"))


def without_yes(seats: SeatQuerySet) -> SeatQuerySet:
    """Seats whose people have not said yes for their team already, and wait for a second one."""
    said = TeamMember.objects.filter(
        cohort=OuterRef("cohort"), membership=OuterRef("membership"), state=TeamMember.State.CONFIRMED
    )
    return seats.filter(~Exists(said))


def short_teams(cohort: Cohort) -> int:
    """How many teams keep a seat for fewer than two people; one query, none where seats are people's."""
    if not cohort.uses(Part.TEAMS):
        return 0
    confirmed = Count("members", filter=Q(members__state=TeamMember.State.CONFIRMED))
    held = Team.objects.held().filter(cohort=cohort).annotate(confirmed=confirmed)
    return held.filter(confirmed__lt=FEWEST_PEOPLE).count()


def colleagues_for_team(user: PartnerUser, cohort: Cohort, team: Team) -> list[Colleague]:
    """The people of one's own company who are in no team of the cohort, by name."""
    taken = TeamMember.objects.asked().filter(cohort=cohort, membership__isnull=False).values("membership")
    named = TeamMember.objects.present().filter(team=team, membership__isnull=False).values("membership")
    rows = PartnerUser.objects.active().filter(partner=user.partner_id)
    rows = rows.exclude(membership__in=taken).exclude(membership__in=named)
    found = rows.select_related("membership__person").order_by("membership__person__name", "pk")[:50]
    return [Colleague(row.membership.public_id, str(row.membership.person)) for row in found]


def functions_told() -> ArraySubquery:
    """The function of each of an application's team, in the order in which they were named."""
    return ArraySubquery(
        TeamMember.objects.present().filter(team__application=OuterRef("pk")).order_by("id").values("function")
    )


def place_told() -> Subquery:
    """The place in a team that a seat stands for: its function, and whether they said yes."""
    rows = TeamMember.objects.asked().filter(cohort=OuterRef("cohort"), membership=OuterRef("membership"))
    return Subquery(rows.values(one=JSONObject(function="function", state="state"))[:1])


def offers_among(cohort: Cohort, seats: Iterable[Seat]) -> int:
    """How many offers of seats are open: of these people, or where seats are for teams of teams."""
    if not cohort.uses(Part.TEAMS):
        return sum(seat.state == Seat.State.OFFERED for seat in seats)
    known: int | None = getattr(cohort, "teams_offered", None)
    return offers_open(cohort) if known is None else known
