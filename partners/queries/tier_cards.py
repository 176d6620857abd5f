"""Where a partner stands, in what the last evaluation left: for pages that show it in passing and must cost little."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Expression, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject, Least
from django.utils.dateparse import parse_datetime

from partners.models import Group, GroupMember, Partner, PartnerTier, TierMove, TierOutlook
from partners.models.groups import hue_of


@dataclass(frozen=True, slots=True)
class StandingCard:
    """A partner on one ladder: `percent` is how far `next_tier` is, `notice_at` when the tier would be lowered."""

    ladder: str
    tier: str
    hue: int
    next_tier: str
    percent: int
    is_waiting: bool
    notice_at: datetime | None


def standings(partner: Partner | int) -> ArraySubquery:
    """The partner's present tiers as a part of a query; `card_of` reads what it gives."""
    of_ladder: dict[str, Any] = {"partner": OuterRef("partner"), "ladder": OuterRef("ladder")}
    outlook = TierOutlook.objects.filter(**of_ladder)
    moves = TierMove.objects.filter(**of_ladder)
    rows = PartnerTier.objects.open().filter(partner=partner, ladder__archived_at=None).order_by("ladder")
    row = JSONObject(
        ladder="ladder__name",
        tier="tier__name",
        color="tier__color",
        next_tier=Subquery(outlook.values("next_tier__name")[:1]),
        share=Subquery(outlook.values("share")[:1]),
        waiting=Subquery(moves.filter(state=TierMove.State.WAITING).values("pk")[:1]),
        notice_at=Subquery(moves.filter(state=TierMove.State.TOLD).values("effective_at")[:1]),
    )
    return ArraySubquery(rows.values(row=row))


def card_of(found: list[dict[str, Any]]) -> StandingCard | None:
    """Of what `standings` gave the ladder with the most to tell; None where the partner is on none."""
    cards = [
        StandingCard(
            ladder=row["ladder"],
            tier=row["tier"],
            hue=hue_of(row["color"]),
            next_tier=row["next_tier"] or "",
            percent=int(float(row["share"] or 0) * 100),
            is_waiting=row["waiting"] is not None,
            notice_at=parse_datetime(row["notice_at"]) if row["notice_at"] else None,
        )
        for row in found
    ]
    return max(cards, key=lambda one: (one.notice_at is not None, one.is_waiting, one.percent), default=None)


def answers_within(partner: Partner | int) -> Expression:
    """How soon the partner is promised an answer, in hours, as a part of a query: the best of its tiers and groups."""
    tiers = PartnerTier.objects.open().filter(partner=partner, ladder__archived_at=None)
    groups = Group.objects.listed().filter(pk__in=GroupMember.objects.open().filter(partner=partner).values("group"))
    # LEAST passes over what is not known.
    return Least(_soonest(tiers, "tier__response_hours"), _soonest(groups, "response_hours"))


def _soonest(rows: QuerySet[Any], column: str) -> Subquery:
    return Subquery(rows.exclude(**{column: None}).order_by(column).values(column)[:1])
