"""An announcement from its first word to the last confirmation: a colleague at the desk, a partner by phone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from partners.models import Announcement, AnnouncementReader
from partners.services.announcing import plan_announcements
from partners.services.groups import GroupDetails, add_to_group, create_group
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.journeys.conftest import Visitor
from tests.partners.factories import PartnerFactory, partner_user

type Arrive = Callable[..., Visitor]


@pytest.mark.timeout(240)
def test_written_once_read_and_confirmed(
    visitor: Arrive, alice: Membership, lena: Membership, acme: Organization
) -> None:
    then = timezone.now() - timedelta(days=1)
    with scope(acme):
        nordwind = PartnerFactory.create(name="Nordwind", account_manager=alice)
        PartnerFactory.create(name="Kestrel")
        partner_user(nordwind, membership=lena, role="lead")
        group = create_group(actor=Actor.of(alice), details=GroupDetails("Resellers"), now=then)
        add_to_group(actor=Actor.of(alice), group=group, partner_ids=[nordwind.pk], now=then)
    manager = visitor(alice)
    manager.open("/o/acme/studio/announcements/").click("Write one", "link")
    manager.fill(subject="New rules for discounts", body="They hold **from May** on.")
    manager.page.get_by_label("Resellers").check()
    manager.page.get_by_label("Ask everybody to confirm that they have read it").check()
    manager.sees("1 person at 1 partner").sees("Hello Lena,").look()
    manager.click("Save the draft").sees("When does it leave?").look()
    manager.click("Send or schedule").sees("It leaves on").sees("Take back and edit")
    with scope(acme):
        plan_announcements(timezone.now() + timedelta(minutes=3))
        row = Announcement.objects.get()
    partner = visitor(lena, phone=True)
    partner.open("/o/acme/").sees("News for you").look()
    partner.page.get_by_role("link", name="New rules for discounts", exact=True).first.click()
    partner.sees("from May").look()
    partner.click("I have read it").sees("You confirmed on")
    partner.open("/o/acme/announcements/").sees("New rules for discounts").look()
    manager.open(f"/o/acme/studio/announcements/{row.public_id}/").sees("Lena Brandt").sees("Confirmed").look()
    manager.click("Correct", "link").fill(body="They hold from **June** on.").click("Correct it")
    manager.sees("Corrected. The portal says so")
    partner.open(f"/o/acme/announcements/{row.public_id}/").sees("June").sees("These are the words as of").look()
    with scope(acme):
        assert AnnouncementReader.objects.filter(acknowledged_at__isnull=False).count() == 1
