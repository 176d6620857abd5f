"""Who would benefit most from a cohort: by rule and by gaps, with the reasons, and of every level some."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Value, When

from cohorts import rules
from cohorts.first_questions import EXPERIENCE, LEVELS
from cohorts.models import Application, Cohort, Graduation, Nomination
from cohorts.queries.prerequisites import prerequisites_of
from partners.models import GroupMember, PartnerProduct, PartnerTier, PartnerUser, Tier, TierOutlook
from partners.models.partners import PartnerUserQuerySet
from partners.queries.profiles import STAFF_READER, Reader, profiles_of, with_profiles
from prm.activity.models import Fact
from prm.tenancy.prepared import prepared

# How many are weighed, how many are shown, and how far back a company counts as active.
WEIGHED, SHOWN = 200, 30
RECENT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody whom the finder proposes: who, how experienced (as far as they tell), and why."""

    public_id: str
    name: str
    company: str
    level: str
    reasons: tuple[str, ...]


def candidates(cohort: Cohort, reader: Reader) -> list[Candidate]:
    """Those who would benefit most first, levels in turn. As many queries, whatever the number of people."""
    users = _weighed(cohort.pk, cohort.program_id, reader.now - RECENT, *_asked_of(cohort))
    profiles = profiles_of(users, reader)
    shares = _shares(sorted({user.partner_id for user in users}))
    experience = _experience([user.membership_id for user in users])
    found = []
    for user, profile in zip(users, profiles, strict=True):
        row: Any = user
        signs = rules.Signs(
            has_certificate=row.has_certificate,
            company_has_graduate=row.company_has_graduate,
            is_active=row.is_active,
            tier_share=shares.get(user.partner_id, ("", 0.0))[1],
            next_tier=shares.get(user.partner_id, ("", 0.0))[0],
        )
        weighed = rules.benefit(signs)
        level = profile.seniority or experience.get(user.membership_id, "")
        told = Candidate(user.membership.public_id, profile.name, profile.company, level, weighed.reasons)
        found.append((weighed.score, told))
    return rules.balanced([(score, told, told.level) for score, told in found], SHOWN)


def chosen_candidates(cohort: Cohort, public_ids: Sequence[str]) -> list[str]:
    """The addresses of those who were ticked and may still be nominated."""
    rows = _may_be_nominated(cohort).filter(membership__public_id__in=list(public_ids)[:SHOWN])
    return list(rows.order_by("membership__person__email").values_list("membership__person__email", flat=True))


def _may_be_nominated(cohort: Cohort) -> PartnerUserQuerySet:
    """Active people of real partners who fulfil the prerequisites and have nothing to do with the program yet."""
    return _nominees(cohort.pk, cohort.program_id, *_asked_of(cohort))


def _nominees(cohort_id: int, program_id: int, *asked: list[int]) -> PartnerUserQuerySet:
    applied = Application.objects.handed_in().filter(cohort=cohort_id).values("membership")
    nominated = Nomination.objects.open().filter(cohort=cohort_id, membership__isnull=False).values("membership")
    graduated = Graduation.objects.valid().filter(cohort__program=program_id).values("membership")
    rows = PartnerUser.objects.real().filter(_fulfil(*asked))
    found: PartnerUserQuerySet = (
        rows.exclude(membership__in=applied).exclude(membership__in=nominated).exclude(membership__in=graduated)
    )
    return found


@prepared
def _weighed(cohort_id: int, program_id: int, recently: datetime, *asked: list[int]) -> PartnerUserQuerySet:
    """Those who may be nominated, as colleagues of the organization see them, whoever would benefit most first."""
    done = Graduation.objects.valid()
    ours = done.filter(cohort__program=program_id, partner__isnull=False).values("partner")
    recent = Fact.objects.filter(at__gte=recently, partner_id__isnull=False).values("partner_id")
    annotated: Any = _nominees(cohort_id, program_id, *asked).annotate(
        company_has_graduate=_whether(Q(partner__in=ours)),
        is_active=_whether(Q(partner__in=recent)),
        has_certificate=Exists(done.filter(membership=OuterRef("membership"))),
    )
    ordered: PartnerUserQuerySet = annotated.order_by("company_has_graduate", "-is_active", "pk")
    return with_profiles(ordered, STAFF_READER)[:WEIGHED]


def _whether(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def _asked_of(cohort: Cohort) -> tuple[list[int], list[int], list[int], list[int]]:
    """The ids of what the cohort's program rests on: groups, tiers, certificates, products."""
    asked = prerequisites_of(cohort.program_id)
    return (
        sorted(row.group_id for row in asked if row.group_id),
        sorted(row.tier_id for row in asked if row.tier_id),
        sorted(row.certificate_id for row in asked if row.certificate_id),
        sorted(row.product_id for row in asked if row.product_id),
    )


def _fulfil(groups: list[int], tiers: list[int], certificates: list[int], products: list[int]) -> Q:
    """Of partner users: those who have one of what is asked of each kind; a tier is had by whoever is above it, too."""
    found = Q()
    if groups:
        inside = GroupMember.objects.open().filter(group__in=groups)
        found &= Q(partner__in=inside.values("partner"))
    if tiers:
        reached = Tier.objects.filter(pk__in=tiers, ladder=OuterRef("ladder"), rank__lte=OuterRef("tier__rank"))
        found &= Q(partner__in=PartnerTier.objects.open().filter(Exists(reached)).values("partner"))
    if certificates:
        done = Graduation.objects.valid().filter(cohort__program__in=certificates)
        found &= Q(membership__in=done.values("membership"))
    if products:
        rights = PartnerProduct.objects.held().filter(product__in=products)
        found &= Q(partner__in=rights.values("partner"))
    return found


def _shares(partner_ids: list[int]) -> dict[int, tuple[str, float]]:
    """By partner, the tier that is nearest and how much of it is done."""
    return {partner: (name, float(share)) for partner, name, share in _outlooks(partner_ids)}


@prepared
def _outlooks(partner_ids: list[int]) -> QuerySet[TierOutlook, tuple[int, str, Decimal]]:
    rows = TierOutlook.objects.filter(partner__in=partner_ids, next_tier__isnull=False).order_by("share")
    found: QuerySet[TierOutlook, tuple[int, str, Decimal]] = rows.values_list("partner_id", "next_tier__name", "share")
    return found


def _experience(membership_ids: list[int]) -> dict[int, str]:
    """What people said of their experience when they last applied for a cohort that asked the house's question."""
    words = {key: str(label) for key, label in LEVELS.items()}
    return {member: words[level] for member, level in _levels(membership_ids) if level in words}


@prepared
def _levels(membership_ids: list[int]) -> QuerySet[Application, tuple[int, str]]:
    rows = Application.objects.handed_in().filter(membership__in=membership_ids, answers__has_key=EXPERIENCE)
    found: QuerySet[Application, tuple[int, str]] = rows.order_by("submitted_at").values_list(
        "membership_id", f"answers__{EXPERIENCE}"
    )
    return found
