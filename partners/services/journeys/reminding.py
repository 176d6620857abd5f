"""Reminders of steps: planned each day from the present state, merged into one mail a day and person."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, CharField, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from partners.days import day_of
from partners.models import JourneyStep, PartnerUser
from partners.queries.journeys.days import morning_of, next_day_begins
from partners.services.journeys.keeping import keep_journeys
from prm.accounts.models import Membership
from prm.outbox.services import post_due
from prm.tenancy.scope import current_organization

STEPS_DUE = "partners.steps_due"
OUR_STEPS_DUE = "partners.our_steps_due"
# So many days before a step is due, and after that it is overdue: once, then each week, for a month.
AHEAD = 3
OVERDUE = (1, 8, 15, 22)


def plan_journeys(now: datetime) -> datetime | None:
    """The planner: journeys follow who is where, and whoever has something due today is reminded, once a day."""
    keep_journeys(now)
    today = day_of(now)
    post_due(kind=STEPS_DUE, due=_partner_people(today), now=now)
    post_due(kind=OUR_STEPS_DUE, due=_colleagues(today), now=now)
    return next_day_begins(now)


def days_of_reminders(today: date) -> list[date]:
    """The due days that are worth a mail today."""
    return [today + timedelta(days=AHEAD), today, *(today - timedelta(days=late) for late in OVERDUE)]


def _due_today(today: date, side: str) -> QuerySet[JourneyStep]:
    rows: QuerySet[JourneyStep] = JourneyStep.objects.open().filter(
        side=side, due_on__in=days_of_reminders(today), journey__partner__archived_at=None
    )
    return rows


def _partner_people(today: date) -> QuerySet[Any, Any]:
    """The leads for steps of the company, each traveler for the own ones: only people who can sign in."""
    due = _due_today(today, JourneyStep.Side.PARTNER)
    of_company = due.filter(journey__partner=OuterRef("partner"), journey__membership=None)
    own = due.filter(journey__membership=OuterRef("membership"))
    rows = PartnerUser.objects.active().filter(Q(Exists(of_company), role=PartnerUser.Role.LEAD) | Q(Exists(own)))
    return _occasions(rows, "membership_id", today)


def _colleagues(today: date) -> QuerySet[Any, Any]:
    """Colleagues to whom a step was given, else, and where they have left, the account manager of the partner."""
    due = _due_today(today, JourneyStep.Side.STAFF)
    given = Case(When(doer__state=Membership.State.ACTIVE, then=F("doer_id")))
    doer = Coalesce(given, F("journey__partner__account_manager_id"), output_field=IntegerField())
    doers = due.annotate(who=doer).filter(who__isnull=False).values("who")
    members = Membership.objects.in_organization(current_organization()).active().staff()
    return _occasions(members.filter(pk__in=doers), "pk", today)


def _occasions(rows: Any, member: str, today: date) -> QuerySet[Any, Any]:
    """(whom, what about, which day, not before): one mail a day, whatever is due."""
    columns = rows.order_by().annotate(
        member=F(member), slot=Value(today.isoformat(), CharField()), at=Value(morning_of(today))
    )
    named: QuerySet[Any, Any] = columns.values_list("member", F("member"), "slot", "at")
    return named
