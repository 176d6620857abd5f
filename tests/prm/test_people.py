"""Colleagues: roles, suspending, removing, leaving, handing over; and that access really ends."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone

from prm.accounts.actors import Actor
from prm.accounts.models import Membership, Person
from prm.accounts.queries import colleagues, other_owners
from prm.accounts.services import memberships
from prm.audit.models import AuditEntry
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.factories import member, staff

pytestmark = pytest.mark.django_db
PEOPLE = "/o/acme/studio/settings/people/"


def act(by: Membership, verb: Callable[..., None], **fields: Any) -> None:
    with scope(by.organization):
        verb(actor=Actor.of(by), now=timezone.now(), **fields)


def refused(by: Membership, verb: Callable[..., None], **fields: Any) -> set[str]:
    with pytest.raises(Refused) as refusal:
        act(by, verb, **fields)
    return refusal.value.codes


# ── Services ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_roles_are_changed_and_the_trail_says_from_what_to_what(alice: Membership, bob: Membership) -> None:
    act(alice, memberships.change_roles, member=bob, roles=["editor", "manager", "editor"])
    bob.refresh_from_db()
    assert bob.roles == ["manager", "editor"]
    with scope(alice.organization):
        entry = AuditEntry.objects.get()
    assert (entry.verb, entry.changes) == ("accounts.roles_changed", {"roles": [["manager"], ["manager", "editor"]]})


@pytest.mark.parametrize(("roles", "code"), [([], "no_role"), (["king"], "unknown_role"), (["editor"], "last_owner")])
def test_roles_that_are_none_unknown_or_leave_nobody_in_charge(alice: Membership, roles: list[str], code: str) -> None:
    assert refused(alice, memberships.change_roles, member=alice, roles=roles) >= {code}
    alice.refresh_from_db()
    assert alice.roles == ["owner"]


def test_people_of_partners_get_no_roles(alice: Membership, lena: Membership) -> None:
    assert refused(alice, memberships.change_roles, member=lena, roles=["editor"]) == {"no_colleague"}


@pytest.mark.parametrize("verb", [memberships.remove_member, memberships.leave, memberships.suspend_member])
def test_the_last_owner_stays(alice: Membership, bob: Membership, verb: Callable[..., None]) -> None:
    assert refused(bob, verb, member=alice) == {"last_owner"}
    alice.refresh_from_db()
    assert alice.state == "active"


def test_with_a_second_owner_the_first_can_go(alice: Membership, bob: Membership) -> None:
    act(alice, memberships.change_roles, member=bob, roles=["owner"])
    assert other_owners(alice) == 1
    act(alice, memberships.leave, member=alice)
    alice.refresh_from_db()
    assert alice.state == "removed"
    assert alice.ended_at is not None


def test_a_suspended_owner_does_not_count_as_one(alice: Membership) -> None:
    second = staff(alice.organization, "zoe@acme.example", "Zoe", "owner")
    act(alice, memberships.suspend_member, member=second)
    assert refused(second, memberships.remove_member, member=alice) == {"last_owner"}


def test_nobody_suspends_themselves(alice: Membership) -> None:
    staff(alice.organization, "zoe@acme.example", "Zoe", "owner")
    assert refused(alice, memberships.suspend_member, member=alice) == {"oneself"}


def test_suspending_and_letting_in_again(alice: Membership, bob: Membership) -> None:
    act(alice, memberships.suspend_member, member=bob)
    assert refused(alice, memberships.suspend_member, member=bob) == {"wrong_state"}
    act(alice, memberships.resume_member, member=bob)
    bob.refresh_from_db()
    assert (bob.state, bob.roles) == ("active", ["manager"])


def test_handing_over_makes_an_owner_and_a_manager(alice: Membership, frida: Membership) -> None:
    act(alice, memberships.transfer_ownership, owner=alice, successor=frida)
    alice.refresh_from_db()
    frida.refresh_from_db()
    assert (alice.roles, frida.roles) == (["manager"], ["owner", "facilitator"])


@pytest.mark.parametrize("who", ["bob", "lena", "self", "suspended"])
def test_handing_over_to_nobody_who_can_own(
    alice: Membership, bob: Membership, lena: Membership, who: str, acme: Organization
) -> None:
    suspended = staff(acme, "s@acme.example", "S", "manager")
    act(alice, memberships.suspend_member, member=suspended)
    owner = bob if who == "bob" else alice
    successor = {"bob": alice, "lena": lena, "self": alice, "suspended": suspended}[who]
    codes = refused(alice, memberships.transfer_ownership, owner=owner, successor=successor)
    assert codes == {"not_owner" if who == "bob" else "no_successor"}


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_remove_each_other_at_once_leave_one(acme: Organization, alice: Membership) -> None:
    second = staff(acme, "zoe@acme.example", "Zoe", "owner")

    def remove(by: Membership, whom: Membership) -> None:
        try:
            act(by, memberships.remove_member, member=whom)
        except Refused:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=remove, args=pair) for pair in ((alice, second), (second, alice))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Membership.objects.in_organization(acme).active().count() == 1


# ── Access ends ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _signed_in(person: Person) -> Client:
    """By the real door, so that the session is listed."""
    if not person.check_password("correct horse battery"):
        person.set_password("correct horse battery")
        person.save()
    browser = Client()
    browser.post("/accounts/login/", {"login": person.email, "password": "correct horse battery"})
    assert browser.session.get("_auth_user_id"), "the password does not lead in"
    return browser


@pytest.fixture
def bobs_browser(bob: Membership) -> Client:
    bob.person.emailaddress_set.create(email=bob.person.email, verified=True, primary=True)  # type: ignore[attr-defined]
    return _signed_in(bob.person)


@pytest.mark.parametrize("verb", [memberships.remove_member, memberships.suspend_member])
def test_sessions_of_somebody_who_belongs_nowhere_any_more_end(
    alice: Membership, bob: Membership, bobs_browser: Client, verb: Callable[..., None]
) -> None:
    assert bobs_browser.get("/o/acme/studio/").status_code == 200
    assert UserSession.objects.filter(user=bob.person).count() == 1
    act(alice, verb, member=bob)
    assert not Session.objects.exists()
    assert bobs_browser.get("/o/acme/studio/")["Location"].startswith("/accounts/login/")


def test_somebody_with_another_organization_stays_signed_in_there(
    alice: Membership, bob: Membership, bobs_browser: Client, umbrella: Organization
) -> None:
    Membership.everywhere.create(
        organization=umbrella, person=bob.person, kind="staff", roles=["editor"], created_at=timezone.now()
    )
    act(alice, memberships.remove_member, member=bob)
    assert bobs_browser.get("/o/acme/studio/").status_code == 404
    assert bobs_browser.get("/o/umbrella/studio/").status_code == 200


def test_a_role_that_was_taken_is_gone_with_the_next_request(
    sign_in: Callable[[Membership], Client], alice: Membership, bob: Membership
) -> None:
    browser = sign_in(bob)
    assert browser.get(PEOPLE).status_code == 200
    act(alice, memberships.change_roles, member=bob, roles=["analyst"])
    assert browser.get(PEOPLE).status_code == 403


def test_signing_out_everywhere_else(bob: Membership, bobs_browser: Client) -> None:
    other = _signed_in(bob.person)
    page = other.get("/accounts/sessions/")
    assert [row["is_present"] for row in page.context["rows"]] == [True, False]
    assert other.post("/accounts/sessions/others/end/").status_code == 303
    assert other.get("/accounts/profile/").status_code == 200
    assert bobs_browser.get("/accounts/profile/").status_code == 302


def test_nobody_ends_another_persons_session(alice: Membership, bobs_browser: Client, sign_in: Any) -> None:
    number = UserSession.objects.get().pk
    sign_in(alice).post(f"/accounts/sessions/{number}/end/")
    assert bobs_browser.get("/accounts/profile/").status_code == 200
    bobs_browser.post(f"/accounts/sessions/{number}/end/")
    assert bobs_browser.get("/accounts/profile/").status_code == 302


# ── Pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_asks_as_often_for_three_as_for_one(
    sign_in: Callable[[Membership], Client], alice: Membership, charlie: Membership, django_assert_num_queries: Any
) -> None:
    browser = sign_in(alice)
    with django_assert_num_queries(LIST_QUERIES):
        browser.get(PEOPLE)
    staff(alice.organization, "b@acme.example", "B", "editor")
    staff(alice.organization, "c@acme.example", "C", "editor")
    with django_assert_num_queries(LIST_QUERIES):
        page = browser.get(PEOPLE)
    assert [row.name for row in page.context["rows"]] == ["Alice Moreau", "B", "C"]
    assert "Charlie" not in page.content.decode()


LIST_QUERIES = 9


def test_roles_are_changed_by_the_form_and_refusals_are_said(
    sign_in: Callable[[Membership], Client], alice: Membership, bob: Membership
) -> None:
    browser = sign_in(alice)
    page = f"{PEOPLE}{bob.public_id}/"
    assert browser.get(page).status_code == 200
    assert browser.post(page, {"roles": ["editor", "analyst"]})["Location"] == PEOPLE
    bob.refresh_from_db()
    assert bob.roles == ["editor", "analyst"]
    own = browser.post(f"{PEOPLE}{alice.public_id}/", {"roles": ["editor"]})
    assert own.status_code == 422
    assert "only owner" in own.content.decode()


@pytest.mark.parametrize("page", ["suspend/", "resume/", "remove/", ""])
def test_people_of_other_organizations_and_of_partners_are_unknown(
    sign_in: Callable[[Membership], Client], alice: Membership, charlie: Membership, lena: Membership, page: str
) -> None:
    browser = sign_in(alice)
    for stranger in (charlie, lena):
        assert browser.post(f"{PEOPLE}{stranger.public_id}/{page}", {"roles": ["owner"]}).status_code == 404
        stranger.refresh_from_db()
        assert stranger.state == "active"


def test_suspending_removing_and_what_the_page_says(
    sign_in: Callable[[Membership], Client], alice: Membership, bob: Membership
) -> None:
    browser = sign_in(alice)
    page = f"{PEOPLE}{bob.public_id}/"
    assert browser.post(f"{page}suspend/")["Location"] == page
    assert "Let in again" in browser.get(page).content.decode()
    assert browser.post(f"{page}suspend/").status_code == 422
    assert browser.post(f"{page}resume/")["Location"] == page
    assert browser.post(f"{page}remove/")["Location"] == PEOPLE
    assert browser.get(page).status_code == 404
    assert not colleagues(alice.organization).filter(pk=bob.pk).exists()


def test_leaving_is_asked_first_and_refused_to_the_last_owner(
    sign_in: Callable[[Membership], Client], alice: Membership, bob: Membership, lena: Membership
) -> None:
    for leaver in (bob, lena):
        browser = sign_in(leaver)
        assert browser.get("/o/acme/leave/").status_code == 200
        assert browser.post("/o/acme/leave/")["Location"] == "/"
        leaver.refresh_from_db()
        assert leaver.state == "removed"
    answer = sign_in(alice).post("/o/acme/leave/")
    assert answer.status_code == 422
    assert "only owner" in answer.content.decode()


def test_handing_over_by_the_form(
    sign_in: Callable[[Membership], Client], alice: Membership, bob: Membership, charlie: Membership
) -> None:
    alice.person.set_unusable_password()
    alice.person.save()
    browser = sign_in(alice)
    page = f"{PEOPLE}hand-over/"
    assert browser.post(page, {"successor": charlie.pk}).status_code == 422
    assert browser.post(page, {"successor": bob.pk})["Location"] == "/o/acme/studio/"
    assert browser.get(page).status_code == 403


def test_handing_over_asks_for_the_password_again(alice: Membership, bob: Membership) -> None:
    alice.person.emailaddress_set.create(email=alice.person.email, verified=True, primary=True)  # type: ignore[attr-defined]
    browser = _signed_in(alice.person)
    answer = browser.post(f"{PEOPLE}hand-over/", {"successor": bob.pk})
    assert answer["Location"].startswith("/accounts/reauthenticate/")


def test_the_page_of_roles_shows_the_table_in_force(sign_in: Callable[[Membership], Client], frida: Membership) -> None:
    page = sign_in(frida).get("/o/acme/studio/settings/roles/")
    assert page.status_code == 200
    rows = {str(label): allowed for label, allowed in page.context["rows"]}
    assert rows["Decide on applications"] == [True, True, False, True, False, False, False]


def test_a_person_says_name_zone_and_language(sign_in: Callable[[Membership], Client], lena: Membership) -> None:
    browser = sign_in(lena)
    answer = browser.post("/accounts/profile/", {"name": "Lena B.", "zone": "Asia/Tokyo", "language": ""})
    assert answer.status_code == 303
    lena.person.refresh_from_db()
    assert (lena.person.name, lena.person.zone) == ("Lena B.", "Asia/Tokyo")
    refusal = browser.post("/accounts/profile/", {"name": "", "zone": "Mars/Olympus"})
    assert refusal.status_code == 422
    assert refusal.context["form"].errors.keys() == {"name", "zone"}


def test_a_member_of_partners_added_twice_is_one(alice: Membership, lena: Membership) -> None:
    with scope(alice.organization):
        again = memberships.add_member(
            actor=Actor.of(alice),
            organization=alice.organization,
            person=lena.person,
            kind="partner",
            now=timezone.now(),
        )
        assert again.pk == lena.pk
        with pytest.raises(Refused) as refusal:
            memberships.add_member(
                actor=Actor.of(alice),
                organization=alice.organization,
                person=lena.person,
                kind="staff",
                roles=["editor"],
                now=timezone.now(),
            )
    assert refusal.value.codes == {"other_kind"}


def test_a_guest_has_no_roles_either(alice: Membership) -> None:
    guest = member(alice.organization, "g@x.example", "G", kind="guest")
    assert guest.roles == []
