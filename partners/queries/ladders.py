"""Ladders as services and pages need them: tiers from the lowest, the rules that apply, the organization's calendar."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from partners.models import Ladder, LadderVersion, Requirement, Tier
from partners.rules.tier_periods import Calendar
from prm.tenancy.prepared import prepared
from prm.tenancy.scope import current_organization


def calendar() -> Calendar:
    organization = current_organization()
    return Calendar(organization.fiscal_year_start_month, ZoneInfo(organization.zone))


def tiers_of(ladder: Ladder) -> list[Tier]:
    return _tiers_of(ladder.pk)


@prepared
def _tiers_of(ladder_id: int) -> QuerySet[Tier]:
    found: QuerySet[Tier] = Tier.objects.listed().filter(ladder=ladder_id).from_lowest()
    return found


def ladder_at(public_id: str) -> Ladder | None:
    """The ladder of this address, with its owner and the audience that it is for."""
    return _ladder.first(public_id)


@prepared
def _ladder(public_id: str) -> QuerySet[Ladder]:
    return Ladder.objects.filter(public_id=public_id).select_related("owner__person", "audience")


def version_at(ladder: Ladder, moment: datetime) -> LadderVersion | None:
    """The rules that apply at that moment; None before the first ones do."""
    return _versions_at.first(ladder.pk, moment)


@prepared
def _versions_at(ladder_id: int, moment: datetime) -> QuerySet[LadderVersion]:
    found: QuerySet[LadderVersion] = LadderVersion.objects.filter(ladder=ladder_id).applying(moment)[:1]
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
    return _requirements_of(version.pk)


@prepared
def _requirements_of(version_id: int) -> QuerySet[Requirement]:
    rows = Requirement.objects.filter(version=version_id).select_related("attribute", "number", "tier")
    return rows.order_by("tier__rank", "block", "pk")
