"""What is known about the demo's partners: attributes of each organization, values from several sources, gaps."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

from demo.ecosystem import World
from demo.material import data_words
from partners.models import Attribute, Partner
from partners.models.partners import Source
from partners.services.attributes import AttributeDetails, change_attribute, create_attribute
from partners.services.standards import ensure_standard_attributes
from partners.services.values import set_values

_NAMES = AttributeDetails.__dataclass_fields__
# How often a value is known, by the standard name or the key of the material.
_KNOWN = {"industry": 0.85, "specializations": 0.8, "size": 0.95, "capacity": 0.55}


def make_attributes(world: World) -> dict[str, Attribute]:
    """The standard attributes with the organization's own choices, and what it asks beside them."""
    actor, founded = world.cast.actor(world.lead), world.ago(392)
    made = {row.standard: row for row in ensure_standard_attributes(actor=actor, now=founded)}
    words = data_words(world.words.slug)
    for standard, labels in words["choices"].items():
        attribute = made[standard]
        details = AttributeDetails(**{name: getattr(attribute, name) for name in _NAMES})
        wanted = replace(details, choices=[{"label": label} for label in labels])
        change_attribute(actor=actor, attribute=attribute, revision=1, details=wanted, now=founded)
    for row in words["attributes"]:
        details = AttributeDetails(**{name: row[name] for name in _NAMES if name in row})
        made[row["key"]] = create_attribute(actor=actor, details=details, now=world.ago(380))
    return made


def fill(world: World, attributes: dict[str, Attribute]) -> None:
    """Tell what is known of the named partners: most from the first spreadsheet, some changed by people since."""
    chance = random.Random(f"data-{world.words.slug}")
    for partner in (partner for group in world.partners.values() for partner in group):
        told = {
            attribute: _value(world, attribute, chance)
            for key, attribute in attributes.items()
            if chance.random() < _KNOWN.get(key, 0.7)
        }
        imported = min(max(partner.created_at, world.ago(200)), world.ago(20))
        _set(world, partner, told, Source.IMPORT, imported)
        for attribute in list(told)[::3]:
            later = imported + (world.now - imported) * chance.uniform(0.2, 0.9)
            _set(world, partner, {attribute: _value(world, attribute, chance)}, Source.HAND, later)


def _set(world: World, partner: Partner, values: dict[Attribute, Any], source: str, at: Any) -> None:
    set_values(actor=world.cast.actor(world.lead), partner=partner, values=values, source=source, now=at)


def _value(world: World, attribute: Attribute, chance: random.Random) -> Any:
    keys = [key for key, _label in attribute.offered()]
    match attribute.kind:
        case Attribute.Kind.CHOICE:
            return chance.choice(keys)
        case Attribute.Kind.CHOICES:
            return chance.sample(keys, chance.randint(1, min(3, len(keys))))
        case Attribute.Kind.NUMBER:
            return chance.choice((0, 1, 2, 2, 3, 4, 6, 8, 12))
        case Attribute.Kind.DATE:
            return (world.now - timedelta(days=chance.randrange(30, 1500))).date()
        case Attribute.Kind.YES_NO:
            return chance.random() < 0.6
    return f"{world.words.slug[:2].upper()}-{chance.randrange(1000, 9999)}"
