"""How far a partner is: values against requirements. What pages show and what decides is the same arithmetic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from partners.models import Requirement, Tier

Source = Requirement.Source
Period = Requirement.Period


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What is measured: the source, which of its numbers (a measure's name, an attribute's or number's key), over what.

    Requirements of several tiers share a yardstick, and it is measured once.
    """

    source: str
    key: str | int | None
    period: str


type Values = Mapping[Yardstick, Decimal]


def yardstick_of(requirement: Requirement) -> Yardstick:
    match requirement.source:
        case Source.MEASURE:
            return Yardstick(Source.MEASURE, requirement.measure, requirement.period)
        case Source.NUMBER:
            return Yardstick(Source.NUMBER, requirement.number_id, requirement.period)
        case Source.ATTRIBUTE:
            return Yardstick(Source.ATTRIBUTE, requirement.attribute_id, Period.EVER)
    return Yardstick(requirement.source, "", Period.EVER)


def yardsticks_of(requirements: Sequence[Requirement]) -> list[Yardstick]:
    """Each yardstick once, in the order of the requirements."""
    return list(dict.fromkeys(yardstick_of(requirement) for requirement in requirements))


def share_of(requirement: Requirement, value: Decimal) -> Decimal:
    """How much of a requirement is done, 0 to 1."""
    return min(max(value / requirement.threshold, Decimal(0)), Decimal(1))


def blocks_of(requirements: Sequence[Requirement]) -> list[list[Requirement]]:
    """Requirements by block, in order: of each block one has to be met."""
    found: dict[int, list[Requirement]] = {}
    for requirement in sorted(requirements, key=lambda row: (row.block, row.pk)):
        found.setdefault(requirement.block, []).append(requirement)
    return list(found.values())


def block_share(block: Sequence[Requirement], values: Values) -> Decimal:
    return max(share_of(requirement, values[yardstick_of(requirement)]) for requirement in block)


def is_met(requirements: Sequence[Requirement], values: Values) -> bool:
    """Whether these are a tier's requirements, and one of each block is reached."""
    return bool(requirements) and all(block_share(block, values) == 1 for block in blocks_of(requirements))


def share_of_tier(requirements: Sequence[Requirement], values: Values) -> Decimal:
    """How much of a tier is done, 0 to 1: each block counts the same."""
    blocks = blocks_of(requirements)
    return sum((block_share(block, values) for block in blocks), Decimal(0)) / len(blocks) if blocks else Decimal(0)


def reached_tier(tiers: Sequence[Tier], requirements: Sequence[Requirement], values: Values) -> Tier:
    """The highest tier whose own requirements are met; the lowest one asks for nothing. `tiers` from the lowest."""
    met = [tier for tier in tiers if is_met([row for row in requirements if row.tier_id == tier.pk], values)]
    return met[-1] if met else tiers[0]


def deciding(requirements: Sequence[Requirement], values: Values) -> Requirement | None:
    """Of a tier's requirements the one that is furthest from being reached; None where all are met.

    Of alternatives the nearest stands for its block.
    """
    open_blocks = [block for block in blocks_of(requirements) if block_share(block, values) < 1]
    if not open_blocks:
        return None
    furthest = min(open_blocks, key=lambda block: block_share(block, values))
    return max(furthest, key=lambda row: share_of(row, values[yardstick_of(row)]))
