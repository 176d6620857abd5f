"""What values of attributes are: read from text, checked, told in words, kept as JSON. What is refused about them."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from partners.models import Attribute
from partners.models.attributes import COLUMNS, LONGEST_KEY
from partners.names import comparable, fold
from prm.problems import Problem

Kind = Attribute.Kind

LONGEST_TEXT = 500
MOST_CHOICES = 200
_STEP = Decimal("0.0001")
_LIMIT = Decimal(10) ** 14
_WORDS_YES = "yes y true t 1 x ja j oui o si sim tak da igen kylla ano ✓ ✔"
_YES = frozenset(_WORDS_YES.split())
_WORDS_NO = "no n false f 0 nein non nao nie ne nem ei nej nee -"
_NO = frozenset(_WORDS_NO.split())
_NUMERIC_DAY = re.compile(r"^(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})$")
_NAMED_DAYS = ("%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y")
_BETWEEN_CHOICES = (r"[;|\n]", r"[;|\n,]", r"[;|\n,/]")


def field_name(attribute: Attribute) -> str:
    """What forms call the attribute's field, and problems name it by."""
    return f"attribute_{attribute.public_id}"


# Text → value


def clean_text(attribute: Attribute, text: str) -> Any:
    """The value that a text means, None for an empty one. Raises ValueError with words for people.

    Labels in any case; decimal comma or point; days as 2026-05-31, 31.05.2026, 31/05/2026 or 31 May 2026 (with slashes
    day first, unless only the other order is a day); yes, ja, oui, x, 1 and their opposites.
    """
    text = text.strip()
    if not text:
        return None
    if "\0" in text:
        raise ValueError(_("Null characters are not allowed."))
    return _READERS[attribute.kind](attribute, text)


