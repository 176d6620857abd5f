"""Figures count partners, not people; test partners are out; every figure opens to its rows."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from analytics.definitions import definitions, figure_of
from enablement import facts
from prm.accounts.models import Membership
from prm.activity.services import record
from prm.addresses import address
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.partners.factories import PartnerFactory

pytestmark = pytest.mark.django_db


def _learned(partner_id: int, at: datetime, person_id: int = 1) -> None:
    record(kind=facts.CONTENT_COMPLETED, at=at, partner_id=partner_id, person_id=person_id)


def test_a_partner_counts_once_however_many_people_learned(in_acme: Organization, now: datetime) -> None:
    partner, _silent = PartnerFactory.create_batch(2, created_at=now - timedelta(days=90))
    _learned(partner.pk, now - timedelta(days=1), 1)
    _learned(partner.pk, now - timedelta(days=2), 2)
    figure = figure_of(definitions.get("learning"), now)
    assert (figure.count, figure.total, figure.before, figure.change) == (1, 2, 0, 1)


def test_the_window_is_half_open(in_acme: Organization, now: datetime) -> None:
    partner = PartnerFactory.create(created_at=now - timedelta(days=90))
    _learned(partner.pk, now)
    assert figure_of(definitions.get("learning"), now).count == 0
    _learned(partner.pk, now - timedelta(days=30))
    assert figure_of(definitions.get("learning"), now).count == 1
    _learned(partner.pk, now - timedelta(days=30, seconds=1))
    assert figure_of(definitions.get("learning"), now).before == 1


def test_test_partners_and_archived_ones_are_out(in_acme: Organization, now: datetime) -> None:
    for fields in ({"is_test": True}, {"archived_at": now}):
        _learned(PartnerFactory.create(**fields).pk, now - timedelta(days=1))
    figure = figure_of(definitions.get("learning"), now)
    assert (figure.count, figure.total) == (0, 0)


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
        assert figure_of(definitions.get("learning"), now).count == 0
