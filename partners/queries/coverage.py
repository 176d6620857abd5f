"""Where the ecosystem has partners and where it has none: a grid of regions by product or by an attribute's choices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import mean
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from partners.models import Attribute, AttributeValue, Partner, PartnerProduct, Product
from partners.models.partners import PartnerQuerySet
from prm.activity.kinds import Measure, measures
from prm.addresses import address
from prm.tenancy.scope import current_organization

PRODUCTS = "products"
MOST_ROWS, MOST_COLUMNS = 40, 12
# Measures of people who know what they sell; the first that an installation counts is shown.
_SKILLED = ("enablement.certified_people", "enablement.certificates", "cohorts.graduates")
# A cell is crowded that has so many partners at least, and more than twice what cells have on average.
_CROWD, _TIMES = 5, 2

_BY_PRODUCT = """
SELECT DISTINCT partner.id, partner.region, product_right.product_id::text AS place
FROM partners_partner AS partner
JOIN partners_partnerproduct AS product_right
  ON product_right.organization_id = partner.organization_id AND product_right.partner_id = partner.id
WHERE partner.organization_id = %(organization)s AND partner.archived_at IS NULL AND NOT partner.is_test
  AND product_right.closed_at IS NULL AND product_right."right" = ANY(%(rights)s)
  AND product_right.starts_on <= %(on)s AND (product_right.ends_on IS NULL OR product_right.ends_on > %(on)s)
"""
_BY_CHOICE = """
SELECT partner.id, partner.region, place
FROM partners_partner AS partner
JOIN partners_attributevalue AS held
  ON held.organization_id = partner.organization_id AND held.partner_id = partner.id
CROSS JOIN unnest(CASE WHEN held.text <> '' THEN ARRAY[held.text] ELSE held.choices END) AS place
WHERE partner.organization_id = %(organization)s AND partner.archived_at IS NULL AND NOT partner.is_test
  AND held.attribute_id = %(attribute)s
