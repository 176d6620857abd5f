"""What the studio's pages about ladders show: ready rows, few queries, whatever the number of partners."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from partners.models import (
    Ladder,
    LadderVersion,
    Partner,
    PartnerTier,
    Requirement,
    Tier,
    TierAppeal,
    TierBenefit,
    TierEntry,
    TierMove,
    TierOutlook,
)
from partners.queries.ladders import calendar
from partners.queries.tier_numbers import measured
from partners.queries.tier_words import figure_text, label_of, shown, suggested_words, unit_of, unmet
from partners.rules.tier_periods import windows_now
from partners.rules.tier_progress import blocks_of, deciding, share_of, yardstick_of
from prm.addresses import address
from prm.tenancy.models import Organization
from prm.tenancy.numbers import at_once, number_of
from prm.tenancy.prepared import prepared

_DAY = "j M Y"
# A partner is close to the next tier from this share on.
CLOSE = "0.6"
MOST_SHOWN = 25


@dataclass(frozen=True, slots=True)
class LadderRow:
    """A ladder as the list shows it, with how many real partners stand on each of its tiers."""

    public_id: str
    name: str
    url: str
    description: str
    state: str
    tiers: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class TierColumn:
    """A tier on its ladder's page. `asks` are its requirements in words; alternatives stand in one line."""

    public_id: str
    name: str
    hue: int
    description: str
    partners: int
    url: str
    is_lowest: bool
    asks: tuple[str, ...]
    benefits: tuple[tuple[str, str], ...]
    response_hours: int | None


@dataclass(frozen=True, slots=True)
class OutlookRow:
    """A partner that is close to a tier or at risk of losing one, with the requirement that decides."""

    name: str
    url: str
    tier: str
    other: str
    percent: int
    decides: str


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A move that is under way, in ready strings."""

    public_id: str
    name: str
    url: str
    from_tier: str
    to_tier: str
    manager: str
    figures: tuple[str, ...]
    words: str
    suggestion: str
    tell_on: str
    effective_on: str
    period_end: str
    since: str
    appeal: TierAppeal | None


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A line of the ledger."""

    day: str
    partner: str
    url: str
    what: str
    tone: str
    change: str
    reason: str
    by: str
    version: str


@dataclass(frozen=True, slots=True)
class StandingRow:
    """A partner on a tier."""

    name: str
    url: str
    since: str
    why: str
    percent: int
    next_tier: str


_TONES = {
    TierEntry.What.RAISED: "success",
    TierEntry.What.GIVEN: "success",
    TierEntry.What.CAUGHT_UP: "success",
    TierEntry.What.PROPOSED: "info",
    TierEntry.What.APPEALED: "info",
    TierEntry.What.ANSWERED: "info",
    TierEntry.What.HELD: "info",
    TierEntry.What.WARNED: "warning",
    TierEntry.What.TOLD: "warning",
    TierEntry.What.DECLINED: "warning",
    TierEntry.What.LOWERED: "danger",
}


def ladders_for_list(is_archived: bool = False) -> QuerySet[Ladder]:
    found: QuerySet[Ladder] = Ladder.objects.filter(archived_at__isnull=not is_archived).by_name()
    return found


def ladder_rows(ladders: Sequence[Ladder]) -> list[LadderRow]:
    """The lines of the list: one query for tiers and counts."""
    tiers = Tier.objects.listed().filter(ladder__in=ladders).from_lowest()
    standing = Count("standings", filter=Q(standings__ends_at=None, standings__partner__is_test=False))
    by_ladder: dict[int, list[tuple[str, int, int]]] = {}
    for tier in tiers.annotate(n=standing):
        by_ladder.setdefault(tier.ladder_id, []).append((tier.name, tier.hue, tier.n))  # type: ignore[attr-defined]
    return [
        LadderRow(
            public_id=ladder.public_id,
            name=ladder.name,
            url=address("ladder_detail", ladder.public_id),
            description=ladder.description,
            state=_("since %s") % _date(ladder.launched_at) if ladder.launched_at else _("Not in force yet"),
            tiers=tuple(by_ladder.get(ladder.pk, ())),
        )
        for ladder in ladders
    ]


