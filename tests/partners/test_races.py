"""Two who do the same at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection

from partners.models import (
    AttributeValue,
    Group,
    GroupMember,
    Partner,
    PartnerProduct,
    PartnerUser,
    Product,
    ValueChange,
)
from partners.services.groups import Added, GroupDetails, add_to_group, create_group
from partners.services.people import add_person
from partners.services.product_catalog import (
    ProductDetails,
    create_family,
    create_product,
    retire_family,
    retire_product,
)
from partners.services.products import Terms, close_rights, grant_rights, plan_product_rights
from partners.services.values import set_values
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.factories import member
from tests.partners.factories import AttributeFactory, PartnerFactory, ProductFactory

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(organization: Organization, acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Each act in a thread and a scope of its own; its result, or the refusal it met."""

    def run(act: Callable[[], Any]) -> Any:
        try:
            with scope(organization):
                return act()
        except Refused as refusal:
            return refusal.codes
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_who_add_the_same_partners_add_them_once(acme: Organization, alice: Membership, now: datetime) -> None:
    actor = Actor.of(alice)
    with scope(acme):
        group = create_group(actor=actor, details=GroupDetails("MSPs"), now=now)
        ids = [PartnerFactory.create().pk for _number in range(20)]
    found = at_once(acme, [lambda: add_to_group(actor=actor, group=group, partner_ids=ids, now=now)] * 4)
    assert sorted(found, key=lambda added: added.added) == [Added(0, 20)] * 3 + [Added(20, 0)]
    with scope(acme):
        assert GroupMember.objects.count() == 20


def test_of_two_who_join_at_once_one_leads(acme: Organization, alice: Membership, now: datetime) -> None:
    with scope(acme):
        partner = PartnerFactory.create()
        people = [member(acme, f"p{number}@x.example", f"Person {number}") for number in range(4)]

    def join(who: Membership) -> PartnerUser:
        return add_person(actor=Actor.of(who), partner=partner, membership=who, now=now)

    at_once(acme, [partial(join, who) for who in people])
    with scope(acme):
        assert sorted(PartnerUser.objects.values_list("role", flat=True)) == ["lead", "member", "member", "member"]


def test_two_groups_of_one_name_are_one(acme: Organization, alice: Membership, now: datetime) -> None:
    actor = Actor.of(alice)
    found = at_once(acme, [lambda: create_group(actor=actor, details=GroupDetails("MSPs"), now=now)] * 3)
    assert sum(codes == {"name_taken"} for codes in found) == 2
    with scope(acme):
        assert Group.objects.count() == 1


def test_two_who_edit_at_once_lose_nothing_unseen(acme: Organization, alice: Membership, now: datetime) -> None:
    from partners.services.partners import PartnerDetails, change_partner

    with scope(acme):
        partner = PartnerFactory.create(name="Nordwind", domain="")

    def change(region: str) -> str:
        mine = Partner.objects.get(pk=partner.pk)
        details = PartnerDetails(name="Nordwind", region=region)
        change_partner(actor=Actor.of(alice), partner=mine, revision=1, details=details, now=now)
        return region

    found = at_once(acme, [lambda: change("North"), lambda: change("South")])
    assert sum(result == {"changed_meanwhile"} for result in found) == 1
    with scope(acme):
        assert Partner.objects.get().region in found


def test_of_values_set_at_once_the_history_has_no_gap(acme: Organization, alice: Membership, now: datetime) -> None:
    actor = Actor.of(alice)
    with scope(acme):
        partner, capacity = PartnerFactory.create(), AttributeFactory.create(name="Capacity", kind="number")

    def put(number: int) -> dict[str, list[str]]:
        return set_values(actor=actor, partner=partner, values={capacity: number}, now=now)

    found = at_once(acme, [partial(put, number) for number in range(1, 9)])
    assert all(found)
    with scope(acme):
        changes = list(ValueChange.objects.order_by("pk").values_list("before", "after"))
        assert sorted(int(after) for _before, after in changes) == list(range(1, 9))
        assert [before for before, _after in changes] == [None, *(after for _before, after in changes[:-1])]
        assert str(int(AttributeValue.objects.get().number or 0)) == changes[-1][1]


