"""What waits for colleagues in the outbox (see prm.waiting)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    IntegerField,
    Min,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from prm.addresses import address
from prm.outbox.models import Message
from prm.waiting import WaitingSource, Words

# What failed longer ago, and what nobody sent again since, is left alone.
_LATELY = timedelta(days=14)


def _failed(_membership_id: int, now: datetime) -> QuerySet[Any]:
    """One line for all, in the place of the latest: whoever puts it off sees it again when another one fails."""
    since = ExpressionWrapper(Value(now, DateTimeField()) - Value(_LATELY), DateTimeField())
    failed = Message.objects.filter(state=Message.State.FAILED, settled_at__gt=since)
    counted = failed.order_by().values("organization").annotate(n=Count("*"), first=Min("settled_at"))
    return failed.filter(~Exists(failed.filter(pk__gt=OuterRef("pk")))).annotate(
        n=Subquery(counted.values("n"), output_field=IntegerField()),
        first=Subquery(counted.values("first"), output_field=DateTimeField()),
    )


def _words(told: Mapping[str, Any]) -> Words:
    title = ngettext("%d message could not be sent", "%d messages could not be sent", told["n"]) % told["n"]
    return Words(title, f"{address('message_list')}?state={Message.State.FAILED}", gettext("Look"))


FAILED = WaitingSource(
    "outbox.failed",
    _("Messages that could not be sent"),
    "mail-warning",
    "messages.manage",
    _failed,
    _words,
    since="first",
    tells={"n": "n"},
    order=80,
)
