"""One application's place in line, the people of a cohort by seat, and its nominations, as staff read them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from cohorts.first_questions import PHONE
from cohorts.models import Cohort, Nomination, Seat, SeatInvitation, TeamMember
from cohorts.parts import Part
from cohorts.queries.teams import place_told
from partners.queries.profiles import Profile, Reader, profiles_for
from prm.invitations.models import Invitation
from prm.tenancy.prepared import prepared


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A person of a cohort as staff see them."""

    public_id: str
    name: str
    email: str
    company: str
    state: str
    state_label: str
    position: int | None
    confirm_by: datetime | None
    is_overdue: bool
    attended: int
    handed_in: int
    profile: Profile | None
    phone: str = ""
    role: str = ""
    way: str = ""
    # In a team: the function there, whether they said yes to an offer that needs a second one.
    function: str = ""
    has_said_yes: bool = False
    is_alone: bool = True


@dataclass(frozen=True, slots=True)
class NominationRow:
    """A nomination as staff see it. `passed_to` is a colleague named instead who is not nominated yet."""

    public_id: str
    name: str
    email: str
    company: str
    nominator: str
    state: str
    state_label: str
    created_at: datetime
    passed_to: str


def seats_in(cohort: Cohort) -> list[Seat]:
    """Everybody who has or had to do with a seat, with person, partner and application."""
    return _seats(cohort.pk, for_teams=cohort.uses(Part.TEAMS))


@prepared
def _seats(cohort_id: int, *, for_teams: bool) -> QuerySet[Seat]:
    rows: Any = Seat.objects.filter(cohort=cohort_id).select_related("membership__person", "partner", "application")
    rows = rows.annotate(place=place_told()) if for_teams else rows
    found: QuerySet[Seat] = rows.order_by("position", "confirm_by", "confirmed_at", "pk")
    return found


def seat_rows(seats: list[Seat], reader: Reader, now: datetime, done: dict[int, tuple[int, int]]) -> list[SeatRow]:
    """The seats of `seats_in` as staff see them; `done` is (attended, handed in) by membership id."""
    profiles = profiles_for(reader, [seat.membership_id for seat in seats]) if seats else {}
    return [_seat_row(seat, profiles.get(seat.membership_id), now, done) for seat in seats]


def _seat_row(seat: Seat, profile: Profile | None, now: datetime, done: dict[int, tuple[int, int]]) -> SeatRow:
    attended, handed_in = done.get(seat.membership_id, (0, 0))
    place: dict[str, str] = getattr(seat, "place", None) or {}
    return SeatRow(
        public_id=seat.public_id,
        name=str(seat.membership.person),
        email=seat.membership.person.email,
        company=seat.partner.name if seat.partner else "",
        state=seat.state,
        state_label=seat.get_state_display(),
        position=seat.position,
        confirm_by=seat.confirm_by,
        is_overdue=seat.is_overdue(now),
        attended=attended,
        handed_in=handed_in,
        profile=profile,
        role="" if seat.counts else str(seat.get_role_display()),
        way="" if seat.way == Seat.Way.APPLICATION else str(seat.get_way_display()),
        phone=str(seat.application.answers.get(PHONE) or "") if seat.application else "",
        function=place.get("function", ""),
        has_said_yes=seat.state == Seat.State.OFFERED and place.get("state") == TeamMember.State.CONFIRMED,
        is_alone=not (seat.counts and hasattr(seat, "place")),
    )


def open_invitations(cohort: Cohort) -> list[tuple[str, str]]:
    """(who, as what) of those who were asked straight in by an address that has not joined yet."""
    rows = _invitations(cohort.pk)
    return [(f"{row.name}, {row.email}" if row.name else row.email, str(row.get_role_display())) for row in rows]


@prepared
def _invitations(cohort_id: int) -> QuerySet[SeatInvitation]:
    rows: Any = SeatInvitation.objects.filter(cohort=cohort_id, membership__isnull=True)
    found: QuerySet[SeatInvitation] = rows.order_by("-created_at", "-pk")[:200]
    return found


def nomination_rows(cohort: Cohort) -> list[NominationRow]:
    """The nominations of a cohort, newest first."""
    rows: list[Any] = _nominations(cohort.pk)
    return [
        NominationRow(
            public_id=row.public_id,
            name=row.name,
            email=row.email,
            company=row.partner.name if row.partner else "",
            nominator=str(row.nominated_by.person),
            state=row.state,
            state_label=row.get_state_display(),
            created_at=row.created_at,
            passed_to=(row.passed_to or "") if row.state == Nomination.State.OPEN else "",
        )
        for row in rows
    ]


@prepared
def _nominations(cohort_id: int) -> QuerySet[Nomination]:
    passed = Invitation.objects.filter(kind="nominee", target_id=OuterRef("pk"), state="declined").order_by("-pk")
    rows: Any = Nomination.objects.filter(cohort=cohort_id).select_related("partner", "nominated_by__person")
    rows = rows.annotate(passed_to=Subquery(passed.values("passed_to_email")[:1])).newest_first()
    found: QuerySet[Nomination] = rows[:200]
    return found
