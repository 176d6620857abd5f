"""The kinds of steps that are this app's own, and what starts journeys here: groups, tiers, products, new people."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, DateTimeField, Exists, F, Func, Min, OuterRef, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as told
from django.utils.translation import gettext_lazy as _

from partners.days import day_of
from partners.models import (
    Acceptance,
    Agreement,
    AgreementVersion,
    Group,
    GroupMember,
    PartnerProduct,
    PartnerTier,
    PartnerUser,
    Product,
    Tier,
)
from partners.step_kinds import Place, StepKind
from partners.triggers import JourneyTrigger
from prm.tenancy.scope import current_organization

TASK, MEETING, FORM, AGREEMENT = "task", "meeting", "form", "agreement"
_NOBODY = Cast(Value(None), BigIntegerField())


def agreement_choices() -> list[tuple[int, str]]:
    return list(Agreement.objects.listed().by_title().values_list("pk", "title"))


def agreement_places(ids: Collection[int]) -> Mapping[int, Place]:
    """Agreements are read and accepted on the step's own page."""
    return {pk: Place(title) for pk, title in Agreement.objects.filter(pk__in=ids).values_list("pk", "title")}


def accepted(now: datetime) -> QuerySet[Any, Any]:
    """Who accepted the version of an agreement that counts today, for a term that is not to be renewed yet."""
    rows = Acceptance.objects.of_newest().holding(day_of(now))
    return rows.values_list("membership_id", "version__agreement_id", "accepted_at")


def _group_choices() -> list[tuple[int, str]]:
    return list(Group.objects.listed().by_name().values_list("pk", "name"))


def _in_group(group_id: int, now: datetime) -> QuerySet[Any, Any]:
    rows = GroupMember.objects.present(now).filter(group=group_id, group__archived_at=None)
    return rows.values_list("partner_id", _NOBODY, "starts_at")


def _tier_choices() -> list[tuple[int, str]]:
    rows = Tier.objects.listed().filter(ladder__archived_at=None).select_related("ladder")
    return [(tier.pk, f"{tier.ladder.name}: {tier.name}") for tier in rows.order_by("ladder__normalized_name", "rank")]


def _in_tier(tier_id: int, now: datetime) -> QuerySet[Any, Any]:
    return PartnerTier.objects.at(now).filter(tier=tier_id).values_list("partner_id", _NOBODY, "starts_at")


def _product_choices() -> list[tuple[int, str]]:
    """Every product: a journey that a retired one starts goes on for whoever still has the right."""
    rows = Product.objects.by_name().values_list("pk", "name", "retired_on")
    return [(pk, told("%s (retired)") % name if retired_on else name) for pk, name, retired_on in rows]


def _has_product(product_id: int, _now: datetime) -> QuerySet[Any, Any]:
    """Whose right has begun. Of several rights for one product the earliest counts, so that nobody is here twice."""
    rows = PartnerProduct.objects.held().filter(product=product_id).order_by()
    return rows.values("partner_id").annotate(since=Min("begun_at")).values_list("partner_id", _NOBODY, "since")


def _renewal_choices() -> list[tuple[int, str]]:
    """Agreements that leads accept for a term."""
    versions = AgreementVersion.objects.newest().filter(term_months__isnull=False, agreement__is_personal=False)
    rows = versions.filter(agreement__archived_at=None).order_by("agreement__title", "pk")
    return list(rows.values_list("agreement_id", "agreement__title"))


def _renewing(agreement_id: int, now: datetime) -> QuerySet[Any, Any]:
    """Whose term of an agreement is about to end, or is over, since the day from which it is renewed."""
    rows = Acceptance.objects.last_of_partners().filter(
        version__agreement=agreement_id, version__agreement__is_personal=False, renews_on__lte=day_of(now)
    )
    first_moment: Any = Func(
        Value(current_organization().zone),
        F("renews_on"),
        template="timezone(%(expressions)s::timestamp)",
        output_field=DateTimeField(),
    )
    return rows.values_list("partner_id", _NOBODY, first_moment)


def _new_people(_none: int, _now: datetime) -> QuerySet[Any, Any]:
    """People who came to a company in which others had been before."""
    earlier = PartnerUser.objects.filter(partner=OuterRef("partner"), joined_at__lt=OuterRef("joined_at"))
    rows = PartnerUser.objects.active().filter(Exists(earlier))
    return rows.values_list("partner_id", F("membership_id"), "joined_at")


STEP_KINDS = (
    StepKind(TASK, _("Task"), "circle-check", _("Something to do, with a text and a link"), order=10),
    StepKind(FORM, _("Form"), "text-cursor-input", _("Questions whose answers you need"), order=30),
    StepKind(
        AGREEMENT,
        _("Agreement"),
        "file-pen",
        _("A text in versions that they accept"),
        choices=agreement_choices,
        places=agreement_places,
        finished=accepted,
        order=40,
    ),
    StepKind(MEETING, _("Meeting"), "calendar", _("A call or a visit, with a link to pick a time"), order=50),
)
TRIGGERS = (
    JourneyTrigger("group", _("Joining a group"), _in_group, _group_choices, order=10),
    JourneyTrigger("tier", _("Reaching a tier"), _in_tier, _tier_choices, order=20),
    JourneyTrigger("product", _("A right to a product"), _has_product, _product_choices, order=30),
    JourneyTrigger("renewal", _("Renewal of an agreement"), _renewing, _renewal_choices, is_occasion=True, order=35),
    JourneyTrigger("person", _("A new person at a partner"), _new_people, is_personal=True, order=40),
)
