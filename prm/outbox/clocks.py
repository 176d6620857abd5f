"""Wall clocks and instants: what people agree on is local, what machines keep is UTC. Pure, no Django.

Twice a year a wall clock skips an hour or shows one twice (Lord Howe: half an hour). A time that does not exist means
the first minute that does; a time that comes twice means its first coming. So an occasion has one instant, always.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

type Quiet = tuple[time, time]

_MINUTE = timedelta(minutes=1)


def local_moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which clocks in `zone` show `at` on `day` for the first time."""
    wall = datetime.combine(day, at.replace(tzinfo=None, fold=0))
    early, late = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early.astimezone(zone).replace(tzinfo=None) == wall:
        return min(early, late)
    return _end_of_gap(late, early, zone)


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The minute in which the offset of `before` has become that of `after`."""
    skipped = before.astimezone(zone).utcoffset()
    low, high = 0, int((after - before) / _MINUTE)
    while low < high:
        middle = (low + high) // 2
        if (before + middle * _MINUTE).astimezone(zone).utcoffset() == skipped:
            low = middle + 1
        else:
            high = middle
    return before + low * _MINUTE


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    """The date that calendars in `zone` show at this instant."""
    return moment.astimezone(zone).date()


def is_quiet(moment: datetime, quiet: Quiet | None, zone: ZoneInfo) -> bool:
    return next_allowed(moment, quiet, zone) > moment


def next_allowed(moment: datetime, quiet: Quiet | None, zone: ZoneInfo) -> datetime:
    """`moment` itself, or the end of the quiet hours it falls into; hours may pass midnight, equal ends mean none."""
    if quiet is None or quiet[0] == quiet[1]:
        return moment
    starts, ends = quiet
    local = moment.astimezone(zone)
    clock = local.time()
    if starts < ends:
        inside, day = starts <= clock < ends, local.date()
    else:
        inside = clock >= starts or clock < ends
        day = local.date() + timedelta(days=1) if clock >= starts else local.date()
    if not inside:
        return moment
    # In an hour that comes twice the end may have passed already: then the quiet is over.
    return max(moment, local_moment(day, ends, zone))
