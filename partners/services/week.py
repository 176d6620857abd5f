"""The weekly mail with everybody's to-do list: when it leaves, and planning it."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import CharField, F, QuerySet, Value

from partners.models.week import WeekPlan
from partners.queries.week import members_awaited, moment_in_week, slot_of, week_plan
from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.outbox.services import post_due
from prm.tenancy.scope import current_organization
from prm.tenancy.wakeups import wake

WEEK_MAIL = "partners.week"
# A worker that slept longer says nothing this week.
CATCHES_UP = timedelta(hours=24)


def plan_week(now: datetime) -> datetime | None:
    """The planner: at the week's moment a mail for everybody for whom something may wait, once a week.

    An organization that began after it has its first one next week.
    """
    plan = week_plan()
    moment = moment_in_week(plan, now)
    if moment is None:
        return None
    if now < moment:
        return moment
    if current_organization().created_at < moment and now < moment + CATCHES_UP:
        post_due(kind=WEEK_MAIL, due=_people(now), now=now)
    return moment_in_week(plan, now, weeks=1)


def _people(now: datetime) -> QuerySet[Any, Any]:
    slot = Value(slot_of(now), CharField())
    rows = members_awaited(now).order_by().annotate(subject=F("pk"), slot=slot, at=Value(now))
    found: QuerySet[Any, Any] = rows.values_list("pk", "subject", "slot", "at")
    return found


@transaction.atomic
def set_week_plan(*, actor: Actor, weekday: int | None, hour: int, now: datetime) -> None:
    """Have the weekly mail leave on this day at this hour of the organization's clock; without a day, not at all.

    Whoever got this week's mail gets no second one.
    """
    before = week_plan()
    WeekPlan.objects.update_or_create(defaults={"weekday": weekday, "hour": hour})
    note(
        actor=actor,
        verb="partners.week_planned",
        obj=current_organization(),
        changes={"weekday": [before.weekday, weekday], "hour": [before.hour, hour]},
    )
    wake("plan", now)