def tier_columns(tiers: Sequence[Tier], requirements: Sequence[Requirement]) -> list[TierColumn]:
    """The tiers of a ladder side by side, the lowest first: two queries."""
    counts = present_counts(tiers)
    benefits: dict[int, list[tuple[str, str]]] = {}
    for tier_id, label, value in _benefits([tier.pk for tier in tiers]):
        benefits.setdefault(tier_id, []).append((label, value))
    return [
        TierColumn(
            public_id=tier.public_id,
            name=tier.name,
            hue=tier.hue,
            description=tier.description,
            partners=counts.get(tier.pk, 0),
            url=address("tier_detail", tier.public_id),
            is_lowest=place == 0,
            asks=asks_of([row for row in requirements if row.tier_id == tier.pk]),
            benefits=tuple(benefits.get(tier.pk, ())),
            response_hours=tier.response_hours,
        )
        for place, tier in enumerate(tiers)
    ]


@prepared
def _benefits(tier_ids: list[int]) -> QuerySet[TierBenefit, Any]:
    return TierBenefit.objects.filter(tier__in=tier_ids).order_by("position").values_list("tier", "label", "value")


def asks_of(requirements: Sequence[Requirement]) -> tuple[str, ...]:
    """A tier's requirements in words, alternatives joined by "or"."""
    return tuple(_(" or ").join(ask_of(row) for row in block) for block in blocks_of(requirements))


def ask_of(requirement: Requirement) -> str:
    """ "5 graduates" is "Graduates in the last 12 months: 5"."""
    threshold = shown(requirement.threshold, unit_of(requirement))
    return _("%(label)s: %(threshold)s") % {"label": label_of(requirement), "threshold": threshold}


def present_counts(tiers: Sequence[Tier]) -> dict[int, int]:
    """Tier → how many real partners stand on it now."""
    return dict(_present_counts([tier.pk for tier in tiers]))


@prepared
def _present_counts(tier_ids: list[int]) -> QuerySet[PartnerTier, Any]:
    rows = PartnerTier.objects.open().filter(tier__in=tier_ids, partner__is_test=False)
    return rows.order_by().values_list("tier").annotate(n=Count("*"))


def waiting_counts(ladder: Ladder) -> dict[str, int]:
    """How much waits for somebody or is worth a look, in one query."""
    approvals, notices, appeals, close, short = _waiting_counts(ladder.pk)[0]
    counted = {"approvals": approvals, "notices": notices, "appeals": appeals, "close": close, "short": short}
    return {**counted, "waiting": approvals + appeals}


@prepared
def _waiting_counts(ladder_id: int) -> QuerySet[Organization, tuple[int, ...]]:
    moves = TierMove.objects.open().filter(ladder=ladder_id)
    return at_once(
        [
            number_of(moves.rises()),
            number_of(moves.drops()),
            number_of(TierAppeal.objects.filter(ladder=ladder_id, answered_at=None)),
            number_of(_close(ladder_id)),
            number_of(_short(ladder_id)),
        ]
    )


def _close(ladder_id: int) -> QuerySet[TierOutlook]:
    """Who is near to the tier after the one that it has, or has the numbers for."""
    rows = TierOutlook.objects.filter(ladder=ladder_id, partner__is_test=False)
    return rows.filter(next_tier__isnull=False, share__gte=CLOSE, is_short=False)


def _short(ladder_id: int) -> QuerySet[TierOutlook]:
    """Whose present tier's requirements are not met now."""
    return TierOutlook.objects.filter(ladder=ladder_id, partner__is_test=False, is_short=True)


def outlook_rows(
    ladder: Ladder, requirements: Sequence[Requirement], now: datetime
) -> tuple[list[OutlookRow], list[OutlookRow]]:
    """Who is close to a tier, the nearest first, and who is at risk of losing one, by name: four queries."""
    close, short = _close_rows(ladder.pk), _short_rows(ladder.pk)
    ids = sorted({row.partner_id for row in (*close, *short)})
    if not ids:
        return [], []
    values = measured(ladder, requirements, windows_now(calendar(), now), now, ids)
    present = {standing.partner_id: standing.tier for standing in _standings(ids, ladder.pk)}
    rows: dict[bool, list[OutlookRow]] = {False: [], True: []}
    for is_risk, row in (*((False, row) for row in close), *((True, row) for row in short)):
        tier = present.get(row.partner_id)
        judged = tier if is_risk else row.next_tier
        if tier is None or judged is None or row.partner_id not in values:
            continue
        own = [one for one in requirements if one.tier_id == judged.pk]
        rows[is_risk].append(_outlook_row(row, tier, own, values[row.partner_id], is_risk=is_risk))
    return rows[False], rows[True]


