"""Attributes for pages, forms and services."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, Func, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, JSONObject, NullIf
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from partners import rules
from partners.models import Attribute, AttributeValue, Partner
from partners.models.attributes import COLUMNS, AttributeQuerySet
from partners.models.partners import PartnerQuerySet, Source
from partners.uses import Use, uses_of
from prm.addresses import address
from prm.tenancy.scope import current_organization


class Counted(Protocol):
    """How many of how many, as `partners.queries.completeness` counts it."""

    @property
    def filled(self) -> int: ...
    @property
    def total(self) -> int: ...
    @property
    def share(self) -> float: ...


@dataclass(frozen=True)
class Conversion:
    """What another kind makes of the values there are, by the partner's key: those that fit, and those that do not."""

    kept: dict[int, Any]
    lost: dict[int, Any]


def attributes_in_order(keepers: Iterable[str] | None = None) -> AttributeQuerySet:
    """The attributes in use, in their order; those of some keepers only where they are named."""
    found: AttributeQuerySet = Attribute.objects.listed().in_order()
    return found if keepers is None else found.filter(keeper__in=list(keepers))


def sections_in_use() -> list[str]:
    """The headings under which attributes stand, each once, by name."""
    rows = Attribute.objects.listed().exclude(section="").order_by("section")
    return list(rows.values_list("section", flat=True).distinct())


def in_sections[T](rows: Iterable[tuple[str, T]]) -> list[tuple[str, list[T]]]:
    """Things under their headings: headings in the order of their first things, those without one first."""
    found: dict[str, list[T]] = {"": []}
    for section, row in rows:
        found.setdefault(section, []).append(row)
    return [(section, listed) for section, listed in found.items() if listed]


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


@dataclass(frozen=True, slots=True)
class AttributeRow:
    """An attribute as the list shows it: ready strings."""

    public_id: str
    name: str
    hint: str
    url: str
    icon: str
    kind_label: str
    section: str
    keeper_label: str
    share: float
    figures: str
    uses: str
    is_standard: bool


@dataclass(frozen=True, slots=True)
class Known:
    """An attribute with what it is for one partner: value None, and no times, where nothing is known."""

    attribute: Attribute
    value: Any = None
    source: str = ""
    set_at: datetime | None = None
    confirmed_at: datetime | None = None
    by: str = ""

    @property
    def is_known(self) -> bool:
        return self.set_at is not None


@dataclass(frozen=True, slots=True)
class ValueRow:
    """What one attribute is for one partner: in words, where it comes from, since when; "" where nothing is known."""

    name: str
    hint: str
    section: str
    shown: str
    source: str
    set_at: datetime | None
    confirmed_at: datetime | None
    by: str
    history_url: str
    link: str = ""


ICONS: Mapping[str, str] = {
    Attribute.Kind.TEXT: "type",
    Attribute.Kind.NUMBER: "hash",
    Attribute.Kind.DATE: "calendar",
    Attribute.Kind.CHOICE: "circle-dot",
    Attribute.Kind.CHOICES: "list-checks",
    Attribute.Kind.YES_NO: "toggle-right",
}
_KEEPERS: Mapping[str, Any] = {
    Attribute.Keeper.STAFF: _("Colleagues only"),
    Attribute.Keeper.SHOWN: _("Colleagues, partner reads"),
    Attribute.Keeper.PARTNER: _("The partner"),
}


def attribute_rows(
    attributes: Sequence[Attribute], counted: Mapping[int, Counted], now: datetime
) -> list[AttributeRow]:
    """The lines of the list of attributes; `counted` is `completeness_of` them."""
    uses = uses_of(attributes, now)
    return [_attribute_row(attribute, counted[attribute.pk], uses[attribute.pk]) for attribute in attributes]


