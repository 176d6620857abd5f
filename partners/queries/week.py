"""The weekly mail: its moment, who may get one, and what it lists."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from partners.days import day_of
from partners.models import AskedPartner, JourneyStep, PartnerUser, TierMove, WeekPlan
from partners.queries.questions import ASKED_RECENTLY
from prm.accounts.models import Membership
from prm.outbox.clocks import local_moment
from prm.outbox.models import Preference
from prm.tenancy.scope import current_organization
from prm.waiting import awaited

CATEGORY = "week"
_WEEK = timedelta(days=7)


def week_plan() -> WeekPlan:
    """The organization's own, or the usual one."""
    return WeekPlan.objects.first() or WeekPlan()


def slot_of(now: datetime) -> str:
    """The week that it is where the organization is, such as "2026-W49": one mail each at most."""
    return week_of(day_of(now))


def week_of(day: date) -> str:
    year, week, _day = day.isocalendar()
    return f"{year}-W{week:02}"


def moment_in_week(plan: WeekPlan, now: datetime, weeks: int = 0) -> datetime | None:
    """When the mail of this week, or of one so many weeks ahead, leaves; None where there is none."""
    if plan.weekday is None:
        return None
    today = day_of(now)
    day = today + timedelta(days=plan.weekday - today.weekday()) + weeks * _WEEK
    return local_moment(day, time(plan.hour), ZoneInfo(current_organization().zone))


def people_to_write_to() -> QuerySet[Membership]:
    """Every colleague who has not turned it off."""
    members = Membership.objects.in_organization(current_organization()).active()
    off = Preference.objects.filter(membership=OuterRef("pk"), category=CATEGORY, choice=Preference.Choice.OFF)
    return members.filter(~Exists(off))


def members_awaited(now: datetime) -> QuerySet[Membership]:
    """Whom the weekly mail is planned for: colleagues, and those of partners for whom something may wait."""
    found = Q(kind=Membership.Kind.STAFF)
    for source in awaited.all():
        found |= Q(pk__in=source.people(now))
    return people_to_write_to().filter(found)


def people_with_steps(_now: datetime) -> QuerySet[Any, Any]:
    """Those on whose own or whose company's journeys a step is open."""
    steps = JourneyStep.objects.open().filter(side=JourneyStep.Side.PARTNER, journey__partner=OuterRef("partner"))
    mine = Q(journey__membership=None) | Q(journey__membership=OuterRef("membership"))
    return PartnerUser.objects.active().filter(Exists(steps.filter(mine))).order_by().values("membership")


def leads_with_notices(_now: datetime) -> QuerySet[Any, Any]:
    """Leads whose company was told that its tier is at risk."""
    told = TierMove.objects.filter(partner=OuterRef("partner"), state=TierMove.State.TOLD)
    leads = PartnerUser.objects.active().filter(role=PartnerUser.Role.LEAD)
    return leads.filter(Exists(told)).order_by().values("membership")


def leads_asked(now: datetime) -> QuerySet[Any, Any]:
    """Leads whose company colleagues asked for something lately."""
    since = now - ASKED_RECENTLY
    asked = AskedPartner.objects.filter(partner=OuterRef("partner"), request__asked_at__gt=since)
    leads = PartnerUser.objects.active().filter(role=PartnerUser.Role.LEAD)
    return leads.filter(Exists(asked)).order_by().values("membership")
