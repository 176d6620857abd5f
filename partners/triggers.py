"""What starts a journey by itself: apps and rooms say who has joined what.

triggers.register(JourneyTrigger("group", _("Joining a group"), choices=…, joined=…))
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from prm.registry import Registry


@dataclass(frozen=True)
class JourneyTrigger:
    """`choices` gives what can be joined as (key, label), nothing where there is only one such thing.

    `joined(source_id, now)` gives who is in it now, as rows (partner id, membership id or None, since when); not
    evaluated: it becomes a part of the query that finds who has no journey yet.

    An occasion (`is_occasion`) comes, goes and comes again, as a renewal does: it starts the journey each time, and
    that it is over stops nobody.
    """

    name: str
    label: Any
    joined: Callable[[int, datetime], QuerySet[Any, Any]]
    choices: Callable[[], list[tuple[int, str]]] | None = None
    is_personal: bool = False
    is_occasion: bool = False
    order: int = 100


triggers: Registry[JourneyTrigger] = Registry("triggers of journeys")