def _attribute_row(attribute: Attribute, counted: Counted, uses: Sequence[Use]) -> AttributeRow:
    titles = [use.title for use in uses]
    return AttributeRow(
        public_id=attribute.public_id,
        name=attribute.name,
        hint=attribute.hint,
        url=address("attribute_detail", attribute.public_id),
        icon=ICONS[attribute.kind],
        kind_label=str(attribute.get_kind_display()),
        section=attribute.section,
        keeper_label=str(_KEEPERS[attribute.keeper]),
        share=counted.share,
        figures=figures(counted),
        uses=", ".join(titles[:2]) + (f" +{len(titles) - 2}" if len(titles) > 2 else ""),
        is_standard=bool(attribute.standard),
    )


def figures(counted: Counted) -> str:
    """ "312 of 400 partners, 78 %"."""
    words = {"filled": counted.filled, "total": counted.total, "share": round(counted.share * 100)}
    return (
        ngettext(
            "%(filled)d of %(total)d partner, %(share)d %%",
            "%(filled)d of %(total)d partners, %(share)d %%",
            counted.total,
        )
        % words
    )


_TOLD: Mapping[str, Any] = {
    "text": F("text"),
    "number": Cast("number", TextField()),
    "day": Cast("day", TextField()),
    "flag": F("flag"),
    "choices": F("choices"),
    "source": F("source"),
    "set_at": F("set_at"),
    "confirmed_at": F("confirmed_at"),
    "by": Coalesce(NullIf("set_by__person__name", Value("")), "set_by__person__email"),
}
_SHOWN = (
    "pk",
    "public_id",
    "name",
    "kind",
    "standard",
    "hint",
    "unit",
    "choices",
    "keeper",
    "confirm_months",
    "section",
)


def known_values(partner: Partner, keepers: Iterable[str] | None = None) -> list[Known]:
    """The attributes in use, in order, each with what is known of it for one partner. One query."""
    rows = AttributeValue.objects.filter(attribute=OuterRef("pk"), partner=partner)
    attributes = attributes_in_order(keepers).annotate(told=Subquery(rows.values(told=JSONObject(**_TOLD))))
    return [_known(attribute, attribute.told) for attribute in attributes]  # type: ignore[attr-defined]


def known_part(partner: Any, keepers: Iterable[str] | None = None) -> ArraySubquery:
    """The same as a part of a query, for `known_from`; `partner` is a key or a reference to one."""
    values = AttributeValue.objects.filter(attribute=OuterRef("pk"), partner=partner)
    row = {column: F(column) for column in _SHOWN} | {"told": Subquery(values.values(told=JSONObject(**_TOLD)))}
    return ArraySubquery(attributes_in_order(keepers).values(row=JSONObject(**row)))


def known_from(rows: Iterable[Mapping[str, Any]]) -> list[Known]:
    """`known_values` out of what `known_part` found; the attributes have what pages show and nothing else."""
    return [_known(Attribute(**{column: row[column] for column in _SHOWN}), row["told"]) for row in rows]


def with_known(partners: PartnerQuerySet) -> PartnerQuerySet:
    """The partners, each with what `known_of` reads out of it: the same without a query of its own."""
    annotated: PartnerQuerySet = partners.annotate(known_attributes=known_part(OuterRef(OuterRef("pk"))))
    return annotated


def known_of(partner: Partner) -> list[Known]:
    """`known_values` of a partner that `with_known` gave."""
    return known_from(partner.known_attributes)  # type: ignore[attr-defined]


def _known(attribute: Attribute, told: Mapping[str, Any] | None) -> Known:
    if told is None:
        return Known(attribute)
    column = COLUMNS[attribute.kind]
    kept = told[column]
    if column == "number":
        kept = Decimal(kept)
    elif column == "day":
        kept = date.fromisoformat(kept)
    return Known(
        attribute,
        kept,
        source=told["source"],
        set_at=datetime.fromisoformat(told["set_at"]),
        confirmed_at=datetime.fromisoformat(told["confirmed_at"]),
        by=told["by"] or "",
    )


