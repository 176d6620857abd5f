"""The coverage grid: what its cells count, which are marked, and whom a cell leads to."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from partners.models import Attribute, AttributeValue, Partner, PartnerProduct, Product
from partners.queries.coverage import Cell, axes, capacity_attribute, columns_of, grid, partners_of_cell
from prm.activity.kinds import fact_kinds
from prm.activity.services import record
from prm.tenancy.models import Organization
from tests.factories import NOW
from tests.partners.factories import PartnerFactory

TODAY = date(2026, 11, 23)
SELL = ("sell",)


@pytest.fixture
def shield(in_acme: Organization) -> Product:
    return Product.objects.create(created_at=NOW, **Product.named("Shield"))


def sells(partner: Partner, product: Product, right: str = "sell", **more: object) -> None:
    PartnerProduct.objects.create(
        **{"partner": partner, "product": product, "right": right, "starts_on": TODAY, "granted_at": NOW, **more}
    )


def cells(product: Product) -> dict[str, Cell]:
    axis = axes()[0]
    found = grid(axis, "sell", SELL, TODAY, capacity_attribute())
    place = [column.key for column in found.columns].index(product.public_id)
    return {line.region: line.cells[place] for line in found.lines}


def test_a_cell_counts_partners_that_hold_the_right_today(shield: Product) -> None:
    north, south = (PartnerFactory.create(region=region) for region in ("North", "South"))
    sells(north, shield)
    sells(PartnerFactory.create(region="North"), shield, starts_on=TODAY + timedelta(days=1))
    sells(PartnerFactory.create(region="North"), shield, starts_on=date(2026, 1, 1), ends_on=TODAY)
    sells(PartnerFactory.create(region="North"), shield, "service")
    sells(PartnerFactory.create(region="North", is_test=True), shield)
    sells(PartnerFactory.create(region="North", archived_at=NOW), shield)
    found = cells(shield)
    assert {region: (cell.partners, cell.mark) for region, cell in found.items()} == {
        "North": (1, ""),
        "South": (0, "empty"),
    }
    place = columns_of(axes()[0])[0].place
    assert list(partners_of_cell(axes()[0], place, "North", SELL, TODAY)) == [north]
    assert not partners_of_cell(axes()[0], place, "South", SELL, TODAY).exists()
    assert south.region == "South"


def test_crowded_is_five_and_more_than_twice_the_usual(shield: Product) -> None:
    for region, number in (("North", 7), ("South", 1), ("East", 1), ("West", 1)):
        for _number in range(number):
            sells(PartnerFactory.create(region=region), shield)
    assert {region: cell.mark for region, cell in cells(shield).items()} == {
        "North": "crowded", "South": "", "East": "", "West": "",
    }  # fmt: skip
    PartnerProduct.objects.filter(partner__in=Partner.objects.filter(region="North")[:3]).delete()
    assert cells(shield)["North"].mark == ""


def test_certified_people_and_free_capacity_stand_where_they_are_known(shield: Product, now: datetime) -> None:
    capacity = Attribute.objects.create(
        name="Free days", normalized_name="free days", kind="number", unit="days", standard="capacity", created_at=NOW
    )
    north = PartnerFactory.create(region="North")
    sells(north, shield)
    sells(PartnerFactory.create(region="South"), shield)
    AttributeValue.objects.create(attribute=capacity, partner=north, number=Decimal(12), set_at=NOW, confirmed_at=NOW)
    record(kind=fact_kinds.get("cohorts.graduated"), at=now, partner_id=north.pk, amount=2)
    found = cells(shield)
    assert (found["North"].skilled, found["North"].free) == ("2", "12 days")
    assert (found["South"].skilled, found["South"].free) == ("", "")


def test_columns_may_be_choices_and_specializations_come_first(in_acme: Organization) -> None:
    for name, standard in (("Line", ""), ("Special", "specializations")):
        Attribute.objects.create(
            name=name, normalized_name=name.lower(), kind="choices", standard=standard, created_at=NOW,
            choices=[{"key": "a", "label": "Cloud"}, {"key": "b", "label": "Edge"}],
        )  # fmt: skip
    partner = PartnerFactory.create(region="North")
    special = Attribute.objects.get(name="Special")
    AttributeValue.objects.create(attribute=special, partner=partner, choices=["a"], set_at=NOW, confirmed_at=NOW)
    offered = axes()
    assert [axis.label for axis in offered] == ["Products", "Special", "Line"]
    found = grid(offered[1], "any", (), TODAY, None)
    assert [column.label for column in found.columns] == ["Cloud", "Edge"]
    assert [cell.partners for cell in found.lines[0].cells] == [1, 0]
    assert (found.empty, found.crowded) == (1, 0)
    assert list(partners_of_cell(offered[1], "a", "North", (), TODAY)) == [partner]


def test_too_many_columns_and_regions_say_what_is_left_out(shield: Product) -> None:
    for number in range(13):
        Product.objects.create(created_at=NOW, **Product.named(f"Product {number:02}"))
    for number in range(42):
        PartnerFactory.create(region=f"Region {number:02}")
    found = grid(axes()[0], "sell", SELL, TODAY, None)
    assert (len(found.columns), found.hidden_columns) == (12, 2)
    assert (len(found.lines), found.hidden_lines) == (40, 2)
