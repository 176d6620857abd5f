"""How long an acceptance binds, and from when on it is renewed."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

# So long before its end a term is renewed; of a short one in its last quarter.
_AHEAD = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Term:
    """It holds until before the day `ends_on`; from `renews_on` it is asked for again."""

    ends_on: date
    renews_on: date


def next_term(months: int | None, before: Term | None, today: date) -> Term | None:
    """The term of who accepts today for so many months; None for until further notice.

    It follows on the one before where that is about to end, so that nobody loses days by signing early.
    """
    if months is None:
        return None
    is_following = before is not None and before.renews_on <= today < before.ends_on
    begins_on = before.ends_on if before is not None and is_following else today
    ends_on = months_later(begins_on, months)
    return Term(ends_on, ends_on - min(_AHEAD, (ends_on - begins_on) / 4))


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a month that is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
