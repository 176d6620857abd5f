"""Days of journeys: they are those of the organization's zone."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from prm.tenancy.scope import current_organization

# When reminders of a day go out at the earliest, on the organization's clock.
MORNING = time(8)


def day_here(now: datetime) -> date:
    return now.astimezone(_zone()).date()


def morning_of(day: date) -> datetime:
    return datetime.combine(day, MORNING, _zone())


def day_begins(day: date) -> datetime:
    return datetime.combine(day, time(), _zone())


def next_day_begins(now: datetime) -> datetime:
    return day_begins(day_here(now) + timedelta(days=1))


def _zone() -> ZoneInfo:
    return ZoneInfo(current_organization().zone)
