"""Nordwind and Kestrel are Acme’s partners; Lena leads the one, Paul is of the other. Umbrella has its own Nordwind."""

import pytest

from partners.models import Group, Partner, PartnerUser
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.partners.factories import GroupFactory, PartnerFactory, partner_user


@pytest.fixture
def actor(alice: Membership) -> Actor:
    return Actor.of(alice)


@pytest.fixture
def nordwind(acme: Organization) -> Partner:
    with scope(acme):
        return PartnerFactory.create(name="Nordwind GmbH", domain="nordwind.example")


@pytest.fixture
def kestrel(acme: Organization) -> Partner:
    with scope(acme):
        return PartnerFactory.create(name="Kestrel", domain="kestrel.example")


@pytest.fixture
def lena_user(acme: Organization, nordwind: Partner, lena: Membership) -> PartnerUser:
    with scope(acme):
        return partner_user(nordwind, membership=lena, role="lead")


@pytest.fixture
def tom_user(acme: Organization, nordwind: Partner, lena_user: PartnerUser) -> PartnerUser:
    with scope(acme):
        return partner_user(nordwind, "tom@nordwind.example", "Tom Weiß")


@pytest.fixture
def paul_user(acme: Organization, kestrel: Partner, paul: Membership) -> PartnerUser:
    with scope(acme):
        return partner_user(kestrel, membership=paul)


@pytest.fixture
def msps(acme: Organization) -> Group:
    with scope(acme):
        return GroupFactory.create(name="MSPs")


@pytest.fixture
def umbrellas_nordwind(umbrella: Organization, charlie: Membership) -> Partner:
    with scope(umbrella):
        return PartnerFactory.create(name="Nordwind Umbrella", domain="nordwind.example")
