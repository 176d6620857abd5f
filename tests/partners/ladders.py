"""A ladder of Acme's for tests: Member, Silver (2 graduates in a year), Gold (5, or 20 people; and 3 completed)."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from partners.models import Ladder, LadderVersion, Partner, PartnerTier, Tier
from partners.services.ladder_versions import (
    RequirementDetails,
    add_requirement,
    begin_draft,
    publish_version,
    try_version,
)
from partners.services.ladders import LadderDetails, TierDetails, create_ladder
from partners.services.tier_evaluation import evaluate_ladder
from prm.accounts.actors import Actor
from prm.activity.services import record

GRADUATES, COMPLETED = "cohorts.graduates", "enablement.completed"
DAY = timedelta(days=1)


def make_ladder(actor: Actor, now: datetime, **details: Any) -> Ladder:
    """The ladder with its tiers and a draft of their requirements."""
    wanted = LadderDetails(**{"name": "Resellers", **details})
    tiers = [TierDetails("Member"), TierDetails("Silver", color="sky"), TierDetails("Gold", color="amber")]
    ladder = create_ladder(actor=actor, details=wanted, tiers=tiers, now=now)
    draft = begin_draft(actor=actor, ladder=ladder, now=now)
    require(actor, draft, "Silver", 2, measure=GRADUATES)
    five = require(actor, draft, "Gold", 5, measure=GRADUATES)
    require(actor, draft, "Gold", 20, source="people", instead_of=five)
    period = "quarter" if wanted.review == Ladder.Review.QUARTER else "year"
    require(actor, draft, "Gold", 3, measure=COMPLETED, period=period)
    return ladder


def require(actor: Actor, draft: LadderVersion, tier: str, threshold: int, **details: Any) -> Any:
    wanted = {"source": "measure", **details}
    found = Tier.objects.get(ladder=draft.ladder, name=tier)
    return add_requirement(
        actor=actor, version=draft, details=RequirementDetails(tier=found, threshold=Decimal(threshold), **wanted)
    )


def decide(actor: Actor, ladder: Ladder, at: datetime) -> LadderVersion:
    """Have the draft apply from `at`, decided the day before."""
    draft = begin_draft(actor=actor, ladder=ladder, now=at - DAY)
    try_version(version=draft, now=at - DAY)
    draft.refresh_from_db()
    publish_version(actor=actor, version=draft, revision=draft.revision, applies_at=at, now=at - DAY)
    return draft


def launched(actor: Actor, now: datetime, **details: Any) -> Ladder:
    """The ladder with everybody on it since `now`."""
    ladder = make_ladder(actor, now - 2 * DAY, **details)
    decide(actor, ladder, now)
    evaluate_ladder(ladder, None, now)
    return ladder


def happened(partner: Partner, kind: str, count: int, at: datetime) -> None:
    """So many facts of this kind about the partner."""
    for _number in range(count):
        record(kind=kind, at=at, partner_id=partner.pk)


def tier_of(partner: Partner, ladder: Ladder) -> str:
    """Where the partner stands now; nothing for nowhere."""
    found = PartnerTier.objects.open().filter(partner=partner, ladder=ladder).select_related("tier").first()
    return found.tier.name if found else ""
