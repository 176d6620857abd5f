"""Companies that are one, belong together, or need room from each other; and what they are good at, for coverage."""

from datetime import timedelta
from typing import Any

from demo.ecosystem import World
from demo.material import structure_words
from partners import facts
from partners.conditions.grammar import Block, Condition
from partners.days import day_of
from partners.models import Attribute, AttributeValue, LikelyDouble, Partner
from partners.models.partners import Source
from partners.names import comparable
from partners.queries.merging import differences
from partners.queries.searching import PARTNERS
from partners.services.competitors import add_conditions, mark_pair
from partners.services.duplicates import compare, say_different
from partners.services.merging import merge_partners
from partners.services.partners import PartnerDetails
from partners.services.structure import LinkDetails, link_partners
from prm.activity.services import record
from prm.search.services import refresh


def tell(world: World) -> None:
    """Everything about companies, after the other stories: what competitors are kept from is decided by people here."""
    words = structure_words(world.words.slug)
    _fields(world, words["fields"])
    _link(world, words["links"])
    _compete(world, words)
    _merge(world, words["merged"])
    doubles = [_listed(world, row, 6) for row in words["doubles"]]
    other = _listed(world, words["different"], 20)
    compare([partner.pk for partner in (*doubles, other)], world.ago(5))
    pair = LikelyDouble.objects.of_partner(other.pk).first()
    if pair is not None:
        say_different(actor=world.cast.actor(world.lead), pair=pair, now=world.ago(4))
    # Everybody else was compared when added.
    compare(list(Partner.objects.values_list("pk", flat=True)), world.ago(3))


def _of(domain: str) -> Partner:
    found: Partner = Partner.objects.get(domain=domain)
    return found


def _listed(world: World, row: dict[str, Any], days: float) -> Partner:
    """A partner as a spreadsheet brings it, which is how doubles come in."""
    told = {name: row.get(name, "") for name in ("name", "domain", "country", "region", "notes")}
    columns = PartnerDetails(**told, status=Partner.Status.PROSPECT).columns()
    at = world.ago(days)
    partner: Partner = Partner.objects.create(**columns, source=Source.IMPORT, created_at=at)
    refresh(PARTNERS, [partner.pk])
    record(kind=facts.CREATED, at=at, partner_id=partner.pk)
    return partner


def _link(world: World, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        since = world.ago(row["since"])
        details = LinkDetails(
            kind=row["kind"],
            starts_on=day_of(since),
            leads_look_in=row.get("whole", False),
            reason=row.get("reason", ""),
        )
        link_partners(
            actor=world.cast.actor(world.lead),
            parent=_of(row["parent"]),
            child=_of(row["child"]),
            details=details,
            moves=row.get("moves", False),
            now=since,
        )


def _compete(world: World, words: dict[str, Any]) -> None:
    actor = world.cast.actor(world.lead)
    for row in words["pairs"]:
        first, second = (_of(domain) for domain in row["partners"])
        mark_pair(actor=actor, partners=(first, second), grade=row["grade"], reason=row["reason"], now=world.ago(80))
    rule = words["region_rule"]
    block = Block("all", (Condition("region", "one_of", tuple(rule["region"])),))
    add_conditions(actor=actor, block=block, grade=rule["grade"], reason=rule["reason"], now=world.ago(79))


def _merge(world: World, row: dict[str, Any]) -> None:
    """A double that somebody found and merged, with its notes kept."""
    merged, survivor = _listed(world, row, 50), _of(row["into"])
    taken = {found.field: "both" if found.may_be_both else "merged" for found in differences(survivor, merged)}
    taken = {field: choice for field, choice in taken.items() if field == "notes"}
    merge_partners(
        actor=world.cast.actor(world.lead),
        survivor=survivor,
        merged=merged,
        revisions=(survivor.revision, merged.revision),
        taken=taken,
        now=world.ago(30),
    )


def _fields(world: World, words: dict[str, Any]) -> None:
    """What companies are good at and how much time they have, where the organization does not ask for it already."""
    standards = Attribute.Standard
    if Attribute.objects.filter(standard__in=(standards.SPECIALIZATIONS, standards.CAPACITY)).exists():
        return
    made = world.now - timedelta(days=300)
    labels = [{"key": f"c{number}", "label": label} for number, label in enumerate(words["choices"])]
    common = {"created_at": made, "keeper": Attribute.Keeper.PARTNER}
    fields = Attribute.objects.create(
        name=words["label"],
        normalized_name=comparable(words["label"]),
        kind=Attribute.Kind.CHOICES,
        choices=labels,
        standard=standards.SPECIALIZATIONS,
        **common,
    )
    capacity = Attribute.objects.create(
        name=words["capacity"],
        normalized_name=comparable(words["capacity"]),
        kind=Attribute.Kind.NUMBER,
        unit=words["unit"],
        standard=standards.CAPACITY,
        **common,
    )
    for number, partner in enumerate(Partner.objects.real().exclude(status="prospect").order_by("pk")):
        keys = sorted({f"c{(number + step) % len(labels)}" for step in range(0, 1 + number % 3, 1)} - {"c4"})
        told = {"partner": partner, "set_at": made, "confirmed_at": made}
        AttributeValue.objects.create(attribute=fields, choices=keys or ["c0"], **told)
        if number % 2:
            AttributeValue.objects.create(attribute=capacity, number=2 + number % 9, **told)
