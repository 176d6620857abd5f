"""Where the links of invitations lead, and what nobody gets by a wrong one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from prm.accounts.actors import Actor
from prm.accounts.models import Membership, Person
from prm.accounts.queries import membership_in
from prm.accounts.services.memberships import remove_member, suspend_member
from prm.invitations import services
from prm.outbox.models import AccountMessage, Message, Notification
from prm.outbox.sealing import unseal
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.factories import member, staff
from tests.prm.invited import EMAIL, invite, path, plain, reloaded, text

pytestmark = pytest.mark.django_db


def test_a_look_changes_nothing_and_is_noted_once(client: Client, alice: Membership) -> None:
    invitation = invite(alice)
    page = client.get(path(invitation))
    assert page.status_code == 200
    assert "Alice Moreau" in text(page)
    assert 'value="Nora Lind"' in text(page)
    opened_at = reloaded(invitation).opened_at
    assert opened_at is not None
    client.get(path(invitation))
    assert reloaded(invitation).opened_at == opened_at
    assert not Person.objects.filter(email=EMAIL).exists()


def test_one_button_makes_account_and_membership_and_signs_in(client: Client, alice: Membership) -> None:
    invitation = invite(alice)
    answer = client.post(path(invitation), {"name": "Nora Lind"})
    assert answer.status_code == 303
    assert answer["Location"] == "/o/acme/studio/"
    person = Person.objects.get(email=EMAIL)
    assert not person.has_usable_password()
    assert EmailAddress.objects.get(user=person).verified
    joined = membership_in(alice.organization, person)
    assert joined is not None
    assert joined.roles == ["editor"]
    assert client.get("/o/acme/studio/").status_code == 200
    assert AccountMessage.objects.count() == 0
    used = reloaded(invitation)
    assert (used.state, used.membership_id) == ("accepted", joined.pk)
    with scope(alice.organization):
        assert Notification.objects.get(membership=alice).title == "Nora Lind is in: Editor. Say hello."
        assert Message.objects.filter(kind="invitations.accepted", recipient=alice).count() == 1


def test_colleagues_are_not_offered_to_stay_signed_in(client: Client, alice: Membership) -> None:
    assert 'name="stay"' not in text(client.get(path(invite(alice))))


def test_pressing_twice_joins_once(client: Client, alice: Membership) -> None:
    invitation = invite(alice)
    assert client.post(path(invitation), {"name": "Nora"}).status_code == 303
    again = client.post(path(invitation), {"name": "Nora"})
    assert again["Location"] == "/o/acme/studio/"
    assert Membership.objects.in_organization(alice.organization).count() == 2


def test_a_used_link_opens_nothing_for_anybody_else(client: Client, alice: Membership) -> None:
    invitation = invite(alice)
    client.post(path(invitation), {"name": "Nora"})
    stranger = Client()
    for answer in (stranger.get(path(invitation)), stranger.post(path(invitation), {"name": "X"})):
        assert answer.status_code == 410
        assert "accepted already" in text(answer)
        assert EMAIL not in text(answer)
    assert not stranger.session.get("_auth_user_id")


def test_an_existing_account_is_signed_in_by_the_same_click(client: Client, alice: Membership, umbrella: Any) -> None:
    known = staff(umbrella, EMAIL, "Nora of Umbrella", "editor")
    invitation = invite(alice)
    assert client.post(path(invitation), {"name": "Other Name"})["Location"] == "/o/acme/studio/"
    known.person.refresh_from_db()
    assert known.person.name == "Nora of Umbrella"
    assert Membership.objects.for_person(known.person).count() == 2


def test_whoever_is_signed_in_as_the_addressee_only_presses(
    sign_in: Callable[[Membership], Client], alice: Membership, umbrella: Organization
) -> None:
    known = staff(umbrella, EMAIL, "Nora", "editor")
    browser = sign_in(known)
    invitation = invite(alice)
    assert 'type="hidden" name="name"' in text(browser.get(path(invitation, copied=True)))
    assert browser.post(path(invitation, copied=True), {"name": "Nora"})["Location"] == "/o/acme/studio/"


def test_another_account_is_told_and_can_switch(
    sign_in: Callable[[Membership], Client], alice: Membership, bob: Membership
) -> None:
    invitation = invite(alice)
    browser = sign_in(bob)
    page = browser.get(path(invitation))
    assert "You are signed in as bob@acme.example. This invitation is for" in text(page)
    assert "n…@nordwind.example" in text(page)
    refused = browser.post(path(invitation), {"name": "Bob"})
    assert refused.status_code == 422
    assert reloaded(invitation).state == "open"
    assert browser.post(path(invitation, "switch/"))["Location"] == path(invitation)
    assert browser.post(path(invitation), {"name": "Nora"}).status_code == 303
    assert browser.get("/accounts/profile/").context["request"].user.email == EMAIL


def test_a_person_with_a_second_factor_is_asked_for_it(client: Client, alice: Membership, umbrella: Any) -> None:
    from allauth.mfa.models import Authenticator

    known = staff(umbrella, EMAIL, "Nora", "editor")
    Authenticator.objects.create(user=known.person, type="totp", data={"secret": "x"})
    answer = client.post(path(invite(alice)), {"name": "Nora"})
    assert answer["Location"].startswith("/accounts/2fa/authenticate/")
    assert not client.session.get("_auth_user_id")


@pytest.mark.parametrize("method", ["get", "post"])
def test_wrong_foreign_and_replaced_links_are_one_page(
    client: Client, alice: Membership, charlie: Membership, method: str
) -> None:
    foreign = invite(charlie)
    mended = invite(alice, "typo@nordwind.example")
    old = path(mended)
    with scope(alice.organization):
        services.mend_address(actor=Actor.of(alice), invitation=mended, email=EMAIL, name="Nora", now=timezone.now())
    paths = [f"/o/acme/join/{foreign.mailed_token}/", "/o/acme/join/abc/", "/o/acme/join/" + "a" * 400 + "/", old]
    pages = [getattr(client, method)(one) for one in paths]
    assert {page.status_code for page in pages} == {404}
    assert len({plain(page, one) for page, one in zip(pages, paths, strict=True)}) == 1
    assert "Umbrella" not in text(pages[0])


def test_a_lapsed_link_says_when_and_sends_a_new_one_in_one_tap(client: Client, alice: Membership) -> None:
    invitation = invite(alice, now=timezone.now() - timedelta(days=30))
    old = path(invitation)
    page = client.get(old)
    assert page.status_code == 410
    assert "This link ended on" in text(page)
    assert "Send a new one to n…@nordwind.example" in text(page)
    assert EMAIL not in text(page)
    assert client.post(path(invitation), {"name": "X"}).status_code == 410
    assert "on its way" in text(client.post(path(invitation, "again/")))
    with scope(alice.organization):
        assert Message.objects.filter(address=EMAIL, kind="invitations.invited").count() == 2
    assert client.get(old).status_code == 404
    renewed = reloaded(invitation)
    renewed.organization = alice.organization
    assert client.get(path(renewed)).status_code == 200


def test_asking_twice_for_a_new_link_sends_one_mail(client: Client, alice: Membership) -> None:
    invitation = invite(alice, now=timezone.now() - timedelta(days=30))
    first = client.post(path(invitation, "again/"))
    assert first.status_code == 200
    client.post(path(invitation, "again/"))
    with scope(alice.organization):
        assert Message.objects.filter(kind="invitations.invited").count() == 2


def test_asking_for_a_new_link_before_the_end_sends_nothing(client: Client, alice: Membership) -> None:
    invitation = invite(alice)
    assert client.post(path(invitation, "again/"))["Location"] == path(invitation)
    with scope(alice.organization):
        assert Message.objects.count() == 1


def test_a_withdrawn_link_says_so(client: Client, alice: Membership) -> None:
    invitation = invite(alice)
    with scope(alice.organization):
        services.withdraw(actor=Actor.of(alice), invitation=invitation, now=timezone.now())
    for answer in (client.get(path(invitation)), client.post(path(invitation), {"name": "X"})):
        assert answer.status_code == 410
        assert "withdrawn" in text(answer)
    assert not Person.objects.filter(email=EMAIL).exists()


def test_a_suspended_member_does_not_get_in_by_an_older_link(client: Client, alice: Membership) -> None:
    invitation = invite(alice)
    joined = member(alice.organization, EMAIL, "Nora", kind="staff", roles=["analyst"])
    with scope(alice.organization):
        suspend_member(actor=Actor.of(alice), member=joined, now=timezone.now())
    answer = client.post(path(invitation), {"name": "Nora"})
    assert answer.status_code == 422
    assert "suspended" in text(answer)
    assert reloaded(invitation).state == "open"


def test_somebody_who_was_removed_comes_back_with_the_new_roles(client: Client, alice: Membership) -> None:
    former = member(alice.organization, EMAIL, "Nora", kind="staff", roles=["manager"])
    with scope(alice.organization):
        remove_member(actor=Actor.of(alice), member=former, now=timezone.now())
    client.post(path(invite(alice)), {"name": "Nora"})
    former.refresh_from_db()
    assert (former.state, former.roles, former.ended_at) == ("active", ["editor"], None)


def test_a_closed_account_is_told(client: Client, alice: Membership, umbrella: Organization) -> None:
    known = staff(umbrella, EMAIL, "Nora", "editor")
    Person.objects.filter(pk=known.person_id).update(is_active=False)
    answer = client.post(path(invite(alice)), {"name": "Nora"})
    assert answer.status_code == 422
    assert "closed" in text(answer)


def test_a_name_is_needed(client: Client, alice: Membership) -> None:
    answer = client.post(path(invite(alice)), {"name": " "})
    assert answer.status_code == 422


# ── The link that is handed over ────────────────────────────────────────────────────────────────────────────────────


def test_a_copied_link_alone_does_not_let_in(client: Client, alice: Membership) -> None:
    invitation = invite(alice)
    page = client.get(path(invitation, copied=True))
    assert "Mail me the code" in text(page)
    assert EMAIL not in text(page)
    assert client.post(path(invitation, copied=True), {"name": "Thief"}).status_code == 422
    assert reloaded(invitation).state == "open"


def test_a_copied_link_lets_in_with_the_code_from_the_mail(client: Client, alice: Membership) -> None:
    invitation = invite(alice)
    assert client.get(path(invitation, "code/", copied=True))["Location"] == path(invitation, copied=True)
    assert client.post(path(invitation, "code/send/", copied=True)).status_code == 303
    sent = AccountMessage.objects.get()
    assert sent.address == EMAIL
    wrong = client.post(path(invitation, "code/", copied=True), {"code": "WRONG1", "name": "Nora"})
    assert wrong.status_code == 422
    right = client.post(path(invitation, "code/", copied=True), {"code": unseal(sent.sealed)["code"], "name": "Nora"})
    assert right["Location"] == "/o/acme/studio/"
    assert reloaded(invitation).state == "accepted"


def test_codes_to_one_address_are_limited(client: Client, alice: Membership) -> None:
    invitation = invite(alice)
    answers = [client.post(path(invitation, "code/send/", copied=True)) for _time in range(4)]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 429]
    assert int(answers[-1]["Retry-After"]) > 0


def test_guessing_links_is_limited(client: Client, acme: Organization) -> None:
    answers = [client.post(f"/o/acme/join/{number}/") for number in range(31)]
    assert {answer.status_code for answer in answers[:30]} == {404}
    assert answers[30].status_code == 429


# ── Passing on ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_passing_on_ends_the_invitation_and_tells_the_inviter_only(client: Client, alice: Membership) -> None:
    invitation = invite(alice)
    assert client.get(path(invitation, "pass-on/")).status_code == 200
    answer = client.post(path(invitation, "pass-on/"), {"name": "Ida Berg", "email": "ida@nordwind.example"})
    assert "Ida Berg" in text(answer)
    ended = reloaded(invitation)
    assert (ended.state, ended.passed_to_email) == ("declined", "ida@nordwind.example")
    with scope(alice.organization):
        assert Notification.objects.get().membership_id == alice.pk
        assert not Message.objects.filter(address="ida@nordwind.example").exists()
    assert client.get(path(invitation)).status_code == 410
    assert client.post(path(invitation, "pass-on/"), {}).status_code == 410
