"""Pages of groups: who is in, who was, what they can open."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from partners.models import Group, GroupMember, Partner
from partners.showcases import Showcase, Shown, showcases
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.factories import NOW
from tests.partners.factories import GroupFactory, PartnerFactory

type SignIn = Callable[[Membership], Client]
# What every page costs: session, person, organization, four for the scope and its savepoint, membership, bell.
FRAME = 7


@pytest.fixture
def client(alice: Membership, sign_in: SignIn) -> Client:
    return sign_in(alice)


@pytest.fixture
def url(acme: Organization) -> Callable[..., str]:
    return lambda name, *args: address(name, *args, organization=acme)


@pytest.fixture(autouse=True)
def nothing_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """What apps above show is their own business."""
    monkeypatch.setattr(showcases, "_items", {})


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_at_any_size(
    acme: Organization, nordwind: Partner, client: Client, url: Any, count: int, django_assert_num_queries: Any
) -> None:
    with scope(acme):
        for _number in range(count):
            GroupMember.objects.create(group=GroupFactory.create(), partner=nordwind, starts_at=NOW)
        test = PartnerFactory.create(is_test=True)
        GroupMember.objects.create(group=Group.objects.earliest("pk"), partner=test, starts_at=NOW)
    client.get(url("group_list"))
    with django_assert_num_queries(FRAME + 5):
        page = client.get(url("group_list"))
    assert [row.partners for row in page.context["groups"]] == [1] * count


@pytest.mark.parametrize("count", [1, 3, 60])
def test_a_group_costs_the_same_at_any_size(
    acme: Organization, msps: Group, client: Client, url: Any, count: int, django_assert_num_queries: Any
) -> None:
    with scope(acme):
        for _number in range(count):
            GroupMember.objects.create(group=msps, partner=PartnerFactory.create(), starts_at=NOW)
    client.get(url("group_detail", msps.public_id))
    # Group, audience, ids, rows, how many.
    with django_assert_num_queries(FRAME + 6):
        page = client.get(url("group_detail", msps.public_id))
    assert len(page.context["page"].rows) == min(count, 50)
    assert len(page.content) < 60 * 1024


@pytest.mark.parametrize(("query", "marked"), [("", "In it now"), ("?show=former", "Were in it")])
def test_the_open_filter_is_marked(msps: Group, client: Client, url: Any, query: str, marked: str) -> None:
    page = client.get(url("group_detail", msps.public_id) + query).content.decode()
    assert re.findall(r'class="cn-chip"[^>]*aria-current="true"[^>]*>([^<]+)', page) == [marked]


def test_an_empty_list_says_what_groups_are_for(client: Client, url: Any) -> None:
    assert "What do your partners have in common?" in client.get(url("group_list")).content.decode()
    assert "No archived group" in client.get(url("group_list") + "?show=archived").content.decode()


def test_a_group_is_made_and_its_name_is_taken_then(acme: Organization, client: Client, url: Any) -> None:
    form = {"name": "MSPs", "color": "teal", "description": "Kept words"}
    answer = client.post(url("group_create"), form)
    with scope(acme):
        group = Group.objects.get()
    assert answer["Location"] == url("group_detail", group.public_id)
    assert (group.color, group.hue) == ("teal", 7)
    again = client.post(url("group_create"), form)
    assert again.status_code == 422
    assert "There is already a group of this name." in again.content.decode()
    assert "Kept words" in again.content.decode()


@pytest.mark.parametrize("wrong", [{"name": ""}, {"color": "black"}, {"owner": "999"}, {"name": "x" * 81}])
def test_wrong_input_makes_no_group(acme: Organization, client: Client, url: Any, wrong: dict[str, str]) -> None:
    answer = client.post(url("group_create"), {"name": "MSPs", "color": "teal", "description": "Kept words", **wrong})
    assert answer.status_code == 422
    assert "Kept words" in answer.content.decode()
    with scope(acme):
        assert not Group.objects.exists()


def test_who_saves_second_sees_both(acme: Organization, msps: Group, client: Client, url: Any) -> None:
    where = url("group_edit", msps.public_id)
    form = {"name": "MSPs", "color": "indigo", "brake": 25, "grace_days": 14, "revision": 1}
    assert client.post(where, {**form, "purpose": "First"}).status_code == 303
    answer = client.post(where, {**form, "purpose": "Second"})
    assert answer.status_code == 422
    assert answer.context["form"].saved == [("Why you treat them differently", "First")]
    assert "Second" in answer.content.decode()
    assert client.post(where, {**form, "purpose": "Second", "revision": 2}).status_code == 303


def test_partners_are_found_ticked_and_put_in(
    acme: Organization,
    msps: Group,
    nordwind: Partner,
    kestrel: Partner,
    umbrellas_nordwind: Partner,
    client: Client,
    url: Any,
) -> None:
    where = url("group_add", msps.public_id)
    assert "Kestrel" not in client.get(f"{where}?q=nord").content.decode()
    nobody = client.post(where, {"reason": "Kept words"})
    assert nobody.status_code == 422
    assert "Tick at least one partner." in nobody.content.decode()
    past = client.post(where, {"partner": [nordwind.public_id], "until": "2020-01-01", "reason": "Kept words"})
    assert past.status_code == 422
    assert f'value="{nordwind.public_id}" id="partner-{nordwind.public_id}" checked' in past.content.decode()
    chosen = [nordwind.public_id, umbrellas_nordwind.public_id]
    assert client.post(where, {"partner": chosen, "reason": "Sells"}).status_code == 404
    assert client.post(where, {"partner": chosen[:1], "reason": "Sells"}).status_code == 303
    with scope(acme):
        assert list(GroupMember.objects.values_list("partner", "reason")) == [(nordwind.pk, "Sells")]
    assert "Nordwind" not in client.get(where).content.decode()


def test_leaving_has_a_reason_a_history_and_an_undo(
    acme: Organization, msps: Group, nordwind: Partner, client: Client, url: Any
) -> None:
    with scope(acme):
        GroupMember.objects.create(group=msps, partner=nordwind, starts_at=NOW)
    answer = client.post(url("group_remove", msps.public_id), {"partner": [nordwind.public_id], "reason": "Sold"})
    page = client.get(answer["Location"])
    undo = next(toast.undo_url for toast in page.context["shell"].toasts)
    former = client.get(url("group_detail", msps.public_id) + "?show=former").content.decode()
    assert "Sold" in former
    assert client.post(undo).status_code == 303
    with scope(acme):
        assert GroupMember.objects.open().get().partner_id == nordwind.pk
        assert GroupMember.objects.count() == 2
    sent = {"partner": [nordwind.public_id, "nonsense"]}
    assert client.post(url("group_remove", msps.public_id), sent).status_code == 404
    with scope(acme):
        assert GroupMember.objects.open().exists()
    assert client.post(url("group_remove", msps.public_id), follow=True).status_code == 200


def test_an_end_is_planned_for_the_whole_of_a_day(
    acme: Organization, msps: Group, nordwind: Partner, kestrel: Partner, client: Client, url: Any
) -> None:
    with scope(acme):
        member = GroupMember.objects.create(group=msps, partner=nordwind, starts_at=NOW)
        other = GroupFactory.create()
    where = url("group_member", msps.public_id, member.public_id)
    assert client.get(url("group_member", other.public_id, member.public_id)).status_code == 404
    for wrong in ("2020-01-01", "9999-12-31", "tomorrow"):
        assert client.post(where, {"until": wrong}).status_code == 422
    assert client.post(where, {"until": "2099-06-30"}).status_code == 303
    with scope(acme):
        member.refresh_from_db()
    assert str(member.ends_at) == "2099-06-30 22:00:00+00:00"
    assert 'value="2099-06-30"' in client.get(where).content.decode()
    assert "30 Jun 2099" in client.get(url("group_detail", msps.public_id)).content.decode()
    assert client.post(where, {"until": ""}).status_code == 303
    with scope(acme):
        member.refresh_from_db()
    assert member.ends_at is None


def test_archiving_offers_an_undo_and_may_find_the_name_taken(
    acme: Organization, msps: Group, client: Client, url: Any
) -> None:
    answer = client.post(url("group_archive", msps.public_id))
    assert url("group_restore", msps.public_id) in client.get(answer["Location"]).content.decode()
    client.post(url("group_create"), {"name": "MSPs", "color": "teal"})
    answer = client.post(url("group_restore", msps.public_id), follow=True)
    assert "There is already a group of this name." in answer.content.decode()
    assert "MSPs" in client.get(url("group_list") + "?show=archived").content.decode()


def test_what_apps_above_show_to_a_group_stands_on_its_page(
    acme: Organization, alice: Membership, client: Client, url: Any
) -> None:
    client.post(url("group_create"), {"name": "MSPs", "color": "teal"})
    with scope(acme):
        group = Group.objects.get()
    shown = Shown("Price sheet", "4 min", "/somewhere/")
    show = lambda audiences, now, limit: (7, [shown] if audiences else [])  # noqa: E731
    showcases.register(Showcase("library", "Library", show, lambda *asked: {}))
    page = client.get(url("group_detail", group.public_id)).content.decode()
    assert '<a href="/somewhere/">Price sheet</a>' in page
    assert "Library: 7 in all" in page
