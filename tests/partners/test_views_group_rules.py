"""Pages of rules: built without scripts, previewed, saved; what is wrong is told and nothing typed is lost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from partners.conditions.grammar import Block, Condition
from partners.models import Group, GroupExclusion, GroupHold, GroupMember, GroupRule, Partner
from partners.services.group_moves import evaluate_all
from partners.services.group_rules import set_rule
from partners.showcases import showcases
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.factories import NOW
from tests.partners.factories import GroupFactory, PartnerFactory

GERMANS = Block("all", (Condition("country", "one_of", ("DE",)),))
FORM = {"version": "0", "join:r": "all", "about:r.0": "country", "is:r.0": "one_of", "value:r.0": ["DE"]}


@pytest.fixture(autouse=True)
def nothing_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showcases, "_items", {})


@pytest.fixture
def client(alice: Membership, sign_in: Callable[[Membership], Client]) -> Client:
    return sign_in(alice)


@pytest.fixture
def url(acme: Organization) -> Callable[..., str]:
    return lambda name, *args: address(name, *args, organization=acme)


def parts_of(page: Any) -> list[Any]:
    parts: list[Any] = page.context["root"].parts
    return parts


def test_a_new_rule_begins_with_one_open_condition(client: Client, msps: Group, url: Any) -> None:
    page = client.get(url("group_rule", msps.public_id))
    (one,) = parts_of(page)
    assert (one.path, one.takes, one.chosen) == ("r.0", "keys", [])
    assert page.context["preview"] is None
    assert "Choose at least one value for “Country”" in page.context["hint"]


def test_buttons_add_nest_and_take_away_and_keep_what_was_typed(client: Client, msps: Group, url: Any) -> None:
    where = url("group_rule", msps.public_id)
    page = client.post(where, {**FORM, "act": "add:r"})
    assert [part.path for part in parts_of(page)] == ["r.0", "r.1"]
    assert [choice.key for choice in parts_of(page)[0].chosen] == ["DE"]
    page = client.post(where, {**FORM, "act": "nest:r"})
    assert [part.is_block for part in parts_of(page)] == [False, True]
    page = client.post(where, {**FORM, "value:r.0": ["DE", "AT"], "act": "drop-value:r.0:DE"})
    assert [choice.key for choice in parts_of(page)[0].chosen] == ["AT"]
    page = client.post(where, {**FORM, "act": "drop:r.0"})
    assert parts_of(page) == []
    assert rules_of(msps) == 0


def rules_of(group: Group) -> int:
    with scope(group.organization):
        return GroupRule.objects.filter(group=group).count()


@pytest.mark.parametrize(
    "nonsense",
    ["add:r.9.9.9", "drop:r", "nest:../..", "drop-value:r.0", "fly:r", "save:r", "add:" + "r.0" * 50],
)
def test_a_button_that_makes_no_sense_changes_nothing(client: Client, msps: Group, url: Any, nonsense: str) -> None:
    page = client.post(url("group_rule", msps.public_id), {**FORM, "act": nonsense})
    assert page.status_code == 200
    assert [part.path for part in parts_of(page)] == ["r.0"]


def test_another_kind_of_subject_gets_its_own_operators(client: Client, msps: Group, url: Any) -> None:
    page = client.post(url("group_rule", msps.public_id), {**FORM, "about:r.0": "measure:partners.people"})
    (one,) = parts_of(page)
    assert ([operator.key for operator in one.operators], one.value) == (["at_least", "at_most"], "")


def test_the_preview_is_the_whole_page_or_what_htmx_replaces(
    acme: Organization, client: Client, msps: Group, nordwind: Partner, umbrellas_nordwind: Partner, url: Any
) -> None:
    where = url("group_rule", msps.public_id)
    page = client.post(where, FORM)
    assert (page.context["preview"].enter, page.context["preview"].entering[0].name) == (1, "Nordwind GmbH")
    headers = {"HX-Request": "true", "HX-Target": "rule-builder"}
    partial = client.post(where, FORM, headers=headers).content.decode()
    assert "<html" not in partial
    assert "Country is Germany" in partial
    assert "Umbrella" not in partial


def test_a_rule_is_used_and_the_second_of_two_tabs_is_told(
    acme: Organization, client: Client, msps: Group, nordwind: Partner, url: Any
) -> None:
    where = url("group_rule", msps.public_id)
    assert client.post(where, {**FORM, "act": "save"}).status_code == 303
    second = client.post(where, {**FORM, "value:r.0": ["FR"], "act": "save"})
    assert second.status_code == 422
    assert "Somebody changed this rule meanwhile" in second.content.decode()
    assert [choice.key for choice in parts_of(second)[0].chosen] == ["FR"]
    with scope(acme):
        assert [rule.sentence for rule in GroupRule.objects.all()] == ["Country is Germany"]
        assert GroupMember.objects.get().source == "rule"


def test_what_is_no_rule_is_refused_with_its_words(client: Client, msps: Group, url: Any) -> None:
    page = client.post(url("group_rule", msps.public_id), {**FORM, "value:r.0": [], "act": "save"})
    assert page.status_code == 422
    assert "Choose at least one value for “Country”" in page.content.decode()


@pytest.fixture
def held(acme: Organization, alice: Membership, msps: Group) -> Group:
    """A group with a rule, one partner kept out of it, and a move that waits."""
    with scope(acme):
        out = PartnerFactory.create(name="Out", country="DE")
        set_rule(actor=Actor.of(alice), group=msps, block=GERMANS, version=0, now=NOW)
        GroupMember.objects.filter(partner=out).update(closed_at=NOW)
        GroupExclusion.objects.create(group=msps, partner=out, starts_at=NOW, reason="Asked to")
        Group.objects.filter(pk=msps.pk).update(brake=0)
        PartnerFactory.create(name="Waiting", country="DE")
        evaluate_all(NOW)
    return msps


def test_moves_that_wait_are_looked_at_and_let_go(acme: Organization, held: Group, client: Client, url: Any) -> None:
    assert "1 move waits for you" in client.get(url("group_detail", held.public_id)).content.decode()
    assert "Waiting" in client.get(url("group_hold", held.public_id)).content.decode()
    assert client.post(url("group_hold_release", held.public_id)).status_code == 303
    assert client.get(url("group_hold", held.public_id)).status_code == 303
    with scope(acme):
        assert GroupMember.objects.open().get().partner.name == "Waiting"


def test_a_rule_is_paused_resumed_and_taken_away(acme: Organization, held: Group, client: Client, url: Any) -> None:
    client.post(url("group_rule_pause", held.public_id))
    assert "The rule is paused" in client.get(url("group_detail", held.public_id)).content.decode()
    client.post(url("group_rule_resume", held.public_id))
    with scope(acme):
        assert [hold.state for hold in GroupHold.objects.order_by("pk")] == ["paused", "waiting"]
    client.post(url("group_rule_end", held.public_id))
    page = client.get(url("group_rule_list", held.public_id)).content.decode()
    assert "Version 1" in page
    assert "in use" not in page
    assert client.get(url("group_rule", held.public_id), {"version": "1"}).context["version"] == 0
    assert client.get(url("group_rule", held.public_id), {"version": "7"}).status_code == 404


def test_who_is_kept_out_is_listed_and_let_back(acme: Organization, held: Group, client: Client, url: Any) -> None:
    page = client.get(url("group_detail", held.public_id), {"show": "out"}).content.decode()
    assert "Asked to" in page
    with scope(acme):
        exclusion = GroupExclusion.objects.get()
    assert client.post(url("group_let_back", held.public_id, exclusion.public_id)).status_code == 303
    empty = client.post(url("group_keep_out", held.public_id), {"reason": "Because"})
    assert empty.status_code == 422
    assert "Because" in empty.content.decode()


def test_strangers_and_those_without_the_right_change_nothing(
    held: Group, frida: Membership, charlie: Membership, sign_in: Callable[[Membership], Client], url: Any
) -> None:
    where = url("group_rule", held.public_id)
    assert sign_in(frida).post(where, {**FORM, "act": "save"}).status_code == 403
    assert sign_in(charlie).post(where, {**FORM, "act": "save"}).status_code == 404
    assert rules_of(held) == 1


@pytest.mark.parametrize("conditions", [1, 3])
def test_a_group_with_a_rule_costs_the_same_whatever_it_asks(
    acme: Organization, alice: Membership, msps: Group, client: Client, url: Any, conditions: int,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    parts = tuple(Condition("country", "one_of", (code,)) for code in ("DE", "FR", "IT")[:conditions])
    with scope(acme):
        set_rule(actor=Actor.of(alice), group=msps, block=Block("any", parts), version=0, now=NOW)
        GroupFactory.create()
    client.get(url("group_detail", msps.public_id))
    with django_assert_max_num_queries(12):
        client.get(url("group_detail", msps.public_id))
