"""What can be started from a cell of the coverage grid; apps above and beside say so in their registry.

gap_offers.register(GapOffer("cohorts.plan", _("Plan a cohort"), "users-round", "cohort_create", "cohorts.manage"))
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from prm.accounts.models import Membership
from prm.accounts.permissions import may
from prm.addresses import address, is_known
from prm.registry import Registry


@dataclass(frozen=True)
class GapOffer:
    """A page that is opened with `region`, `column` (a product's or a choice's name) and `by` in its address.

    `axis` and `key` are what the cell's own address says in their place.
    """

    name: str
    label: Any
    icon: str
    url_name: str
    permission: str
    order: int = 100

    def url(self, about: Mapping[str, str]) -> str:
        return f"{address(self.url_name)}?{urlencode(about)}"


gap_offers: Registry[GapOffer] = Registry("offers for gaps")


def offers_for(member: Membership, about: Mapping[str, str]) -> list[tuple[Any, str, str]]:
    """(label, icon, address) of what this colleague may start."""
    known = [offer for offer in gap_offers.all() if is_known(offer.url_name) and may(member, offer.permission)]
    return [(offer.label, offer.icon, offer.url(about)) for offer in known]
