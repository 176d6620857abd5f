"""What a partner's page says of the company: its further domains, whom it belongs with, records merged into it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from partners.models import PartnerDomain, PartnerLink, PartnerMerge
from partners.models.partners import PartnerQuerySet

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Company:
    """`links` are (name of the other company, what it is to this one), the present ones, of each side a few."""

    domains: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    has_more_links: bool
    merged: tuple[tuple[str, Any], ...]


def with_domains(partners: PartnerQuerySet) -> PartnerQuerySet:
    """The partners, each with `domain_names`: its further domains, by name."""
    rows = PartnerDomain.objects.filter(partner=OuterRef("pk")).order_by("domain").values("domain")
    annotated: PartnerQuerySet = partners.annotate(domain_names=ArraySubquery(rows))
    return annotated


def with_company(partners: PartnerQuerySet, today: date) -> PartnerQuerySet:
    """The partners with what `company_of` needs, in the same query."""
    links = PartnerLink.objects.holding(today).order_by("kind", "pk")
    above = links.filter(child=OuterRef("pk")).values(one=JSONObject(name="parent__name", kind="kind"))
    below = links.filter(parent=OuterRef("pk")).values(one=JSONObject(name="child__name", kind="kind"))
    merged = PartnerMerge.objects.filter(survivor=OuterRef("pk")).order_by("-merged_at", "-pk")
    annotated: PartnerQuerySet = with_domains(partners).annotate(
        links_above=ArraySubquery(above[: _SHOWN + 1]),
        links_below=ArraySubquery(below[: _SHOWN + 1]),
        records=ArraySubquery(merged.values(one=JSONObject(name="merged__name", at="merged_at"))[:20]),
    )
    return annotated


def company_of(partner: Any) -> Company:
    """What is shown of a partner that `with_company` found."""
    above = [(row["name"], _role(row["kind"])) for row in partner.links_above]
    below = [(row["name"], str(PartnerLink.Kind(row["kind"]).label)) for row in partner.links_below]
    return Company(
        domains=tuple(partner.domain_names),
        links=tuple(above[:_SHOWN] + below[:_SHOWN]),
        has_more_links=len(above) > _SHOWN or len(below) > _SHOWN,
        merged=tuple((row["name"], parse_datetime(row["at"])) for row in partner.records),
    )


def _role(kind: str) -> str:
    """What the company above is to this one."""
    above = {
        PartnerLink.Kind.BRANCH: _("headquarters"),
        PartnerLink.Kind.BOUGHT: _("its owner"),
        PartnerLink.Kind.RESELLER: _("its distributor"),
        PartnerLink.Kind.SPLIT: _("where it was split off"),
    }
    return above[PartnerLink.Kind(kind)]
