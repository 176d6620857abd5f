"""What becomes of rows that refer to a partner when its record turns out to be another one's double.

Every app says so for each of its references, in its registry:

    references.register(moves("cohorts.seat.partner", _("Seats in cohorts")))

A reference of which nothing is said fails tests/partners/test_references.py. Where a merge would be wrong for what the
app holds, it says so by an objection, which the preview shows and the merge refuses by.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet

from partners.models import Partner
from prm.accounts.actors import Actor
from prm.problems import Problem
from prm.registry import Registry


@dataclass(frozen=True, slots=True)
class Merging:
    """A merge under way: both rows are locked; what belongs to `merged` goes to `survivor`."""

    merged: Partner
    survivor: Partner
    actor: Actor
    now: datetime


@dataclass(frozen=True)
class Reference:
    """One reference to partners, named "<app>.<model>.<field>", in a foreign key or in a plain number.

    `where` narrows it to the rows whose number is a partner. `same` and `among` repeat the uniqueness that the field is
    part of: rows of the merged record with the same values as one of the survivor's are handed to `settle`, which makes
    room for them, or stay behind. `label` is what a preview calls the rows; those without are not told of. `move` does
    it all by itself.
    """

    name: str
    label: Any = ""
    where: Q = field(default_factory=Q)
    same: tuple[str, ...] = ()
    among: Q = field(default_factory=Q)
    settle: Callable[[Merging, QuerySet[Any]], None] | None = None
    move: Callable[[Merging], int] | None = None
    stays_because: str = ""

    @property
    def column(self) -> str:
        return self.name.rpartition(".")[2]

    def rows(self, partner_id: int) -> QuerySet[Any]:
        """The rows that refer to this partner."""
        manager: Any = apps.get_model(self.name.rpartition(".")[0])._default_manager
        found: QuerySet[Any] = manager.filter(self.where, **{self.column: partner_id})
        return found

    def apply(self, merging: Merging) -> int:
        """Move the rows; returns how many went over."""
        if self.stays_because:
            return 0
        if self.move is not None:
            return self.move(merging)
        mine = self.rows(merging.merged.pk)
        if self.same:
            theirs = self.rows(merging.survivor.pk).filter(self.among, **{name: OuterRef(name) for name in self.same})
            both = list(mine.filter(self.among).filter(Exists(theirs)).values_list("pk", flat=True))
            if both and self.settle is not None:
                self.settle(merging, mine.filter(pk__in=both))
            elif both:
                mine = mine.exclude(pk__in=both)
        return mine.update(**{self.column: merging.survivor.pk})


def moves(name: str, label: Any = "", **more: Any) -> Reference:
    """The rows are the survivor's from now on."""
    return Reference(name, label, **more)


def stays(name: str, because: str) -> Reference:
    """The rows go on naming the merged record."""
    return Reference(name, stays_because=because)


references: Registry[Reference] = Registry("references to partners")


@dataclass(frozen=True)
class Objection:
    """Why two records must not become one now; `problems` is asked for the survivor and the double."""

    name: str
    problems: Callable[[Partner, Partner], list[Problem]]


objections: Registry[Objection] = Registry("objections to merges")
