"""Reading what stands in a condition: numbers and days, which data keeps as texts."""

from datetime import date
from decimal import Decimal, InvalidOperation

_LARGEST = Decimal(10) ** 13


def number_of(text: str) -> Decimal | None:
    """The number, with comma or point, or None for what is none."""
    try:
        number = Decimal(text.strip().replace("\u00a0", "").replace(" ", "").replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < _LARGEST else None


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def days_of(text: str) -> int | None:
    """A count of days from 1 to 36,600, or None."""
    trimmed = text.strip()
    if not (trimmed.isascii() and trimmed.isdigit() and len(trimmed) < 6):
        return None
    days = int(trimmed)
    return days if 0 < days <= 36_600 else None
