"""One company in two records: found, looked at, merged; and two that are only alike."""

from collections.abc import Callable

import pytest

from partners.models import LikelyDouble, Partner, PartnerMerge, PartnerUser
from partners.services.duplicates import compare
from prm.accounts.models import Membership
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.factories import NOW
from tests.journeys.conftest import Visitor
from tests.partners.factories import PartnerFactory, partner_user

type Arrive = Callable[..., Visitor]

STUDIO = "/o/acme/studio/"


@pytest.mark.timeout(240)
def test_two_records_become_one(visitor: Arrive, alice: Membership, acme: Organization) -> None:
    with scope(acme):
        kept = PartnerFactory.create(name="Nordwind GmbH", domain="nordwind.example")
        double = PartnerFactory.create(name="Nordwnid AG", domain="nordwind.ch", region="Zürich", country="CH")
        other = PartnerFactory.create(name="Nordwind Systems GmbH", domain="nordwind-systems.example")
        partner_user(double, "urs@nordwind.ch", "Urs Keller")
        compare([kept.pk, double.pk, other.pk], NOW)
    owner = visitor(alice)
    _tell_them_apart(owner, acme)
    _merge(owner, double)
    with scope(acme):
        assert PartnerMerge.objects.get().survivor_id == kept.pk
        assert PartnerUser.objects.get().partner_id == kept.pk
        kept.refresh_from_db()
        assert (kept.region, kept.country) == ("Zürich", "DE")
    _ask_about_a_new_one(owner, acme)


def _tell_them_apart(owner: Visitor, acme: Organization) -> None:
    owner.open(f"{STUDIO}partners/")
    owner.page.get_by_text("More", exact=True).click()
    owner.click("Duplicates", "link").sees("Nordwnid AG").sees("Nordwind Systems GmbH")
    pair = owner.page.locator("section", has_text="Nordwind Systems GmbH").first
    pair.get_by_role("button", name="Not the same").click()
    owner.page.get_by_text("Remembered: these are two companies.").wait_for()
    with scope(acme):
        assert LikelyDouble.objects.filter(state="different").count() == 1


def _merge(owner: Visitor, double: Partner) -> None:
    owner.open(f"{STUDIO}partners/duplicates/")
    pair = owner.page.locator("section", has_text="Nordwnid AG").filter(has_text="Nordwind GmbH")
    pair.get_by_role("link", name="Merge").click()
    owner.page.get_by_role("heading", name="Merge Nordwnid AG into Nordwind GmbH").wait_for()
    owner.look()
    owner.sees("This cannot be undone").sees("nordwind.ch")
    owner.page.get_by_label("Zürich").check()
    owner.page.get_by_label("Germany").check()
    owner.click("Merge the two records").sees("is now part of").sees("Urs Keller").sees("Merged record")
    owner.open(f"{STUDIO}partners/{double.public_id}/").sees("was merged into").sees("Nordwind GmbH")


def _ask_about_a_new_one(owner: Visitor, acme: Organization) -> None:
    """The merged record's name and domain lead to the partner that stayed."""
    owner.open(f"{STUDIO}partners/new/")
    owner.fill(name="Nordwind Schweiz", domain="www.nordwind.ch").click("Add the partner")
    owner.sees("Is it one of these?").sees("Same domain").sees("Nordwind GmbH")
    with scope(acme):
        assert not Partner.objects.filter(name="Nordwind Schweiz").exists()