def values_held(partner: Partner, attributes: Iterable[Attribute]) -> dict[int, Any]:
    """What is known of these attributes for one partner, by the attribute's key."""
    rows = AttributeValue.objects.filter(partner=partner, attribute__in=[attribute.pk for attribute in attributes])
    return {row.attribute_id: row.value for row in rows.select_related("attribute")}


def held_of(known: Iterable[Known]) -> dict[int, Any]:
    """The values there are, by the attribute's key."""
    return {each.attribute.pk: each.value for each in known if each.is_known}


def source_words(source: str, is_for_partner: bool = False) -> str:
    """Where a value comes from, for colleagues, or for the partner's own people."""
    if not source:
        return ""
    if not is_for_partner:
        return str(Source(source).label)
    told = {
        Source.PARTNER: _("Told by your company"),
        Source.APPLICATION: _("From your application"),
        Source.JOURNEY: _("From a step of yours"),
    }
    return str(told.get(Source(source)) or _("From %(name)s") % {"name": current_organization().name})


def value_rows(partner: Partner, known: Iterable[Known], *, is_for_partner: bool = False) -> list[ValueRow]:
    """A line for each of the attributes, in order, for what is known and what is not."""
    return [_value_row(partner, each, is_for_partner) for each in known]


def _value_row(partner: Partner, known: Known, is_for_partner: bool) -> ValueRow:
    attribute = known.attribute
    return ValueRow(
        name=attribute.name,
        hint=attribute.hint,
        section=attribute.section,
        shown=rules.display(attribute, known.value),
        source=source_words(known.source, is_for_partner),
        set_at=known.set_at,
        confirmed_at=known.confirmed_at if known.confirmed_at != known.set_at else None,
        by=known.by,
        history_url=f"{address('partner_history', partner.public_id)}?field={attribute.public_id}",
    )


def choice_counts(attribute: Attribute) -> list[tuple[str, int, bool]]:
    """(label, partners that have it, whether it is still offered) of every choice, in order."""
    counted = held_choices(attribute)
    return [
        (choice["label"], counted.get(choice["key"], 0), not choice.get("is_retired")) for choice in attribute.choices
    ]


def held_choices(attribute: Attribute) -> dict[str, int]:
    """How many partners have each choice, by its key; choices that nobody has are missing."""
    rows = AttributeValue.objects.filter(attribute=attribute)
    if attribute.kind == Attribute.Kind.CHOICES:
        rows = rows.annotate(key=Func("choices", function="unnest"))
        return dict(rows.order_by().values_list("key").annotate(n=Count("*")))
    return dict(rows.order_by().values_list("text").annotate(n=Count("*")))


def texts_in_use(attribute: Attribute, limit: int = 50) -> list[str]:
    """What stands most often in values of a text: proposed as choices where it becomes a list."""
    rows = AttributeValue.objects.filter(attribute=attribute).order_by().values_list("text").annotate(n=Count("*"))
    return [text for text, _number in rows.order_by("-n", "text")[:limit]]


def conversion_words(attribute: Attribute, details: Any, now: datetime) -> dict[str, Any]:
    """What `details` would make of the values there are, in words, with a few of those that do not fit, and
    where the attribute is used.

    `details` is what the service is given (`AttributeDetails`).
    """
    found = conversion_of(attribute, Attribute(**details.columns()))
    lost = list(found.lost.items())[:5]
    names = dict(Partner.objects.filter(pk__in=[pk for pk, _value in lost]).values_list("pk", "name"))
    return {
        "kept": len(found.kept),
        "lost": len(found.lost),
        "kind": Attribute.Kind(details.kind).label,
        "examples": [(names.get(pk, ""), rules.display(attribute, value)) for pk, value in lost],
        "more": len(found.lost) - len(lost),
        "uses": uses_of([attribute], now)[attribute.pk],
    }
