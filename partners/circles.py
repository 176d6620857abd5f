"""Who meets whom more closely than as two partners: apps above say which people share something, such as a cohort.

circles.register(Circle("cohorts", queries.companions_of))
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from prm.accounts.models import Membership
from prm.registry import Registry


@dataclass(frozen=True)
class Circle:
    """`companions(member)` gives the memberships that share this circle with the member, as a part of a query."""

    name: str
    companions: Callable[[Membership], QuerySet[Any, Any]]
    order: int = 100


circles: Registry[Circle] = Registry("circles")
