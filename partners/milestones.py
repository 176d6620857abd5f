"""What is worth a congratulation: apps say which of their rows are milestones of a partner.

    milestone_kinds.register(MilestoneKind("cohorts.graduation", _("Graduation"), "graduation-cap", rows=…, title=…))

A milestone is kept once it was found, so that it can be congratulated and, with the partner's consent, be told.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from prm.registry import Registry


@dataclass(frozen=True)
class MilestoneKind:
    """One kind of milestone.

    `rows(since, now)` is a queryset of what happened between these moments, of five columns in this order: partner,
    membership or None, occasion (a number that makes it one of its kind for them), about (a name, such as the tier's),
    and when. `title(about, occasion)` says it in a few words.
    """

    name: str
    label: Any
    icon: str
    rows: Callable[[datetime, datetime], QuerySet[Any, Any]]
    title: Callable[[str, int], str]
    order: int = 100


milestone_kinds: Registry[MilestoneKind] = Registry("kinds of milestones")
