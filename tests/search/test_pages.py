"""The search page and the box above every page."""

import logging
from collections.abc import Callable

import pytest
from django.test import Client

from partners.models import Partner, PartnerUser
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from prm.web.places import SearchPlace, navigation, search_places
from prm.web.views.search import QUICK, SEARCHES
from tests.costs import FEW, MANY, MOST_QUERIES, cost_of, plan_for_many_rows
from tests.factories import staff
from tests.partners.factories import PartnerFactory, crowd
from tests.search.conftest import catch_up

type SignIn = Callable[[Membership], Client]

STUDIO, PORTAL = "/o/acme/studio/search/", "/o/acme/search/"
IN_BOX = {"HX-Request": "true", "HX-Target": QUICK}


@pytest.fixture
def indexed(acme: Organization, nordwind: Partner, lena_user: PartnerUser, tom_user: PartnerUser) -> None:
    with scope(acme):
        catch_up()


def read(client: Client, path: str, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_works_without_scripts(sign_in: SignIn, alice: Membership, nordwind: Partner, indexed: None) -> None:
    page = read(sign_in(alice), f"{STUDIO}?q=nordwnid")
    assert "<title>nordwnid · Search" in page
    assert "Nothing is called “nordwnid”. This comes close:" in page
    assert f'href="/o/acme/studio/partners/{nordwind.public_id}/"' in page
    assert 'action="/o/acme/studio/search/"' in page
    assert 'value="nordwnid"' in page
    assert "search-box" not in page, "the box would be there twice"


def test_the_box_gets_the_results_alone(sign_in: SignIn, alice: Membership, indexed: None) -> None:
    page = read(sign_in(alice), f"{STUDIO}?q=nord", **IN_BOX)
    assert page.strip().startswith('<div class="cn-find-found" data-said="3 results" data-query="nord">')
    assert "All results for “nord”" in page
    assert "<html" not in page


def test_every_page_has_the_box(sign_in: SignIn, alice: Membership, lena: Membership, indexed: None) -> None:
    assert 'id="search-box"' in read(sign_in(alice), "/o/acme/studio/")
    assert 'action="/o/acme/search/"' in read(sign_in(lena), "/o/acme/")


def test_empty_it_shows_where_people_go(sign_in: SignIn, alice: Membership, lena: Membership, indexed: None) -> None:
    studio = read(sign_in(alice), STUDIO, **IN_BOX)
    assert "Add a partner" in studio
    assert "Import partners" in studio
    portal = read(sign_in(lena), PORTAL, **IN_BOX)
    assert "My company" in portal
    assert "/studio/" not in portal


@pytest.mark.parametrize("query", ["import", "imprt", "spreadsheet", "partners import"])
def test_pages_are_found(sign_in: SignIn, alice: Membership, indexed: None, query: str) -> None:
    assert 'href="/o/acme/studio/partners/import/"' in read(sign_in(alice), f"{STUDIO}?q={query}", **IN_BOX)


def test_places_are_those_that_the_member_may_open(
    sign_in: SignIn, acme: Organization, lena: Membership, indexed: None
) -> None:
    analyst = sign_in(staff(acme, "ana@acme.example", "Ana", "analyst"))
    assert "Import partners" not in read(analyst, STUDIO, **IN_BOX)
    assert "Nothing found" in read(analyst, f"{STUDIO}?q=import", **IN_BOX)
    assert "Nothing found" in read(sign_in(lena), f"{PORTAL}?q=import", **IN_BOX)


def test_every_place_has_a_page_and_a_name_of_its_own() -> None:
    from prm.addresses import is_known

    places: list[SearchPlace] = search_places.all()
    assert places
    assert all(is_known(place.url_name) for place in places)
    shown = [(place.face, str(place.label)) for place in places]
    shown += [(item.face, str(item.label)) for item in navigation.all()]
    assert len(set(shown)) == len(shown)


def test_partners_find_no_other_partner(
    sign_in: SignIn, lena: Membership, paul: Membership, paul_user: PartnerUser, indexed: None, acme: Organization
) -> None:
    with scope(acme):
        catch_up()
    page = read(sign_in(paul), f"{PORTAL}?q=nordwind")
    assert "Nothing found" in page
    assert "Lena" not in page
    assert "Tom Weiß" in read(sign_in(lena), f"{PORTAL}?q=tom")


def test_what_was_typed_is_escaped(sign_in: SignIn, alice: Membership, indexed: None) -> None:
    page = read(sign_in(alice), f"{STUDIO}?q=%3Cscript%3Ealert(1)%3C/script%3E%22'")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("query", ["%00", "a" * 5000, "%25%25", "_", "%5C", "((((", "🙂", "%E2%80%8B", "-", "."])
def test_any_query_has_an_answer(sign_in: SignIn, alice: Membership, indexed: None, query: str) -> None:
    assert sign_in(alice).get(f"{STUDIO}?q={query}").status_code in (200, 400)


def test_what_was_typed_is_in_no_log(
    sign_in: SignIn, alice: Membership, indexed: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        read(sign_in(alice), f"{STUDIO}?q=wintersecret")
    logged = [record for record in caplog.records if not record.name.startswith("django.db")]
    assert any("studio/search" in record.getMessage() for record in logged)
    assert not [
        record for record in logged if "wintersecret" in record.getMessage() + str(record.__dict__.get("query"))
    ]


def test_whoever_asks_without_end_waits(
    sign_in: SignIn, alice: Membership, indexed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prm.web.views.search.SEARCHES", type(SEARCHES)("search-test", 2, per=3600, opens=True))
    client = sign_in(alice)
    assert [client.get(STUDIO).status_code for _number in range(3)] == [200, 200, 429]


def test_a_search_costs_the_same_with_many(
    sign_in: SignIn, acme: Organization, alice: Membership, nordwind: Partner, indexed: None
) -> None:
    client = sign_in(alice)
    found: dict[str, int] = {}
    plan_for_many_rows()
    for rows in (FEW, MANY):
        with scope(acme):
            crowd(alice, rows)
            catch_up()
        for query in ("company", "quite company", "nordwnid"):
            cost = cost_of(client, f"{STUDIO}?q={query}")
            assert found.setdefault(query, cost.number) == cost.number, cost
            assert cost.number <= MOST_QUERIES, cost
            assert cost.size <= 40_000, query


def test_the_list_is_one_click_away(sign_in: SignIn, acme: Organization, alice: Membership, indexed: None) -> None:
    with scope(acme):
        for number in range(25):
            PartnerFactory.create(name=f"Kestrel {number}")
        catch_up()
        partner_list = address("partner_list")
    page = read(sign_in(alice), f"{STUDIO}?q=kestrel")
    assert page.count('class="cn-find-hit"') == 20
    assert f'href="{partner_list}?q=kestrel"' in page
