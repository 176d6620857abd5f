"""Once a year partners are asked whether what is known of them still holds: one mail to each lead."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Value

from partners.days import day_of
from partners.emails import CONFIRMATION_ASKED
from partners.queries.confirmations import leads_to_ask
from partners.queries.journeys.days import morning_of
from prm.outbox.models import Message
from prm.outbox.services import post_due

# All leads are looked at in so many hours from the morning on, and not at each tick of the day.
_HOURS = timedelta(hours=3)
# Who was asked in December is not asked again in January: the slot alone would allow it.
NOT_AGAIN_WITHIN = timedelta(days=300)


def plan_confirmations(now: datetime) -> datetime | None:
    """The planner: in the morning, on the organization's clock, ask who has something to confirm; once a year."""
    today = day_of(now)
    begins = morning_of(today)
    if now < begins:
        return begins
    if now < begins + _HOURS:
        post_due(kind=CONFIRMATION_ASKED, due=_not_asked_this_year(now), now=now)
    return morning_of(today + timedelta(days=1))


def _not_asked_this_year(now: datetime) -> QuerySet[Any, Any]:
    asked = Message.objects.filter(
        kind=CONFIRMATION_ASKED,
        recipient=OuterRef("membership"),
        subject_id=OuterRef("partner"),
        created_at__gt=now - NOT_AGAIN_WITHIN,
    )
    leads = leads_to_ask(now).exclude(Exists(asked)).order_by()
    slot = Value(str(day_of(now).year), CharField())
    rows: QuerySet[Any, Any] = leads.annotate(subject=F("partner_id"), slot=slot, at=Value(now)).values_list(
        "membership_id", "subject", "slot", "at"
    )
    return rows
