"""Where one partner stands, why, what it gives, what comes next: one answer for its people and for colleagues."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from partners.models import (
    Audience,
    Ladder,
    LadderVersion,
    Partner,
    PartnerTier,
    Requirement,
    Tier,
    TierAppeal,
    TierBenefit,
    TierHold,
    TierMove,
    TierOutlook,
)
from partners.models.groups import hue_of
from partners.models.partners import PartnerQuerySet
from partners.models.tiers import TIER
from partners.queries.ladders import calendar
from partners.queries.tier_numbers import measured
from partners.queries.tier_words import figure_text, label_of, shown, unit_of
from partners.rules.tier_periods import next_period_end, windows_now
from partners.rules.tier_progress import Values, block_share, blocks_of, is_met, share_of, share_of_tier, yardstick_of


@dataclass(frozen=True, slots=True)
class Bar:
    """One requirement: what counts, how far it is, what is missing, in ready strings. `share` is 0 to 1."""

    label: str
    value: str
    threshold: str
    missing: str
    share: float
    is_met: bool


@dataclass(frozen=True, slots=True)
class Block:
    """Requirements of which one is enough; mostly there is only one."""

    bars: tuple[Bar, ...]
    is_met: bool

    @property
    def is_any(self) -> bool:
        return len(self.bars) > 1


@dataclass(frozen=True, slots=True)
class Climb:
    """What a tier asks for, and how far a partner is with it. `percent` is 0 to 100."""

    tier: str
    hue: int
    blocks: tuple[Block, ...]
    percent: int
    is_met: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """That a tier will be lowered: why, to what, when, and what an appeal came to."""

    public_id: str
    to_tier: str
    period_ends_at: datetime | None
    effective_at: datetime | None
    missing: tuple[str, ...]
    words: str
    appeal: TierAppeal | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A partner on one ladder. `keeps` are the present tier's requirements, `climb` the next one's."""

    ladder_id: str
    ladder: str
    description: str
    tier_id: int
    tier: str
    hue: int
    tone_rank: int
    since: datetime
    why: str
    response_hours: int | None
    hold_until: datetime | None
    hold_reason: str
    hold_id: str
    keeps: Climb | None
    climb: Climb | None
    benefits: tuple[tuple[str, str], ...]
    next_benefits: tuple[tuple[str, str], ...]
    is_waiting: bool
    notice: Notice | None
    reviewed_at: datetime
    audience_id: int | None
    coming_at: datetime | None
    coming_note: str


def climb_of(tier: Tier, requirements: Sequence[Requirement], values: Values) -> Climb | None:
    """A tier's requirements against what was measured; None for a tier without any."""
    own = [requirement for requirement in requirements if requirement.tier_id == tier.pk]
    if not own:
        return None
    blocks = tuple(
        Block(tuple(_bar(row, values[yardstick_of(row)]) for row in block), block_share(block, values) == 1)
        for block in blocks_of(own)
    )
    return Climb(tier.name, tier.hue, blocks, int(share_of_tier(own, values) * 100), is_met(own, values))


def _bar(requirement: Requirement, value: Decimal) -> Bar:
    unit = unit_of(requirement)
    missing = max(requirement.threshold - value, Decimal(0))
    return Bar(
        label=label_of(requirement),
        value=shown(value),
        threshold=shown(requirement.threshold, unit),
        missing=_("%s more") % shown(missing, unit) if missing else "",
        share=float(share_of(requirement, value)),
        is_met=missing == 0,
    )


def standings_of(partner: Partner, now: datetime) -> list[Standing]:
    """Where the partner stands on every ladder: two queries, one for each ladder, and two where something is under
    way.
    """
    rows = _rows(partner, now)
    if not rows:
        return []
    ladders = [row.ladder_id for row in rows]
    requirements = _applying(ladders, now)
    moves = _moves(partner, rows)
    return [_standing(row, requirements.get(row.ladder_id, []), moves, partner, now) for row in rows]


def _rows(partner: Partner, now: datetime) -> list[Any]:
    """The present standings with what hangs on them: a hold, benefits, coming rules, whether something is under way."""
    holds = TierHold.objects.holding(now).filter(partner=partner, ladder=OuterRef("ladder"))
    moves = TierMove.objects.open().filter(partner=partner, ladder=OuterRef("ladder"))
    coming = LadderVersion.objects.filter(ladder=OuterRef("ladder"), applies_at__gt=now).order_by("applies_at")
    audiences = Audience.objects.filter(kind=TIER, source_id=OuterRef("tier"), closed_at=None)
    benefits = TierBenefit.objects.filter(tier__ladder=OuterRef("ladder")).order_by("tier", "position")
    rows = PartnerTier.objects.open().filter(partner=partner, ladder__archived_at=None)
    rows = rows.select_related("tier", "ladder__audience").annotate(
        hold_until=Subquery(holds.values("ends_at")),
        hold_reason=Subquery(holds.values("reason")),
        hold_id=Subquery(holds.values("public_id")),
        has_move=Exists(moves),
        coming_at=Subquery(coming.values("applies_at")[:1]),
        coming_note=Subquery(coming.values("note")[:1]),
        audience_pk=Subquery(audiences.values("pk")),
        benefits=ArraySubquery(benefits.values(line=JSONObject(tier="tier_id", label="label", value="value"))),
    )
    return list(rows.order_by("ladder__normalized_name", "pk"))


