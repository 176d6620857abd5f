"""What a colleague has in hand, for the day on which somebody else takes it over: apps register their parts.

    handover_parts.register(HandoverPart("partners.tasks", tasks_in_words, count=open_tasks, move=move_tasks, order=20))

Whatever a part moves is found by its present holder, so that moving twice moves nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Exists, OuterRef, QuerySet

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
    """One kind of thing that has a colleague's name on it: `count(giver_id, now)` of it is in hand, and `words(n)` says
    how much that is: "12 partners".
    """

    name: str
    words: Callable[[int], str]
    count: Callable[[int, datetime], int]
    move: Move
    order: int = 100


def move_once(rows: QuerySet[Any], *, taker: Membership, about: str) -> int:
    """Give `rows` to the taker where each membership has at most one row for each `about`: of what the taker has as
    well, one is enough. Returns how many rows were the giver's.
    """
    count = rows.count()
    rows.filter(Exists(rows.model.objects.filter(membership=taker, **{about: OuterRef(about)}))).delete()
    rows.update(membership=taker)
    return count


handover_parts: Registry[HandoverPart] = Registry("part of a hand-over")
