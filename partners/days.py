"""Days where the organization is: periods of rights and links begin and end with them."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from prm.tenancy.scope import current_organization


def day_of(at: datetime) -> date:
    """The day that it is in the organization's zone."""
    return at.astimezone(ZoneInfo(current_organization().zone)).date()


def beginning_of(day: date) -> datetime:
    """The first moment of a day in the organization's zone."""
    return datetime.combine(day, time(), ZoneInfo(current_organization().zone))
