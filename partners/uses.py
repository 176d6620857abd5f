"""Who refers to an attribute: whoever builds on attributes says where, so that nobody changes one unawares.

attribute_uses.register(AttributeUse("partners.group_rules", _("rules of groups"), rules_in_force, place_of_rule))
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast

from partners.models import Attribute
from prm.registry import Registry
from prm.tenancy.prepared import prepared

# What each kind of use reads of its rows: the public id in the address, the name that people know, the part within it,
# where it stands among the others, and the JSON that names the attributes.
READ = ("opened_by", "known_as", "part", "place", "told")


@dataclass(frozen=True, slots=True)
class Use:
    """One place that refers to an attribute, as people know it ("the rule of Cloud resellers"), and its address."""

    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class UseRow:
    """A row that may refer to attributes; for the columns see `READ`."""

    public_id: str
    name: str
    part: str
    place: int
    told: Any


@dataclass(frozen=True)
class AttributeUse:
    """A kind of places: `rows(now)` is a queryset with the annotations of `READ`, in which every kind is read at once;
    `use_of(row)` is the place as people know it, and `names(row)` the public ids of the attributes it refers to."""

    name: str
    label: Any
    rows: Callable[[datetime], QuerySet[Any]]
    use_of: Callable[[UseRow], Use]
    names: Callable[[UseRow], Iterable[str]]
    order: int = 100


attribute_uses: Registry[AttributeUse] = Registry("uses of attributes")


def uses_of(attributes: Collection[Attribute], now: datetime) -> dict[int, list[Use]]:
    """Every place that refers to each of these attributes at `now`, by the attribute's key: one query for all kinds.

    One that nothing refers to has an empty list.
    """
    found: dict[int, list[Use]] = {attribute.pk: [] for attribute in attributes}
    keys = {attribute.public_id: attribute.pk for attribute in attributes}
    for kind, rows in _rows_of_each_kind(now) if attributes else ():
        for row in rows:
            for public_id in set(kind.names(row)) & keys.keys():
                found[keys[public_id]].append(kind.use_of(row))
    return {key: list(dict.fromkeys(places)) for key, places in found.items()}


def _rows_of_each_kind(now: datetime) -> list[tuple[AttributeUse, list[UseRow]]]:
    kinds = attribute_uses.all()
    rows: dict[str, list[UseRow]] = {kind.name: [] for kind in kinds}
    for use, *read in _rows_of_all(now) if kinds else ():
        rows[use].append(UseRow(*read))
    return [(kind, sorted(rows[kind.name], key=lambda row: (row.name.casefold(), row.place))) for kind in kinds]


@prepared
def _rows_of_all(now: datetime) -> QuerySet[Any, tuple[Any, ...]]:
    """The rows of each kind with its name before them."""
    first, *others = (
        kind.rows(now).order_by().annotate(use=Cast(Value(kind.name), CharField())).values_list("use", *READ)
        for kind in attribute_uses.all()
    )
    found: QuerySet[Any, tuple[Any, ...]] = first.union(*others, all=True)
    return found
