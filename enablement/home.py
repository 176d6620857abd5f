"""What enablement puts on the home pages: cards and lines of what is due."""

from datetime import datetime, timedelta
from typing import Any, cast

from django.db.models import Expression
from django.http import HttpRequest
from django.utils.translation import ngettext

from enablement.queries.figures import Figures, most_read
from enablement.queries.gates import audience_ids_of, memories_open_through
from enablement.queries.learning import unread_rows
from enablement.queries.practice import due_count
from enablement.rules import ROUND_SIZE
from prm.accounts.models import Membership
from prm.accounts.requests import Request
from prm.addresses import address
from prm.tenancy.numbers import number_of
from prm.web.due import DueItem

_SHOWN = 3
_PERIOD = timedelta(days=30)


def learn_card(request: Request) -> dict[str, Any] | None:
    """What the member has not opened yet, the newest first; nothing where there is nothing new."""
    rows = unread_rows(request.membership, request.now, _SHOWN)
    return {"rows": rows, "first": rows[0], "others": rows[1:]} if rows else None


def practice_values(request: Request) -> tuple[Any, ...]:
    """What the number of the card `practice_card` stands on."""
    now, member = request.now, request.membership
    return member.pk, sorted(audience_ids_of(member, now)), now


def practice_counts(membership_id: int, audience_ids: list[int], now: datetime) -> dict[str, Expression]:
    """The number of the card `practice_card`."""
    return {"due": number_of(memories_open_through(membership_id, audience_ids, now).due(now))}


def practice_card(_request: Request, due: int) -> dict[str, Any] | None:
    """How many questions are due; nothing where none is."""
    return {"due": due, "offered": min(due, ROUND_SIZE)} if due else None


def reading_since(request: Request) -> tuple[datetime]:
    """Since when the card `reading_card` counts."""
    return (request.now - _PERIOD,)


def reading_card(request: Request, **numbers: int) -> dict[str, Any] | None:
    """What partners read in the last thirty days; nothing before there is published content."""
    if not numbers["published"]:
        return None
    return {"figures": Figures(**numbers, most_read=most_read(request.now - _PERIOD))}


def due_questions(request: HttpRequest) -> list[DueItem]:
    """One line for all questions that are due. Colleagues are asked nothing."""
    inside = cast(Request, request)
    if inside.membership.kind == Membership.Kind.STAFF:
        return []
    due = min(due_count(inside.membership, inside.now), ROUND_SIZE)
    if not due:
        return []
    title = ngettext("One question for today", "%(n)d questions for today", due) % {"n": due}
    return [DueItem(title=title, url=address("practice"), icon="brain")]
