"""What is held about a person. Apps register theirs in `registry.py`: one entry tells both what the person may take
along and what becomes of it when they are erased.

    holdings.register(Holding("cohorts.submission", _("Homework"), "cohorts.Submission", by=("membership",), …))

A colleague's words for the organization (content, decisions, notes) are the organization's: of them only the name goes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import Count, F, Q, Value
from django.db.models.functions import Lower

from prm.accounts.models import Membership
from prm.registry import Registry
from prm.tenancy.scope import current_organization


@dataclass(frozen=True)
class Whom:
    """Somebody as an organization knows them: as a member, by addresses, or both. `names` are what they were called."""

    membership: Membership | None
    addresses: tuple[str, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Holding:
    """Rows of one table that are about a person.

    `by` are columns that hold their membership, `addresses` such that hold a mail address, `names` the column that says
    what they are called. `told` are the columns that the person may take along; colleagues' notes are none of them.
    When the person is erased, the rows are deleted (`is_deleted`) or `blank` is written into them, and the `files` they
    name are gone. `where` narrows the rows. `order` places it on pages.
    """

    name: str
    label: Any
    model: str
    by: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    blank: Mapping[str, Any] = field(default_factory=dict)
    is_deleted: bool = False
    files: tuple[str, ...] = ()
    where: Mapping[str, Any] = field(default_factory=dict)
    order: int = 100

    def rows(self, whom: Whom) -> Any:
        """This table's rows about somebody."""
        wanted = Q()
        if whom.membership is not None:
            for column in self.by:
                wanted |= Q(**{column: whom.membership.pk})
        if whom.addresses:
            for column in self.addresses:
                wanted |= Q(**{f"{column}__in": whom.addresses})
        rows = apps.get_model(self.model)._default_manager.all()
        return rows.filter(wanted, **self.where) if wanted else rows.none()


def held_about(chosen: Sequence[Holding], whom: Whom) -> tuple[dict[str, int], set[str]]:
    """By a holding's name how many rows about somebody there are, where there are any; and what rows call them."""
    counts = [
        holding.rows(whom)
        .order_by()
        .annotate(held=Value(holding.name), said=Value(""))
        .values("held", "said")
        .annotate(number=Count("*"))
        for holding in chosen
    ]
    names = [
        holding.rows(whom)
        .order_by()
        .annotate(held=Value(""), said=F(holding.names[0]), number=Value(1))
        .values("held", "said", "number")
        for holding in holdings.all()
        if holding.names
    ]
    rows = _together([*counts, *names])
    found = {row["said"] for row in rows if not row["held"]} | set(whom.names)
    numbers = {row["held"]: row["number"] for row in rows if row["held"] and row["number"]}
    return numbers, {name.strip() for name in found if name.strip()}


def names_of_others(whom: Whom, names: Iterable[str]) -> set[str]:
    """What another member or rows about other addresses are called too, of these names in any case."""
    sought = [name.lower() for name in names]
    members = Membership.objects.in_organization(current_organization())
    members = members.annotate(called=Lower("person__name")).filter(called__in=sought)
    if whom.membership is not None:
        members = members.exclude(pk=whom.membership.pk)
    parts = [members.annotate(said=F("person__name")).values("said")]
    for holding in (holding for holding in holdings.all() if holding.names):
        rows = apps.get_model(holding.model)._default_manager.annotate(called=Lower(holding.names[0]))
        rows = rows.filter(called__in=sought)
        for column in holding.addresses:
            rows = rows.exclude(**{f"{column}__in": [*whom.addresses, ""]})
        if whom.membership is not None:
            for column in holding.by:
                # Written so that rows about nobody here count as others'.
                rows = rows.exclude(**{f"{column}__isnull": False, column: whom.membership.pk})
        parts.append(rows.order_by().annotate(said=F(holding.names[0])).values("said"))
    return {row["said"] for row in _together(parts)}


def _together(parts: Sequence[Any]) -> list[Any]:
    """The rows of all of them by one question."""
    asked = [part for part in parts if not part.query.is_empty()]
    if len(asked) < 2:
        return [row for part in asked for row in part]
    return list(asked[0].union(*asked[1:], all=True))


holdings: Registry[Holding] = Registry("holdings of personal data")
