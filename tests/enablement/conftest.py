import pytest

from partners.models import Audience, Partner
from prm.accounts.models import Membership
from prm.tenancy.models import Organization
from tests.enablement.factories import audience_for
from tests.partners.factories import PartnerFactory, partner_user


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
