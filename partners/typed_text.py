"""Numbers, days and yes or no out of what people type into spreadsheets: pure text, no database."""

import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from partners.names import fold

YES = frozenset(["yes", "y", "true", "t", "1", "x", "ja", "j", "wahr", "oui", "vrai", "si", "verdadero", "✓", "✔"])
NO = frozenset(["no", "n", "false", "f", "0", "nein", "falsch", "non", "faux", "falso", "-", "–"])
MOST_CHOICES = 30
_SPACES = re.compile(r"[\s\u00a0\u202f'’_]")
_UNITS = re.compile(r"^[€$£¥]|[€$£¥%]$")
_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?$")
_DOTTED = re.compile(r"^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})$")
_SLASHED = re.compile(r"^(\d{1,2})[/-](\d{1,2})[/-](\d{4})$")
_SERIAL = re.compile(r"^\d{5}(?:\.\d+)?$")
# Excel counts days from here; its own error of 1900 lies before every day that anybody imports.
_SERIAL_ZERO = date(1899, 12, 30)


def number_of(text: str) -> Decimal:
    """The number that a text says, with decimal points or commas, blanks or the other sign between thousands.

    Raises ValueError, also where it cannot be told: "1,234" is twelve hundred to some and one and a bit to others.
    """
    plain = _UNITS.sub("", _SPACES.sub("", text.replace("−", "-")))
    commas, points = plain.count(","), plain.count(".")
    if commas and points:
        decimal_sign = max(",.", key=plain.rfind)
        plain = plain.replace("." if decimal_sign == "," else ",", "").replace(",", ".")
    elif commas > 1 or points > 1:
        plain = plain.replace(",", "").replace(".", "")
    elif commas:
        if re.fullmatch(r"[-+]?[1-9]\d{0,2},\d{3}", plain):
            words = _("“%(text)s” can be read in two ways. Write %(large)s or %(small)s.")
            raise ValueError(
                words % {"text": text, "large": plain.replace(",", ""), "small": plain.replace(",", ".") + "0"}
            )
        plain = plain.replace(",", ".")
    return _checked(plain, text)


def _checked(plain: str, text: str) -> Decimal:
    try:
        found = Decimal(plain)
    except InvalidOperation:
        raise ValueError(_("“%s” is no number.") % text) from None
    if not found.is_finite() or abs(found) >= Decimal(10) ** 14:
        raise ValueError(_("“%s” is no number that can be kept.") % text)
    return round(found, 4)


def plain_number(number: Decimal) -> str:
    """Without zeros at the end: 12.5000 → "12.5"."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def day_of(text: str) -> date:
    """The day that a text or an Excel serial says. Raises ValueError, also where it can be two days: 04/05/2026."""
    with suppress(ValueError):
        if found := _ISO.match(text):
            return date(*map(int, found.groups()))
        if found := _DOTTED.match(text):
            day, month, year = map(int, found.groups())
            return date(year, month, day)
        if _SERIAL.match(text):
            return _SERIAL_ZERO + timedelta(days=int(float(text)))
        if found := _SLASHED.match(text):
            return _slashed(*map(int, found.groups()), text)
    words = _("“%s” is no day. One looks like 2026-11-30.")
    if _SLASHED.match(text) and all(1 <= int(part) <= 12 for part in re.split("[/-]", text)[:2]):
        words = _("“%s” can be two days. Write it like 2026-11-30.")
    raise ValueError(words % text)


def _slashed(first: int, second: int, year: int, text: str) -> date:
    if first > 12 or first == second:
        return date(year, second, first)
    if second > 12:
        return date(year, first, second)
    raise ValueError(text)


def yes_or_no(text: str) -> bool:
    """Raises ValueError for what is neither."""
    said = text.strip().casefold()
    plain = said if said in YES | NO else fold(said)
    if plain in YES:
        return True
    if plain in NO:
        return False
    raise ValueError(_("“%s” is neither yes nor no.") % text)


def parts_of(text: str) -> list[str]:
    """The parts of a list in one cell, apart by semicolons, bars, line breaks or commas."""
    sign = next((sign for sign in (";", "|", "\n") if sign in text), ",")
    return list(dict.fromkeys(part for part in (" ".join(part.split()) for part in text.split(sign)) if part))


def proposed_kind(texts: Sequence[str]) -> str:
    """Which kind of attribute a column's texts look like: "text" where nothing speaks for another one."""
    said = [text for text in texts if text]
    if not said:
        return "text"
    for kind, reads in (("yes_no", yes_or_no), ("date", day_of), ("number", number_of)):
        if all(_is_read(reads, text) for text in said):
            return kind
    if _repeats(said):
        return "choice"
    parts = [part for text in said for part in parts_of(text)]
    return "choices" if len(parts) > len(said) * 1.3 and _repeats(parts) else "text"


def _is_read(reads: object, text: str) -> bool:
    with suppress(ValueError):
        reads(text)  # type: ignore[operator]
        return True
    return False


def _repeats(said: Sequence[str]) -> bool:
    """Whether there are few different texts, each short, and most of them more than once."""
    different = Counter(said)
    is_short = max(map(len, different)) <= 40
    return is_short and len(different) <= min(MOST_CHOICES, max(2, len(said) * 0.6)) and len(said) > 2
