"""Companies' logos, as links that are good for one reader and a minute. Make them right after the check that they may
see the company."""

from collections.abc import Collection
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject

from partners.models import Partner, PartnerLogo
from partners.models.partners import PartnerQuerySet
from prm.accounts.models import Membership
from prm.files.models import StoredFile
from prm.files.serving import signed_address


def logo_of(partner: Partner) -> PartnerLogo | None:
    return PartnerLogo.objects.filter(partner=partner).select_related("file").first()


def with_logo(partners: PartnerQuerySet) -> PartnerQuerySet:
    """The partners, each with `logo_file` for `logo_link_of`."""
    told = JSONObject(pk="file", public_id="file__public_id")
    annotated: PartnerQuerySet = partners.annotate(
        logo_file=Subquery(PartnerLogo.objects.filter(partner=OuterRef("pk")).values(row=told))
    )
    return annotated


def logo_link_of(partner: Any, reader: Membership) -> str:
    """`logo_link` of a partner that `with_logo` gave."""
    return signed_address(StoredFile(**partner.logo_file), reader, inline=True) if partner.logo_file else ""


def logo_link(logo: PartnerLogo | None, reader: Membership) -> str:
    """Where this reader finds the picture; empty where there is none."""
    return signed_address(logo.file, reader, inline=True) if logo is not None else ""


def logo_links(partner_ids: Collection[int], reader: Membership) -> dict[int, str]:
    """The same for several companies, by their key; one query."""
    rows = PartnerLogo.objects.filter(partner__in=partner_ids, partner__archived_at=None).select_related("file")
    return {row.partner_id: logo_link(row, reader) for row in rows}
