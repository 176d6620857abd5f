"""Which stretch of time a requirement counts, where the organization's fiscal year begins."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from partners.models import Ladder, Requirement

Period = Requirement.Period
# From when each kind of period counts; None is from the beginning on.
type Windows = Mapping[str, datetime | None]
_MONTHS = {Ladder.Review.QUARTER: 3, Ladder.Review.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Calendar:
    """Where an organization's fiscal year begins: the month (1 to 12) and the zone of its midnights."""

    first_month: int
    zone: ZoneInfo

    def start_of(self, moment: datetime, months: int) -> datetime:
        """The beginning of the fiscal period of so many months (3 or 12) that `moment` lies in."""
        local = moment.astimezone(self.zone)
        passed = (local.month - self.first_month) % months
        return self._first_of(local.year, local.month - passed)

    def end_of(self, moment: datetime, months: int) -> datetime:
        start = self.start_of(moment, months).astimezone(self.zone)
        return self._first_of(start.year, start.month + months)

    def before(self, moment: datetime, months: int) -> datetime:
        """The same day and time so many months earlier, or the last day of a month that is too short."""
        local = moment.astimezone(self.zone)
        first = self._first_of(local.year, local.month - months).astimezone(self.zone)
        day = min(local.day, monthrange(first.year, first.month)[1])
        return datetime.combine(date(first.year, first.month, day), local.time(), self.zone)

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone)

    def _first_of(self, year: int, month: int) -> datetime:
        """Midnight of the first of a month; `month` may lie outside 1 to 12."""
        years, rest = divmod(month - 1, 12)
        return self.midnight(date(year + years, rest + 1, 1))


def windows_now(calendar: Calendar, now: datetime) -> Windows:
    """What counts at this moment."""
    return {
        Period.ROLLING: calendar.before(now, 12),
        Period.YEAR: calendar.start_of(now, 12),
        Period.QUARTER: calendar.start_of(now, 3),
        Period.EVER: None,
    }


def windows_of_period(calendar: Calendar, ends_at: datetime) -> Windows:
    """What counts for the period that ends at that moment; what is done after it, in the time of grace, counts too."""
    return {
        Period.ROLLING: calendar.before(ends_at, 12),
        Period.YEAR: calendar.before(ends_at, 12),
        Period.QUARTER: calendar.before(ends_at, 3),
        Period.EVER: None,
    }


def next_period_end(calendar: Calendar, review: str, moment: datetime) -> datetime:
    """The first end of a period of this kind after that moment."""
    return calendar.end_of(moment, _MONTHS[Ladder.Review(review)])
