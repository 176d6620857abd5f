"""Days of journeys: when reminders of one go out, and when the next one begins."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from partners.days import beginning_of, day_of
from prm.tenancy.scope import current_organization

# When reminders of a day go out at the earliest, on the organization's clock.
MORNING = time(8)


def morning_of(day: date) -> datetime:
    return datetime.combine(day, MORNING, ZoneInfo(current_organization().zone))


def next_day_begins(now: datetime) -> datetime:
    return beginning_of(day_of(now) + timedelta(days=1))
