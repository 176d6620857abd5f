"""The board of applications: who applied, what is drafted, who would be in the room."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts import rules
from cohorts.models import Application, Cohort, Decision, Seat
from cohorts.queries.people import last_session_at
from cohorts.queries.rivals import COMPARED, named
from cohorts.queries.rivals import SHOWN as MOST_RIVALS
from partners.countries import country_name
from partners.queries.competitors import RivalRow, meeting_problems, rivalries_with_reasons, rivals_shown
from prm.addresses import address
from prm.problems import Problem, blockers

_UNDECIDED = ""
# Who may still come into the room.
_POSSIBLE = (_UNDECIDED, Decision.Kind.ACCEPT, Decision.Kind.WAIT)
# As many tiles of a lane as somebody looks through; whoever wants them all asks for them.
SHOWN = 60


@dataclass(frozen=True, slots=True)
class Applied:
    """An application that was handed in, with what is decided about it (`kind` is empty where nothing is)."""

    public_id: str
    state: str
    experience: str
    is_nominated: bool
    name: str
    company: str
    country: str
    partner_id: int | None
    kind: str
    is_draft: bool
    is_wordless: bool


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
    """A column of the board: applications with the same (drafted) decision, the first of which are `tiles`."""

    key: str
    title: str
    tone: str
    count: int
    tiles: list[Tile]

    @property
    def hidden(self) -> int:
        return self.count - len(self.tiles)


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
    released: Lane
    drafted: int
    composition: Composition
    rivals: list[RivalRow]
    release_problems: list[Problem]

    @property
    def is_waiting(self) -> bool:
        """Whether anybody waits for a decision or for its release."""
        return any(lane.count for lane in self.lanes)

    @property
    def is_empty(self) -> bool:
        return not self.released.count and not self.is_waiting

    @property
    def can_release(self) -> bool:
        return not blockers(self.release_problems)


def board(cohort: Cohort, now: datetime, most: int | None = SHOWN) -> Board:
    """The applications of a cohort by what is decided about them; as many queries whatever the number.

    Of each lane the first `most` become tiles, None is all of them.
    """
    applied = _applied(cohort)
    seats = list(Seat.objects.holding().filter(cohort=cohort).select_related("application", "partner"))
    drafts = [row for row in applied if row.is_draft]
    decided = [row for row in applied if row.state == Application.State.DECIDED]
    inside = named(seats)
    coming = _companies(drafts, (Decision.Kind.ACCEPT,))
    names = {**dict(list(_companies(applied, _POSSIBLE).items())[:COMPARED]), **inside, **coming}
    rivalries = rivalries_with_reasons(names, now)
    return Board(
        lanes=_lanes(cohort, applied, most),
        released=_lane(cohort, "released", _("Released"), "neutral", decided, most),
        drafted=len(drafts),
        composition=_composition(cohort, drafts, seats),
        rivals=rivals_shown(names, rivalries)[:MOST_RIVALS],
        release_problems=meeting_problems({**inside, **coming}, coming, rivalries)
        + rules.release_problems(
            cohort=cohort,
            kinds=[draft.kind for draft in drafts],
            offered=sum(seat.state == Seat.State.OFFERED for seat in seats),
            missing_wording=sum(draft.is_wordless for draft in drafts),
            last_session_at=last_session_at(cohort),
            now=now,
        )
        if drafts
        else [],
    )


def _companies(rows: Iterable[Applied], kinds: Collection[str]) -> dict[int, str]:
    """Partner → name, of applications about which one of these is decided or drafted and that are not closed."""
    wanted = (row for row in rows if row.state == Application.State.SUBMITTED and row.kind in kinds)
    return {row.partner_id: row.company for row in wanted if row.partner_id is not None}


def _applied(cohort: Cohort) -> list[Applied]:
    rows: Any = Application.objects.handed_in().filter(cohort=cohort).longest_waiting_first()
    columns = rows.annotate(
        is_draft=Q(decisions__isnull=False, decisions__released_at__isnull=True), is_wordless=Q(decisions__wording="")
    ).values_list(
        *("public_id", "state", "experience", "nomination", "membership__person__name", "membership__person__email"),
        *("partner__name", "partner__country", "partner", "decisions__kind", "is_draft", "is_wordless"),
    )
    return [
        Applied(
            key,
            state,
            experience,
            bool(nomination),
            name or email,
            company or "",
            country or "",
            partner_id,
            kind or "",
            *is_,
        )
        for key, state, experience, nomination, name, email, company, country, partner_id, kind, *is_ in columns
    ]


def _lanes(cohort: Cohort, applied: list[Applied], most: int | None) -> list[Lane]:
    columns = [
        (_UNDECIDED, _("To read"), "info"),
        (str(Decision.Kind.ACCEPT), _("Accept"), "success"),
        (str(Decision.Kind.WAIT), _("Waiting list"), "warning"),
        (str(Decision.Kind.DECLINE), _("Decline"), "neutral"),
    ]
    found: dict[str, list[Applied]] = {key: [] for key, _title, _tone in columns}
    for row in applied:
        if row.state == Application.State.SUBMITTED:
            found[row.kind].append(row)
    return [_lane(cohort, key, title, tone, found[key], most) for key, title, tone in columns]


def _lane(cohort: Cohort, key: str, title: str, tone: str, rows: list[Applied], most: int | None) -> Lane:
    return Lane(key, title, tone, len(rows), [_tile(cohort, row) for row in rows[:most]])


def _tile(cohort: Cohort, row: Applied) -> Tile:
    return Tile(
        url=address("application_decide", cohort.public_id, row.public_id),
        name=row.name,
        company=row.company,
        experience=str(_EXPERIENCE.get(row.experience, "")),
        is_nominated=row.is_nominated,
    )


# In a word or two, as staff compare them; applicants read whole sentences.
_EXPERIENCE = {
    "new": gettext_lazy("New to it"),
    "some": gettext_lazy("Some experience"),
    "seasoned": gettext_lazy("Experienced"),
}


def _composition(cohort: Cohort, drafts: Iterable[Applied], seats: Iterable[Seat]) -> Composition:
    """Each person once: seats and offers first, then drafted yeses."""
    inside = [(row.experience, row.company, row.country) for row in drafts if row.kind == Decision.Kind.ACCEPT]
    for seat in seats:
        partner = seat.partner
        experience = seat.application.experience if seat.application else ""
        inside.append((experience, partner.name if partner else "", partner.country if partner else ""))
    experience = Counter(str(_EXPERIENCE.get(row[0], _("not said"))) for row in inside)
    companies = Counter(row[1] for row in inside if row[1])
    countries = Counter(country_name(row[2]) for row in inside if row[2])
    return Composition(
        total=len(inside),
        capacity=cohort.capacity,
        experience=experience.most_common(),
        companies=companies.most_common(12),
        countries=countries.most_common(8),
    )
