"""From the wall-clock time that people agree on to the instant it means. Pure mathematics, no Django.

Where clocks jump forward the missing hour means the first minute that exists; where they fall back the double hour
means the first of the two.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from prm.outbox.clocks import local_moment


def instant(on: date, at: time, zone: str | ZoneInfo) -> datetime:
    """The UTC moment at which clocks in `zone` show `at` on day `on`."""
    return local_moment(on, at, ZoneInfo(zone) if isinstance(zone, str) else zone)


def days_before(on: date, at: time, zone: str | ZoneInfo, days: int) -> datetime:
    """The same wall-clock time so many days earlier, which is not always a multiple of 24 hours away."""
    return instant(on - timedelta(days=days), at, zone)


def end_of_day(on: date, zone: str | ZoneInfo) -> datetime:
    """The first moment after day `on` in `zone`: what is open "until Friday" ends here."""
    return instant(on + timedelta(days=1), time(0), zone)


def weekly(first: date, count: int, skipping: Iterable[date] = ()) -> Iterator[date]:
    """`count` days, a week apart, from `first` on; where a day is to be skipped the series goes on a week later."""
    skipped = frozenset(skipping)
    day = first
    while count > 0:
        if day not in skipped:
            yield day
            count -= 1
        day += timedelta(weeks=1)


def by_offsets(first: date, offsets: Iterable[int], skipping: Iterable[date] = ()) -> Iterator[date]:
    """The days that lie so many days after `first`; a day to be skipped moves itself and all later ones by a week."""
    skipped, slip = frozenset(skipping), timedelta(0)
    for offset in offsets:
        while first + timedelta(days=offset) + slip in skipped:
            slip += timedelta(weeks=1)
        yield first + timedelta(days=offset) + slip


def occasion(moment: datetime) -> str:
    """How a message's slot names the moment that it is about: its Unix time."""
    return str(int(moment.timestamp()))
