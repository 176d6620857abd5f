"""What is known about the demo's partners: attributes of each organization, values from several sources, gaps."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

from demo.ecosystem import World
from demo.history import keep_letters
from demo.material import data_words
from partners.models import Attribute, Partner, ProposedValue
from partners.models.partners import Source
from partners.services.asking import ask_partners
from partners.services.attributes import AttributeDetails, change_attribute, create_attribute
from partners.services.standards import ensure_standard_attributes
from partners.services.telling import decline_proposal, put_aside, tell
from partners.services.values import set_values
from prm.accounts.actors import Actor

_NAMES = AttributeDetails.__dataclass_fields__
# What the first partner of each group has not told yet: it is asked for.
_ASKED = ("capacity",)
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
    first = [partners[0] for partners in world.partners.values()]
    for partner in (partner for group in world.partners.values() for partner in group):
        told = {
            attribute: _value(world, attribute, chance)
            for key, attribute in attributes.items()
            if chance.random() < _KNOWN.get(key, 0.7) and not (key in _ASKED and partner in first)
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


def ask(world: World) -> None:
    """Free capacity was asked for: some have answered, one does not know, others are still silent."""
    at, asker = world.ago(6), world.cast.staff[world.lead]
    capacity = Attribute.objects.get(standard=Attribute.Standard.CAPACITY)
    asked = ask_partners(
        actor=world.cast.actor(world.lead),
        asker=asker,
        fields=[capacity.field],
        note_text="We plan the projects of the next quarter and would like to send you those that you have people for.",
        now=at,
    )
    keep_letters(at)
    silent = [partners[0].pk for partners in world.partners.values()]
    answering = [row.partner for row in asked.asked.select_related("partner").order_by("pk")]
    answering = [partner for partner in answering if partner.pk not in silent]
    for number, partner in enumerate(answering[:4]):
        lead, when = _lead_of(partner), world.ago(5 - number)
        if number == 2:
            put_aside(actor=lead, partner=partner, fields=[capacity.field], is_unknown=True, now=when)
        else:
            tell(actor=lead, partner=partner, told={capacity: 2 + number}, now=when)


def propose(world: World) -> None:
    """Two companies moved and say so: their country waits for a person; an earlier one was declined."""
    moved = data_words(world.words.slug)["moved"]
    partners = [partners[0] for partners in world.partners.values()][: len(moved)]
    for number, (partner, country) in enumerate(zip(partners, moved, strict=True)):
        when = world.ago(9 - 3 * number)
        tell(actor=_lead_of(partner), partner=partner, told={"country": country}, now=when)
    proposal = ProposedValue.objects.waiting().order_by("proposed_at").select_related("partner", "proposed_by").first()
    assert proposal is not None
    decline_proposal(
        actor=world.cast.actor(world.lead),
        proposal=proposal,
        reason="The agreement is with the company in its present country. Tell us when the new one has signed.",
        now=world.ago(8),
    )
    keep_letters(world.ago(8))


def _lead_of(partner: Partner) -> Actor:
    return Actor.of(partner.users.with_person().filter(role="lead").select_related("membership__person")[0].membership)
