"""The audiences that tiers fill."""

from collections.abc import Collection

from django.db.models import Q

from partners.models import Audience, Partner, PartnerTier
from partners.models.tiers import TIER


def tier_audiences(partner: Partner) -> Q:
    """Which audiences the partner is in by its tiers, as a condition over `Audience`."""
    tiers = PartnerTier.objects.open().filter(partner=partner).values("tier")
    return Q(kind=TIER, source_id__in=tiers, closed_at=None)


def audience_ids_of_tiers(tier_ids: Collection[int]) -> dict[int, int]:
    """Tier → its audience, for those that have one."""
    rows = Audience.objects.filter(kind=TIER, source_id__in=tier_ids, closed_at=None)
    return dict(rows.values_list("source_id", "pk"))
