"""What tiers show on home pages: a partner's own, and what waits for its leads."""

from datetime import datetime
from typing import Any, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models.functions import JSONObject
from django.http import HttpRequest
from django.utils.translation import gettext as _

from partners.models import TierMove
from partners.queries.people import partner_user_of
from partners.queries.tier_cards import card_of, standings
from prm.accounts.requests import Request
from prm.addresses import address
from prm.tenancy.numbers import asked_at_once
from prm.web.due import DueItem

_ICON = "medal"
# Where a page keeps what it asked for already.
NOTICES = "_canopy_notices"


def my_partner(request: Request) -> tuple[int] | None:
    """The company whose standing is asked."""
    user = partner_user_of(request.membership)
    return (user.partner_id,) if user else None


def my_tier_parts(partner_id: int) -> dict[str, Any]:
    """Where a company stands."""
    return {"found": standings(partner_id)}


def my_tier(_request: Request, found: list[dict[str, Any]] | None = None) -> dict[str, Any] | None:
    """Where one's company stands, and how far the next tier is: the ladder with the most to tell."""
    card = card_of(found or [])
    return {"standing": card} if card else None


def notices_part(partner_id: int) -> Any:
    """What a company's leads can still do about a notice, as a part of a query."""
    told = TierMove.objects.filter(partner=partner_id, state=TierMove.State.TOLD).order_by("effective_at")
    return ArraySubquery(told.values(row=JSONObject(tier="from_tier__name", at="effective_at")))


def tiers_due(request: HttpRequest) -> list[DueItem]:
    """A notice that a company's leads can still act on; none or one query."""
    user = partner_user_of(cast(Request, request).membership)
    if user is None or not user.is_lead:
        return []
    found = getattr(request, NOTICES, None)
    if found is None:
        found = asked_at_once({"notices": notices_part(user.partner_id)})["notices"]
    url = address("my_group_list")
    return [
        DueItem(_("What keeps you %s") % row["tier"], url, _ICON, datetime.fromisoformat(row["at"]), is_day=True)
        for row in found
    ]
