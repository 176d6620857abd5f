"""One application's place in line, the people of a cohort by seat, and its nominations, as staff read them."""

from dataclasses import dataclass
from datetime import datetime

from cohorts.models import Application, Cohort, Nomination, Seat
from partners.queries.profiles import Profile, Reader, profiles_for
from prm.invitations.models import Invitation


def neighbours(application: Application) -> tuple[str, str]:
    """The ids of the undecided applications before and after this one; empty where there is none."""
    rows = Application.objects.waiting_for_decision().filter(cohort=application.cohort_id)
    listed = list(rows.longest_waiting_first().values_list("public_id", flat=True))
    if application.public_id not in listed:
        return "", ""
    place = listed.index(application.public_id)
    before = listed[place - 1] if place else ""
    return before, listed[place + 1] if place + 1 < len(listed) else ""


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


def seat_rows(cohort: Cohort, reader: Reader, now: datetime, done: dict[int, tuple[int, int]]) -> list[SeatRow]:
    """Everybody who has or had to do with a seat; `done` is (attended, handed in) by membership id."""
    rows = Seat.objects.filter(cohort=cohort).select_related("membership__person", "partner")
    seats = list(rows.order_by("position", "confirm_by", "confirmed_at", "pk"))
    profiles = profiles_for(reader, [seat.membership_id for seat in seats]) if seats else {}
    return [_seat_row(seat, profiles.get(seat.membership_id), now, done) for seat in seats]


def _seat_row(seat: Seat, profile: Profile | None, now: datetime, done: dict[int, tuple[int, int]]) -> SeatRow:
    attended, handed_in = done.get(seat.membership_id, (0, 0))
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
    )


def nomination_rows(cohort: Cohort) -> list[NominationRow]:
    """The nominations of a cohort, newest first; two queries."""
    rows = list(
        Nomination.objects.filter(cohort=cohort).select_related("partner", "nominated_by__person").newest_first()[:200]
    )
    passed = Invitation.objects.filter(kind="nominee", target_id__in=[row.pk for row in rows], state="declined")
    named = {row.target_id: row.passed_to_email for row in passed}
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
            passed_to=named.get(row.pk, "") if row.state == Nomination.State.OPEN else "",
        )
        for row in rows
    ]
