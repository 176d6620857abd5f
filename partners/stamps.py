"""Moments in addresses: an undo names what it takes back by the microsecond at which it was done."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# The year 9000: later ones are not moments that anybody acted at.
_LATEST = 221_845_392_000_000_000


def stamp_of(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def moment_of(stamp: str) -> datetime:
    """The moment of a stamp; the beginning of time for what is none."""
    number = int(stamp) if stamp.isascii() and stamp.isdigit() and len(stamp) < 20 else 0
    return _EPOCH + _MICROSECOND * min(number, _LATEST)