"""
_GRID = """
WITH cell AS MATERIALIZED ({cells}),
skilled AS MATERIALIZED (
    SELECT partner_id, sum(amount) AS people FROM activity_fact
    WHERE organization_id = %(organization)s AND kind = ANY(%(kinds)s) AND partner_id IS NOT NULL GROUP BY partner_id
),
free AS MATERIALIZED (
    SELECT partner_id, number FROM partners_attributevalue
    WHERE organization_id = %(organization)s AND attribute_id = %(capacity)s AND number IS NOT NULL
)
SELECT cell.region, cell.place, count(*), coalesce(sum(skilled.people), 0), sum(free.number)
FROM cell LEFT JOIN skilled ON skilled.partner_id = cell.id LEFT JOIN free ON free.partner_id = cell.id
GROUP BY cell.region, cell.place
"""

_COUNTS = "SELECT cell.region, cell.place, count(*) FROM ({cells}) AS cell GROUP BY cell.region, cell.place"
# What counts as covering a product: the word in the address, and the rights.
COUNTED: dict[str, tuple[str, ...]] = {
    "any": (PartnerProduct.Right.SELL, PartnerProduct.Right.SERVICE),
    "sell": (PartnerProduct.Right.SELL,),
    "service": (PartnerProduct.Right.SERVICE,),
    "incubation": (PartnerProduct.Right.INCUBATION,),
}


@dataclass(frozen=True, slots=True)
class Axis:
    """What the columns are: products, or the choices of an attribute (by its public id)."""

    key: str
    label: str
    attribute: Attribute | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """`key` is what addresses say: a product's public id or a choice's key."""

    key: str
    place: str
    label: str


@dataclass(frozen=True, slots=True)
class Cell:
    """`mark` is empty, crowded or nothing. `skilled` and `free` are words, "" where nothing is recorded."""

    url: str
    partners: int
    mark: str
    skilled: str
    free: str

    @property
    def mark_label(self) -> str:
        return {"empty": _("empty"), "crowded": _("crowded")}.get(self.mark, "")


@dataclass(frozen=True, slots=True)
class Line:
    region: str
    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    hidden_columns: int
    hidden_lines: int

    @property
    def empty(self) -> int:
        return sum(cell.mark == "empty" for line in self.lines for cell in line.cells)

    @property
    def crowded(self) -> int:
        return sum(cell.mark == "crowded" for line in self.lines for cell in line.cells)


def axes() -> list[Axis]:
    """What the grid can be drawn by: products, then every attribute with choices, specializations first."""
    kinds = (Attribute.Kind.CHOICE, Attribute.Kind.CHOICES)
    rows = list(Attribute.objects.listed().filter(kind__in=kinds).in_order())
    rows.sort(key=lambda row: row.standard != Attribute.Standard.SPECIALIZATIONS)
    return [Axis(PRODUCTS, _("Products")), *(Axis(row.public_id, row.name, row) for row in rows)]


def columns_of(axis: Axis) -> list[Column]:
    if axis.attribute is not None:
        return [Column(key, key, label) for key, label in axis.attribute.offered()]
    rows = Product.objects.offered().by_name().values_list("pk", "public_id", "name")
    return [Column(public_id, str(pk), name) for pk, public_id, name in rows]


def skilled_measure() -> Measure | None:
    """What tells how many people of a partner know what they sell; None where nothing counts that."""
    return next((measures.get(name) for name in _SKILLED if name in measures), None)


def capacity_attribute() -> Attribute | None:
    found: Attribute | None = (
        Attribute.objects.listed().filter(standard=Attribute.Standard.CAPACITY, kind=Attribute.Kind.NUMBER).first()
    )
    return found


def grid(axis: Axis, counted_as: str, rights: Sequence[str], on: date, capacity: Attribute | None) -> Grid:
    """The whole grid by one query over partners, and one for what the columns are called."""
    columns = columns_of(axis)
    counted = _counted(axis, rights, on, capacity)
    shown = _fullest(columns, counted)
    regions = sorted(
        {region for region, _place in counted} | known_regions(), key=lambda name: (not name, name.casefold())
    )
    listed = _largest(regions, counted)
    filled = [row[0] for (region, place), row in counted.items() if row[0]]
    usual = mean(filled) if filled else 0
    unit = capacity.unit if capacity else ""

    def cells(region: str) -> tuple[Cell, ...]:
        found = ((column, counted.get((region, column.place))) for column in shown)
        return tuple(_cell(axis, counted_as, region, column, numbers, usual, unit) for column, numbers in found)

    lines = tuple(
        Line(
            region,
            region or _("No region"),
            cells(region),
        )
        for region in listed
    )
    return Grid(tuple(shown), lines, len(columns) - len(shown), len(regions) - len(listed))


type Numbers = tuple[int, Decimal, Decimal | None]


def _counted(axis: Axis, rights: Sequence[str], on: date, capacity: Attribute | None) -> dict[tuple[str, str], Numbers]:
    measure = skilled_measure()
    parameters: dict[str, Any] = {
        "organization": current_organization().pk,
        "rights": list(rights),
        "on": on,
        "attribute": axis.attribute.pk if axis.attribute else 0,
        "kinds": measure.kind_names if measure else [],
        "capacity": capacity.pk if capacity else 0,
    }
    with connection.cursor() as cursor:
        cursor.execute(_GRID.format(cells=_BY_CHOICE if axis.attribute else _BY_PRODUCT), parameters)
        return {(region, place): (n, skilled, free) for region, place, n, skilled, free in cursor.fetchall()}


def known_regions() -> set[str]:
    """Regions that partners are in, also those where nobody has any right."""
    rows = Partner.objects.real().exclude(region="").order_by("region").values_list("region", flat=True).distinct()
    return set(rows[:200])


def _fullest(columns: list[Column], counted: dict[tuple[str, str], Numbers]) -> list[Column]:
    """The columns in their order, those with the fewest partners left out where there are too many."""
    if len(columns) <= MOST_COLUMNS:
        return columns
    totals = _totals(counted, 1)
    kept = set(sorted((column.place for column in columns), key=lambda place: -totals.get(place, 0))[:MOST_COLUMNS])
    return [column for column in columns if column.place in kept]


def _largest(regions: list[str], counted: dict[tuple[str, str], Numbers]) -> list[str]:
    if len(regions) <= MOST_ROWS:
        return regions
    totals = _totals(counted, 0)
    kept = set(sorted(regions, key=lambda region: -totals.get(region, 0))[:MOST_ROWS])
    return [region for region in regions if region in kept]


def _totals(counted: dict[tuple[str, str], Numbers], side: int) -> dict[str, int]:
    totals: dict[str, int] = {}
    for key, numbers in counted.items():
        totals[key[side]] = totals.get(key[side], 0) + numbers[0]
    return totals


def _cell(
    axis: Axis, counted_as: str, region: str, column: Column, found: Numbers | None, usual: float, unit: str
) -> Cell:
    partners, skilled, free = found or (0, Decimal(0), None)
    mark = "empty" if not partners else "crowded" if partners >= _CROWD and partners > _TIMES * usual else ""
    query = urlencode({"region": region, **({} if axis.attribute else {"count": counted_as})})
    return Cell(
        url=f"{address('coverage_cell', axis.key, column.key)}?{query}",
        partners=partners,
        mark=mark,
        skilled=f"{skilled:,.0f}" if skilled else "",
        free=f"{free:,.0f} {unit}".strip() if free else "",
    )


def counts_by_cell(axis: Axis, rights: Sequence[str], on: date) -> dict[tuple[str, str], int]:
    """(region, column's key) → partners, as the grid counts them; one query, two by product."""
    keys = {column.place: column.key for column in columns_of(axis)}
    attribute = axis.attribute.pk if axis.attribute else 0
    asked: dict[str, Any] = {
        "organization": current_organization().pk,
        "rights": list(rights),
        "on": on,
        "attribute": attribute,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS.format(cells=_BY_CHOICE if axis.attribute else _BY_PRODUCT), asked)
        return {(region, keys[place]): n for region, place, n in cursor.fetchall() if place in keys}


def cell_asked(by: str, column_key: str) -> tuple[Axis, Column] | None:
    """What an address names; None where there is no such column."""
    axis = next((found for found in axes() if found.key == by), None)
    column = next((found for found in columns_of(axis) if found.key == column_key), None) if axis else None
    return (axis, column) if axis and column else None


def cell_url(axis_key: str, column_key: str, region: str) -> str:
    """The page of a cell; of products of those that may be sold or serviced."""
    return f"{address('coverage_cell', axis_key, column_key)}?{urlencode({'region': region})}"


def partners_of_cell(axis: Axis, place: str, region: str, rights: Sequence[str], on: date) -> PartnerQuerySet:
    """The partners behind a cell, those that it counts, by name."""
    if axis.attribute is None:
        rows = PartnerProduct.objects.open().holding(on).filter(product=int(place), right__in=rights)
        ids: Any = rows.values("partner")
    else:
        held = AttributeValue.objects.filter(attribute=axis.attribute)
        ids = held.filter(Q(text=place) | Q(choices__contains=[place])).values("partner")
    found: PartnerQuerySet = Partner.objects.real().filter(region=region, pk__in=ids).order_by("normalized_name", "pk")
    return found