def _applying(ladders: Sequence[int], now: datetime) -> dict[int, list[Requirement]]:
    """Ladder → the requirements that apply now."""
    newest = LadderVersion.objects.filter(ladder=OuterRef("version__ladder")).applying(now).values("pk")[:1]
    rows = Requirement.objects.filter(version__ladder__in=ladders, version=Subquery(newest))
    found: dict[int, list[Requirement]] = {}
    related = rows.select_related("tier", "attribute", "number", "version")
    for row in related.order_by("tier__rank", "block", "pk"):
        found.setdefault(row.version.ladder_id, []).append(row)
    return found


def _benefits(row: Any, tier: Tier | None) -> tuple[tuple[str, str], ...]:
    return tuple((line["label"], line["value"]) for line in row.benefits if tier and line["tier"] == tier.pk)


def _moves(partner: Partner, rows: Sequence[Any]) -> dict[int, tuple[TierMove, TierAppeal | None]]:
    """Ladder → what is under way there, with its appeal: two queries, or none."""
    if not any(row.has_move for row in rows):
        return {}
    moves = list(TierMove.objects.open().filter(partner=partner).select_related("from_tier", "to_tier"))
    appeals = {row.move_id: row for row in TierAppeal.objects.filter(move__in=[move.pk for move in moves])}
    return {move.ladder_id: (move, appeals.get(move.pk)) for move in moves}


def _standing(
    row: Any,
    requirements: Sequence[Requirement],
    moves: Mapping[int, tuple[TierMove, TierAppeal | None]],
    partner: Partner,
    now: datetime,
) -> Standing:
    ladder: Ladder = row.ladder
    values = measured(ladder, requirements, windows_now(calendar(), now), now, [partner.pk]).get(partner.pk)
    next_tier = next((one.tier for one in requirements if one.tier.rank > row.tier.rank), None)
    move, appeal = moves.get(ladder.pk, (None, None))
    return Standing(
        ladder_id=ladder.public_id,
        ladder=ladder.name,
        description=row.tier.description or ladder.description,
        tier_id=row.tier_id,
        tier=row.tier.name,
        hue=row.tier.hue,
        tone_rank=row.tier.rank,
        since=row.starts_at,
        why=_why(row),
        response_hours=row.tier.response_hours,
        hold_until=row.hold_until,
        hold_reason=row.hold_reason or "",
        hold_id=row.hold_id or "",
        keeps=climb_of(row.tier, requirements, values) if values is not None else None,
        climb=climb_of(next_tier, requirements, values) if next_tier and values is not None else None,
        benefits=_benefits(row, row.tier),
        next_benefits=_benefits(row, next_tier),
        is_waiting=move is not None and move.kind == TierMove.Kind.RISE,
        notice=_notice(move, appeal) if move is not None and move.state == TierMove.State.TOLD else None,
        reviewed_at=next_period_end(calendar(), ladder.review, now),
        audience_id=row.audience_pk,
        coming_at=row.coming_at,
        coming_note=row.coming_note or "",
    )


def _why(row: Any) -> str:
    if row.source != PartnerTier.Source.PLACED:
        return str(row.get_source_display())
    return _("Everybody starts here") if row.tier.rank == 1 else _("The numbers when the ladder began")


def _notice(move: TierMove, appeal: TierAppeal | None) -> Notice:
    return Notice(
        public_id=move.public_id,
        to_tier=move.to_tier.name,
        period_ends_at=move.period_ends_at,
        effective_at=move.effective_at,
        missing=tuple(figure_text(figure) for figure in move.figures if not figure["is_met"]),
        words=move.words,
        appeal=appeal,
    )


@dataclass(frozen=True, slots=True)
class TierLine:
    """A partner on one ladder, in one line: `state` is "", at_risk, waiting or held."""

    ladder_id: str
    ladder: str
    tier: str
    hue: int
    since: datetime
    next_tier: str
    percent: int
    state: str


def with_tier_lines(partners: PartnerQuerySet, now: datetime) -> PartnerQuerySet:
    """The partners with what `tier_lines` reads, so that a page which loads one asks no query more."""
    of_partner: dict[str, Any] = {"partner": OuterRef("partner"), "ladder": OuterRef("ladder")}
    outlooks = TierOutlook.objects.filter(**of_partner)
    rows = PartnerTier.objects.open().filter(partner=OuterRef("pk"), ladder__archived_at=None)
    told = JSONObject(
        ladder_id="ladder__public_id",
        ladder="ladder__name",
        tier="tier__name",
        color="tier__color",
        since="starts_at",
        share=Subquery(outlooks.values("share")),
        next_tier=Subquery(outlooks.values("next_tier__name")),
        move=Subquery(TierMove.objects.open().filter(**of_partner).values("state")),
        is_held=Exists(TierHold.objects.holding(now).filter(**of_partner)),
    )
    lines = ArraySubquery(rows.order_by("ladder__normalized_name", "pk").values(told=told))
    annotated: PartnerQuerySet = partners.annotate(tier_lines=lines)
    return annotated


def tier_lines(partner: Partner) -> list[TierLine]:
    """Where a partner that `with_tier_lines` gave stands, with what the last evaluation said of the next tier."""
    told: list[dict[str, Any]] = partner.tier_lines  # type: ignore[attr-defined]
    return [
        TierLine(
            ladder_id=line["ladder_id"],
            ladder=line["ladder"],
            tier=line["tier"],
            hue=hue_of(line["color"]),
            since=datetime.fromisoformat(line["since"]),
            next_tier=line["next_tier"] or "",
            percent=int(Decimal(str(line["share"] or 0)) * 100),
            state=_state_of(line["move"], is_held=line["is_held"]),
        )
        for line in told
    ]


def _state_of(move: str | None, *, is_held: bool) -> str:
    if move == TierMove.State.WAITING:
        return "waiting"
    if move:
        return "at_risk"
    return "held" if is_held else ""
