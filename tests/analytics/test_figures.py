"""Figures count partners, not people; test partners are out; every figure opens to its rows."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from analytics.definitions import Figure, definitions, figures_of
from cohorts import facts as cohort_facts
from enablement import facts
from prm.accounts.models import Membership
from prm.activity.services import record
from prm.addresses import address
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.costs import frame_of, queries_of
from tests.factories import staff
from tests.partners.factories import PartnerFactory

pytestmark = pytest.mark.django_db


def _learned(partner_id: int, at: datetime, person_id: int = 1) -> None:
    record(kind=facts.CONTENT_COMPLETED, at=at, partner_id=partner_id, person_id=person_id)


def learning(now: datetime) -> Figure:
    return figures_of([definitions.get("learning")], now)[0]


def test_a_partner_counts_once_however_many_people_learned(in_acme: Organization, now: datetime) -> None:
    partner, _silent = PartnerFactory.create_batch(2, created_at=now - timedelta(days=90))
    _learned(partner.pk, now - timedelta(days=1), 1)
    _learned(partner.pk, now - timedelta(days=2), 2)
    figure = learning(now)
    assert (figure.count, figure.total, figure.before, figure.change) == (1, 2, 0, 1)


def test_the_window_is_half_open(in_acme: Organization, now: datetime) -> None:
    partner = PartnerFactory.create(created_at=now - timedelta(days=90))
    _learned(partner.pk, now)
    assert learning(now).count == 0
    _learned(partner.pk, now - timedelta(days=30))
    assert learning(now).count == 1
    _learned(partner.pk, now - timedelta(days=30, seconds=1))
    assert learning(now).before == 1


def test_test_partners_and_archived_ones_are_out(in_acme: Organization, now: datetime) -> None:
    for fields in ({"is_test": True}, {"archived_at": now}):
        _learned(PartnerFactory.create(**fields).pk, now - timedelta(days=1))
    figure = learning(now)
    assert (figure.count, figure.total) == (0, 0)


def test_what_was_taken_back_does_not_count(in_acme: Organization, now: datetime) -> None:
    partner = PartnerFactory.create(created_at=now - timedelta(days=90))
    session: dict[str, Any] = {
        "kind": cohort_facts.SESSION_ATTENDED,
        "at": now - timedelta(days=1),
        "partner_id": partner.pk,
    }
    record(**session)
    assert [figure.count for figure in figures_of(definitions.all(), now)] == [1, 0, 1]
    record(**session, amount=-1)
    assert [figure.count for figure in figures_of(definitions.all(), now)] == [0, 0, 0]
    record(kind=cohort_facts.HOMEWORK_SUBMITTED, at=now - timedelta(days=1), partner_id=partner.pk, amount=0)
    assert [figure.count for figure in figures_of(definitions.all(), now)] == [1, 0, 1]


@pytest.mark.parametrize("count", [1, 3, 60])
def test_figures_cost_the_same_with_one_partner_and_with_many(
    acme: Organization,
    alice: Membership,
    now: datetime,
    sign_in: Callable[[Membership], Client],
    count: int,
) -> None:
    with scope(acme):
        for partner in PartnerFactory.create_batch(count, created_at=now - timedelta(days=90)):
            _learned(partner.pk, datetime.now(now.tzinfo) - timedelta(hours=1))
        pages = {address("figure_list"): 2, address("figure_detail", "learning"): 4}
    client = sign_in(alice)
    frame = frame_of(client, acme)
    for url, own in pages.items():
        assert queries_of(client, url) == frame + own
        answer = client.get(url)
        assert f"of {count}" in answer.content.decode()
        assert len(answer.content) < 60 * 1024


def test_figures_are_for_those_who_may_see_them(
    acme: Organization, frida: Membership, lena: Membership, charlie: Membership, sign_in: Callable[..., Client]
) -> None:
    editor = staff(acme, "eve@acme.example", "Eve Ward", "editor")
    for who, status in ((editor, 403), (frida, 200), (lena, 403), (charlie, 404)):
        assert sign_in(who).get(address("figure_list", organization=acme)).status_code == status


def test_a_figure_opens_to_its_rows(
    acme: Organization, alice: Membership, now: datetime, sign_in: Callable[[Membership], Client]
) -> None:
    with scope(acme):
        counted = PartnerFactory.create(name="Nordwind", created_at=now - timedelta(days=90))
        PartnerFactory.create(name="Kestrel", created_at=now - timedelta(days=90))
        _learned(counted.pk, datetime.now(now.tzinfo) - timedelta(hours=1))
        url = address("figure_detail", "learning")
    page = sign_in(alice).get(url).content.decode()
    assert page.index("Nordwind") < page.index("Kestrel")
    assert "1 of 2 partners" in page


def test_an_unknown_figure_is_unknown(
    acme: Organization, alice: Membership, sign_in: Callable[[Membership], Client]
) -> None:
    assert sign_in(alice).get(address("figure_detail", "wealth", organization=acme)).status_code == 404


def test_another_organizations_facts_do_not_count(acme: Organization, umbrella: Organization, now: datetime) -> None:
    with scope(umbrella):
        _learned(PartnerFactory.create().pk, now - timedelta(days=1))
    with scope(acme):
        PartnerFactory.create()
        assert learning(now).count == 0
