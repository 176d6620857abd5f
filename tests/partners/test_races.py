"""Two who do the same at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from django.db import connection

from partners.models import Group, GroupMember, Partner, PartnerMerge, PartnerUser
from partners.services.groups import Added, GroupDetails, add_to_group, create_group
from partners.services.merging import merge_partners
from partners.services.people import add_person
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.factories import member
from tests.partners.factories import PartnerFactory, partner_user

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


def test_of_two_who_merge_at_once_one_does(acme: Organization, alice: Membership, now: datetime) -> None:
    """Into each other, and into two different ones: one record stays of each, and nothing is moved twice."""
    with scope(acme):
        rows = [PartnerFactory.create(name=f"Double {letter}") for letter in "ABC"]
        for number, row in enumerate(rows):
            partner_user(row, f"p{number}@x.example", "Somebody")
    actor = Actor.of(alice)
    pairs = [(rows[0], rows[1]), (rows[1], rows[0]), (rows[2], rows[1]), (rows[0], rows[1])]

    def merge(survivor: Partner, merged: Partner) -> PartnerMerge:
        return merge_partners(actor=actor, survivor=survivor, merged=merged, revisions=(1, 1), taken={}, now=now)

    found = at_once(acme, [partial(merge, *pair) for pair in pairs])
    done = [result for result in found if isinstance(result, PartnerMerge)]
    assert len(done) == 1
    assert all(codes & {"merged", "changed_meanwhile"} for codes in found if isinstance(codes, set))
    with scope(acme):
        gone = PartnerMerge.objects.get()
        assert not PartnerUser.objects.filter(partner=gone.merged_id).exists()
        assert PartnerUser.objects.filter(partner=gone.survivor_id).count() == 2
