"""Seeing the portal as a partner person does: read-only, recorded, and only for those who may."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from prm.accounts.models import Membership
from prm.audit.models import AuditEntry
from prm.tenancy.scope import scope

pytestmark = pytest.mark.django_db
CHOOSE = "/o/acme/studio/see-as/"


def begin(browser: Client, seen: Membership) -> Any:
    return browser.post(f"{CHOOSE}{seen.public_id}/")


def verbs(membership: Membership) -> list[str]:
    with scope(membership.organization):
        return list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))


def test_looking_shows_the_portal_with_a_banner_and_is_recorded(
    sign_in: Callable[[Membership], Client], alice: Membership, lena: Membership
) -> None:
    browser = sign_in(alice)
    assert begin(browser, lena)["Location"] == "/o/acme/"
    page = browser.get("/o/acme/")
    assert page.status_code == 200
    assert "as Lena Brandt does" in page.content.decode()
    with scope(alice.organization):
        entry = AuditEntry.objects.get()
    assert (entry.verb, entry.membership_id, entry.object_id) == ("accounts.see_as_begun", alice.pk, lena.pk)


def test_nothing_can_be_done_in_somebody_elses_name(
    sign_in: Callable[[Membership], Client], alice: Membership, lena: Membership
) -> None:
    browser = sign_in(alice)
    begin(browser, lena)
    for page in ("/o/acme/leave/", "/o/acme/"):
        assert browser.post(page).status_code == 403
    lena.refresh_from_db()
    assert lena.state == "active"


def test_the_studio_stays_ones_own(
    sign_in: Callable[[Membership], Client], alice: Membership, lena: Membership
) -> None:
    browser = sign_in(alice)
    begin(browser, lena)
    page = browser.get("/o/acme/studio/")
    assert page.status_code == 200
    assert page.context["request"].membership == alice


def test_leaving_leads_back_and_is_recorded_once(
    sign_in: Callable[[Membership], Client], alice: Membership, lena: Membership
) -> None:
    browser = sign_in(alice)
    begin(browser, lena)
    for _time in range(2):
        assert browser.post("/o/acme/see-as/leave/")["Location"] == "/o/acme/studio/"
    assert browser.get("/o/acme/")["Location"] == "/o/acme/studio/"
    assert verbs(alice) == ["accounts.see_as_begun", "accounts.see_as_ended"]


@pytest.mark.parametrize("who", ["alice", "charlie", "removed"])
def test_only_people_of_ones_own_partners_can_be_chosen(
    sign_in: Callable[[Membership], Client], alice: Membership, charlie: Membership, lena: Membership, who: str
) -> None:
    Membership.everywhere.filter(pk=lena.pk).update(state="removed")
    chosen = {"alice": alice, "charlie": charlie, "removed": lena}[who]
    assert begin(sign_in(alice), chosen).status_code == 404
    assert verbs(alice) == []


def test_facilitators_and_partners_cannot_look(
    sign_in: Callable[[Membership], Client], frida: Membership, lena: Membership, paul: Membership
) -> None:
    for looker in (frida, paul):
        assert sign_in(looker).get(CHOOSE).status_code == 403
        assert begin(sign_in(looker), lena).status_code == 403


def test_somebody_who_left_meanwhile_is_seen_no_more(
    sign_in: Callable[[Membership], Client], alice: Membership, lena: Membership
) -> None:
    browser = sign_in(alice)
    begin(browser, lena)
    Membership.everywhere.filter(pk=lena.pk).update(state="removed")
    assert browser.get("/o/acme/")["Location"] == "/o/acme/studio/"


def test_a_role_that_was_taken_ends_the_looking(
    sign_in: Callable[[Membership], Client], alice: Membership, bob: Membership, lena: Membership
) -> None:
    browser = sign_in(bob)
    begin(browser, lena)
    Membership.everywhere.filter(pk=bob.pk).update(roles=["analyst"])
    assert browser.get("/o/acme/")["Location"] == "/o/acme/studio/"


def test_before_any_partner_there_is_an_example_person(
    sign_in: Callable[[Membership], Client], alice: Membership
) -> None:
    browser = sign_in(alice)
    assert "Nobody of a partner is here yet" in browser.get(CHOOSE).content.decode()
    for _time in range(2):
        assert browser.post(f"{CHOOSE}example/")["Location"] == "/o/acme/"
        assert browser.get("/o/acme/").status_code == 200
    partners = Membership.objects.in_organization(alice.organization).filter(kind="partner")
    assert partners.count() == 1


def test_people_are_found_by_name(
    sign_in: Callable[[Membership], Client], alice: Membership, lena: Membership, paul: Membership
) -> None:
    browser = sign_in(alice)
    assert [row.pk for row in browser.get(CHOOSE, {"q": "nordw"}).context["page"].rows] == [lena.pk]
    assert "Nobody of that name" in browser.get(CHOOSE, {"q": "zzz"}).content.decode()


def test_the_list_asks_as_often_for_three_as_for_one(
    sign_in: Callable[[Membership], Client],
    alice: Membership,
    lena: Membership,
    django_assert_num_queries: Any,
    request: pytest.FixtureRequest,
) -> None:
    browser = sign_in(alice)
    with django_assert_num_queries(LIST_QUERIES):
        browser.get(CHOOSE)
    request.getfixturevalue("paul")
    with django_assert_num_queries(LIST_QUERIES):
        browser.get(CHOOSE)


LIST_QUERIES = 9
