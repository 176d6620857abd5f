"""Frida leads Acme's cohorts. Lena of Nordwind and Paul of Kestrel are partners' people; Umbrella has a cohort too."""

import pytest

from cohorts.models import Cohort
from partners.models import Partner
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts import factories
from tests.partners.factories import PartnerFactory, partner_user


@pytest.fixture
def actor(frida: Membership) -> Actor:
    return Actor.of(frida)


@pytest.fixture
def nordwind(in_acme: Organization, lena: Membership) -> Partner:
    """Lena's company."""
    partner = PartnerFactory.create(name="Nordwind", domain="nordwind.example")
    partner_user(partner, membership=lena, role="lead")
    return partner


@pytest.fixture
def kestrel(in_acme: Organization, paul: Membership) -> Partner:
    """Paul's company, which competes with Nordwind."""
    partner = PartnerFactory.create(name="Kestrel", domain="kestrel.example")
    partner_user(partner, membership=paul)
    return partner


@pytest.fixture
def winter(in_acme: Organization, frida: Membership, nordwind: Partner, kestrel: Partner) -> Cohort:
    """Open for applications until 4 December 2026, four sessions from 8 December on, led by Frida."""
    return factories.cohort("open", facilitator=frida, title="Winter 2026")


@pytest.fixture
def umbrellas_cohort(umbrella: Organization, charlie: Membership) -> Cohort:
    """What could leak: a cohort of another organization with the same title."""
    with scope(umbrella):
        return factories.cohort("open", facilitator=charlie, title="Winter 2026")