def test_of_two_who_set_a_first_value_one_finds_the_others(
    acme: Organization, alice: Membership, now: datetime
) -> None:
    actor = Actor.of(alice)
    with scope(acme):
        partner, motto = PartnerFactory.create(), AttributeFactory.create(name="Motto", kind="text")
    act = partial(set_values, actor=actor, partner=partner, values={motto: "Faster"}, now=now)
    found = at_once(acme, [act] * 6)
    assert sorted(map(len, found)) == [0, 0, 0, 0, 0, 1]
    with scope(acme):
        assert (ValueChange.objects.count(), AttributeValue.objects.count()) == (1, 1)


def test_of_two_who_grant_the_same_right_one_is_refused(acme: Organization, alice: Membership, now: datetime) -> None:
    with scope(acme):
        product, partner = ProductFactory.create(), PartnerFactory.create()
    grant = partial(
        grant_rights,
        actor=Actor.of(alice),
        product=product,
        partner_ids=[partner.pk],
        rights=["sell"],
        terms=Terms(now.date()),
        now=now,
    )
    found = at_once(acme, [grant] * 4)
    assert sorted(found, key=str) == [1, {"right_overlaps"}, {"right_overlaps"}, {"right_overlaps"}]
    with scope(acme):
        assert PartnerProduct.objects.count() == 1
        assert Fact.objects.filter(kind="partners.product_sell_began").count() == 1


def test_nothing_is_granted_for_what_is_retired_at_that_moment(
    acme: Organization, alice: Membership, now: datetime
) -> None:
    actor = Actor.of(alice)
    with scope(acme):
        products = [ProductFactory.create() for _number in range(4)]
        partner = PartnerFactory.create()
    acts: list[Callable[[], Any]] = []
    for product in products:
        terms = Terms(now.date())
        ids = [partner.pk]
        acts.append(partial(retire_product, actor=actor, product=product, now=now))
        acts.append(
            partial(grant_rights, actor=actor, product=product, partner_ids=ids, rights=["sell"], terms=terms, now=now)
        )
    granted = at_once(acme, acts)[1::2]
    assert all(result in (1, {"product_retired"}) for result in granted)
    with scope(acme):
        assert PartnerProduct.objects.count() == granted.count(1)


def test_a_right_that_two_end_ends_once(acme: Organization, alice: Membership, now: datetime) -> None:
    actor = Actor.of(alice)
    with scope(acme):
        product, partner = ProductFactory.create(), PartnerFactory.create()
        terms = Terms(now.date(), now.date() + timedelta(days=1))
        grant_rights(actor=actor, product=product, partner_ids=[partner.pk], rights=["sell"], terms=terms, now=now)
        right = PartnerProduct.objects.get()
    later = now + timedelta(days=2)
    by_hand = partial(close_rights, actor=actor, rights=[right], now=later)
    at_once(acme, [by_hand, partial(plan_product_rights, later), by_hand, partial(plan_product_rights, later)])
    with scope(acme):
        assert Fact.objects.filter(kind="partners.product_sell_ended").count() == 1
        assert PartnerProduct.objects.get().closed_at == later


def test_no_product_is_left_offered_in_a_retired_family(acme: Organization, alice: Membership, now: datetime) -> None:
    actor = Actor.of(alice)
    with scope(acme):
        family = create_family(actor=actor, name="Hydraulics")
    details = ProductDetails("Valve", family=family)
    at_once(
        acme,
        [
            partial(retire_family, actor=actor, family=family, now=now),
            partial(create_product, actor=actor, details=details, now=now),
        ],
    )
    with scope(acme):
        assert not Product.objects.offered().filter(family__retired_on__isnull=False).exists()
