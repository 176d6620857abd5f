"""What clocks on walls say, and the instants these words mean."""

from datetime import UTC, date, datetime, time

import pytest

from cohorts import walltime


@pytest.mark.parametrize(
    ("on", "at", "zone", "utc"),
    [
        (date(2026, 12, 8), time(10), "Europe/Berlin", datetime(2026, 12, 8, 9, tzinfo=UTC)),
        (date(2026, 7, 8), time(10), "Europe/Berlin", datetime(2026, 7, 8, 8, tzinfo=UTC)),
        # The missing hour means the first minute that exists, the double one the first of the two.
        (date(2026, 3, 29), time(2, 30), "Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC)),
        (date(2026, 10, 25), time(2, 30), "Europe/Berlin", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (date(2026, 3, 8), time(2, 30), "America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
        (date(2026, 11, 1), time(1, 30), "America/New_York", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        (date(2026, 10, 4), time(2, 15), "Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
        (date(2026, 7, 8), time(10), "Asia/Kathmandu", datetime(2026, 7, 8, 4, 15, tzinfo=UTC)),
    ],
)
def test_a_wall_clock_time_is_one_instant(on: date, at: time, zone: str, utc: datetime) -> None:
    assert walltime.instant(on, at, zone) == utc


def test_the_day_before_is_the_same_time_on_the_wall() -> None:
    # Clocks go back in the night to 25 October: the day before is 25 hours away.
    start = walltime.instant(date(2026, 10, 25), time(10), "Europe/Berlin")
    before = walltime.days_before(date(2026, 10, 25), time(10), "Europe/Berlin", 1)
    assert (start - before).total_seconds() == 25 * 3600


def test_until_friday_includes_friday() -> None:
    assert walltime.end_of_day(date(2026, 12, 4), "Europe/Berlin") == datetime(2026, 12, 4, 23, tzinfo=UTC)


def test_a_series_skips_holidays_and_keeps_its_number() -> None:
    days = list(walltime.weekly(date(2026, 12, 10), 4, [date(2026, 12, 24), date(2026, 12, 31)]))
    assert days == [date(2026, 12, 10), date(2026, 12, 17), date(2027, 1, 7), date(2027, 1, 14)]


def test_a_series_keeps_its_hour_across_the_change_of_clocks() -> None:
    days = walltime.weekly(date(2026, 10, 19), 2)
    hours = [walltime.instant(day, time(9), "Europe/Berlin").hour for day in days]
    assert hours == [7, 8]
