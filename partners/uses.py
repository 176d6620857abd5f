"""Who refers to an attribute: whoever builds on attributes says where, so that nobody changes one unawares.

attribute_uses.register(AttributeUse("partners.rules", _("rules of groups"), queries.rules_with))
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from partners.models import Attribute
from prm.registry import Registry


@dataclass(frozen=True, slots=True)
class Use:
    """One place that refers to an attribute, as people know it ("the rule of Cloud resellers"), and its address."""

    title: str
    url: str = ""


@dataclass(frozen=True)
class AttributeUse:
    """`find(attributes)` gives the places by the attribute's key, all of them in one query."""

    name: str
    label: Any
    find: Callable[[Collection[Attribute]], Mapping[int, Sequence[Use]]]
    order: int = 100


attribute_uses: Registry[AttributeUse] = Registry("uses of attributes")


def uses_of(attributes: Collection[Attribute]) -> dict[int, list[Use]]:
    """Every place that refers to each of these attributes; one that nothing refers to has an empty list."""
    found: dict[int, list[Use]] = {attribute.pk: [] for attribute in attributes}
    for use in attribute_uses.all() if attributes else ():
        for attribute_id, places in use.find(attributes).items():
            found.setdefault(attribute_id, []).extend(places)
    return found
