"""What hangs on being in a group: apps above say what partners would lose, so that nobody takes it away unseen.

stakes.register(Stake("cohorts.running", _("in a running cohort"), queries.partners_in_running, is_grave=True))
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from prm.registry import Registry


@dataclass(frozen=True)
class Stake:
    """`who(partner_ids, audience_id, now)` gives the partners among these that would lose something with the audience.

    `label` says what, as it stands after a number: "12 lose content". A grave one makes every move wait for a person,
    however few it concerns.
    """

    name: str
    label: Callable[[int], str]
    who: Callable[[Collection[int] | QuerySet[Any, int], int, datetime], Collection[int]]
    is_grave: bool = False
    order: int = 100


stakes: Registry[Stake] = Registry("stakes")


def stakes_of(partner_ids: Collection[int], audience_id: int | None, now: datetime) -> dict[str, int]:
    """By stake, how many of the partners would lose something with this audience; those of none are left out."""
    if not partner_ids or audience_id is None:
        return {}
    counted = {stake.name: len(stake.who(partner_ids, audience_id, now)) for stake in stakes.all()}
    return {name: count for name, count in counted.items() if count}


def are_grave(found: dict[str, int]) -> bool:
    return any(stakes.get(name).is_grave for name in found if name in stakes)


def stake_words(found: dict[str, int]) -> list[str]:
    """Each stake in words, by the names that `stakes_of` gave; one that nobody offers any more is left out."""
    return [stakes.get(name).label(count) for name, count in found.items() if name in stakes]