@prepared
def _close_rows(ladder_id: int) -> QuerySet[TierOutlook]:
    return _with_names(_close(ladder_id)).order_by("-share", "pk")[:MOST_SHOWN]


@prepared
def _short_rows(ladder_id: int) -> QuerySet[TierOutlook]:
    return _with_names(_short(ladder_id)).order_by("partner__normalized_name", "pk")[:MOST_SHOWN]


def _with_names(rows: QuerySet[TierOutlook]) -> QuerySet[TierOutlook]:
    return rows.select_related("partner", "next_tier", "reached")


@prepared
def _standings(partner_ids: list[int], ladder_id: int) -> QuerySet[PartnerTier]:
    rows: QuerySet[PartnerTier] = PartnerTier.objects.open().filter(ladder=ladder_id, partner__in=partner_ids)
    return rows.select_related("tier")


def _outlook_row(row: Any, tier: Tier, own: Sequence[Requirement], values: Any, *, is_risk: bool) -> OutlookRow:
    decides = deciding(own, values)
    text, share = "", row.share
    if decides is not None:
        value = values[yardstick_of(decides)]
        figure = {"label": label_of(decides), "value": value, "threshold": decides.threshold, "unit": unit_of(decides)}
        text = figure_text(figure)
        share = share_of(decides, value) if is_risk else row.share
    return OutlookRow(
        name=row.partner.name,
        url=address("partner_tiers", row.partner.public_id),
        tier=tier.name if is_risk else row.reached.name,
        other=row.reached.name if is_risk else row.next_tier.name,
        percent=int(share * 100),
        decides=text,
    )


def moves_of(ladder: Ladder, kind: str) -> QuerySet[TierMove]:
    """What is under way, what waits longest first."""
    rows = TierMove.objects.open().filter(ladder=ladder, kind=kind)
    related = rows.select_related("partner__account_manager__person", "from_tier", "to_tier")
    found: QuerySet[TierMove] = related.order_by("began_at", "pk")
    return found


def move_rows(moves: Sequence[TierMove]) -> list[MoveRow]:
    """The rows of moves that `moves_of` gave, each with its appeal: one query."""
    appeals = {row.move_id: row for row in TierAppeal.objects.filter(move__in=[move.pk for move in moves])}
    return [_move_row(move, appeals.get(move.pk)) for move in moves]


def _move_row(move: TierMove, appeal: TierAppeal | None) -> MoveRow:
    manager = move.partner.account_manager
    figures = unmet(move) if move.kind == TierMove.Kind.DROP else [figure_text(one) for one in move.figures]
    return MoveRow(
        public_id=move.public_id,
        name=move.partner.name,
        url=address("partner_tiers", move.partner.public_id),
        from_tier=move.from_tier.name,
        to_tier=move.to_tier.name,
        manager=str(manager.person) if manager else "",
        figures=tuple(figures),
        words=move.words,
        suggestion=suggested_words(move),
        tell_on=_date(move.tell_at),
        effective_on=_date(move.effective_at),
        period_end=_date(move.period_ends_at),
        since=_date(move.began_at),
        appeal=appeal,
    )


def open_appeals(ladder: Ladder) -> list[TierAppeal]:
    """What waits for an answer, the most urgent first."""
    rows = TierAppeal.objects.filter(ladder=ladder, answered_at=None)
    related = rows.select_related("move__partner", "move__from_tier", "sent_by__person")
    return list(related.order_by("answer_due_at", "pk")[:MOST_SHOWN])


def ledger_of(*, ladder: Ladder | None = None, partner: Partner | None = None) -> QuerySet[TierEntry]:
    """Every change of a ladder, or of one partner, the newest first."""
    rows = TierEntry.objects.all()
    if ladder is not None:
        rows = rows.filter(ladder=ladder)
    if partner is not None:
        rows = rows.filter(partner=partner)
    related = rows.select_related("partner", "from_tier", "to_tier", "version", "by__person")
    return related.order_by("-at", "-pk")


