"""Ladders and their tiers: made, changed, put away and brought back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from partners import rules as partner_rules
from partners.models import Audience, Ladder, PartnerTier, Requirement, Tier, TierBenefit
from partners.models.groups import Group
from partners.models.tiers import TIER
from partners.names import comparable
from partners.queries.ladders import tiers_of
from partners.rules import tiers as rules
from partners.services import audiences
from partners.services.tier_standings import lock_ladder, name_audiences
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.services import note
from prm.problems import Problem, refuse_if
from prm.tenancy.editing import update_if_unchanged
from prm.tenancy.violations import refused_by
from prm.tenancy.wakeups import wake

# Renumbering in two steps: between them no rank of the one numbering meets one of the other.
_OUT_OF_THE_WAY = 1000


@dataclass(frozen=True)
class LadderDetails:
    name: str
    description: str = ""
    audience: Audience | None = None
    owner: Membership | None = None
    promotion: str = Ladder.Promotion.AUTOMATIC
    review: str = Ladder.Review.YEAR
    manager_days: int = 3
    notice_days: int = 30
    grace_days: int = 14
    answer_days: int = 5

    def columns(self) -> dict[str, object]:
        name = " ".join(self.name.split())
        values = {key: getattr(self, key) for key in self.__dataclass_fields__}
        return {**values, "name": name, "normalized_name": comparable(name)[:80]}


@dataclass(frozen=True)
class TierDetails:
    """`benefits` are (label, value) in the order in which partners read them."""

    name: str
    color: str = Group.Color.INDIGO
    description: str = ""
    response_hours: int | None = None
    benefits: Sequence[tuple[str, str]] = field(default=())

    def columns(self) -> dict[str, object]:
        values = {key: getattr(self, key) for key in ("color", "description", "response_hours")}
        return {**values, "name": " ".join(self.name.split())}


def create_ladder(*, actor: Actor, details: LadderDetails, tiers: Sequence[TierDetails], now: datetime) -> Ladder:
    """Make a ladder with its tiers, the lowest first. Nobody stands on it before its first rules apply.

    Raises `Refused` with name_taken.
    """
    refuse_if(partner_rules.account_manager_problems(details.owner))
    with refused_by("partners_ladder_name", _name_taken()):
        ladder: Ladder = Ladder.objects.create(**details.columns(), created_at=now)
        for rank, tier in enumerate(tiers, start=1):
            made = Tier.objects.create(ladder=ladder, rank=rank, created_at=now, **tier.columns())
            _write_benefits(made, tier.benefits)
    name_audiences()
    note(actor=actor, verb="partners.ladder_created", obj=ladder)
    return ladder


def change_ladder(*, actor: Actor, ladder: Ladder, revision: int, details: LadderDetails, now: datetime) -> None:
    """Change a ladder's name, who takes part and its promises. Raises `Refused`: changed_meanwhile, name_taken.

    What was promised in a notice that is under way stays.
    """
    refuse_if(partner_rules.account_manager_problems(details.owner))
    asked = Requirement.objects.filter(version__ladder=ladder, period=Requirement.Period.YEAR)
    refuse_if(rules.review_problems(details.review, list(asked)))
    with refused_by("partners_ladder_name", _name_taken()):
        changes = update_if_unchanged(ladder, revision, **details.columns())
    changes.pop("normalized_name", None)
    if "name" in changes:
        name_audiences()
    if changes:
        note(actor=actor, verb="partners.ladder_changed", obj=ladder, changes=changes)
    if "audience" in changes and ladder.launched_at is not None:
        # Who takes part is another company by now: everybody is looked at again.
        Ladder.objects.filter(pk=ladder.pk).update(evaluated_at=None)
        wake("plan", now)


@transaction.atomic
def archive_ladder(*, actor: Actor, ladder: Ladder, now: datetime) -> None:
    """Put a ladder away: standings are kept as they are, nothing is evaluated, shown or sent because of it."""
    if Ladder.objects.listed().filter(pk=ladder.pk).update(archived_at=now):
        ladder.archived_at = now
        for audience in _audiences_of(ladder):
            audiences.close_audience(audience, now)
        note(actor=actor, verb="partners.ladder_archived", obj=ladder)


def restore_ladder(*, actor: Actor, ladder: Ladder, now: datetime) -> None:
    """Bring a ladder back. Raises `Refused` with name_taken when another one has its name by now."""
    with refused_by("partners_ladder_name", _name_taken()):
        restored = Ladder.objects.filter(pk=ladder.pk, archived_at__isnull=False).update(
            archived_at=None, evaluated_at=None
        )
    if restored:
        ladder.archived_at = None
        name_audiences()
        note(actor=actor, verb="partners.ladder_restored", obj=ladder)
        wake("plan", now)


@transaction.atomic
def add_tier(*, actor: Actor, ladder: Ladder, details: TierDetails, above: Tier | None, now: datetime) -> Tier:
    """Add a tier above another one, or below all. Without requirements it is given by hand only.

    Raises `Refused`: name_taken, too_many, ladder_archived.
    """
    lock_ladder(ladder)
    tiers = tiers_of(ladder)
    refuse_if(rules.tier_problems(ladder, len(tiers)))
    place = next((number for number, tier in enumerate(tiers, start=1) if above and tier.pk == above.pk), 0)
    with refused_by("partners_tier_name", _tier_name_taken()):
        _renumber(ladder, tiers[:place], first=1)
        _renumber(ladder, tiers[place:], first=place + 2)
        tier: Tier = Tier.objects.create(ladder=ladder, rank=place + 1, created_at=now, **details.columns())
    _write_benefits(tier, details.benefits)
    name_audiences()
    note(actor=actor, verb="partners.tier_added", obj=tier)
    return tier


def change_tier(*, actor: Actor, tier: Tier, revision: int, details: TierDetails) -> None:
    """Change what a tier is called and gives. Raises `Refused`: changed_meanwhile, name_taken."""
    before = benefits_of(tier)
    with refused_by("partners_tier_name", _tier_name_taken()):
        changes = update_if_unchanged(tier, revision, **details.columns())
        _write_benefits(tier, details.benefits)
    if "name" in changes:
        name_audiences()
    if before != list(details.benefits):
        changes["benefits"] = [_lines(before), _lines(details.benefits)]
    if changes:
        note(actor=actor, verb="partners.tier_changed", obj=tier, changes=changes)


@transaction.atomic
def archive_tier(*, actor: Actor, tier: Tier, now: datetime) -> None:
    """Put a tier away that nobody stands on. Raises `Refused`: tier_in_use, last_tier."""
    lock_ladder(tier.ladder)
    tiers = tiers_of(tier.ladder)
    standing = PartnerTier.objects.open().filter(tier=tier).count()
    refuse_if(rules.tier_archive_problems(tier, standing, len(tiers)))
    if Tier.objects.listed().filter(pk=tier.pk).update(archived_at=now):
        _renumber(tier.ladder, [other for other in tiers if other.pk != tier.pk], first=1)
        for audience in Audience.objects.filter(kind=TIER, source_id=tier.pk):
            audiences.close_audience(audience, now)
        note(actor=actor, verb="partners.tier_archived", obj=tier)
        Ladder.objects.filter(pk=tier.ladder_id).update(evaluated_at=None)
        wake("plan", now)


def benefits_of(tier: Tier) -> list[tuple[str, str]]:
    rows = TierBenefit.objects.filter(tier=tier).order_by("position")
    return list(rows.values_list("label", "value"))


def _write_benefits(tier: Tier, benefits: Sequence[tuple[str, str]]) -> None:
    TierBenefit.objects.filter(tier=tier).delete()
    TierBenefit.objects.bulk_create(
        TierBenefit(tier=tier, position=position, label=label[:60], value=value[:120])
        for position, (label, value) in enumerate(benefits)
    )


def _renumber(ladder: Ladder, tiers: Sequence[Tier], first: int) -> None:
    wanted = {tier.pk: rank for rank, tier in enumerate(tiers, start=first) if tier.rank != rank}
    if not wanted:
        return
    rows = Tier.objects.filter(ladder=ladder, pk__in=wanted)
    rows.update(rank=F("rank") + _OUT_OF_THE_WAY)
    for pk, rank in wanted.items():
        Tier.objects.filter(pk=pk).update(rank=rank)


def _audiences_of(ladder: Ladder) -> list[Audience]:
    return list(Audience.objects.filter(Q(kind=TIER), source_id__in=Tier.objects.filter(ladder=ladder).values("pk")))


def _lines(benefits: Sequence[tuple[str, str]]) -> str:
    return "; ".join(f"{label}: {value}" if value else label for label, value in benefits)


def _name_taken() -> Problem:
    return Problem("name_taken", _("There is already a ladder of this name."), "name")


def _tier_name_taken() -> Problem:
    return Problem("name_taken", _("This ladder already has a tier of this name."), "name")
