"""Lists of partners: filters in the words of rules, columns, views that are kept and shared."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from partners.conditions.grammar import Block, Condition
from partners.models import Attribute, AttributeValue, GroupMember, Ladder, Partner, PartnerTier, SavedView, Tier
from partners.queries.partner_lists import PartnerFilter, read_rule, written_rule
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.factories import NOW, MembershipFactory
from tests.partners.factories import GroupFactory, PartnerFactory

type SignIn = Callable[[Membership], Client]
GERMANS = Block("all", (Condition("country", "one_of", ("DE",)),))


@pytest.fixture
def client(alice: Membership, sign_in: SignIn) -> Client:
    return sign_in(alice)


@pytest.fixture
def url(acme: Organization) -> Callable[..., str]:
    return lambda name, *args: address(name, *args, organization=acme)


@pytest.fixture
def engineers(acme: Organization) -> Attribute:
    with scope(acme):
        return Attribute.objects.create(
            name="Engineers", normalized_name="engineers", kind="number", unit="people", created_at=NOW
        )


def give(attribute: Attribute, partner: Partner, **value: Any) -> None:
    AttributeValue.objects.create(attribute=attribute, partner=partner, set_at=NOW, confirmed_at=NOW, **value)


def names(answer: Any) -> list[str]:
    return [row.name for row in answer.context["page"].rows]


def cells(answer: Any) -> dict[str, list[str]]:
    return {row.name: [cell.text for cell in row.cells] for row in answer.context["page"].rows}


# ── Addresses ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_filter_survives_its_address(acme: Organization) -> None:
    with scope(acme):
        group = GroupFactory.create()
        chosen = PartnerFilter(NOW, "nord & süd", "active", group, GERMANS, "-added", ("country", "added"))
        assert PartnerFilter.of(chosen.query, NOW) == chosen
        assert PartnerFilter.of("", NOW).query == ""


@pytest.mark.parametrize(
    "word",
    ["", "x", "%00", "é", "AAAA", "eJyrVkrMyVGyiq4FAA", "a" * 3000, written_rule(Block("all")), "eJxLBAAAYgBi"],
)
def test_an_address_that_holds_no_rule_asks_for_nothing(word: str) -> None:
    assert read_rule(word) is None


def test_a_packed_rule_is_not_unpacked_without_end() -> None:
    import base64
    import zlib

    bomb = base64.urlsafe_b64encode(zlib.compress(b'{"all":[' + b" " * 50_000_000 + b"]}")).decode()
    assert read_rule(bomb) is None


# ── Narrowing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_list_is_narrowed_by_any_condition(
    acme: Organization, nordwind: Partner, kestrel: Partner, engineers: Attribute, client: Client, url: Any
) -> None:
    with scope(acme):
        give(engineers, nordwind, number=Decimal(12))
        give(engineers, kestrel, number=Decimal(3))
        many = Block("all", (Condition(f"attribute:{engineers.public_id}", "at_least", "10"),))
    answer = client.get(f"{url('partner_list')}?{urlencode({'where': written_rule(many)})}")
    assert names(answer) == ["Nordwind GmbH"]
    page = answer.content.decode()
    assert "Engineers is at least 10 people" in page
    assert "1 partner" in page


def test_a_filter_over_something_put_away_says_so(
    acme: Organization, nordwind: Partner, engineers: Attribute, client: Client, url: Any
) -> None:
    many = Block("all", (Condition(f"attribute:{engineers.public_id}", "at_least", "10"),))
    with scope(acme):
        Attribute.objects.filter(pk=engineers.pk).update(archived_at=NOW)
    page = client.get(f"{url('partner_list')}?{urlencode({'where': written_rule(many)})}").content.decode()
    assert "“Engineers” was archived" in page


def built(**fields: str) -> dict[str, str]:
    return {"join:r": "all", "about:r.0": "country", "is:r.0": "one_of", "value:r.0": "DE", **fields}


def test_a_filter_is_built_and_shown(nordwind: Partner, kestrel: Partner, client: Client, url: Any) -> None:
    looked = client.post(url("partner_filter"), built(act="look")).content.decode()
    assert "2 partners" in looked
    saved = client.post(f"{url('partner_filter')}?q=nord&sort=-name", built(act="save"))
    assert saved.status_code == 303
    assert names(client.get(saved["Location"])) == ["Nordwind GmbH"]
    assert "q=nord" in saved["Location"]
    again = client.get(saved["Location"].replace("/partners/?", "/partners/filter/?")).content.decode()
    assert "Germany" in again


def test_an_unfinished_filter_is_not_shown(client: Client, url: Any) -> None:
    sent = built(act="save")
    del sent["value:r.0"]
    answer = client.post(url("partner_filter"), sent)
    assert answer.status_code == 422
    assert "Choose at least one value for “Country”" in answer.content.decode()


def test_a_filter_that_no_address_holds_is_refused(acme: Organization, client: Client, url: Any) -> None:
    import secrets

    texts = {f"about:r.{n}": "region" for n in range(50)} | {f"is:r.{n}": "one_of" for n in range(50)}
    texts |= {f"value:r.{n}": secrets.token_hex(100) for n in range(50)}
    answer = client.post(url("partner_filter"), {"join:r": "any", "act": "save", **texts})
    assert answer.status_code == 422
    assert "too long to be kept" in answer.content.decode()


# ── Columns ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def gold(acme: Organization) -> Tier:
    with scope(acme):
        ladder = Ladder.objects.create(name="Resellers", created_at=NOW)
        Tier.objects.create(ladder=ladder, rank=1, name="Silver", created_at=NOW)
        return Tier.objects.create(ladder=ladder, rank=2, name="Gold", created_at=NOW)


def test_columns_show_attributes_and_tiers(
    acme: Organization, nordwind: Partner, kestrel: Partner, engineers: Attribute, gold: Tier, client: Client, url: Any
) -> None:
    with scope(acme):
        give(engineers, nordwind, number=Decimal(12))
        PartnerTier.objects.create(partner=kestrel, ladder=gold.ladder, tier=gold, starts_at=NOW, source="hand")
    keys = ["region", f"attribute:{engineers.public_id}", f"tier:{gold.ladder.public_id}", "attribute:gone", "secret"]
    answer = client.get(f"{url('partner_list')}?{urlencode([('column', key) for key in keys])}")
    assert cells(answer) == {"Kestrel": ["", "", "Gold"], "Nordwind GmbH": ["", "12 people", ""]}
    offered = client.get(f"{url('partner_columns')}?column=region&q=x").content.decode()
    assert "Engineers" in offered
    assert "Resellers" in offered
    assert '<input type="hidden" name="q" value="x">' in offered


def test_a_list_is_sorted_by_what_it_shows(
    acme: Organization, nordwind: Partner, kestrel: Partner, engineers: Attribute, gold: Tier, client: Client, url: Any
) -> None:
    with scope(acme):
        osprey = PartnerFactory.create(name="Osprey")
        give(engineers, nordwind, number=Decimal(2))
        give(engineers, osprey, number=Decimal(10))
        PartnerTier.objects.create(partner=kestrel, ladder=gold.ladder, tier=gold, starts_at=NOW, source="hand")
    by = f"attribute:{engineers.public_id}"
    # What is not known stands last, both ways.
    assert names(client.get(f"{url('partner_list')}?sort={by}")) == ["Nordwind GmbH", "Osprey", "Kestrel"]
    assert names(client.get(f"{url('partner_list')}?sort=-{by}")) == ["Osprey", "Nordwind GmbH", "Kestrel"]
    assert names(client.get(f"{url('partner_list')}?sort=-tier:{gold.ladder.public_id}"))[0] == "Kestrel"


def test_days_and_choices_are_sorted_as_people_do(acme: Organization, client: Client, url: Any) -> None:
    choices = [{"key": "z", "label": "Small"}, {"key": "a", "label": "Large"}]
    with scope(acme):
        size = Attribute.objects.create(
            name="Size", normalized_name="size", kind="choice", choices=choices, created_at=NOW
        )
        signed = Attribute.objects.create(name="Signed", normalized_name="signed", kind="date", created_at=NOW)
        for number, key in enumerate(["a", "z"]):
            partner = PartnerFactory.create(name=f"P{number}")
            give(size, partner, text=key)
            give(signed, partner, day=date(2026, 1, 2 - number))
    assert names(client.get(f"{url('partner_list')}?sort=attribute:{size.public_id}")) == ["P1", "P0"]
    assert names(client.get(f"{url('partner_list')}?sort=attribute:{signed.public_id}")) == ["P1", "P0"]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_full_list_costs_the_same_at_any_size(
    acme: Organization, rows: int, engineers: Attribute, gold: Tier, client: Client, url: Any,
    django_assert_num_queries: Any,
) -> None:  # fmt: skip
    with scope(acme):
        for _number in range(rows):
            partner = PartnerFactory.create()
            give(engineers, partner, number=Decimal(12))
            PartnerTier.objects.create(partner=partner, ladder=gold.ladder, tier=gold, starts_at=NOW, source="hand")
    keys = ["groups", "people", f"attribute:{engineers.public_id}", f"tier:{gold.ladder.public_id}"]
    query = urlencode([*(("column", key) for key in keys), ("where", written_rule(GERMANS))])
    client.get(f"{url('partner_list')}?{query}")
    # The frame's eight; groups, attributes, ladders, managers, ids, rows with their total, values.
    with django_assert_num_queries(13):
        answer = client.get(f"{url('partner_list')}?{query}")
    assert len(names(answer)) == rows


# ── Views ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_view_is_kept_shared_renamed_and_taken_away(
    acme: Organization, nordwind: Partner, kestrel: Partner, client: Client, url: Any, sign_in: SignIn
) -> None:
    query = urlencode({"q": "nord", "where": written_rule(GERMANS)})
    saved = client.post(f"{url('view_create')}?{query}", {"name": "  Germans  "})
    assert saved.status_code == 303
    with scope(acme):
        view = SavedView.objects.get()
    assert names(client.get(url("view_open", view.public_id), follow=True)) == ["Nordwind GmbH"]

    analyst = sign_in(MembershipFactory.create(organization=acme, roles=["analyst"]))
    assert analyst.get(url("view_open", view.public_id)).status_code == 404
    edited = {"name": "Our Germans", "is_shared": "on", "revision": view.revision}
    assert client.post(url("view_edit", view.public_id), edited).status_code == 303
    assert analyst.get(url("view_open", view.public_id)).status_code == 302
    assert "Our Germans" in analyst.get(url("view_list")).content.decode()
    assert analyst.post(url("view_remove", view.public_id)).status_code == 404

    late = client.post(url("view_edit", view.public_id), edited | {"name": "Late"})
    assert late.status_code == 422
    assert client.post(url("view_replace", view.public_id) + "?status=dormant").status_code == 303
    with scope(acme):
        assert SavedView.objects.get().query == "status=dormant"
    assert client.post(url("view_remove", view.public_id)).status_code == 303
    client.get(url("view_list"))
    assert "Our Germans" not in client.get(url("view_list")).content.decode()
    client.post(url("view_restore", view.public_id))
    assert "Our Germans" in client.get(url("view_list")).content.decode()


def test_a_name_is_taken_once_for_each_colleague(acme: Organization, client: Client, url: Any, bob: Membership) -> None:
    assert client.post(url("view_create"), {"name": "Mine"}).status_code == 303
    twice = client.post(url("view_create"), {"name": "MINE"})
    assert twice.status_code == 422
    assert "There is already a view of this name" in twice.content.decode()
    with scope(acme):
        SavedView.objects.create(name="Mine", normalized_name="mine", owner=bob, created_at=NOW)
        assert SavedView.objects.count() == 2


def test_a_stranger_sees_no_view(
    acme: Organization, client: Client, url: Any, charlie: Membership, sign_in: SignIn
) -> None:
    client.post(url("view_create"), {"name": "Mine", "is_shared": "on"})
    with scope(acme):
        view = SavedView.objects.get()
    assert sign_in(charlie).get(url("view_open", view.public_id)).status_code == 404
    theirs = address("view_open", view.public_id, organization=charlie.organization)
    assert sign_in(charlie).get(theirs).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_views_cost_the_same_at_any_number(
    acme: Organization, alice: Membership, rows: int, client: Client, url: Any, django_assert_num_queries: Any
) -> None:
    with scope(acme):
        group = GroupFactory.create()
        for number in range(rows):
            query = PartnerFilter(NOW, group=group, rule=GERMANS).query
            SavedView.objects.create(
                name=f"V{number}", normalized_name=f"v{number}", query=query, owner=alice, created_at=NOW
            )
    client.get(url("view_list"))
    with django_assert_num_queries(8):
        client.get(url("view_list"))


def test_membership_counts_in_filters_by_group(
    acme: Organization, nordwind: Partner, kestrel: Partner, client: Client, url: Any
) -> None:
    with scope(acme):
        group = GroupFactory.create(name="MSPs")
        GroupMember.objects.create(group=group, partner=nordwind, starts_at=NOW - timedelta(days=1))
        rule = Block("none", (Condition("group", "in_any", (group.public_id,)),))
    assert names(client.get(f"{url('partner_list')}?{urlencode({'where': written_rule(rule)})}")) == ["Kestrel"]
