"""Pages about companies: doubles, the merge, the structure, competitors, coverage."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from partners.models import (
    Attribute,
    AttributeValue,
    Competition,
    Group,
    LikelyDouble,
    Partner,
    PartnerLink,
    PartnerMerge,
    PartnerUser,
)
from partners.services.competitors import mark_pair
from partners.services.duplicates import compare
from partners.services.structure import LinkDetails, link_partners
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts.factories import ProgramFactory
from tests.costs import frame_of, queries_of
from tests.factories import NOW
from tests.partners.factories import PartnerFactory, partner_user

type SignIn = Callable[[Membership], Client]
type Url = Callable[..., str]


@pytest.fixture
def client(alice: Membership, sign_in: SignIn) -> Client:
    return sign_in(alice)


@pytest.fixture
def url(acme: Organization) -> Url:
    return lambda name, *args: address(name, *args, organization=acme)


@pytest.fixture
def double(acme: Organization, nordwind: Partner) -> Partner:
    with scope(acme):
        made = PartnerFactory.create(name="Nordwnid AG", domain="nordwind.ch", region="Zürich", country="CH")
        compare([nordwind.pk, made.pk], NOW)
        return made


def text(answer: Any) -> str:
    return str(answer.content.decode())


# ── Doubles ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"name": "Other", "domain": "www.nordwind.example"}, "Same domain"),
        ({"name": "NORDWIND Ltd.", "domain": ""}, "Same name"),
        ({"name": "Nordwnid", "domain": ""}, "Similar name"),
        ({"name": "Other", "domain": "", "further_domains": "nordwind.example"}, "Same domain"),
    ],
)
def test_typing_a_company_that_is_there_asks_and_keeps_what_was_typed(
    client: Client, url: Url, acme: Organization, nordwind: Partner, fields: dict[str, str], why: str
) -> None:
    with scope(acme):
        compare([nordwind.pk], NOW)
    answer = client.post(url("partner_create"), {"status": "active", "region": "Kept", **fields})
    assert answer.status_code == 422
    assert why in text(answer)
    assert 'value="Kept"' in text(answer)
    with scope(acme):
        assert Partner.objects.count() == 1
    again = {"status": "active", "region": "Kept", "is_another": "on", **fields}
    assert client.post(url("partner_create"), again).status_code == 303
    with scope(acme):
        assert Partner.objects.count() == 2
        assert LikelyDouble.objects.get().state == "different"


def test_what_was_decided_is_remembered_and_can_be_looked_at_again(
    client: Client, url: Url, acme: Organization, nordwind: Partner, double: Partner
) -> None:
    page = text(client.get(url("duplicate_list")))
    assert "Nordwnid AG" in page
    assert "Nordwind GmbH" in page
    with scope(acme):
        pair = LikelyDouble.objects.get()
    assert client.post(url("duplicate_dismiss", pair.public_id)).status_code == 303
    assert "Nordwnid AG" not in text(client.get(url("duplicate_list")))
    with scope(acme):
        compare([nordwind.pk, double.pk], NOW)
        assert LikelyDouble.objects.get().state == "different"
    assert "Nordwnid AG" in text(client.get(f"{url('duplicate_list')}?show=different"))
    client.post(url("duplicate_reopen", pair.public_id))
    assert "Nordwnid AG" in text(client.get(url("duplicate_list")))


def test_the_merge_shows_what_moves_and_which_values_stay(
    client: Client, url: Url, acme: Organization, nordwind: Partner, double: Partner
) -> None:
    with scope(acme):
        partner_user(double, "urs@nordwind.ch", "Urs")
    where = f"{url('partner_merge', nordwind.public_id)}?with={double.public_id}"
    answer = client.get(where)
    page = text(answer)
    assert dict(answer.context["moves"])["People"] == 1
    assert "nordwind.ch" in page
    values = {"survivor_revision": 1, "merged_revision": 1}
    chosen = {field.name: "kept" for field in answer.context["form"].choices}
    missing = client.post(where, values)
    assert missing.status_code == 422
    done = client.post(where, {**values, **chosen, "value_region": "merged"})
    assert done.status_code == 303
    with scope(acme):
        nordwind.refresh_from_db()
        assert (nordwind.name, nordwind.region) == ("Nordwind GmbH", "Zürich")
        assert PartnerUser.objects.get().partner_id == nordwind.pk
    for name in ("partner_detail", "partner_edit", "partner_merge"):
        gone = client.get(url(name, double.public_id))
        assert (gone.status_code, gone["Location"]) == (303, url(name, nordwind.public_id))
    detail = text(client.get(url("partner_detail", nordwind.public_id)))
    assert "Merged record" in detail


def test_a_merge_of_what_was_changed_meanwhile_is_refused(
    client: Client, url: Url, acme: Organization, nordwind: Partner, double: Partner
) -> None:
    where = f"{url('partner_merge', nordwind.public_id)}?with={double.public_id}"
    chosen = {field.name: "kept" for field in client.get(where).context["form"].choices}
    with scope(acme):
        Partner.objects.filter(pk=double.pk).update(revision=2)
    answer = client.post(where, {"survivor_revision": 1, "merged_revision": 1, **chosen})
    assert answer.status_code == 422
    assert "Somebody changed one of the two" in text(answer)
    with scope(acme):
        assert not PartnerMerge.objects.exists()


def test_what_cannot_be_merged_says_so_before_anybody_chooses(
    client: Client, url: Url, acme: Organization, nordwind: Partner, double: Partner
) -> None:
    with scope(acme):
        Partner.objects.filter(pk=nordwind.pk).update(is_test=True)
    page = text(client.get(f"{url('partner_merge', nordwind.public_id)}?with={double.public_id}"))
    assert "These two cannot be merged now" in page
    assert "Merge the two records" not in page


# ── Structure ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_link_is_made_moved_and_ended_in_the_browser(
    client: Client, url: Url, acme: Organization, nordwind: Partner, kestrel: Partner
) -> None:
    with scope(acme):
        orbit = PartnerFactory.create(name="Orbit")
    values = {"relation": "branch up", "since": "2026-01-01"}
    first = f"{url('partner_link_create', orbit.public_id)}?other={nordwind.public_id}"
    assert client.post(first, values).status_code == 303
    where = f"{url('partner_link_create', orbit.public_id)}?other={kestrel.public_id}"
    answer = client.post(where, values)
    assert answer.status_code == 422
    assert "Did it move?" in text(answer)
    moved = client.post(where, {**values, "since": "2026-05-01", "moves": "on"})
    assert moved.status_code == 303
    with scope(acme):
        former, present = PartnerLink.objects.order_by("pk")
    assert (former.ends_on, present.ends_on) == (date(2026, 5, 1), None)
    page = text(client.get(url("partner_structure", orbit.public_id)))
    assert "30 Apr 2026" in page
    end = url("partner_link_end", present.public_id)
    assert client.post(end, {"until": "2020-01-01"}).status_code == 422
    assert client.post(end, {"until": "2026-06-30"}).status_code == 303
    with scope(acme):
        present.refresh_from_db()
    assert present.ends_on == date(2026, 7, 1)


def test_a_circle_is_refused_with_the_form_kept(
    client: Client, url: Url, acme: Organization, nordwind: Partner, kestrel: Partner
) -> None:
    where = f"{url('partner_link_create', nordwind.public_id)}?other={kestrel.public_id}"
    assert client.post(where, {"relation": "branch down", "since": "2026-01-01"}).status_code == 303
    answer = client.post(where, {"relation": "reseller up", "since": "2026-01-01", "reason": "Kept words"})
    assert answer.status_code == 422
    assert "this would make a circle" in text(answer)
    assert "Kept words" in text(answer)


def test_leads_see_the_team_of_a_branch_for_the_whole_company_only(
    url: Url,
    acme: Organization,
    actor: Actor,
    sign_in: SignIn,
    nordwind: Partner,
    kestrel: Partner,
    lena: Membership,
    lena_user: PartnerUser,
    paul: Membership,
    paul_user: PartnerUser,
) -> None:
    lead, where = sign_in(lena), url("team_branch", kestrel.public_id)
    assert lead.get(where).status_code == 404
    with scope(acme):
        details = LinkDetails("branch", date(2020, 1, 1), leads_look_in=True)
        link = link_partners(actor=actor, parent=nordwind, child=kestrel, details=details, now=NOW)
    assert "Paul Ortega" in text(lead.get(where))
    assert "Kestrel" in text(lead.get(url("my_company")))
    assert sign_in(paul).get(url("team_branch", nordwind.public_id)).status_code in (403, 404)
    with scope(acme):
        PartnerLink.objects.filter(pk=link.pk).update(leads_look_in=False)
    assert lead.get(where).status_code == 404


# ── Competitors ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_pairs_and_rules_are_made_and_removed_in_the_browser(
    client: Client, url: Url, acme: Organization, nordwind: Partner, kestrel: Partner, msps: Group
) -> None:
    pair = f"{url('competition_pair')}?partner={nordwind.public_id}&other={kestrel.public_id}"
    assert client.post(pair, {"grade": "never", "reason": "Court"}).status_code == 303
    rule = {"what": f"group:{msps.public_id}", "grade": "apart"}
    preview = client.post(url("competition_rule"), {**rule, "preview": "on"})
    assert preview.status_code == 200
    assert client.post(url("competition_rule"), rule).status_code == 303
    assert client.post(url("competition_rule"), rule).status_code == 422
    conditions = {"join:r": "all", "about:r.0": "country", "is:r.0": "one_of", "value:r.0": "DE", "grade": "apart"}
    looked = client.post(url("competition_conditions"), conditions)
    assert looked.status_code == 200
    assert "2 partners in 1 pair" in text(looked)
    saved = client.post(url("competition_conditions"), {**conditions, "act": "save", "reason": "One tender"})
    assert saved.status_code == 303
    empty = client.post(url("competition_conditions"), {"join:r": "all", "grade": "apart", "act": "save"})
    assert empty.status_code == 422
    page = text(client.get(url("competition_list")))
    for words in ("Court", "Partners of MSPs among themselves", "Country is Germany", "One tender"):
        assert words in page
    with scope(acme):
        marks = list(Competition.objects.values_list("public_id", flat=True))
    for mark in marks:
        client.post(url("competition_remove", mark))
    with scope(acme):
        assert not Competition.objects.exists()


# ── Coverage ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_cell_leads_to_its_partners_and_to_what_can_be_started(
    client: Client, url: Url, acme: Organization, nordwind: Partner
) -> None:
    with scope(acme):
        special = Attribute.objects.create(
            name="Special", normalized_name="special", kind="choices", standard="specializations", created_at=NOW,
            choices=[{"key": "a", "label": "Cloud"}, {"key": "b", "label": "Edge"}],
        )  # fmt: skip
        Partner.objects.filter(pk=nordwind.pk).update(region="North")
        AttributeValue.objects.create(attribute=special, partner=nordwind, choices=["a"], set_at=NOW, confirmed_at=NOW)
    page = client.get(url("coverage"))
    full, empty = page.context["grid"].lines[0].cells
    assert "1 cell is empty" in text(page)
    assert "Nordwind GmbH" in text(client.get(full.url))
    nobody = text(client.get(empty.url))
    assert "Nobody is here" in nobody
    assert f"{url('group_create')}?by=Special&amp;column=Edge&amp;region=North" in nobody
    prepared = client.get(f"{url('group_create')}?by=Special&column=Edge&region=North")
    assert 'value="Edge, North"' in text(prepared)
    with scope(acme):
        ProgramFactory.create()
    assert "Edge, North" in text(client.get(f"{url('cohort_create')}?by=Special&column=Edge&region=North"))
    assert client.get(url("coverage_cell", special.public_id, "unknown")).status_code == 404
    assert client.get(url("coverage_cell", "products", "unknown")).status_code == 404


# ── What pages cost ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_pages_cost_the_same_with_one_row_and_three(
    client: Client, url: Url, acme: Organization, actor: Actor, nordwind: Partner
) -> None:
    costs: list[dict[str, int]] = []
    made = nordwind
    for numbers in ((1,), (2, 3)):
        with scope(acme):
            for number in numbers:
                made = PartnerFactory.create(name=f"Nordwind {'x' * number}", region=f"R{number}")
                compare([made.pk, nordwind.pk], NOW)
                details = LinkDetails("branch", date(2020, 1, 1))
                link_partners(actor=actor, parent=nordwind, child=made, details=details, now=NOW)
                mark_pair(actor=actor, partners=(nordwind, made), grade="apart", now=NOW)
        pages = {
            "duplicate_list": url("duplicate_list"),
            "partner_structure": url("partner_structure", nordwind.public_id),
            "competition_list": url("competition_list"),
            "coverage": url("coverage"),
            "partner_detail": url("partner_detail", nordwind.public_id),
            "partner_merge": f"{url('partner_merge', nordwind.public_id)}?with={made.public_id}",
        }
        costs.append({name: queries_of(client, path) for name, path in pages.items()})
    assert costs[0] == costs[1]
    assert {name: cost for name, cost in costs[0].items() if cost > 12} == {}
    assert frame_of(client, acme) <= 8
