"""What a colleague has in hand, for the day on which somebody else takes it over: apps register their parts.

    handover_parts.register(HandoverPart("partners.tasks", tasks_in_words, count=open_tasks, move=move_tasks, order=20))

Whatever a part moves is found by its present holder, so that moving twice moves nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.registry import Registry


class Move(Protocol):
    """Gives everything of this part that is the giver's to the taker, within the caller's transaction; returns how much
    that was.
    """

    def __call__(self, *, actor: Actor, giver: Membership, taker: Membership, now: datetime) -> int: ...


@dataclass(frozen=True)
class HandoverPart:
    """One kind of thing that has a colleague's name on it. `words(n)` says how much: "12 partners"."""

    name: str
    words: Callable[[int], str]
    count: Callable[[int], int]
    move: Move
    order: int = 100


handover_parts: Registry[HandoverPart] = Registry("part of a hand-over")
