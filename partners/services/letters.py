"""The monthly letter: planned once a month for everybody to whom it tells something."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, DateTimeField, F, QuerySet, Value

from partners.queries.letters import Month, readers_of_letter
from prm.outbox.services import post_due
from prm.tenancy.scope import current_organization

LETTER_MAIL = "partners.monthly_letter"
# A worker that slept longer tells nothing of that month any more.
CATCHES_UP = timedelta(days=2)


def plan_letter(now: datetime) -> datetime | None:
    """The planner: on the first working day of a month, a letter about the last one; returns when the next is due."""
    month = Month.last(now)
    moment = month.letter_at()
    if now < moment:
        return moment
    if current_organization().created_at < moment and now < moment + CATCHES_UP:
        post_due(kind=LETTER_MAIL, due=_readers(month, now), now=now)
    return month.following.letter_at()


def _readers(month: Month, now: datetime) -> QuerySet[Any, Any]:
    slot, at = Value(month.slot, CharField()), Value(now, DateTimeField())
    rows = readers_of_letter(month).order_by().annotate(subject=F("membership_id"), slot=slot, at=at)
    found: QuerySet[Any, Any] = rows.values_list("membership_id", "subject", "slot", "at")
    return found
