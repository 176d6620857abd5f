from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client

from partners.models import Audience, Partner
from prm.accounts.models import Membership
from prm.tenancy.models import Organization
from tests import costs
from tests.enablement.factories import audience_for
from tests.factories import NOW
from tests.partners.factories import PartnerFactory, partner_user


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Requests happen at NOW, a Monday morning, and later where a test moves the clock."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def nordwind(in_acme: Organization, lena: Membership) -> Partner:
    """Lena's company."""
    partner = PartnerFactory.create(name="Nordwind")
    partner_user(partner, membership=lena, role="lead")
    return partner


@pytest.fixture
def kestrel(in_acme: Organization, paul: Membership) -> Partner:
    """Paul's company, which is open to nothing."""
    partner = PartnerFactory.create(name="Kestrel")
    partner_user(partner, membership=paul)
    return partner


@pytest.fixture
def readers(nordwind: Partner, lena: Membership) -> Audience:
    """An audience that Lena is in and Paul is not."""
    return audience_for(lena)


@pytest.fixture
def queries_of(sign_in: Callable[[Membership], Client]) -> Callable[[Membership, str], int]:
    """How many queries a page costs a member who has opened it before."""
    return lambda membership, path: costs.queries_of(sign_in(membership), path)
