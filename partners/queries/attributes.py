"""Attributes for pages, forms and services."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from partners import rules
from partners.models import Attribute, AttributeValue
from partners.models.attributes import COLUMNS, AttributeQuerySet


@dataclass(frozen=True)
class Conversion:
    """What another kind makes of the values there are, by the partner's key: those that fit, and those that do not."""

    kept: dict[int, Any]
    lost: dict[int, Any]


def attributes_in_order(keepers: Iterable[str] | None = None) -> AttributeQuerySet:
    """The attributes in use, in their order; those of some keepers only where they are named."""
    found: AttributeQuerySet = Attribute.objects.listed().in_order()
    return found if keepers is None else found.filter(keeper__in=list(keepers))


def conversion_of(before: Attribute, after: Attribute) -> Conversion:
    """What becomes of every value when the attribute turns from what it was into what it shall be; nothing is written.

    `after` need not be saved.
    """
    rows = AttributeValue.objects.filter(attribute=before.pk).values_list("partner", COLUMNS[before.kind])
    found = Conversion({}, {})
    for partner_id, value in rows.iterator():
        converted = rules.converted(before, after, value)
        (found.lost if converted is None else found.kept)[partner_id] = value if converted is None else converted
    return found
