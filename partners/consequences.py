"""What a change of a partner's data would move: whoever derives something from data (groups by rule, tiers) says so.

A partner's own change that moves something waits until a colleague accepts it (see services/telling.py).

consequences.register(Consequence("partners.group_rules", groups_moved_by))
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from partners.models import Partner
from prm.registry import Registry


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that would move, in words ("leaves Cloud resellers"), and the changed fields because of which."""

    words: str
    fields: frozenset[str]


@dataclass(frozen=True)
class Consequence:
    """`moved_by(partner, changes, now)` says what would move if all the changes were made; nothing is ().

    `changes` gives the new value, as JSON has it, by the field's name as in `ValueChange.field`.
    """

    name: str
    moved_by: Callable[[Partner, Mapping[str, Any], datetime], Sequence[Move]]
    order: int = 100


consequences: Registry[Consequence] = Registry("consequences")


def moved_by(partner: Partner, changes: Mapping[str, Any], now: datetime) -> dict[str, list[str]]:
    """Everything that these changes would move together, by each field that has a part in it."""
    found: dict[str, list[str]] = {}
    for consequence in consequences.all():
        for move in consequence.moved_by(partner, changes, now):
            for field in move.fields & changes.keys():
                found.setdefault(field, []).append(move.words)
    return found
