"""The audiences that tiers fill."""

from typing import Any

from django.db.models import Q

from partners.models import PartnerTier
from partners.models.tiers import TIER


def tier_audiences(partner: Any) -> Q:
    """Which audiences the partner is in by its tiers, as a condition over `Audience`."""
    tiers = PartnerTier.objects.open().filter(partner=partner).values("tier")
    return Q(kind=TIER, source_id__in=tiers, closed_at=None)