def _read_text(_attribute: Attribute, text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise ValueError(_("This is longer than %d characters.") % LONGEST_TEXT)
    return text


def _read_number(attribute: Attribute, text: str) -> Decimal:
    digits = text.casefold().removesuffix(attribute.unit.casefold()).strip() if attribute.unit else text
    digits = re.sub(r"[\s'’_ ]", "", digits)
    try:
        return bounded(Decimal(_with_point(digits)))
    except (InvalidOperation, ValueError):
        raise ValueError(_("“%s” is not a number.") % text) from None


def _with_point(digits: str) -> str:
    """The number with a point before its fraction and nothing between thousands."""
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma >= 0 and point >= 0:
        thousands = "," if point > comma else "."
        return digits.replace(thousands, "").replace(",", ".")
    if comma >= 0 and (digits.count(",") > 1 or re.fullmatch(r"-?[1-9]\d{0,2},\d{3}", digits)):
        return digits.replace(",", "")
    if digits.count(".") > 1:
        return digits.replace(".", "")
    return digits.replace(",", ".")


def bounded(number: Decimal) -> Decimal:
    """The number as it is kept, four digits after the point; raises ValueError for what is too large or no number."""
    if not number.is_finite() or abs(number) >= _LIMIT:
        raise ValueError(_("This number is too large."))
    return number.quantize(_STEP, ROUND_HALF_UP)


def _read_day(_attribute: Attribute, text: str) -> date:
    plain = re.split(r"[T ](?=\d\d:\d\d)", text)[0]
    found = _NUMERIC_DAY.match(plain)
    day = _numeric_day(found) if found else _named_day(plain)
    if day is None:
        raise ValueError(_("“%s” is not a day. One looks like 2026-05-31 or 31.05.2026.") % text)
    return day


def _numeric_day(found: "re.Match[str]") -> date | None:
    first, sign, second, third = int(found[1]), found[2], int(found[3]), int(found[4])
    if len(found[1]) == 4:
        orders = [(first, second, third)]
    else:
        year = third + 2000 if len(found[4]) <= 2 else third
        orders = [(year, second, first)]
        if sign == "/":
            orders.append((year, first, second))
    return next((day for order in orders if (day := _day_or_none(*order))), None)


def _day_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1000 <= year < 9000 else None
    except ValueError:
        return None


def _named_day(text: str) -> date | None:
    words = " ".join(re.sub(r"[.,]", " ", text).split())
    for pattern in _NAMED_DAYS:
        try:
            return datetime.strptime(words, pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def _read_flag(_attribute: Attribute, text: str) -> bool:
    word = fold(text) or text
    if word in _YES or word == fold(_("Yes")):
        return True
    if word in _NO or word == fold(_("No")):
        return False
    raise ValueError(_("“%s” is neither yes nor no.") % text)


def _read_choice(attribute: Attribute, text: str) -> str:
    key = _keys_by_label(attribute).get(comparable(text))
    if key is None:
        raise ValueError(_no_such_choice(attribute, text))
    return key


def _read_choices(attribute: Attribute, text: str) -> list[str]:
    keys = _keys_by_label(attribute)
    for pattern in (r"$^", *_BETWEEN_CHOICES):
        parts = [part.strip() for part in re.split(pattern, text) if part.strip()]
        if all(comparable(part) in keys for part in parts):
            return in_order_of_choices(attribute, {keys[comparable(part)] for part in parts})
    parts = [part.strip() for part in re.split(_BETWEEN_CHOICES[1], text) if part.strip()]
    unknown = next((part for part in parts if comparable(part) not in keys), text)
    raise ValueError(_no_such_choice(attribute, unknown))


def _keys_by_label(attribute: Attribute) -> dict[str, str]:
    """Key by comparable label, of what may be chosen now."""
    return {comparable(label): key for key, label in reversed(attribute.offered())}


def _no_such_choice(attribute: Attribute, text: str) -> str:
    labels = [label for _key, label in attribute.offered()]
    shown = ", ".join(labels[:12]) + (" …" if len(labels) > 12 else "")
    words = {"text": text[:80], "name": attribute.name, "choices": shown}
    return _("“%(text)s” is not offered for %(name)s. There are: %(choices)s.") % words


def in_order_of_choices(attribute: Attribute, keys: Iterable[str]) -> list[str]:
    """The keys in the order of the list, each once."""
    wanted = set(keys)
    return [choice["key"] for choice in attribute.choices if choice["key"] in wanted]


_READERS: Mapping[str, Callable[[Attribute, str], Any]] = {
    Kind.TEXT: _read_text,
    Kind.NUMBER: _read_number,
    Kind.DATE: _read_day,
    Kind.YES_NO: _read_flag,
    Kind.CHOICE: _read_choice,
    Kind.CHOICES: _read_choices,
}


# Typed value → checked value


def clean_value(attribute: Attribute, value: Any, held: Any = None) -> Any:
    """A value that a form or a program gives, as it is kept: None for nothing. Raises ValueError for what is wrong.

    What is no longer offered may stay where `held`, the present value, has it.
    """
    if value is None or value == "" or value == [] or value == ():
        return None
    try:
        return _CHECKS[attribute.kind](attribute, value, held)
    except (TypeError, InvalidOperation):
        raise ValueError(_("This does not fit %s.") % attribute.name) from None


def _check_text(attribute: Attribute, value: Any, _held: Any) -> str | None:
    if not isinstance(value, str):
        raise TypeError
    text = value.replace("\0", "").strip()
    return _read_text(attribute, text) if text else None


def _check_number(_attribute: Attribute, value: Any, _held: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError
    return bounded(Decimal(value))


def _check_day(_attribute: Attribute, value: Any, _held: Any) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError
    if not 1000 <= value.year < 9000:
        raise ValueError(_("This day is too far away."))
    return value


def _check_flag(_attribute: Attribute, value: Any, _held: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _check_choice(attribute: Attribute, value: Any, held: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    _check_keys(attribute, [value], [held])
    return value


def _check_choices(attribute: Attribute, value: Any, held: Any) -> list[str]:
    if isinstance(value, str):
        raise TypeError
    keys = list(value)
    _check_keys(attribute, keys, held or [])
    return in_order_of_choices(attribute, keys)


def _check_keys(attribute: Attribute, keys: Sequence[str], held: Sequence[Any]) -> None:
    known = {key for key, _label in attribute.offered()} | set(held)
    wrong = next((key for key in keys if key not in known), None)
    if wrong is not None:
        raise ValueError(_no_such_choice(attribute, attribute.labels().get(wrong, str(wrong))))


_CHECKS: Mapping[str, Callable[[Attribute, Any, Any], Any]] = {
    Kind.TEXT: _check_text,
    Kind.NUMBER: _check_number,
    Kind.DATE: _check_day,
    Kind.YES_NO: _check_flag,
    Kind.CHOICE: _check_choice,
    Kind.CHOICES: _check_choices,
}


def values_problems(values: Mapping[Attribute, Any], held: Mapping[int, Any]) -> list[Problem]:
    """What is wrong with these values; `held` gives the present ones by the attribute's key."""
    problems = []
    for attribute, value in values.items():
        if attribute.is_archived:
            text = _("%s is archived. Bring it back before values are set.") % attribute.name
            problems.append(Problem("attribute_archived", text, field_name(attribute)))
            continue
        try:
            clean_value(attribute, value, held.get(attribute.pk))
        except ValueError as error:
            problems.append(Problem("wrong_value", str(error), field_name(attribute)))
    return problems


# Value → words and JSON


def display(attribute: Attribute, value: Any) -> str:
    """A value as people read it, "" for none: "12 people", "31 May 2026", "Cloud, Security", "Yes"."""
    if value is None or value == "" or value == []:
        return ""
    labels = attribute.labels()
    match attribute.kind:
        case Kind.NUMBER:
            return f"{shown_number(value)} {attribute.unit}".strip()
        case Kind.DATE:
            return str(formats.date_format(value, "j F Y"))
        case Kind.YES_NO:
            return _("Yes") if value else _("No")
        case Kind.CHOICE:
            return str(labels.get(value, value))
        case Kind.CHOICES:
            return ", ".join(labels.get(key, key) for key in value)
    return str(value)


def shown_number(number: Decimal) -> str:
    """A number without zeros that say nothing, thousands apart."""
    places = len(plain_number(number).partition(".")[2])
    is_long = abs(number) >= 10_000
    return str(formats.number_format(number, decimal_pos=places, use_l10n=True, force_grouping=is_long))


def plain_number(number: Decimal) -> str:
    """ "12", "12.5": as JSON and forms have it."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") or "0" if "." in text else text


def as_json(value: Any) -> Any:
    """A value as the history keeps it: numbers and days as text, so that nothing is lost."""
    if isinstance(value, Decimal):
        return plain_number(value)
    return value.isoformat() if isinstance(value, date) else value


def from_json(attribute: Attribute, kept: Any) -> Any:
    """A value out of the history; None where it does not fit what the attribute is by now."""
    if kept is None:
        return None
    try:
        match attribute.kind:
            case Kind.NUMBER:
                return bounded(Decimal(kept))
            case Kind.DATE:
                return date.fromisoformat(kept)
    except (TypeError, ValueError, InvalidOperation):
        return None
    fits = {Kind.CHOICES: list, Kind.YES_NO: bool}.get(Kind(attribute.kind), str)
    return kept if isinstance(kept, fits) else None


def column_of(attribute: Attribute) -> str:
    """The column of `AttributeValue` in which the attribute's values are."""
    return COLUMNS[attribute.kind]


# Attributes themselves


def attribute_problems(kind: str, choices: Sequence[Mapping[str, Any]]) -> list[Problem]:
    """What is wrong with an attribute of this kind and these choices."""
    if kind not in (Kind.CHOICE, Kind.CHOICES):
        return []
    offered = [choice for choice in choices if not choice.get("is_retired")]
    if not offered:
        return [Problem("no_choices", _("Say what can be chosen, one a line."), "new_choices")]
    if len(choices) > MOST_CHOICES:
        text = _("A list has at most %d choices. Longer ones are better kept as text.") % MOST_CHOICES
        return [Problem("too_many_choices", text, "new_choices")]
    labels = [comparable(choice["label"]) for choice in choices]
    double = next((choice["label"] for choice in choices if labels.count(comparable(choice["label"])) > 1), None)
    if double is not None:
        return [Problem("choice_twice", _("“%s” is in the list twice.") % double, "new_choices")]
    return []


# What each kind can be turned into; whatever does not fit stays in the history.
CONVERTIBLE: Mapping[str, frozenset[str]] = {
    Kind.TEXT: frozenset({Kind.NUMBER, Kind.DATE, Kind.YES_NO, Kind.CHOICE, Kind.CHOICES}),
    Kind.NUMBER: frozenset({Kind.TEXT}),
    Kind.DATE: frozenset({Kind.TEXT}),
    Kind.YES_NO: frozenset({Kind.TEXT, Kind.CHOICE}),
    Kind.CHOICE: frozenset({Kind.TEXT, Kind.CHOICES, Kind.YES_NO}),
    Kind.CHOICES: frozenset({Kind.TEXT, Kind.CHOICE}),
}


def kind_problems(attribute: Attribute, kind: str, has_values: bool) -> list[Problem]:
    """Why the attribute cannot become one of this kind."""
    if kind == attribute.kind:
        return []
    if attribute.standard:
        text = _("Canopy knows what %s means by its kind, so that stays. Name, choices and keeper are yours.")
        return [Problem("standard_kind", text % attribute.name, "kind")]
    if has_values and kind not in CONVERTIBLE[attribute.kind]:
        words = {
            "from": Kind(attribute.kind).label,
            "to": Kind(kind).label,
            "name": attribute.name,
        }
        text = _(
            "Values of the kind “%(from)s” cannot become “%(to)s”. Make a new attribute of that kind, then archive"
            " %(name)s: its values are kept."
        )
        return [Problem("not_convertible", text % words, "kind")]
    return []


def converted(before: Attribute, after: Attribute, value: Any) -> Any:
    """A value of the attribute as it was, as one of what it becomes; None where it does not fit."""
    shown = plain_number(value) if before.kind == Kind.NUMBER else display(before, value)
    if before.kind == Kind.DATE:
        shown = value.isoformat()
    if before.kind == Kind.CHOICES and after.kind == Kind.CHOICE and len(value) != 1:
        return None
    try:
        return clean_text(after, shown)
    except ValueError:
        return None


def new_key(label: str, taken: Iterable[str]) -> str:
    """A key for a choice, told by its label: "Public sector" → "public-sect", with a number where it is taken."""
    known = set(taken)
    stem = fold(label).replace(" ", "-").encode("ascii", "ignore").decode()[: LONGEST_KEY - 1].strip("-") or "c"
    key, number = stem, 1
    while key in known:
        number += 1
        key = f"{stem[: LONGEST_KEY - len(str(number)) - 1]}-{number}"
    return key


def archive_problems(uses: Sequence[str]) -> list[Problem]:
    """What a colleague should know before the attribute is put away: who refers to it."""
    if not uses:
        return []
    text = _("It is used by %s, where it will find no values any more.") % ", ".join(uses)
    return [Problem("in_use", text, level="approval")]
