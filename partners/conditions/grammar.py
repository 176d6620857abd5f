"""The grammar itself: blocks and conditions, read from data and written back. No database."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

Join = Literal["all", "any", "none"]
JOINS: tuple[Join, ...] = ("all", "any", "none")
MOST_CONDITIONS = 60
DEEPEST = 4
MOST_VALUES = 300
LONGEST_TEXT = 200
MOST_DAYS = 3660


class Malformed(ValueError):
    """Data that is no rule; only what was not made by the builder raises it."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing asked about a partner. `value` is keys, a text, or None; `days` is how far back, None for ever."""

    about: str
    operator: str
    value: tuple[str, ...] | str | None = None
    days: int | None = None

    @property
    def values(self) -> tuple[str, ...]:
        if self.value is None:
            return ()
        return (self.value,) if isinstance(self.value, str) else self.value


@dataclass(frozen=True, slots=True)
class Block:
    """Parts of which all, any or none must hold."""

    join: Join
    parts: tuple["Block | Condition", ...] = ()


def read(data: object) -> Block:
    """The rule that data holds. Raises `Malformed`."""
    block = _block(data, 1)
    if sum(1 for _each in conditions_of(block)) > MOST_CONDITIONS:
        raise Malformed(f"more than {MOST_CONDITIONS} conditions")
    return block


def _block(data: object, depth: int) -> Block:
    if not isinstance(data, Mapping) or len(data) != 1:
        raise Malformed("a block is one of all, any, none")
    ((join, parts),) = data.items()
    if join not in JOINS or not isinstance(parts, list):
        raise Malformed("a block is a list under all, any or none")
    if depth > DEEPEST:
        raise Malformed(f"blocks stand {DEEPEST} deep at most")
    return Block(cast(Join, join), tuple(_part(part, depth) for part in parts))


def _part(data: object, depth: int) -> Block | Condition:
    if isinstance(data, Mapping) and "about" in data:
        return _condition(data)
    return _block(data, depth + 1)


def _condition(data: Mapping[str, Any]) -> Condition:
    about, operator, value, days = (data.get(name) for name in ("about", "is", "value", "days"))
    if not isinstance(about, str) or not isinstance(operator, str) or not set(data) <= {"about", "is", "value", "days"}:
        raise Malformed("a condition says about what, and how it is")
    if days is not None and (not isinstance(days, int) or isinstance(days, bool) or not 0 < days <= MOST_DAYS):
        raise Malformed("days are a whole number")
    if isinstance(value, list):
        if len(value) > MOST_VALUES or not all(isinstance(each, str) for each in value):
            raise Malformed("values are a list of texts")
        value = tuple(value)
    elif value is not None and not isinstance(value, str):
        raise Malformed("a value is a text or a list of texts")
    return Condition(about, operator, value, days)


def written(part: Block | Condition) -> dict[str, Any]:
    """The data of a rule, in the shape that `read` takes."""
    if isinstance(part, Block):
        return {part.join: [written(each) for each in part.parts]}
    data: dict[str, Any] = {"about": part.about, "is": part.operator}
    if part.value is not None:
        data["value"] = list(part.value) if isinstance(part.value, tuple) else part.value
    if part.days is not None:
        data["days"] = part.days
    return data


def conditions_of(part: Block | Condition) -> Iterator[Condition]:
    """Every condition, in reading order."""
    if isinstance(part, Condition):
        yield part
        return
    for each in part.parts:
        yield from conditions_of(each)


def empty_blocks(block: Block) -> int:
    """How many blocks have nothing in them."""
    inner = sum(empty_blocks(part) for part in block.parts if isinstance(part, Block))
    return inner + (not block.parts)


def holds(part: Block | Condition, asked: Callable[[Condition], bool]) -> bool:
    """Whether the rule holds, where `asked` answers for each condition."""
    if isinstance(part, Condition):
        return asked(part)
    answers = (holds(each, asked) for each in part.parts)
    match part.join:
        case "all":
            return all(answers)
        case "any":
            return any(answers)
        case "none":
            return not any(answers)
