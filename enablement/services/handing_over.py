"""Content and questions that a colleague keeps up, for the day on which somebody else takes them over."""

from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import ngettext

from enablement.models import Content, RecallItem
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.handovers import HandoverPart


def _move(model: Any) -> Any:
    def move(*, actor: Actor, giver: Membership, taker: Membership, now: datetime) -> int:
        return int(model.objects.filter(owner=giver).update(owner=taker, revision=F("revision") + 1))

    return move


PARTS = (
    HandoverPart(
        "enablement.content",
        lambda n: ngettext("%d piece of content", "%d pieces of content", n) % n,
        lambda giver, _now: Content.objects.filter(owner=giver).count(),
        _move(Content),
        210,
    ),
    HandoverPart(
        "enablement.items",
        lambda n: ngettext("%d recall question", "%d recall questions", n) % n,
        lambda giver, _now: RecallItem.objects.filter(owner=giver).count(),
        _move(RecallItem),
        220,
    ),
)
