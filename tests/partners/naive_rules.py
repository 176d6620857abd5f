"""Rules evaluated the slow and obvious way, partner by partner in Python: what the compiled query is compared with."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from partners.conditions.grammar import Block, Condition


@dataclass
class Known:
    """Everything about one partner that rules can ask for. Attributes, tiers and facts by the subject's key."""

    pk: int
    status: str = "active"
    country: str = ""
    region: str = ""
    added: date = date(2026, 1, 1)
    attributes: dict[str, Any] = field(default_factory=dict)
    groups: set[str] = field(default_factory=set)
    tiers: dict[str, str] = field(default_factory=dict)
    products: dict[str, set[str]] = field(default_factory=dict)
    happened: dict[str, list[tuple[datetime, Decimal]]] = field(default_factory=dict)


def fulfils(part: Block | Condition, partner: Known, now: datetime, zone: str) -> bool:
    if isinstance(part, Block):
        count = sum(fulfils(each, partner, now, zone) for each in part.parts)
        return {"all": count == len(part.parts), "any": count > 0, "none": count == 0}[part.join]
    kind, _colon, _rest = part.about.partition(":")
    match kind:
        case "group":
            inside = bool(partner.groups & set(part.values))
            return inside if part.operator == "in_any" else not inside
        case "product":
            return _several(part, partner.products.get(part.about, set()))
        case "tier":
            return _single(part, partner.tiers.get(part.about))
        case "measure":
            since = now - timedelta(days=part.days) if part.days else None
            amounts = [
                amount for at, amount in partner.happened.get(part.about, []) if since is None or since < at <= now
            ]
            return _number(part, sum(amounts, Decimal(0)))
        case "attribute":
            return _attribute(part, partner.attributes.get(part.about), now.astimezone(ZoneInfo(zone)).date())
        case "added":
            return _day(part, partner.added, now.astimezone(ZoneInfo(zone)).date())
    return _single(part, getattr(partner, kind) or None)


def _attribute(part: Condition, value: Any, today: date) -> bool:
    if isinstance(value, bool) or part.operator in ("yes", "no"):
        answers = {"yes": value is True, "no": value is False, "known": value is not None, "unknown": value is None}
        return answers[part.operator]
    if isinstance(value, set) or part.operator in ("any_of", "all_of", "none_of"):
        return _several(part, value)
    if isinstance(value, date) or part.operator in ("on_or_after", "on_or_before", "in_last", "longer_ago", "in_next"):
        return _day(part, value, today)
    if isinstance(value, Decimal) or part.operator in ("at_least", "at_most"):
        return _number(part, value)
    return _single(part, value)


def _single(part: Condition, value: str | None) -> bool:
    match part.operator:
        case "one_of":
            return value is not None and value in part.values
        case "not_one_of":
            return not (value is not None and value in part.values)
        case "known":
            return value is not None
        case "unknown":
            return value is None
        case "is":
            return value is not None and value.lower() == str(part.value).lower()
        case "contains":
            return value is not None and str(part.value).lower() in value.lower()
    raise AssertionError(part.operator)


def _several(part: Condition, value: set[str] | None) -> bool:
    held, asked = value or set(), set(part.values)
    match part.operator:
        case "any_of":
            return bool(held & asked)
        case "all_of":
            return asked <= held
        case "none_of":
            return not held & asked
        case "known":
            return value is not None
        case "unknown":
            return value is None
    raise AssertionError(part.operator)


def _number(part: Condition, value: Decimal | None) -> bool:
    if part.operator in ("known", "unknown"):
        return (value is not None) == (part.operator == "known")
    if value is None:
        return False
    asked = Decimal(str(part.value))
    return {"at_least": value >= asked, "at_most": value <= asked, "is": value == asked}[part.operator]


def _day(part: Condition, value: date | None, today: date) -> bool:
    if part.operator in ("known", "unknown"):
        return (value is not None) == (part.operator == "known")
    if value is None:
        return False
    if part.operator in ("on_or_after", "on_or_before"):
        asked = date.fromisoformat(str(part.value))
        return value >= asked if part.operator == "on_or_after" else value <= asked
    days = timedelta(days=int(str(part.value)))
    between = {
        "in_last": today - days <= value <= today,
        "longer_ago": value < today - days,
        "in_next": today <= value <= today + days,
    }
    return between[part.operator]
