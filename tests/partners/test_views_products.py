"""Pages of products: made, granted from both sides, changed, ended, retired; what the portal shows and to whom."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from partners.days import day_of
from partners.models import Partner, PartnerProduct, PartnerUser, Product, ProductFamily
from partners.services import product_catalog as catalog
from partners.services.product_catalog import ProductDetails
from partners.services.products import Terms, close_rights, grant_rights
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.costs import assert_same_cost, queries_of
from tests.factories import NOW
from tests.partners.factories import PartnerFactory, ProductFactory

DAY = timedelta(days=1)
TERMS = {"starts_on": "2026-11-01", "until": "", "basis": "agreement", "reason": "Frame contract"}


@pytest.fixture
def client(alice: Membership, sign_in: Callable[[Membership], Client]) -> Client:
    return sign_in(alice)


@pytest.fixture
def url(acme: Organization) -> Callable[..., str]:
    return lambda name, *args: address(name, *args, organization=acme)


@pytest.fixture
def pump(acme: Organization) -> Product:
    with scope(acme):
        return ProductFactory.create(name="Pump P1", code="P-1", description="Moves water.")


@pytest.fixture
def right(acme: Organization, actor: Actor, pump: Product, nordwind: Partner) -> PartnerProduct:
    with scope(acme):
        terms = Terms(day_of(timezone.now()) - 30 * DAY, reason="Internal words")
        grant_rights(
            actor=actor, product=pump, partner_ids=[nordwind.pk], rights=["sell"], terms=terms, now=timezone.now()
        )
        return PartnerProduct.objects.get()


def rights_in(acme: Organization) -> list[tuple[str, str]]:
    with scope(acme):
        return sorted(PartnerProduct.objects.open().values_list("partner__name", "right"))


def test_without_products_the_list_says_what_to_do(client: Client, url: Any) -> None:
    page = client.get(url("product_list"))
    assert "What do your partners sell?" in page.text
    assert url("product_create") in page.text


def test_a_product_is_made_and_found_by_name_and_number(client: Client, url: Any, acme: Organization) -> None:
    client.post(url("product_family_create"), {"name": "Hydraulics"})
    with scope(acme):
        family = ProductFamily.objects.get()
    answer = client.post(
        url("product_create"), {"name": "Valve V2", "code": "HV-2", "family": family.public_id, "description": "x"}
    )
    with scope(acme):
        valve = Product.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, url("product_detail", valve.public_id))
    for query in ("?q=valve", "?q=hv-2", f"?family={family.public_id}", "?q=VALVE+v2"):
        assert "Valve V2" in client.get(url("product_list") + query).text, query
    for query in ("?q=pump", "?show=retired"):
        assert "Valve V2" not in client.get(url("product_list") + query).text, query


def test_a_name_that_is_taken_keeps_what_was_typed(client: Client, url: Any, pump: Product) -> None:
    answer = client.post(url("product_create"), {"name": "PUMP p1", "description": "My long description"})
    assert answer.status_code == 422
    assert "already a product of this name" in answer.text
    assert "My long description" in answer.text


def test_of_two_who_edit_the_second_sees_what_the_first_saved(
    client: Client, url: Any, pump: Product, acme: Organization, actor: Actor
) -> None:
    form = {"name": "Pump P2", "code": "", "description": "Mine", "revision": pump.revision}
    with scope(acme):
        catalog.change_product(
            actor=actor, product=pump, revision=1, details=ProductDetails("Pump P1", "P-1a", "Theirs")
        )
    answer = client.post(url("product_edit", pump.public_id), form)
    assert answer.status_code == 422
    assert "Theirs" in answer.text
    assert "Mine" in answer.text
    answer = client.post(url("product_edit", pump.public_id), {**form, "revision": 2})
    assert answer.status_code == 303


def test_rights_are_granted_from_the_product(
    client: Client, url: Any, pump: Product, nordwind: Partner, kestrel: Partner, acme: Organization
) -> None:
    where = url("product_grant", pump.public_id)
    assert "Kestrel" in client.get(where, {"q": "kest"}).text
    answer = client.post(where, {**TERMS, "rights": ["sell"]})
    assert answer.status_code == 422
    assert "Tick at least one partner" in answer.text
    ticked = {"partner": [nordwind.public_id, kestrel.public_id]}
    answer = client.post(where, {**TERMS, **ticked})
    assert answer.status_code == 422
    assert answer.text.count(" checked") == 2
    answer = client.post(where, {**TERMS, **ticked, "rights": ["sell", "service"]})
    assert answer.status_code == 303
    assert len(rights_in(acme)) == 4
    page = client.get(url("product_detail", pump.public_id) + "?show=service")
    assert [row.name for row in page.context["page"].rows] == ["Kestrel", "Nordwind GmbH"]
    answer = client.post(where, {**TERMS, **ticked, "rights": ["sell"]})
    assert answer.status_code == 422
    assert "Kestrel has “May sell” from 1 Nov 2026 until further notice" in answer.text


def test_a_right_is_granted_from_the_partner(
    client: Client, url: Any, pump: Product, nordwind: Partner, acme: Organization
) -> None:
    where = url("partner_grant", nordwind.public_id)
    answer = client.post(where, {**TERMS, "product": pump.public_id, "rights": ["incubation"], "until": "2020-01-01"})
    assert answer.status_code == 422
    assert "The last day is over" in answer.text
    answer = client.post(where, {**TERMS, "product": pump.public_id, "rights": ["incubation"]})
    assert (answer.status_code, answer["Location"]) == (303, url("partner_detail", nordwind.public_id))
    assert rights_in(acme) == [("Nordwind GmbH", "incubation")]
    page = client.get(url("partner_detail", nordwind.public_id))
    assert "In incubation" in page.text
    assert "A product in incubation" in page.text
    assert "Frame contract" in client.get(url("partner_product_list", nordwind.public_id)).text


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-31", "tomorrow"])
def test_days_that_are_none_are_told(client: Client, url: Any, pump: Product, nordwind: Partner, day: str) -> None:
    form = {**TERMS, "product": pump.public_id, "rights": ["sell"]}
    for changed in ({"starts_on": day}, {"until": day}):
        assert client.post(url("partner_grant", nordwind.public_id), {**form, **changed}).status_code == 422


def test_nothing_is_granted_to_the_archived_or_for_the_retired(
    client: Client, url: Any, pump: Product, nordwind: Partner, acme: Organization, actor: Actor
) -> None:
    form = {**TERMS, "product": pump.public_id, "rights": ["sell"]}
    with scope(acme):
        Partner.objects.filter(pk=nordwind.pk).update(archived_at=NOW)
    answer = client.post(url("partner_grant", nordwind.public_id), form)
    assert answer.status_code == 422
    assert "This partner is archived" in answer.text
    with scope(acme):
        Partner.objects.filter(pk=nordwind.pk).update(archived_at=None)
        catalog.retire_product(actor=actor, product=pump, now=NOW)
    assert client.post(url("partner_grant", nordwind.public_id), form).status_code == 422
    answer = client.post(url("product_grant", pump.public_id), {**form, "partner": [nordwind.public_id]})
    assert answer.status_code == 422
    assert rights_in(acme) == []


def test_a_right_is_changed_and_ended_where_one_came_from(
    client: Client, url: Any, pump: Product, right: PartnerProduct, nordwind: Partner, acme: Organization
) -> None:
    where = url("product_right", pump.public_id, right.public_id)
    assert "Internal words" in client.get(where).text
    form = {**TERMS, "until": "2030-05-31", "revision": right.revision}
    answer = client.post(f"{where}?from=partner", form)
    assert answer["Location"] == url("partner_detail", nordwind.public_id)
    with scope(acme):
        assert PartnerProduct.objects.get().ends_on == date(2030, 6, 1)
    assert client.post(where, form).status_code == 422
    end = url("product_end", pump.public_id)
    answer = client.post(f"{end}?from=partner", {"right": right.public_id, "reason": "Sold the business"})
    assert answer["Location"] == url("partner_detail", nordwind.public_id)
    assert rights_in(acme) == []
    assert "Sold the business" in client.get(where).text
    assert "Sold the business" in client.get(url("product_detail", pump.public_id) + "?show=ended").text
    assert "Sold the business" in client.get(url("partner_product_list", nordwind.public_id)).text
    assert "May no longer sell a product" in client.get(url("partner_detail", nordwind.public_id)).text


def test_unknown_rights_are_not_found_and_none_ends(
    client: Client, url: Any, pump: Product, right: PartnerProduct, acme: Organization
) -> None:
    end = url("product_end", pump.public_id)
    assert client.post(end, {"right": [right.public_id, "nonsense"]}).status_code == 404
    assert client.post(end, {}).status_code == 303
    assert client.get(url("product_right", pump.public_id, "nonsense")).status_code == 404
    assert len(rights_in(acme)) == 1


def test_a_product_retires_with_an_undo_and_says_what_still_holds(
    client: Client, url: Any, pump: Product, right: PartnerProduct
) -> None:
    answer = client.post(url("product_retire", pump.public_id), follow=True)
    assert "1 right still holds" in answer.text
    assert url("product_bring_back", pump.public_id) in answer.text
    assert "Pump P1" in client.get(url("product_list") + "?show=retired").text
    client.post(url("product_bring_back", pump.public_id))
    assert "1 right still holds" not in client.get(url("product_detail", pump.public_id)).text


def test_families_retire_and_come_back(
    client: Client, url: Any, pump: Product, acme: Organization, actor: Actor
) -> None:
    with scope(acme):
        family = catalog.create_family(actor=actor, name="Hydraulics")
        Product.objects.update(family=family)
    answer = client.post(url("product_family_retire", family.public_id), follow=True)
    assert "1 product of it is still offered" in answer.text
    client.post(url("product_retire", pump.public_id))
    client.post(url("product_family_retire", family.public_id))
    assert "Hydraulics" in client.get(url("product_family_list") + "?show=retired").text
    answer = client.post(url("product_bring_back", pump.public_id), follow=True)
    assert "The family Hydraulics is retired" in answer.text
    answer = client.post(
        url("product_edit", pump.public_id), {"name": "Old", "family": family.public_id, "revision": 1}
    )
    assert answer.status_code == 303
    client.post(url("product_family_bring_back", family.public_id))
    answer = client.post(url("product_family_edit", family.public_id), {"name": "Fluids", "revision": 1})
    assert answer.status_code == 303
    answer = client.post(url("product_family_edit", family.public_id), {"name": "Water", "revision": 1})
    assert answer.status_code == 422
    assert "Fluids" in answer.text


def test_partners_read_their_own_products_and_nothing_internal(
    url: Any,
    right: PartnerProduct,
    lena_user: PartnerUser,
    paul_user: PartnerUser,
    lena: Membership,
    paul: Membership,
    sign_in: Callable[[Membership], Client],
) -> None:
    own = sign_in(lena).get(url("my_product_list")).text
    assert "Pump P1" in own
    assert "May sell" in own
    assert "Moves water." in own
    assert "Internal words" not in own
    others = sign_in(paul).get(url("my_product_list")).text
    assert "Pump P1" not in others
    assert "No product yet" in others


def test_who_may_look_but_not_change_is_offered_no_button(
    url: Any, frida: Membership, pump: Product, right: PartnerProduct, sign_in: Callable[[Membership], Client]
) -> None:
    page = sign_in(frida).get(url("product_detail", pump.public_id)).text
    assert "Nordwind GmbH" in page
    assert url("product_grant", pump.public_id) not in page
    assert 'name="right"' not in page


def test_another_organization_sees_none_of_it(
    url: Any, charlie: Membership, umbrella: Organization, pump: Product, sign_in: Callable[[Membership], Client]
) -> None:
    client = sign_in(charlie)
    assert client.get(url("product_detail", pump.public_id)).status_code == 404
    assert client.get(address("product_detail", pump.public_id, organization=umbrella)).status_code == 404
    assert "Pump" not in client.get(address("product_list", organization=umbrella)).text


# ── What pages cost ─────────────────────────────────────────────────────────────────────────────────────────────────


def _pages(url: Any, pump: Product, nordwind: Partner) -> dict[str, str]:
    return {
        "product_list": url("product_list"),
        "product_detail": url("product_detail", pump.public_id),
        "product_detail of one right": url("product_detail", pump.public_id) + "?show=sell",
        "product_detail of ended ones": url("product_detail", pump.public_id) + "?show=ended",
        "product_family_list": url("product_family_list"),
        "product_grant": url("product_grant", pump.public_id),
        "partner_product_list": url("partner_product_list", nordwind.public_id),
        "partner_detail": url("partner_detail", nordwind.public_id),
    }


def _grow(acme: Organization, actor: Actor, pump: Product, nordwind: Partner, rows: int) -> None:
    now = timezone.now()
    with scope(acme):
        taken = Product.objects.count()
        names = [f"A product with quite a long name {taken + number:05}" for number in range(rows)]
        families = ProductFamily.objects.bulk_create(ProductFamily(**ProductFamily.named(name)) for name in names)
        products = Product.objects.bulk_create(
            Product(**Product.named(name), code=name[-12:], family=family, created_at=now)
            for name, family in zip(names, families, strict=True)
        )
        partners = [PartnerFactory.create(name=name) for name in names[:120]]
        terms = Terms(day_of(now) - 9 * DAY, day_of(now) + 99 * DAY, "certificate", "By their own certificate")
        ids = [partner.pk for partner in partners]
        rights = ["sell", "service"]
        grant_rights(actor=actor, product=pump, partner_ids=ids, rights=rights, terms=terms, now=now)
        close_rights(actor=actor, rights=PartnerProduct.objects.filter(right="service", product=pump), now=now)
        for product in products[:120]:
            grant_rights(actor=actor, product=product, partner_ids=[nordwind.pk], rights=["sell"], terms=terms, now=now)


def test_pages_cost_the_same_at_any_size(
    client: Client, url: Any, pump: Product, nordwind: Partner, acme: Organization, actor: Actor
) -> None:
    assert_same_cost(client, _pages(url, pump, nordwind), lambda rows: _grow(acme, actor, pump, nordwind, rows))


def test_the_portal_page_costs_the_same_with_one_and_three(
    url: Any,
    right: PartnerProduct,
    nordwind: Partner,
    acme: Organization,
    actor: Actor,
    pump: Product,
    lena_user: PartnerUser,
    lena: Membership,
    sign_in: Callable[[Membership], Client],
) -> None:
    client = sign_in(lena)
    before = queries_of(client, url("my_product_list"))
    _grow(acme, actor, pump, nordwind, 2)
    assert queries_of(client, url("my_product_list")) == before <= 12
