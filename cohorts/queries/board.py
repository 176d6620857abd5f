"""The board of applications: who applied, what is drafted, what reviewers give, who would be in the room."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Case, F, FilteredRelation, Q, QuerySet, TextField, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts import rules
from cohorts.first_questions import EXPERIENCE
from cohorts.models import Application, Cohort, Decision, Seat, SelectionPlan
from cohorts.parts import Part
from cohorts.queries.composition import Composition, Guest, composed, experience_words, guest_of, holding_seats
from cohorts.queries.criteria import Judge, judge_of
from cohorts.queries.people import last_session_at
from cohorts.queries.reviews import Scores, Told, hidden_name, no_scores, reviews_told, scores_of
from cohorts.queries.rivals import COMPARED, named
from cohorts.queries.rivals import SHOWN as MOST_RIVALS
from cohorts.queries.selection_plans import plan_of
from cohorts.queries.teams import functions_told, offers_among
from cohorts.queries.waited import waited_in_vain
from partners.queries.competitors import RivalRow, meeting_problems, rivalries_with_reasons, rivals_shown
from partners.queries.profiles import functions_for_staff
from prm.accounts.models import Membership
from prm.addresses import address
from prm.problems import Problem, blockers
from prm.tenancy.prepared import prepared

_UNDECIDED = ""
# Who may still come into the room.
_POSSIBLE = (_UNDECIDED, Decision.Kind.ACCEPT, Decision.Kind.WAIT)
# As many tiles of a lane as somebody looks through; whoever wants them all asks for them.
SHOWN = 20


class Applied(NamedTuple):
    """An application that was handed in, with what is decided about it (`kind` is empty where nothing is)."""

    pk: int
    public_id: str
    state: str
    experience: str
    is_nominated: bool
    name: str
    company: str
    country: str
    region: str
    function: str
    partner_id: int | None
    kind: str
    is_draft: bool
    is_wordless: bool
    is_held: bool
    has_waited: bool
    unmet: int
    reviews: Told
    # The function of each of a team, where seats are for teams.
    functions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tile:
    """An application on the board. `score` is the mean of its reviews where the reader may know it, `reviews` how many
    of those that were asked for are written; both are empty where nobody reviews.
    """

    public_id: str
    url: str
    name: str
    company: str
    experience: str
    is_nominated: bool
    is_held: bool
    has_waited: bool
    unmet: int = 0
    score: str = ""
    reviews: str = ""
    disagrees: bool = False
    functions: tuple[str, ...] = ()
    team: str = ""
    missing: str = ""

    @property
    def badges(self) -> list[tuple[str, str]]:
        """(words, tone) of what a glance should catch."""
        told: list[tuple[str, str]] = []
        if self.disagrees:
            told.append((_("They disagree"), "warning"))
        if self.team:
            told.append((self.team, "neutral"))
        if self.missing:
            told.append((self.missing, "warning"))
        if self.is_nominated:
            told.append((_("Nominated"), "info"))
        if self.unmet:
            words = ngettext("%d criterion not met", "%d criteria not met", self.unmet)
            told.append((words % self.unmet, "danger"))
        if self.has_waited:
            told.append((_("Waited last time"), "warning"))
        if self.is_held:
            told.append((_("Holds"), "success"))
        return told


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
class Board:
    """Everything about selection on one page."""

    lanes: list[Lane]
    released: Lane
    drafted: int
    composition: Composition
    rivals: list[RivalRow]
    release_problems: list[Problem]
    scores: Scores = field(default_factory=no_scores)

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


def board(
    cohort: Cohort,
    now: datetime,
    most: int | None = SHOWN,
    plan: SelectionPlan | None = None,
    reader: Membership | None = None,
    *,
    is_reviewer: bool = False,
) -> Board:
    """The applications of a cohort by what is decided about them; as many queries whatever the number.

    Of each lane the first `most` become tiles, None is all of them. What reviewers give, and names that are hidden from
    them, depend on the `reader`, whose `plan` and `is_reviewer` come from `plan_for`; without one nothing is reviewed.
    """
    plan = plan or plan_of(cohort)
    applied = _applied(cohort, judge_of(cohort, plan, now))
    scores = no_scores()
    if reader is not None and cohort.uses(Part.REVIEWS):
        told = ((row.pk, row.state == Application.State.SUBMITTED, row.reviews) for row in applied)
        scores = scores_of(told, plan=plan, reader=reader, is_reviewer=is_reviewer, now=now)
    words = experience_words(plan)
    seats = holding_seats(cohort)
    drafts = [row for row in applied if row.is_draft]
    decided = [row for row in applied if row.state == Application.State.DECIDED]
    inside = named(seats)
    coming = _companies(drafts, (Decision.Kind.ACCEPT,))
    names = {**dict(list(_companies(applied, _POSSIBLE).items())[:COMPARED]), **inside, **coming}
    rivalries = rivalries_with_reasons(names, now)
    return Board(
        lanes=_lanes(cohort, applied, words, scores, most),
        released=_lane(cohort, "released", _("Released"), "neutral", decided, words, scores, most),
        drafted=len(drafts),
        composition=_composition(cohort, drafts, seats, words, scores),
        scores=scores,
        rivals=rivals_shown(names, rivalries, MOST_RIVALS) if scores.sees_names else [],
        release_problems=meeting_problems({**inside, **coming}, coming, rivalries)
        + rules.release_problems(
            cohort=cohort,
            kinds=[draft.kind for draft in drafts],
            offered=offers_among(cohort, seats),
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


def _applied(cohort: Cohort, judge: Judge) -> list[Applied]:
    rows = _rows(
        cohort.pk,
        cohort.program_id,
        keys=tuple(judge.keys),
        for_teams=cohort.uses(Part.TEAMS),
        are_reviewed=cohort.uses(Part.REVIEWS),
    )
    return [_applied_row(row, judge) for row in rows]


@prepared
def _rows(
    cohort_id: int, program_id: int, *, keys: tuple[str, ...], for_teams: bool, are_reviewed: bool
) -> QuerySet[Any, tuple[Any, ...]]:
    """The columns of `_applied_row`; `keys` are those of the questions whose answers are told."""
    rows: Any = Application.objects.handed_in().filter(cohort=cohort_id).longest_waiting_first()
    current = FilteredRelation("decisions", condition=Q(decisions__reversed_at__isnull=True))
    # Only of a drafted yes the room is asked about it.
    is_coming = Q(current__kind=Decision.Kind.ACCEPT, current__released_at__isnull=True)
    found: QuerySet[Any, tuple[Any, ...]] = rows.annotate(
        current=current,
        experience=KeyTextTransform(EXPERIENCE, "answers"),
        is_draft=Q(current__isnull=False, current__released_at__isnull=True),
        is_wordless=Q(current__wording=""),
        is_held=Q(held_at__isnull=False),
        has_waited=waited_in_vain(cohort_id, program_id),
        function=Case(When(is_coming, then=functions_for_staff("membership")), default=Value("")),
        functions=functions_told() if for_teams else Value(None, TextField()),
        said=JSONObject(**{key: F(f"answers__{key}") for key in keys}) if keys else Value(None, TextField()),
        told=reviews_told() if are_reviewed else Value(None, TextField()),
    ).values_list(
        *("pk", "public_id", "state", "experience", "nomination"),
        *("membership__person__name", "membership__person__email"),
        *(
            "partner__name",
            "partner__country",
            "partner__region",
            "function",
            "partner",
            "current__kind",
            "is_draft",
            "is_wordless",
        ),
        *("is_held", "has_waited", "said", "told", "functions"),
    )
    return found


def _applied_row(row: tuple[Any, ...], judge: Judge) -> Applied:
    pk, key, state, experience, nomination, name, email, *place, partner_id, kind, is_draft, is_wordless = row[:-5]
    is_held, has_waited, said, told, functions = row[-5:]
    company, country, region, function = place
    return Applied(
        pk=pk,
        public_id=key,
        state=state,
        experience=str(experience or ""),
        is_nominated=bool(nomination),
        name=name or email,
        company=company or "",
        country=country or "",
        region=region or "",
        function=function or "",
        partner_id=partner_id,
        kind=kind or "",
        is_draft=is_draft,
        is_wordless=bool(is_wordless),
        is_held=is_held,
        has_waited=has_waited,
        reviews=told or (),
        unmet=sum(not criterion.is_met for criterion in judge.check(partner_id, said or {})),
        functions=tuple(functions or ()),
    )


def _lanes(
    cohort: Cohort, applied: list[Applied], words: dict[str, str], scores: Scores, most: int | None
) -> list[Lane]:
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
    for rows in found.values():
        # Who waited in vain last time is read, and placed in line, before the others.
        rows.sort(key=lambda row: (not row.has_waited, -scores.rank(row.pk)))
    return [_lane(cohort, key, title, tone, found[key], words, scores, most) for key, title, tone in columns]


def _lane(
    cohort: Cohort,
    key: str,
    title: str,
    tone: str,
    rows: list[Applied],
    words: dict[str, str],
    scores: Scores,
    most: int | None,
) -> Lane:
    return Lane(key, title, tone, len(rows), [_tile(cohort, row, words, scores) for row in rows[:most]])


def _tile(cohort: Cohort, row: Applied, words: dict[str, str], scores: Scores) -> Tile:
    found = scores.of(row.pk)
    return Tile(
        public_id=row.public_id,
        url=address("application_decide", cohort.public_id, row.public_id),
        name=row.name if scores.sees_names else hidden_name(row.public_id),
        company=row.company if scores.sees_names else "",
        score=found.score,
        reviews=found.reviews,
        disagrees=found.disagrees,
        experience=words.get(row.experience, ""),
        is_nominated=row.is_nominated,
        is_held=row.is_held,
        has_waited=row.has_waited,
        unmet=row.unmet,
        functions=row.functions,
    )


def _composition(
    cohort: Cohort, drafts: Iterable[Applied], seats: Iterable[Seat], words: dict[str, str], scores: Scores
) -> Composition:
    """Each person once: seats and offers first, then drafted yeses."""
    guests = [guest_of(seat) for seat in seats]
    guests += [
        Guest(row.experience, row.company if scores.sees_names else "", row.country, row.region, row.function)
        for row in drafts
        if row.kind == Decision.Kind.ACCEPT
    ]
    return composed(cohort, guests, words)
