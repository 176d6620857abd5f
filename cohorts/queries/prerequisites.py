"""What programs rest on, and what people's companies have of it."""

from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from cohorts.models import Graduation, Prerequisite, Program
from cohorts.rules import Standing
from partners.models import Group, GroupMember, PartnerProduct, PartnerTier, PartnerUser, Product, Tier
from prm.tenancy.prepared import prepared

_NAMED = ("group", "tier", "certificate", "product")


def prerequisites_of(program: Program | int) -> list[Prerequisite]:
    """What the program rests on, with what it names."""
    return _prerequisites(program if isinstance(program, int) else program.pk)


@prepared
def _prerequisites(program_id: int) -> QuerySet[Prerequisite]:
    rows: QuerySet[Prerequisite] = Prerequisite.objects.filter(program=program_id).select_related(*_NAMED)
    return rows.order_by("pk")


# A prerequisite with what it names, as one value of a larger query; `asked_of` makes it a row again.
ASKED = {
    "group": F("group_id"),
    "group_name": F("group__name"),
    "tier": F("tier_id"),
    "tier_name": F("tier__name"),
    "rank": F("tier__rank"),
    "ladder": F("tier__ladder_id"),
    "certificate": F("certificate_id"),
    "certificate_title": F("certificate__title"),
    "product": F("product_id"),
    "product_name": F("product__name"),
}


def asked_of(told: dict[str, Any]) -> Prerequisite:
    row = Prerequisite()
    if told["group"]:
        row.group = Group(pk=told["group"], name=told["group_name"])
    elif told["tier"]:
        row.tier = Tier(pk=told["tier"], name=told["tier_name"], rank=told["rank"], ladder_id=told["ladder"])
    elif told["certificate"]:
        row.certificate = Program(pk=told["certificate"], title=told["certificate_title"])
    else:
        row.product = Product(pk=told["product"], name=told["product_name"])
    return row


def standings(membership_ids: Collection[int]) -> dict[int, Standing]:
    """What the companies of these people are and have, and the people's own certificates; one query."""
    of_partner = {"partner": OuterRef("partner")}
    tiers = (
        PartnerTier.objects.open().filter(**of_partner).values(row=JSONObject(ladder=F("ladder"), rank=F("tier__rank")))
    )
    earned = Graduation.objects.valid().filter(membership=OuterRef("membership"))
    rows = PartnerUser.objects.filter(membership__in=membership_ids).annotate(
        group_ids=ArraySubquery(GroupMember.objects.open().filter(**of_partner).values("group")),
        tier_rows=ArraySubquery(tiers),
        certificate_ids=ArraySubquery(earned.values("cohort__program")),
        product_ids=ArraySubquery(PartnerProduct.objects.held().filter(**of_partner).values("product")),
    )
    names = ("membership_id", "group_ids", "tier_rows", "certificate_ids", "product_ids")
    return {
        member: Standing(
            groups=frozenset(groups),
            ranks={row["ladder"]: row["rank"] for row in ranks},
            certificates=frozenset(certificates),
            products=frozenset(products),
        )
        for member, groups, ranks, certificates, products in rows.values_list(*names)
    }


def meant_for(membership_id: int) -> Q:
    """Of programs in `OuterRef` reach as `program`: those whose prerequisites this person fulfils.

    For each kind either nothing is asked, or one of what is asked is there.
    """
    partner = PartnerUser.objects.filter(membership=membership_id).values("partner")
    of_partner = {"partner__in": partner}
    ranks = PartnerTier.objects.open().filter(
        **of_partner, ladder=OuterRef("tier__ladder"), tier__rank__gte=OuterRef("tier__rank")
    )
    has: dict[str, Any] = {
        "group": Q(group__in=GroupMember.objects.open().filter(**of_partner).values("group")),
        "tier": Q(Exists(ranks)),
        "certificate": Q(
            certificate__in=Graduation.objects.valid().filter(membership=membership_id).values("cohort__program")
        ),
        "product": Q(product__in=PartnerProduct.objects.held().filter(**of_partner).values("product")),
    }
    found = Q()
    for kind, fulfilled in has.items():
        asked = Prerequisite.objects.filter(program=OuterRef("program"), **{f"{kind}__isnull": False})
        found &= Q(~Exists(asked)) | Q(Exists(asked.filter(fulfilled)))
    return found


def choices() -> dict[str, list[tuple[int, str]]]:
    """What a program may rest on, by kind: (key, name)."""
    return {
        "groups": _named(Group.objects.filter(archived_at=None).order_by("normalized_name")),
        "tiers": [
            (tier.pk, f"{tier.ladder.name}: {tier.name}")
            for tier in Tier.objects.listed()
            .filter(ladder__launched_at__isnull=False, ladder__archived_at=None)
            .select_related("ladder")
            .order_by("ladder__normalized_name", "rank")
        ],
        "certificates": list(Program.objects.by_title().values_list("pk", "title")),
        "products": _named(Product.objects.filter(retired_on=None).order_by("normalized_name")),
    }


def _named(rows: Iterable[Any]) -> list[tuple[int, str]]:
    return [(row.pk, str(row)) for row in rows]
