"""Which partners have something to confirm: the same as `open_questions(partner, now).due`, for all of them at once."""

from datetime import datetime
from typing import Any

from django.db.models import CharField, DateTimeField, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat

from partners.models import (
    Attribute,
    AttributeValue,
    PartnerUser,
    ProposedValue,
    QuestionPause,
    RecordConfirmation,
    ValueChange,
)
from partners.models.partners import Partner, PartnerUserQuerySet
from partners.queries.completeness import TOLD_BY_PARTNERS
from partners.queries.open_questions import MONTH, RECORD_LASTS


def leads_to_ask(now: datetime) -> PartnerUserQuerySet:
    """The leads of partners that have been there for a year and have something to confirm."""
    leads = PartnerUser.objects.real().filter(role=PartnerUser.Role.LEAD, partner__created_at__lte=now - RECORD_LASTS)
    due = _has_old_value(now)
    for field in TOLD_BY_PARTNERS:
        due |= _is_column_old(field, now)
    found: PartnerUserQuerySet = leads.exclude(partner__status=Partner.Status.LEFT).filter(due)
    return found


def _is_column_old(field: str, now: datetime) -> Q:
    partner, since = OuterRef("partner"), now - RECORD_LASTS
    changed = ValueChange.objects.filter(partner=partner, field=field, at__gt=since)
    confirmed = RecordConfirmation.objects.filter(partner=partner, field=field, at__gt=since)
    aside = [Exists(rows) for rows in _put_aside(partner, Value(field), now)]
    known = ~Q(**{f"partner__{field}": ""})
    return known & ~Q(Exists(changed)) & ~Q(Exists(confirmed)) & ~Q(aside[0]) & ~Q(aside[1])


def _has_old_value(now: datetime) -> Q:
    age = ExpressionWrapper(F("attribute__confirm_months") * Value(MONTH, DurationField()), DurationField())
    until = ExpressionWrapper(Value(now, DateTimeField()) - age, DateTimeField())
    rows = AttributeValue.objects.filter(
        partner=OuterRef("partner"),
        attribute__keeper=Attribute.Keeper.PARTNER,
        attribute__archived_at=None,
        attribute__confirm_months__gt=0,
        confirmed_at__lte=until,
    )
    field = Concat(Value("attribute:"), Cast(OuterRef("attribute"), CharField()), output_field=CharField())
    for aside in _put_aside(OuterRef("partner"), field, now):
        rows = rows.exclude(Exists(aside))
    return Q(Exists(rows))


def _put_aside(partner: Any, field: Any, now: datetime) -> tuple[Any, Any]:
    """What makes a question wait: it was put off, or what was told waits for a colleague."""
    paused = QuestionPause.objects.filter(partner=partner, field=field).lasting(now)
    return paused, ProposedValue.objects.waiting().filter(partner=partner, field=field)
