"""Ladders as services and pages need them: tiers from the lowest, the rules that apply, the organization's calendar."""

from datetime import datetime
from zoneinfo import ZoneInfo

from partners.models import Ladder, LadderVersion, Requirement, Tier
from partners.rules.tier_periods import Calendar
from prm.tenancy.scope import current_organization


def calendar() -> Calendar:
    organization = current_organization()
    return Calendar(organization.fiscal_year_start_month, ZoneInfo(organization.zone))


def tiers_of(ladder: Ladder) -> list[Tier]:
    return list(Tier.objects.listed().filter(ladder=ladder).from_lowest())


def version_at(ladder: Ladder, moment: datetime) -> LadderVersion | None:
    """The rules that apply at that moment; None before the first ones do."""
    found: LadderVersion | None = ladder.versions.applying(moment).first()
    return found


def coming_version(ladder: Ladder, now: datetime) -> LadderVersion | None:
    """The rules that are decided and apply later."""
    found: LadderVersion | None = ladder.versions.filter(applies_at__gt=now).order_by("applies_at").first()
    return found


def draft_of(ladder: Ladder) -> LadderVersion | None:
    found: LadderVersion | None = ladder.versions.drafts().first()
    return found


def requirements_of(version: LadderVersion) -> list[Requirement]:
    """The requirements of all tiers in the order in which they are shown."""
    rows = Requirement.objects.filter(version=version).select_related("attribute", "number", "tier")
    return list(rows.order_by("tier__rank", "block", "pk"))
