"""Two who do the same at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from django.db import connection

from partners.models import AttributeValue, Group, GroupMember, Partner, PartnerUser, ValueChange
from partners.services.groups import Added, GroupDetails, add_to_group, create_group
from partners.services.people import add_person
from partners.services.values import set_values
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.factories import member
from tests.partners.factories import AttributeFactory, PartnerFactory

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
