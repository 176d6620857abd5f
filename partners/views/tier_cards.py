"""What tiers show on home pages: a partner's own, and what waits for a colleague or for a company's leads."""

from typing import Any, cast

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.models import Partner, TierAppeal, TierMove
from partners.queries.people import partner_user_of
from partners.queries.tier_cards import card_of, standings
from prm.accounts.models import Membership
from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.addresses import address
from prm.web.due import DueItem

_ICON = "medal"


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


def tiers_due(request: HttpRequest) -> list[DueItem]:
    """Decisions about tiers that wait for a colleague, and a notice that a company's leads can still act on."""
    inside = cast(Request, request)
    if inside.membership.kind == Membership.Kind.STAFF:
        return _decisions(inside.membership)
    user = partner_user_of(inside.membership)
    return _notices(user.partner) if user is not None and user.is_lead else []


def _decisions(colleague: Membership) -> list[DueItem]:
    """Rises and appeals that wait: a line for each ladder, two queries."""
    if not may(colleague, "partners.manage"):
        return []
    waiting: dict[tuple[str, str], int] = {}
    moves = TierMove.objects.filter(state=TierMove.State.WAITING, ladder__archived_at=None)
    for key in moves.values_list("ladder__public_id", "ladder__name"):
        waiting[key] = waiting.get(key, 0) + 1
    appeals = TierAppeal.objects.filter(answered_at=None).select_related("move__partner").order_by("answer_due_at")
    lines = [
        DueItem(
            title=_("%s appeals: answer") % appeal.move.partner.name,
            url=address("appeal_answer", appeal.public_id),
            icon=_ICON,
            at=appeal.answer_due_at,
        )
        for appeal in appeals[:5]
    ]
    for (public_id, name), n in waiting.items():
        words = ngettext("%(ladder)s: %(n)d rise to decide", "%(ladder)s: %(n)d rises to decide", n)
        lines.append(DueItem(words % {"ladder": name, "n": n}, address("ladder_approvals", public_id), _ICON))
    return lines


def _notices(partner: Partner) -> list[DueItem]:
    """What a company's leads can still do about a notice: one query."""
    moves = TierMove.objects.filter(partner=partner, state=TierMove.State.TOLD).select_related("from_tier")
    return [
        DueItem(_("What keeps you %s") % move.from_tier.name, address("my_group_list"), _ICON, move.effective_at)
        for move in moves
    ]
