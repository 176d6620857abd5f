"""Starting an organization: a code by mail, and what a stranger can learn on the way (nothing)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from prm.accounts.models import Membership, Person
from prm.accounts.queries import membership_in
from prm.accounts.rules import slug_from, slug_problems
from prm.accounts.services.organizations import start_organization
from prm.accounts.services.people import welcome_person
from prm.outbox.models import AccountMessage
from prm.outbox.sealing import unseal
from prm.tenancy.models import FormerSlug, Organization
from prm.tenancy.scope import scope
from prm.web import starters
from prm.web.guesses import guessed_fiscal_month, zone_names
from tests.factories import NOW, PersonFactory

pytestmark = pytest.mark.django_db
FORM = {"name": "Alice Moreau", "email": "alice@new.example", "company": "Nordlicht Cloud", "zone": "Europe/Berlin"}


def the_code() -> str:
    return unseal(AccountMessage.objects.latest("pk").sealed)["code"]


def asked(client: Client, **changed: str) -> Any:
    return client.post("/start/", {**FORM, **changed})


def test_a_code_makes_account_organization_and_owner(client: Client) -> None:
    assert asked(client)["Location"] == "/start/code/"
    answer = client.post("/start/code/", {"code": the_code()})
    assert answer.status_code == 303
    assert answer["Location"] == "/o/nordlicht-cloud/studio/start/partners/"
    organization = Organization.objects.get(slug="nordlicht-cloud")
    assert (organization.name, organization.zone) == ("Nordlicht Cloud", "Europe/Berlin")
    assert (organization.sender_name, organization.reply_to) == ("Alice Moreau", "alice@new.example")
    person = Person.objects.get(email="alice@new.example")
    assert not person.has_usable_password()
    owner = membership_in(organization, person)
    assert owner is not None
    assert owner.is_owner
    assert client.get(answer["Location"]).status_code == 200


def test_no_account_exists_before_the_code_is_entered(client: Client) -> None:
    asked(client)
    assert not Person.objects.exists()
    assert not Organization.objects.exists()


def test_known_and_unknown_addresses_cannot_be_told_apart(client: Client) -> None:
    PersonFactory.create(email="known@new.example", name="Known")
    answers = [asked(Client(), email=email) for email in ("known@new.example", "other@new.example")]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(303, "/start/code/")}
    assert AccountMessage.objects.count() == 2
    assert len(set(AccountMessage.objects.values_list("template", flat=True))) == 1
    pages = []
    for email in ("known@new.example", "other@new.example"):
        visitor = Client()
        asked(visitor, email=email)
        page = visitor.get("/start/code/")
        pages.append(page.content.decode().replace(email, "").replace(_csrf(page), ""))
    assert len({len(page) for page in pages}) == 1


def _csrf(page: Any) -> str:
    return str(page.context["csrf_token"])


def test_an_existing_account_keeps_its_name_and_gets_a_second_organization(client: Client) -> None:
    person = welcome_person(email="alice@new.example", name="Alice M.", now=NOW)
    asked(client)
    client.post("/start/code/", {"code": the_code()})
    person.refresh_from_db()
    assert person.name == "Alice M."
    assert Membership.objects.for_person(person).count() == 1


def test_a_wrong_code_says_so_and_keeps_everything(client: Client) -> None:
    asked(client)
    answer = client.post("/start/code/", {"code": "WRONG1"})
    assert answer.status_code == 422
    assert "not the code" in answer.content.decode()
    assert client.post("/start/code/", {"code": the_code().lower().replace("-", " ")}).status_code == 303


def test_a_code_is_used_once_and_dies_after_five_tries(client: Client) -> None:
    asked(client)
    code = the_code()
    for _try in range(5):
        client.post("/start/code/", {"code": "WRONG1"})
    answer = client.post("/start/code/", {"code": code})
    assert answer.status_code == 422
    assert "tried too often" in answer.content.decode()


def test_a_code_lives_a_quarter_of_an_hour(client: Client, time_machine_at: Callable[[str], Any]) -> None:
    asked(client)
    with time_machine_at("+16min"):
        answer = client.post("/start/code/", {"code": the_code()})
    assert answer.status_code == 422
    assert "expired" in answer.content.decode()


def test_a_code_belongs_to_its_browser(client: Client) -> None:
    asked(client)
    stranger = Client()
    assert stranger.get("/start/code/")["Location"] == "/start/"
    asked(stranger, email="thief@new.example")
    first_code = unseal(AccountMessage.objects.earliest("pk").sealed)["code"]
    assert stranger.post("/start/code/", {"code": first_code}).status_code == 422


def test_a_second_code_voids_the_first(client: Client) -> None:
    asked(client)
    first = the_code()
    assert client.post("/start/code/again/")["Location"] == "/start/code/"
    assert client.post("/start/code/", {"code": first}).status_code == 422
    assert client.post("/start/code/", {"code": the_code()}).status_code == 303


def test_entering_the_code_twice_makes_one_organization(client: Client) -> None:
    asked(client)
    code = the_code()
    client.post("/start/code/", {"code": code})
    assert client.post("/start/code/", {"code": code})["Location"] == "/start/"
    assert Organization.objects.count() == 1


def test_codes_are_not_at_rest_anywhere(client: Client) -> None:
    asked(client)
    code = the_code()
    assert code not in str(dict(client.session))
    assert code not in AccountMessage.objects.latest("pk").sealed


@pytest.mark.parametrize("field", ["name", "email", "company"])
def test_what_is_missing_is_said_beside_its_field(client: Client, field: str) -> None:
    answer = asked(client, **{field: ""})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert not AccountMessage.objects.exists()


def test_an_address_gets_only_so_many_codes(client: Client) -> None:
    answers = [asked(Client()) for _time in range(6)]
    assert [answer.status_code for answer in answers] == [303] * 5 + [429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert AccountMessage.objects.count() == 5


def test_whoever_is_signed_in_only_names_the_company(
    sign_in: Callable[[Membership], Client], alice: Membership
) -> None:
    browser = sign_in(alice)
    assert b'name="email"' not in browser.get("/start/").content
    answer = browser.post("/start/", {"company": "Second House"})
    assert answer["Location"] == "/o/second-house/studio/start/partners/"
    assert Membership.objects.for_person(alice.person).count() == 2


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Acme & Söhne GmbH", "acme-sohne-gmbh"),
        ("Große Straße", "grosse-strasse"),
        ("株式会社", "organization"),
        ("--__--", "organization"),
        ("A", "organization"),
        ("x" * 80, "x" * 50),
    ],
)
def test_an_address_is_made_from_the_name(name: str, slug: str) -> None:
    assert slug_from(name) == slug


@pytest.mark.parametrize("slug", ["a", "-acme", "acme-", "Acme", "a_b", "a b", "../x", "x" * 51, "", "acmé", "acme\n"])
def test_addresses_of_a_wrong_shape_are_refused(slug: str) -> None:
    assert [problem.code for problem in slug_problems(slug, taken=False)] == ["slug_shape"]


@pytest.mark.parametrize("name", ["Admin", "Start", "Static", "API"])
def test_reserved_words_are_no_addresses(name: str) -> None:
    owner = start_organization(person=PersonFactory.create(), name=name, now=NOW)
    assert owner.organization.slug.startswith(name.lower() + ("-" if len(name) > 1 else ""))
    assert slug_problems(name.lower(), taken=False)[0].code == "slug_taken"


def test_the_same_name_twice_gets_two_addresses(acme: Organization) -> None:
    FormerSlug.objects.create(slug="acme-2", organization=acme)
    owner = start_organization(person=PersonFactory.create(), name="Acme", now=NOW)
    assert owner.organization.slug == "acme-3"


def test_the_cards_make_what_apps_registered(
    sign_in: Callable[[Membership], Client], alice: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    registry = starters.starters
    monkeypatch.setattr(registry, "_items", {})
    registry.register(starters.Starter("test", "a group", lambda *, actor, choice, now: made.append(choice)))
    browser = sign_in(alice)
    path = "/o/acme/studio/start/partners/"
    answer = browser.post(
        path, {"kinds": ["msps", "resellers"], "zone": "Europe/Paris", "fiscal_year_start_month": "7"}
    )
    assert answer["Location"] == "/o/acme/studio/start/look/"
    assert made == ["resellers", "msps"]
    alice.organization.refresh_from_db()
    assert (alice.organization.zone, alice.organization.fiscal_year_start_month) == ("Europe/Paris", 7)
    browser.post(path, {"kinds": ["isvs"], "empty": "1", "zone": "Europe/Paris", "fiscal_year_start_month": "7"})
    assert made == ["resellers", "msps"]


@pytest.mark.parametrize(("zone", "month"), [("Europe/London", 4), ("Australia/Perth", 7), ("Europe/Berlin", 1)])
def test_the_fiscal_year_is_guessed_from_the_zone(zone: str, month: int) -> None:
    assert zone in zone_names()
    assert guessed_fiscal_month(zone) == month


def test_the_zone_is_guessed_from_the_browsers_languages(client: Client) -> None:
    client.post("/start/", {**FORM, "zone": "Not/AZone"})
    client.post("/start/code/", {"code": the_code()}, headers={"accept-language": "fr-CH,fr;q=0.9"})
    assert Organization.objects.get().zone == "Europe/Zurich"


def test_an_account_that_nobody_proved_loses_its_password_and_its_sessions(client: Client) -> None:
    squatter = Person.objects.create_user("alice@new.example", "correct horse battery")
    asked(client)
    client.post("/start/code/", {"code": the_code()})
    squatter.refresh_from_db()
    assert not squatter.has_usable_password()


def test_the_organization_starts_empty_and_apart(client: Client, acme: Organization) -> None:
    asked(client)
    client.post("/start/code/", {"code": the_code()})
    started = Organization.objects.exclude(pk=acme.pk).get()
    assert client.get(f"/o/{acme.slug}/studio/").status_code == 404
    with scope(started):
        assert Membership.objects.in_organization(started).count() == 1
