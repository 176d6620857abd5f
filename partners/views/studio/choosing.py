"""Choosing another partner beside the one that a page is about."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.shortcuts import get_object_or_404

from partners.models import Partner
from prm.accounts.requests import Request

MOST = 30


@dataclass(frozen=True, slots=True)
class Choice:
    name: str
    domain: str
    url: str


def asked_partner(request: Request, name: str) -> Partner | None:
    """The partner that the address names; None where it names nobody, 404 for somebody unknown."""
    public_id = request.GET.get(name, "")
    rows = Partner.objects.select_related("account_manager__person")
    return get_object_or_404(rows, public_id=public_id) if public_id else None


def choices(request: Request, name: str, but: Partner | None = None) -> list[Choice]:
    """Listed partners that match the words in the address, each with this page's address that names it as well."""
    found = Partner.objects.listed().matching(request.GET.get("q", "")[:200])
    if but is not None:
        found = found.exclude(pk=but.pk)
    kept = [(key, value) for key, value in request.GET.items() if key not in ("q", name)]
    return [
        Choice(row.name, row.domain, f"?{urlencode([*kept, (name, row.public_id)])}")
        for row in found.order_by("normalized_name", "pk")[:MOST]
    ]
