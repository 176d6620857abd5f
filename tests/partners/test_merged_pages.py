"""What becomes of the pages and of the history of a record that was merged into another one."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import NoReverseMatch

from partners.models import Partner, PartnerUser
from partners.queries.history import change_rows, changes_of
from partners.services.merging import merge_partners
from partners.services.structure import LinkDetails, link_partners
from partners.services.values import set_values
from partners.urls import studio
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.costs import queries_of
from tests.factories import NOW
from tests.partners.factories import AttributeFactory, PartnerFactory, partner_user

type SignIn = Callable[[Membership], Client]

# Every page below a partner's address, told by the table of addresses itself: a new one is tested by being there.
PAGES = sorted(str(pattern.name) for pattern in studio if str(pattern.pattern).startswith("partners/<str:public_id>/"))


@pytest.fixture
def client(alice: Membership, sign_in: SignIn) -> Client:
    return sign_in(alice)


@pytest.fixture
def double(acme: Organization) -> Partner:
    with scope(acme):
        return PartnerFactory.create(name="Nordwnid AG", domain="nordwind.ch", region="Zürich")


def merge(actor: Actor, survivor: Partner, merged: Partner, at: datetime = NOW) -> None:
    survivor.refresh_from_db()
    merged.refresh_from_db()
    revisions = (survivor.revision, merged.revision)
    merge_partners(actor=actor, survivor=survivor, merged=merged, revisions=revisions, taken={}, now=at)


def address_of(name: str, partner: Partner, organization: Organization, part: str) -> str:
    try:
        return address(name, partner.public_id, organization=organization)
    except NoReverseMatch:
        return address(name, partner.public_id, part, organization=organization)


def test_the_pages_are_those_of_a_partner() -> None:
    assert {"partner_detail", "partner_structure", "partner_join_group", "partner_person", "partner_tiers"} < set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_each_page_of_a_merged_record_leads_to_the_survivors(
    acme: Organization, actor: Actor, client: Client, nordwind: Partner, double: Partner, name: str
) -> None:
    with scope(acme):
        user = partner_user(double, "urs@nordwind.example", "Urs")
        merge(actor, nordwind, double)
    old, new = (address_of(name, partner, acme, user.public_id) for partner in (double, nordwind))
    home = address("partner_detail", nordwind.public_id, organization=acme)
    answer = client.get(f"{old}?field=region")
    if answer.status_code != 405:
        assert (answer.status_code, answer["Location"]) == (303, f"{new}?field=region")
        assert "Nordwnid AG was merged into Nordwind GmbH." in client.get(home).content.decode()
    sent = client.post(old, {"name": "Changed", "status": "active", "revision": 1})
    if sent.status_code != 405:
        assert (sent.status_code, sent["Location"]) == (303, home)
        assert "Nothing was changed" in client.get(home).content.decode()
    with scope(acme):
        assert PartnerUser.objects.filter(pk=user.pk, partner=nordwind).exists()
        assert Partner.objects.get(pk=nordwind.pk).name == "Nordwind GmbH"
        assert Partner.objects.get(pk=nordwind.pk).archived_at is None
        assert Partner.objects.get(pk=double.pk).archived_at is not None


def test_who_comes_back_to_the_merge_is_led_to_the_partner(
    acme: Organization, actor: Actor, client: Client, nordwind: Partner, double: Partner
) -> None:
    with scope(acme):
        merge(actor, nordwind, double)
    page = address("partner_merge", double.public_id, organization=acme)
    answer = client.get(f"{page}?with={nordwind.public_id}", follow=True)
    assert answer.redirect_chain[-1][0] == address("partner_detail", nordwind.public_id, organization=acme)


def test_a_record_of_another_organization_leads_nowhere(
    umbrella: Organization, acme: Organization, charlie: Membership, client: Client, umbrellas_nordwind: Partner
) -> None:
    with scope(umbrella):
        theirs = PartnerFactory.create(name="Their double")
        merge(Actor.of(charlie), umbrellas_nordwind, theirs)
    for name in PAGES:
        assert client.get(address_of(name, theirs, acme, "a" * 12)).status_code in (404, 405)


def test_a_stranger_is_not_led_on(
    acme: Organization, actor: Actor, charlie: Membership, sign_in: SignIn, nordwind: Partner, double: Partner
) -> None:
    with scope(acme):
        merge(actor, nordwind, double)
    stranger = sign_in(charlie)
    for name in PAGES:
        assert stranger.get(address_of(name, double, acme, "a" * 12)).status_code == 404


def test_a_lead_finds_the_team_of_a_merged_branch_and_of_no_other_record(
    acme: Organization,
    actor: Actor,
    nordwind: Partner,
    kestrel: Partner,
    double: Partner,
    lena_user: PartnerUser,
    lena: Membership,
    sign_in: SignIn,
) -> None:
    with scope(acme):
        branch = PartnerFactory.create(name="Nordwind Wien")
        details = LinkDetails("branch", NOW.date(), leads_look_in=True)
        link_partners(actor=actor, parent=nordwind, child=branch, details=details, now=NOW)
        other = PartnerFactory.create(name="Kestrel double")
        merge(actor, branch, double)
        merge(actor, kestrel, other)
    lenas = sign_in(lena)
    page = lenas.get(address("team_branch", double.public_id, organization=acme))
    assert "Nordwind Wien" in page.content.decode()
    assert lenas.get(address("team_branch", other.public_id, organization=acme)).status_code == 404


def test_the_history_of_a_merged_record_is_the_survivors(
    acme: Organization, actor: Actor, client: Client, nordwind: Partner, kestrel: Partner, double: Partner
) -> None:
    with scope(acme):
        focus = AttributeFactory.create(name="Focus")
        for partner, value in ((nordwind, "Cloud"), (double, "Security"), (kestrel, "Network")):
            set_values(actor=actor, partner=partner, values={focus: value}, now=NOW)
        merge(actor, nordwind, double)
        rows = change_rows(nordwind, list(changes_of(nordwind, focus.field)))
        assert [(row.after, row.merged) for row in rows] == [("Security", "Nordwnid AG"), ("Cloud", "")]
    page = address("partner_history", nordwind.public_id, organization=acme)
    shown = client.get(page).content.decode()
    assert "from Nordwnid AG" in shown
    assert "Network" not in shown
    # What the survivor was merged into later has the histories of both.
    with scope(acme):
        merge(actor, kestrel, nordwind)
        found = {row.merged for row in change_rows(kestrel, list(changes_of(kestrel, focus.field)))}
    assert found == {"", "Nordwind GmbH", "Nordwnid AG"}


@pytest.mark.parametrize("count", [1, 3])
def test_the_history_costs_the_same_with_many_merged_records(
    acme: Organization, actor: Actor, client: Client, nordwind: Partner, count: int
) -> None:
    with scope(acme):
        focus = AttributeFactory.create(name="Focus")
        for number in range(count):
            merged = PartnerFactory.create(name=f"Double {number}")
            set_values(actor=actor, partner=merged, values={focus: "Cloud"}, now=NOW)
            merge(actor, nordwind, merged)
    page = address("partner_history", nordwind.public_id, organization=acme)
    assert client.get(page).content.decode().count("from Double") == count
    assert queries_of(client, page) == 8
