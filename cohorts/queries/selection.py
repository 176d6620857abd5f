"""The board of applications, one application as staff read it, and the people of a cohort by seat."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from cohorts import rules
from cohorts.models import Application, Cohort, Decision, Nomination, Seat
from cohorts.queries.people import last_session_at
from partners.countries import country_name
from prm.addresses import address
from prm.invitations.models import Invitation
from prm.problems import Problem, blockers

_UNDECIDED = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """An application on the board."""

    url: str
    name: str
    company: str
    experience: str
    is_nominated: bool


@dataclass(frozen=True)
class Lane:
    """A column of the board: applications with the same (drafted) decision."""

    key: str
    title: str
    tone: str
    tiles: list[Tile]


@dataclass(frozen=True)
class Composition:
    """Who would be in the room: people with a seat, an offer or a drafted yes. Parts are (label, count)."""

    total: int
    capacity: int
    experience: list[tuple[str, int]]
    companies: list[tuple[str, int]]
    countries: list[tuple[str, int]]

    @property
    def over(self) -> int:
        return max(self.total - self.capacity, 0)


@dataclass(frozen=True)
class Board:
    """Everything about selection on one page."""

    lanes: list[Lane]
    released: list[Tile]
    drafted: int
    composition: Composition
    release_problems: list[Problem]

    @property
    def is_empty(self) -> bool:
        return not self.released and not any(lane.tiles for lane in self.lanes)

    @property
    def can_release(self) -> bool:
        return not blockers(self.release_problems)


def board(cohort: Cohort, now: datetime) -> Board:
    """The applications of a cohort by what is decided about them; five queries, whatever the number."""
    rows = Application.objects.handed_in().filter(cohort=cohort).longest_waiting_first()
    applications = list(rows.select_related("membership__person", "partner"))
    decisions = {row.application_id: row for row in Decision.objects.filter(cohort=cohort)}
    seats = list(Seat.objects.holding().filter(cohort=cohort).select_related("application", "partner"))
    drafts = [decisions[row.pk] for row in applications if _is_draft(decisions.get(row.pk))]
    return Board(
        lanes=_lanes(cohort, applications, decisions),
        released=[_tile(cohort, row) for row in applications if row.state == Application.State.DECIDED],
        drafted=len(drafts),
        composition=_composition(cohort, applications, decisions, seats),
        release_problems=rules.release_problems(
            cohort=cohort,
            kinds=[draft.kind for draft in drafts],
            offered=sum(seat.state == Seat.State.OFFERED for seat in seats),
            missing_wording=sum(not draft.wording.strip() for draft in drafts),
            last_session_at=last_session_at(cohort),
            now=now,
        )
        if drafts
        else [],
    )


def _is_draft(decision: Decision | None) -> bool:
    return decision is not None and decision.released_at is None


def _lanes(cohort: Cohort, applications: list[Application], decisions: dict[int, Decision]) -> list[Lane]:
    open_ones = [row for row in applications if row.state == Application.State.SUBMITTED]
    columns = [
        (_UNDECIDED, _("To read"), "info"),
        (Decision.Kind.ACCEPT, _("Accept"), "success"),
        (Decision.Kind.WAIT, _("Waiting list"), "warning"),
        (Decision.Kind.DECLINE, _("Decline"), "neutral"),
    ]
    found: dict[str, list[Tile]] = {key: [] for key, _title, _tone in columns}
    for row in open_ones:
        decision = decisions.get(row.pk)
        found[decision.kind if decision else _UNDECIDED].append(_tile(cohort, row))
    return [Lane(key, title, tone, found[key]) for key, title, tone in columns]


def _tile(cohort: Cohort, row: Application) -> Tile:
    return Tile(
        url=address("application_decide", cohort.public_id, row.public_id),
        name=str(row.membership.person),
        company=row.partner.name if row.partner else "",
        experience=str(_EXPERIENCE.get(row.experience, "")),
        is_nominated=row.nomination_id is not None,
    )


# In a word or two, as staff compare them; applicants read whole sentences.
_EXPERIENCE = {"new": _("New to it"), "some": _("Some experience"), "seasoned": _("Experienced")}


def _composition(
    cohort: Cohort, applications: list[Application], decisions: dict[int, Decision], seats: list[Seat]
) -> Composition:
    """Each person once: seats and offers first, then drafted yeses."""
    chosen = [row for row in applications if _is_accept(row, decisions)]
    inside = [(seat.application.experience if seat.application else "", seat.partner) for seat in seats]
    inside += [(row.experience, row.partner) for row in chosen]
    experience = Counter(str(_EXPERIENCE.get(key, _("not said"))) for key, _partner in inside)
    companies = Counter(partner.name for _key, partner in inside if partner)
    countries = Counter(country_name(partner.country) for _key, partner in inside if partner and partner.country)
    return Composition(
        total=len(inside),
        capacity=cohort.capacity,
        experience=experience.most_common(),
        companies=companies.most_common(12),
        countries=countries.most_common(8),
    )


def _is_accept(row: Application, decisions: dict[int, Decision]) -> bool:
    decision = decisions.get(row.pk)
    return _is_draft(decision) and decision is not None and decision.kind == Decision.Kind.ACCEPT


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


def seat_rows(cohort: Cohort, now: datetime, done: dict[int, tuple[int, int]]) -> list[SeatRow]:
    """Everybody who has or had to do with a seat; `done` is (attended, handed in) by membership id."""
    seats = Seat.objects.filter(cohort=cohort).select_related("membership__person", "partner")
    return [_seat_row(seat, now, done) for seat in seats.order_by("position", "confirm_by", "confirmed_at", "pk")]


def _seat_row(seat: Seat, now: datetime, done: dict[int, tuple[int, int]]) -> SeatRow:
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
