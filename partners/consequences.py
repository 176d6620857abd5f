"""What a change of a partner's data would move: whoever derives something from data (groups by rule, tiers) says so.

A partner's own change that moves something waits until a colleague accepts it (see services/proposals.py).

consequences.register(Consequence("partners.rules", queries.groups_moved_by))
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from partners.models import Partner
from prm.registry import Registry


@dataclass(frozen=True)
class Consequence:
    """`moved_by(partner, changes)` says in words what would move, such as "leaves Cloud resellers"; nothing is ().

    `changes` gives the new value, as JSON has it, by the field's name as in `ValueChange.field`.
    """

    name: str
    moved_by: Callable[[Partner, Mapping[str, Any]], Sequence[str]]
    order: int = 100


consequences: Registry[Consequence] = Registry("consequences")


def moved_by(partner: Partner, changes: Mapping[str, Any]) -> list[str]:
    """Everything that these changes would move."""
    return [words for consequence in consequences.all() for words in consequence.moved_by(partner, changes)]
