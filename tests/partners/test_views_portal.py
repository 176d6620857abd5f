"""The portal's team: what a lead does, what everybody sees."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from partners.models import Group, Partner, PartnerUser
from partners.services.groups import add_to_group
from partners.showcases import showcases
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.invitations.models import Invitation
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from prm.web.places import navigation
from tests.factories import NOW
from tests.partners.factories import GroupFactory, partner_user

type SignIn = Callable[[Membership], Client]
FRAME = 7
LONG_AGO = NOW - timedelta(days=300)


@pytest.fixture
def client(lena_user: PartnerUser, lena: Membership, sign_in: SignIn) -> Client:
    return sign_in(lena)


@pytest.fixture
def url(acme: Organization, alice: Membership) -> Callable[..., str]:
    return lambda name, *args: address(name, *args, organization=acme)


@pytest.mark.parametrize("count", [1, 3])
def test_the_team_costs_the_same_at_any_size(
    acme: Organization,
    nordwind: Partner,
    client: Client,
    url: Any,
    count: int,
    django_assert_num_queries: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Which other areas are in the menu is asked by the apps they belong to.
    monkeypatch.setattr(navigation, "_items", {"team": navigation.get("team")})
    with scope(acme):
        for number in range(count):
            partner_user(nordwind, f"p{number}@nordwind.example", f"Person {number}")
    client.get(url("team_list"))
    # Who looks, people, invitations, contact.
    with django_assert_num_queries(FRAME + 4):
        page = client.get(url("team_list")).content.decode()
    assert f"Person {count - 1}" in page
    assert "Alice Moreau" in page
    # In the frame, and on the card.
    assert page.count(url("my_conversation_create")) == 2


def test_a_lead_invites_a_colleague_and_takes_it_back(acme: Organization, client: Client, url: Any) -> None:
    assert client.post(url("team_invite"), {"email": "wrong"}).status_code == 422
    refused = client.post(url("team_invite"), {"email": "alice@acme.example", "note": "Kept words"})
    assert refused.status_code == 422
    assert b"Kept words" in refused.content
    assert client.post(url("team_invite"), {"email": "tom@nordwind.example", "name": "Tom"}).status_code == 303
    with scope(acme):
        invitation = Invitation.objects.select_related("invited_by__person").get()
    assert (invitation.email, str(invitation.invited_by)) == ("tom@nordwind.example", "Lena Brandt")
    assert b"tom@nordwind.example" in client.get(url("team_list")).content
    where = url("team_withdraw", invitation.public_id)
    assert client.post(where).status_code == 303
    assert b"tom@nordwind.example" not in client.get(url("team_list")).content.split(b"cn-toasts")[0]
    assert client.post(where).status_code == 303


def test_a_lead_withdraws_only_the_own_companys_invitations(
    acme: Organization, alice: Membership, kestrel: Partner, client: Client, url: Any, now: Any
) -> None:
    from partners.services.inviting import Invitee, invite_people

    with scope(acme):
        (foreign,) = invite_people(
            actor=Actor.of(alice), inviter=alice, partner=kestrel, invitees=[Invitee("x@kestrel.example")], now=now
        )
    assert client.post(url("team_withdraw", foreign.public_id)).status_code == 404


def test_a_portal_with_nothing_to_do_says_so_beside_the_contact(
    acme: Organization, nordwind: Partner, alice: Membership, client: Client
) -> None:
    with scope(acme):
        Partner.objects.filter(pk=nordwind.pk).update(region="North", language="de", website="https://nordwind.example")
    home = client.get("/o/acme/").content
    assert b"Your contact" in home
    assert b"All quiet here" in home


@pytest.mark.parametrize("is_ticked", [True, False])
def test_who_joins_may_stay_signed_in(
    acme: Organization, alice: Membership, kestrel: Partner, now: Any, time_machine_at: Any, is_ticked: bool
) -> None:
    from partners.services.inviting import Invitee, invite_people

    with scope(acme):
        (invitation,) = invite_people(
            actor=Actor.of(alice), inviter=alice, partner=kestrel, invitees=[Invitee("x@kestrel.example")], now=now
        )
    browser, link = Client(), f"/o/acme/join/{invitation.mailed_token}/"
    assert b'name="stay"' in browser.get(link).content
    sent = {"name": "Xenia", **({"stay": "on"} if is_ticked else {})}
    assert browser.post(link, sent).status_code == 303
    with time_machine_at("+13d"):
        assert (browser.get("/accounts/profile/").status_code == 200) is is_ticked


def test_a_lead_changes_and_takes_out_colleagues(
    acme: Organization, client: Client, url: Any, tom_user: PartnerUser, lena_user: PartnerUser
) -> None:
    where = url("team_person", tom_user.public_id)
    assert client.post(where, {"role": "lead", "job_title": "CEO", "revision": 1}).status_code == 303
    assert client.post(where, {"role": "lead", "job_title": "CTO", "revision": 1}).status_code == 422
    own = client.post(url("team_remove", lena_user.public_id), follow=True)
    assert b"You cannot remove yourself" in own.content
    assert client.post(url("team_remove", tom_user.public_id)).status_code == 303
    assert client.get(where).status_code == 404
    with scope(acme):
        assert Membership.objects.by_id(tom_user.membership_id).state == "removed"


def test_the_only_lead_stays_one(client: Client, url: Any, lena_user: PartnerUser) -> None:
    form = {"role": "member", "job_title": "Sales", "revision": 1}
    answer = client.post(url("team_person", lena_user.public_id), form)
    assert answer.status_code == 422
    assert "Make somebody else a lead first." in answer.content.decode()
    assert 'value="Sales"' in answer.content.decode()


def test_everybody_changes_the_own_job_but_not_the_own_role(
    acme: Organization, tom_user: PartnerUser, sign_in: SignIn, url: Any
) -> None:
    where = url("team_person", tom_user.public_id)
    client = sign_in(tom_user.membership)
    assert b"Speaks for the company" not in client.get(where).content
    assert client.post(where, {"role": "lead", "job_title": "Sales", "revision": 1}).status_code == 303
    with scope(acme):
        tom_user.refresh_from_db()
    assert (tom_user.role, tom_user.job_title) == ("member", "Sales")


def test_your_groups_say_why_and_who_helps(
    acme: Organization,
    alice: Membership,
    bob: Membership,
    nordwind: Partner,
    client: Client,
    url: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(showcases, "_items", {})
    assert "Your company is in no group" in client.get(url("my_group_list")).content.decode()
    with scope(acme):
        group = GroupFactory.create(name="MSPs", description="You run it.", purpose="A secret", owner=bob)
        add_to_group(
            actor=Actor.of(alice), group=group, partner_ids=[nordwind.pk], reason="Three services", now=LONG_AGO
        )
    page = client.get(url("my_group_list")).content.decode()
    for words in ("MSPs", "You run it.", "Three services", "Bob Keller", "mailto:bob@acme.example"):
        assert words in page
    assert "A secret" not in page


def test_archived_and_ended_groups_are_not_told_of(
    acme: Organization, alice: Membership, nordwind: Partner, msps: Group, client: Client, url: Any, now: Any
) -> None:
    with scope(acme):
        add_to_group(actor=Actor.of(alice), group=msps, partner_ids=[nordwind.pk], now=LONG_AGO)
        Group.objects.update(archived_at=now)
    assert "MSPs" not in client.get(url("my_group_list")).content.decode()


def test_internal_notes_stay_internal(acme: Organization, nordwind: Partner, client: Client, url: Any) -> None:
    with scope(acme):
        Partner.objects.filter(pk=nordwind.pk).update(notes="Never to be seen", country="DE")
    page = client.get(url("my_company")).content.decode()
    assert "Nordwind GmbH" in page
    assert "Germany" in page
    assert "Never to be seen" not in page


def test_the_portals_home_names_the_contact(client: Client, url: Any) -> None:
    page = client.get(url("portal_home")).content.decode()
    assert "Your contact" in page
    assert page.count(url("my_conversation_create")) == 2
    assert url("team_list") in page


def test_staff_look_but_do_not_act(
    acme: Organization, alice: Membership, lena_user: PartnerUser, tom_user: PartnerUser, sign_in: SignIn, url: Any
) -> None:
    client = sign_in(alice)
    client.post(url("see_as_begin", lena_user.membership.public_id))
    page = client.get(url("team_list")).content.decode()
    assert "Tom Weiß" in page
    assert client.post(url("team_remove", tom_user.public_id)).status_code == 403
    with scope(acme):
        assert Membership.objects.by_id(tom_user.membership_id).state == "active"


def test_a_lead_mends_the_address_of_an_invitation_and_sends_it_again(
    acme: Organization, client: Client, url: Any, tom_user: PartnerUser, sign_in: SignIn
) -> None:
    client.post(url("team_invite"), {"email": "ann@nordwnd.example", "name": "Ann"})
    with scope(acme):
        invitation = Invitation.objects.get()
    page, link = url("team_invitation", invitation.public_id), invitation.mailed_token
    assert b"ann@nordwnd.example" in client.get(page).content
    assert client.post(page, {"email": "wrong"}).status_code == 422
    assert client.post(page, {"email": "tom@nordwind.example"}).status_code == 422
    assert client.post(page, {"email": "ann@nordwind.example", "name": "Ann"}).status_code == 303
    with scope(acme):
        invitation.refresh_from_db()
    assert (invitation.email, invitation.sendings) == ("ann@nordwind.example", 2)
    assert invitation.mailed_token != link
    again = client.post(url("team_resend", invitation.public_id), follow=True)
    assert b"less than a minute ago" in again.content
    member = sign_in(tom_user.membership)
    assert member.get(page).status_code == 403
    assert member.post(url("team_resend", invitation.public_id)).status_code == 403


def test_invitations_of_other_companies_do_not_exist_for_a_lead(
    acme: Organization, alice: Membership, kestrel: Partner, client: Client, url: Any, now: Any
) -> None:
    from partners.services.inviting import Invitee, invite_people

    with scope(acme):
        (foreign,) = invite_people(
            actor=Actor.of(alice), inviter=alice, partner=kestrel, invitees=[Invitee("x@kestrel.example")], now=now
        )
    assert client.get(url("team_invitation", foreign.public_id)).status_code == 404
    assert client.post(url("team_resend", foreign.public_id)).status_code == 404
