"""What partners show on the home pages. Each gives the values of its template, or None for nothing to show."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Expression

from partners.models import Partner, PartnerUser, ProposedValue
from partners.queries.people import contact_card, contact_of, partner_user_of
from partners.queries.questions import open_questions
from partners.rules import may_manage_team
from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.addresses import address
from prm.tenancy.numbers import number_up_to

RECENT = timedelta(days=14)
MOST_COUNTED = 1000


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who joined lately, where their company is, and a mail to them."""

    name: str
    partner: str
    url: str
    mailto: str
    joined_at: Any


def partner_counts(_request: Request) -> dict[str, Expression]:
    """The number on the card `partners_card`."""
    return {"count": number_up_to(Partner.objects.real(), MOST_COUNTED + 1)}


def partners_card(request: Request, count: int) -> dict[str, Any] | None:
    """How many partners there are, and who joined in the last two weeks."""
    if not count:
        return None
    people = (
        PartnerUser.objects.real().filter(joined_at__gt=request.now - RECENT).select_related("partner").with_person()
    )
    newest = list(people.order_by("-joined_at", "-pk")[:4])
    return {
        "count": min(count, MOST_COUNTED),
        "has_more": count > MOST_COUNTED,
        "arrivals": [_arrival(user) for user in newest],
        "now": request.now,
        "may_invite": may(request.membership, "people.invite"),
    }


def _arrival(user: PartnerUser) -> Arrival:
    card = contact_card(user.membership, user.partner.name)
    url = address("partner_detail", user.partner.public_id)
    return Arrival(card.first_name, user.partner.name, url, card.mailto, user.joined_at)


def contact(request: Request) -> dict[str, Any] | None:
    """ "Your contact: Alice [write]"."""
    user = partner_user_of(request.membership)
    found = contact_of(user) if user else None
    return {"contact": found, "is_aside": True} if found else None


def questions(request: Request) -> dict[str, Any] | None:
    """What a lead's company is asked now; nothing for colleagues, and nothing where all is known."""
    user = partner_user_of(request.membership)
    if not may_manage_team(user) or user is None:
        return None
    found = open_questions(user.partner, request.now)
    if not found:
        return None
    first = ", ".join(question.label for question in found.next)
    return {"missing": len(found.missing), "due": len(found.due), "first": first}


def proposal_counts(_request: Request) -> dict[str, Expression]:
    """The number on the card `proposals_card`."""
    return {"count": number_up_to(ProposedValue.objects.waiting(), MOST_COUNTED + 1)}


def proposals_card(_request: Request, count: int) -> dict[str, Any] | None:
    """How many changes by partners wait for somebody here."""
    return {"count": count} if count else None