def entry_row(entry: TierEntry) -> EntryRow:
    """The row of a line that `ledger_of` gave."""
    before, after = (tier.name if tier else "–" for tier in (entry.from_tier, entry.to_tier))
    return EntryRow(
        day=_date(entry.at),
        partner=entry.partner.name,
        url=address("partner_tiers", entry.partner.public_id),
        what=entry.get_what_display(),
        tone=_TONES.get(TierEntry.What(entry.what), "neutral"),
        change=after if before in (after, "–") else f"{before} → {after}",
        reason=entry.reason,
        by=str(entry.by.person) if entry.by else "",
        version=str(entry.version.number) if entry.version else "",
    )


def standings_on(tier: Tier) -> QuerySet[PartnerTier]:
    """Who stands on a tier, by name."""
    rows = PartnerTier.objects.open().filter(tier=tier, partner__archived_at=None).select_related("partner")
    return rows.order_by("partner__normalized_name", "pk")


def standing_rows(ladder: Ladder, standings: Sequence[PartnerTier]) -> list[StandingRow]:
    """The rows of standings that `standings_on` gave, with how far the next tier is: one query."""
    outlooks = {
        row.partner_id: row
        for row in TierOutlook.objects.filter(
            ladder=ladder, partner__in=[standing.partner_id for standing in standings]
        ).select_related("next_tier")
    }
    rows = []
    for standing in standings:
        outlook = outlooks.get(standing.partner_id)
        is_ahead = outlook is not None and outlook.next_tier is not None
        rows.append(
            StandingRow(
                name=standing.partner.name,
                url=address("partner_tiers", standing.partner.public_id),
                since=_date(standing.starts_at),
                why=standing.get_source_display(),
                percent=int(outlook.share * 100) if outlook and is_ahead else 0,
                next_tier=outlook.next_tier.name if outlook and outlook.next_tier else "",
            )
        )
    return rows


def versions_of(ladder: Ladder) -> list[LadderVersion]:
    """Every version of a ladder's rules, the newest first; a draft stands before what is decided."""
    rows = LadderVersion.objects.filter(ladder=ladder).select_related("published_by__person")
    return list(rows.order_by("-number"))


def has_ladders() -> Exists:
    return Exists(Ladder.objects.listed())


def tiers_for_choice() -> QuerySet[Tier]:
    """Every tier of every ladder in force, for choosing one."""
    rows = Tier.objects.listed().filter(ladder__archived_at=None, ladder__launched_at__isnull=False)
    found: QuerySet[Tier] = rows.select_related("ladder").order_by("ladder__normalized_name", "rank")
    return found


def _date(at: datetime | None) -> str:
    return date_format(timezone.localtime(at), _DAY) if at else ""


@dataclass(frozen=True, slots=True)
class TrialLine:
    """A partner that a draft would move, and the numbers that decide it."""

    name: str
    url: str
    change: str
    texts: tuple[str, ...]


def trial_lines(version: LadderVersion, side: str) -> list[TrialLine]:
    """Who would rise (`rises`) or drop (`drops`), as the draft's last trial kept it."""
    return [
        TrialLine(
            name=line["name"],
            url=address("partner_tiers", line["partner"]),
            change=f"{line['from']} → {line['to']}" if line["from"] else line["to"],
            texts=tuple(figure_text(figure) for figure in line["figures"]),
        )
        for line in version.tried.get(side, [])
    ]


@dataclass(frozen=True, slots=True)
class RequirementLine:
    """A requirement on a version's page. `is_or` says that it stands for the one before."""

    public_id: str
    text: str
    is_or: bool


@dataclass(frozen=True, slots=True)
class RequirementStep:
    """A tier with its requirements on a version's page."""

    tier_id: str
    name: str
    hue: int
    is_lowest: bool
    lines: tuple[RequirementLine, ...]


def requirement_steps(tiers: Sequence[Tier], requirements: Sequence[Requirement]) -> list[RequirementStep]:
    """The tiers from the lowest, each with what it asks for, in lines that can be edited one by one."""
    steps = []
    for place, tier in enumerate(tiers):
        blocks = blocks_of([row for row in requirements if row.tier_id == tier.pk])
        lines = [RequirementLine(row.public_id, ask_of(row), n > 0) for block in blocks for n, row in enumerate(block)]
        steps.append(RequirementStep(tier.public_id, tier.name, tier.hue, place == 0, tuple(lines)))
    return steps
