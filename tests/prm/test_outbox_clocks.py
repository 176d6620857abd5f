"""Both changes of the clock, in five zones."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prm.outbox.clocks import is_quiet, local_date, local_moment, next_allowed

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "Asia/Kathmandu"]


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("zone", "day", "wall", "instant"),
    [
        # Ordinary days.
        ("Europe/Berlin", date(2026, 11, 23), time(9), utc(2026, 11, 23, 8)),
        ("Asia/Kathmandu", date(2026, 11, 23), time(9), utc(2026, 11, 23, 3, 15)),
        # Spring: 02:00 becomes 03:00; what lies between means 03:00.
        ("Europe/Berlin", date(2026, 3, 29), time(1, 59), utc(2026, 3, 29, 0, 59)),
        ("Europe/Berlin", date(2026, 3, 29), time(2, 0), utc(2026, 3, 29, 1, 0)),
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), utc(2026, 3, 29, 1, 0)),
        ("Europe/Berlin", date(2026, 3, 29), time(2, 59), utc(2026, 3, 29, 1, 0)),
        ("Europe/Berlin", date(2026, 3, 29), time(3, 0), utc(2026, 3, 29, 1, 0)),
        ("America/New_York", date(2026, 3, 8), time(2, 30), utc(2026, 3, 8, 7, 0)),
        ("Australia/Sydney", date(2026, 10, 4), time(2, 30), utc(2026, 10, 3, 16, 0)),
        # Lord Howe moves by half an hour: 02:00 becomes 02:30.
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), utc(2026, 10, 3, 15, 30)),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 30), utc(2026, 10, 3, 15, 30)),
        # Autumn: the hour comes twice, its first coming counts.
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), utc(2026, 10, 25, 0, 30)),
        ("America/New_York", date(2026, 11, 1), time(1, 30), utc(2026, 11, 1, 5, 30)),
        ("Australia/Sydney", date(2026, 4, 5), time(2, 30), utc(2026, 4, 4, 15, 30)),
        ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), utc(2026, 4, 4, 14, 45)),
        # Kathmandu has not moved since 1986.
        ("Asia/Kathmandu", date(2026, 3, 29), time(2, 30), utc(2026, 3, 28, 20, 45)),
    ],
)
def test_a_wall_clock_time_has_one_instant(zone: str, day: date, wall: time, instant: datetime) -> None:
    assert local_moment(day, wall, ZoneInfo(zone)) == instant


@given(
    zone=st.sampled_from(ZONES),
    day=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    wall=st.times().map(lambda at: at.replace(second=0, microsecond=0, fold=0)),
)
def test_the_instant_shows_the_time_or_is_the_first_minute_after_the_gap(zone: str, day: date, wall: time) -> None:
    place = ZoneInfo(zone)
    instant = local_moment(day, wall, place)
    shown = instant.astimezone(place)
    wanted = datetime.combine(day, wall)
    if shown.replace(tzinfo=None) == wanted:
        assert shown.fold == 0
    else:
        before = (instant - timedelta(minutes=1)).astimezone(place)
        assert before.replace(tzinfo=None) < wanted < shown.replace(tzinfo=None)


@given(zone=st.sampled_from(ZONES), day=st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_one_instant_for_each_local_date(zone: str, day: date) -> None:
    place = ZoneInfo(zone)
    instants = [local_moment(day + timedelta(days=n), time(2, 30), place) for n in range(3)]
    assert [local_date(instant, place) for instant in instants] == [day + timedelta(days=n) for n in range(3)]


NIGHT = (time(22), time(7))


@pytest.mark.parametrize(
    ("quiet", "zone", "moment", "allowed"),
    [
        (None, "Europe/Berlin", utc(2026, 11, 23, 2), utc(2026, 11, 23, 2)),
        ((time(8), time(8)), "Europe/Berlin", utc(2026, 11, 23, 7), utc(2026, 11, 23, 7)),
        (NIGHT, "Europe/Berlin", utc(2026, 11, 23, 20, 59), utc(2026, 11, 23, 20, 59)),
        (NIGHT, "Europe/Berlin", utc(2026, 11, 23, 21), utc(2026, 11, 24, 6)),
        (NIGHT, "Europe/Berlin", utc(2026, 11, 24, 5, 59), utc(2026, 11, 24, 6)),
        (NIGHT, "Europe/Berlin", utc(2026, 11, 24, 6), utc(2026, 11, 24, 6)),
        ((time(12), time(13)), "Asia/Kathmandu", utc(2026, 11, 23, 6, 30), utc(2026, 11, 23, 7, 15)),
        # Quiet until a time that does not exist on that day: the first minute after the gap.
        ((time(22), time(2, 30)), "Europe/Berlin", utc(2026, 3, 28, 23), utc(2026, 3, 29, 1)),
        # Quiet until a time that comes twice: over at its first coming, and the second night hour is not quiet again.
        ((time(22), time(2, 30)), "Europe/Berlin", utc(2026, 10, 24, 23), utc(2026, 10, 25, 0, 30)),
        ((time(22), time(2, 30)), "Europe/Berlin", utc(2026, 10, 25, 1, 10), utc(2026, 10, 25, 1, 10)),
        ((time(22), time(1, 45)), "Australia/Lord_Howe", utc(2026, 4, 4, 12), utc(2026, 4, 4, 14, 45)),
    ],
)
def test_quiet_hours(quiet: tuple[time, time] | None, zone: str, moment: datetime, allowed: datetime) -> None:
    assert next_allowed(moment, quiet, ZoneInfo(zone)) == allowed
    assert is_quiet(moment, quiet, ZoneInfo(zone)) == (moment != allowed)


@given(
    zone=st.sampled_from(ZONES),
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    starts=st.times(),
    ends=st.times(),
)
def test_after_the_quiet_hours_nothing_is_held_back_again(
    zone: str, moment: datetime, starts: time, ends: time
) -> None:
    place = ZoneInfo(zone)
    quiet = (starts.replace(second=0, microsecond=0), ends.replace(second=0, microsecond=0))
    allowed = next_allowed(moment, quiet, place)
    assert moment <= allowed <= moment + timedelta(hours=25)
    assert next_allowed(allowed, quiet, place) == allowed
