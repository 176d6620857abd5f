"""Who would benefit most from a cohort: by rule and by gaps, with the reasons, and of every level some."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BooleanField, Case, CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, NullIf

from cohorts import rules
from cohorts.first_questions import EXPERIENCE, LEVELS
from cohorts.models import Application, Cohort, Graduation, Nomination
from cohorts.queries.prerequisites import prerequisites_of
from partners.models import (
    GroupMember,
    PartnerProduct,
    PartnerTier,
    PartnerUser,
    PersonProfile,
    Tier,
    TierOutlook,
)
from partners.models.partners import PartnerUserQuerySet
from partners.queries.profiles import seniorities_for_staff
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


def candidates(cohort: Cohort, now: datetime) -> list[Candidate]:
    """Those who would benefit most first, levels in turn. As many queries, whatever the number of people."""
    weighed = []
    for row in _weighed(cohort.pk, cohort.program_id, now - RECENT, *_asked_of(cohort)):
        signs = rules.Signs(
            has_certificate=row.has_certificate,
            company_has_graduate=row.company_has_graduate,
            is_active=row.is_active,
            tier_share=float(row.share or 0),
            next_tier=row.next_tier or "",
        )
        gain, level = rules.benefit(signs), row.seniority or row.experience or ""
        weighed.append((gain.score, (row.pk, level, gain.reasons), level))
    chosen = rules.balanced(weighed, SHOWN)
    people = {row[0]: row[1:] for row in _people([pk for pk, _level, _reasons in chosen])}
    return [Candidate(*people[pk], _level_words(level), tuple(map(str, reasons))) for pk, level, reasons in chosen]


def _level_words(level: str) -> str:
    """What a profile says of somebody's seniority, or an application of their experience; other keys say nothing."""
    return str(dict(PersonProfile.Seniority.choices).get(level) or LEVELS.get(level) or "")


@prepared
def _people(user_ids: list[int]) -> QuerySet[PartnerUser, tuple[int, str, str, str]]:
    shown = Coalesce(
        NullIf("membership__person__name", Value("")), "membership__person__email", output_field=CharField()
    )
    rows = PartnerUser.objects.filter(pk__in=user_ids)
    found: QuerySet[PartnerUser, tuple[int, str, str, str]] = rows.values_list(
        "pk", "membership__public_id", shown, "partner__name"
    )
    return found


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
def _weighed(cohort_id: int, program_id: int, recently: datetime, *asked: list[int]) -> QuerySet[Any, Any]:
    """What is weighed of those who may be nominated, whoever would benefit most first; nothing that is shown, since
    more are weighed than shown.
    """
    done = Graduation.objects.valid()
    ours = done.filter(cohort__program=program_id, partner__isnull=False).values("partner")
    recent = Fact.objects.filter(at__gte=recently, partner_id__isnull=False).values("partner_id")
    ahead = TierOutlook.objects.filter(partner=OuterRef("partner"), next_tier__isnull=False).order_by("-share")
    annotated: Any = _nominees(cohort_id, program_id, *asked).annotate(
        company_has_graduate=_whether(Q(partner__in=ours)),
        is_active=_whether(Q(partner__in=recent)),
        has_certificate=Exists(done.filter(membership=OuterRef("membership"))),
        share=Subquery(ahead.values("share")[:1]),
        next_tier=Subquery(ahead.values("next_tier__name")[:1]),
        seniority=seniorities_for_staff("membership"),
        experience=Subquery(_experience()),
    )
    ordered = annotated.order_by("company_has_graduate", "-is_active", "pk")[:WEIGHED]
    found: QuerySet[Any, Any] = ordered.values_list(
        *("pk", "company_has_graduate", "is_active", "has_certificate", "share", "next_tier", "seniority"),
        "experience",
        named=True,
    )
    return found


def _experience() -> QuerySet[Application, Any]:
    """Over partner users: what they said of their experience when they last applied for a cohort that asked the house's
    question.
    """
    rows = Application.objects.handed_in().filter(membership=OuterRef("membership"), answers__has_key=EXPERIENCE)
    return rows.order_by("-submitted_at").values(said=KeyTextTransform(EXPERIENCE, "answers"))[:1]


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
