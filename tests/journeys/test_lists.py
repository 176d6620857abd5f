"""A partner manager narrows the list, keeps the view, gives the partners to a colleague, and takes it back."""

from collections.abc import Callable

import pytest

from partners.models import Partner
from prm.accounts.models import Membership
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.factories import MembershipFactory
from tests.journeys.conftest import Visitor
from tests.partners.factories import PartnerFactory

type Arrive = Callable[..., Visitor]


@pytest.mark.timeout(240)
def test_a_list_is_narrowed_kept_and_changed(visitor: Arrive, alice: Membership, acme: Organization) -> None:
    with scope(acme):
        for name, country in (("Nordwind", "DE"), ("Alpsoft", "AT"), ("Kestrel", "ES")):
            PartnerFactory.create(name=name, country=country)
    colleague = MembershipFactory.create(organization=acme, roles=["account_manager"])
    owner = visitor(alice)
    owner.open("/o/acme/studio/partners/").click("Filter", "link")
    owner.page.select_option("[id='value-r.0']", "DE")
    preview = owner.page.locator(".cn-rule-preview")
    preview.get_by_text("1 partner").wait_for()
    owner.page.select_option("[id='value-r.0']", "AT")
    preview.get_by_text("2 partners").wait_for()
    owner.click("Show these partners").sees("Country is Germany or Austria")
    owner.click("Save this view", "link").fill(name="German-speaking").click("Save as a new view")
    owner.sees("The view is saved").click("Views", "link").click("German-speaking", "link").sees("Alpsoft")
    assert not owner.page.get_by_text("Kestrel").count()
    owner.page.check("[data-tick-all]")
    owner.click("Account manager").sees("Who looks after 2 partners?")
    owner.page.select_option("[name=manager]", label=str(colleague.person))
    owner.click("Assign").sees("2 partners belong to")
    with scope(acme):
        assert Partner.objects.filter(account_manager=colleague).count() == 2
    owner.click("Undo").sees("2 partners are back where they were")
    with scope(acme):
        assert not Partner.objects.filter(account_manager=colleague).exists()
