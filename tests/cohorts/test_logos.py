"""Logos of companies on cohorts' pages: for strangers only where the company agreed, and only of who may be seen."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from cohorts.models import Cohort, Seat
from cohorts.queries.entrance import entrance_of
from partners.models import Partner, PartnerLogo
from partners.services.competitors import mark_pair
from partners.services.logos import keep_logo
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts import factories
from tests.partners.test_logos import picture

type SignIn = Callable[[Membership], Client]


@pytest.fixture
def shown(winter: Cohort, lena: Membership, nordwind: Partner, now: datetime) -> Cohort:
    """Lena of Nordwind is in and lets herself be named; Nordwind lets strangers see its logo."""
    factories.seat(winter, lena)
    Seat.objects.update(shown_at=now)
    keep_logo(actor=Actor.of(lena), partner=nordwind, upload=picture(), is_shown=True, now=now)
    return winter


def seen(cohort: Cohort) -> list[str]:
    cohort.refresh_from_db()
    return [logo.company for logo in entrance_of(cohort).logos]


def test_strangers_see_the_logo_on_the_invitation_page(shown: Cohort, client: Client) -> None:
    url = entrance_of(shown).logos[0].url
    assert url in client.get(address("cohort_invitation", shown.public_id)).content.decode()
    answer = client.get(url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        (PartnerLogo, {"shown_at": None}),
        (Seat, {"shown_at": None}),
        (Seat, {"state": "released", "confirmed_at": None}),
        (Seat, {"role": "observer"}),
        (Cohort, {"roster": "first_names"}),
        (Cohort, {"roster": "hidden"}),
        (Partner, {"is_test": True}),
    ],
)
def test_nobody_sees_what_was_not_agreed_to(shown: Cohort, client: Client, model: Any, changes: dict[str, Any]) -> None:
    url = entrance_of(shown).logos[0].url
    model.objects.update(**changes)
    assert seen(shown) == []
    assert client.get(url).status_code == 404


def test_an_archived_company_is_shown_no_more(shown: Cohort, nordwind: Partner, client: Client, now: datetime) -> None:
    url = entrance_of(shown).logos[0].url
    Partner.objects.filter(pk=nordwind.pk).update(archived_at=now)
    assert (seen(shown), client.get(url).status_code) == ([], 404)


def test_a_draft_shows_its_logos_to_colleagues_only(
    shown: Cohort, client: Client, frida: Membership, lena: Membership, sign_in: SignIn
) -> None:
    url = entrance_of(shown).logos[0].url
    Cohort.objects.filter(pk=shown.pk).update(state="draft")
    assert [who.get(url).status_code for who in (client, sign_in(lena), sign_in(frida))] == [404, 404, 200]


def test_companies_of_earlier_cohorts_stand_on_the_next_ones_page(shown: Cohort, in_acme: Organization) -> None:
    following = factories.cohort("open", program=shown.program)
    other = factories.cohort("open")
    assert seen(following) == [], "it is not over yet"
    Cohort.objects.filter(pk=shown.pk).update(state="finished")
    Seat.objects.update(shown_at=None)
    assert (seen(following), seen(other)) == (["Nordwind"], [])
    Cohort.objects.filter(pk=following.pk).update(roster="hidden")
    assert seen(following) == ["Nordwind"], "what it hides are its own people"
    Cohort.objects.filter(pk=shown.pk).update(roster="hidden")
    assert seen(following) == []


def test_another_organizations_page_leads_to_no_logo(
    acme: Organization, umbrella: Organization, client: Client, now: datetime
) -> None:
    with scope(acme):
        cohort = factories.cohort("open")
        member = factories.applicant("Lena Brandt")
        seat = factories.seat(cohort, member, shown_at=now)
        assert seat.partner
        keep_logo(actor=Actor.of(member), partner=seat.partner, upload=picture(), is_shown=True, now=now)
        logo = PartnerLogo.objects.get()
    urls = [address("cohort_logo", cohort.public_id, logo.public_id, organization=home) for home in (acme, umbrella)]
    assert [client.get(url).status_code for url in urls] == [200, 404]


def test_those_in_the_cohort_see_one_anothers_logos(
    shown: Cohort,
    nordwind: Partner,
    kestrel: Partner,
    paul: Membership,
    sign_in: SignIn,
    frida: Membership,
    now: datetime,
) -> None:
    factories.seat(shown, paul)
    Cohort.objects.filter(pk=shown.pk).update(state="running", parts=["launch"])
    PartnerLogo.objects.update(shown_at=None)
    client = sign_in(paul)

    def faces() -> str:
        return client.get(address("cohort_faces", shown.public_id)).content.decode()

    assert "cn-logo" in faces()
    url = faces().partition('class="cn-logo" src="')[2].partition('"')[0]
    assert client.get(url).status_code == 200
    assert sign_in(frida).get(url).status_code == 404, "a link is for one reader"
    mark_pair(actor=Actor.of(frida), partners=(nordwind, kestrel), grade="never", now=now)
    assert "cn-logo" not in faces()
