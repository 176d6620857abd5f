"""When questions are mailed: in slots of the person's own week, never at the moment something falls due. No Django."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from prm.outbox.clocks import local_date, local_moment

# Tuesday and Thursday, as date.weekday() counts.
DAYS = (1, 3)
AT = time(9, 30)
# What could not be planned in time is still welcome for the rest of the working day, then it waits for the next slot.
OPEN_FOR = timedelta(hours=8)


def open_slot(now: datetime, zone: ZoneInfo) -> date | None:
    """The local day whose slot is open at `now`, if one is."""
    day = local_date(now, zone)
    if day.weekday() not in DAYS:
        return None
    begins_at = local_moment(day, AT, zone)
    return day if begins_at <= now < begins_at + OPEN_FOR else None


def next_slot_at(now: datetime, zone: ZoneInfo) -> datetime:
    """The first beginning of a slot after `now`, in UTC."""
    today = local_date(now, zone)
    ahead = (today + timedelta(days=days) for days in range(9))
    return next(
        begins_at for day in ahead if day.weekday() in DAYS and (begins_at := local_moment(day, AT, zone)) > now
    )
