"""The first page for a visitor, for somebody with several organizations, and for staff and partners inside one."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from prm.accounts.models import Membership
from prm.tenancy.models import Organization
from tests.factories import MembershipFactory

type SignIn = Callable[[Membership], Client]


@pytest.fixture
def demo(settings: Any, tmp_path: Path, lena: Membership) -> Membership:
    """A demo of one person."""
    settings.CANOPY_HOME = tmp_path
    person = {"email": lena.person.email, "name": "Lena Brandt", "organization": "Acme Cloud", "role": "Partner lead"}
    listed = {"people": [{**person, "partner": "Nordwind", "url": "/o/acme/"}, {"name": "no address"}]}
    (tmp_path / "demo.json").write_text(json.dumps(listed))
    return lena


def test_visitor_sees_two_doors(client: Client, db: None) -> None:
    page = client.get("/").content.decode()
    assert "Look around a running program" in page
    assert 'href="/start/"' in page


def test_visitor_sees_the_demo_people(client: Client, demo: Membership) -> None:
    page = client.get("/").content.decode()
    assert "Lena Brandt" in page
    assert f'value="{demo.person.email}"' in page


def test_demo_button_signs_in(client: Client, demo: Membership) -> None:
    response = client.post("/dev/sign-in/", {"person": demo.person.email})
    assert (response.status_code, response.headers["Location"]) == (303, "/o/acme/")
    assert client.get("/o/acme/").status_code == 200


def test_nobody_else_can_be_signed_in(client: Client, demo: Membership, alice: Membership) -> None:
    for address in (alice.person.email, "nobody@example.com", ""):
        assert client.post("/dev/sign-in/", {"person": address}).status_code == 404
    assert client.get("/dev/sign-in/").status_code == 405


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("content", ["", "[]", "null", '{"people": [7]}', "{"])
def test_broken_list_of_demo_people_is_no_demo(client: Client, settings: Any, content: str) -> None:
    (settings.CANOPY_HOME / "demo.json").write_text(content)
    assert client.get("/").status_code == 200


def test_mail_strip_tells_where_mails_are(client: Client, db: None) -> None:
    assert "Mails stay on this machine" in client.get("/").content.decode()


def test_home_has_a_card_for_each_organization(
    sign_in: SignIn, alice: Membership, umbrella: Organization, acme: Organization
) -> None:
    MembershipFactory.create(organization=umbrella, person=alice.person, kind="partner")
    page = sign_in(alice).get("/").content.decode()
    assert 'href="/o/acme/studio/"' in page
    assert 'href="/o/umbrella/"' in page
    assert 'hx-get="/o/umbrella/due/"' in page


def test_home_leaves_out_what_ended(sign_in: SignIn, alice: Membership, umbrella: Organization) -> None:
    former = MembershipFactory.create(organization=umbrella, person=alice.person, kind="partner")
    former.state = Membership.State.REMOVED
    former.save()
    assert "/o/umbrella/" not in sign_in(alice).get("/").content.decode()


def test_home_takes_the_same_queries_for_many(
    sign_in: SignIn, alice: Membership, umbrella: Organization, django_assert_num_queries: Callable[[int], object]
) -> None:
    client = sign_in(alice)
    client.get("/")
    with django_assert_num_queries(3):  # type: ignore[attr-defined]
        client.get("/")
    MembershipFactory.create(organization=umbrella, person=alice.person, kind="partner")
    with django_assert_num_queries(3):  # type: ignore[attr-defined]
        client.get("/")


def test_switcher_is_for_those_who_are_signed_in(client: Client, sign_in: SignIn, alice: Membership) -> None:
    assert client.get("/switcher/").status_code == 302
    assert "Acme Cloud" in sign_in(alice).get("/switcher/").content.decode()


def test_staff_come_to_the_studio(sign_in: SignIn, alice: Membership) -> None:
    page = sign_in(alice).get("/o/acme/studio/").content.decode()
    assert "Hello, Alice" in page
    assert 'aria-current="page"' in page


def test_partners_come_to_the_portal_and_not_into_the_studio(sign_in: SignIn, lena: Membership) -> None:
    client = sign_in(lena)
    assert "Hello, Lena" in client.get("/o/acme/").content.decode()
    refused = client.get("/o/acme/studio/")
    assert refused.status_code == 403
    assert "This page belongs to the studio of Acme Cloud." in refused.content.decode()


def test_owners_find_the_audit_trail_and_the_portal_as_partners_see_it(sign_in: SignIn, alice: Membership) -> None:
    studio = sign_in(alice).get("/o/acme/studio/settings/").content.decode()
    assert 'href="/o/acme/studio/audit/"' in studio
    assert 'href="/o/acme/studio/see-as/"' in studio


def test_operators_find_the_administration(sign_in: SignIn, alice: Membership) -> None:
    assert "/admin/" not in sign_in(alice).get("/").content.decode()
    alice.person.is_staff = True
    alice.person.save()
    assert 'href="/admin/"' in sign_in(alice).get("/").content.decode()


def test_partners_are_shown_neither(sign_in: SignIn, lena: Membership) -> None:
    portal = sign_in(lena).get("/o/acme/").content.decode()
    assert "/studio/" not in portal


def test_portal_shows_the_organizations_title_and_color(sign_in: SignIn, lena: Membership, acme: Organization) -> None:
    page = sign_in(lena).get("/o/acme/").content.decode()
    assert "<strong>Acme Partners</strong>" in page
    assert f"/brand/{acme.brand_color[1:]}.css" in page


def test_what_is_due_is_told_inside_the_organization(sign_in: SignIn, lena: Membership, client: Client) -> None:
    assert "Nothing is due here" in sign_in(lena).get("/o/acme/due/").content.decode()
    assert client.get("/o/acme/due/").status_code == 302


def test_a_refusal_says_what_is_missing(sign_in: SignIn, bob: Membership) -> None:
    answer = sign_in(bob).get("/o/acme/studio/settings/")
    assert answer.status_code == 403
    assert "Your role does not include: " in answer.content.decode()
