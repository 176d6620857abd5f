"""A partner manager's morning: one list of what waits, a task written on the way, one thing done, one put off."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from partners.models import ProposedValue, Task
from partners.services.todo import TaskDetails, add_task
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.journeys.conftest import Visitor
from tests.partners.factories import PartnerFactory

type Arrive = Callable[..., Visitor]


@pytest.mark.timeout(240)
@pytest.mark.parametrize("phone", [False, True])
def test_a_managers_morning(visitor: Arrive, alice: Membership, acme: Organization, phone: bool) -> None:
    now = timezone.now()
    with scope(acme):
        nordwind = PartnerFactory.create(name="Nordwind", account_manager=alice)
        ProposedValue.objects.create(partner=nordwind, field="country", value="AT", before="DE", proposed_at=now)
        late = TaskDetails("Send the price list", due_on=now.date() - timedelta(days=3), assignee=alice)
        add_task(actor=Actor.of(alice), details=late, partner=nordwind, now=now)
    manager = visitor(alice, phone=phone)
    manager.open("/o/acme/studio/").sees("Send the price list").sees("Changed its data")
    manager.click("Open the list", "link").sees("was due")
    manager.page.get_by_role("textbox", name="What came of it").fill("They have it")
    manager.click("Done").sees("Done: Send the price list")
    manager.click("Add a task", "link").click("Choose a partner", "link").click("Nordwind", "link")
    manager.sees("About Nordwind").fill(title="Call about the renewal").click("Put it on the list")
    manager.sees("Call about the renewal")
    manager.open("/o/acme/studio/todo/").sees("Call about the renewal")
    row = manager.page.locator("li", has_text="Call about the renewal")
    row.get_by_text("Later").click()
    manager.click("In a week").sees("Put off. The others still see it.")
    assert not manager.page.get_by_role("link", name="Call about the renewal").count()
    manager.click("Put off", "link").click("Show it again").sees("It is on your list again")
    manager.open("/o/acme/studio/todo/?show=done").sees("They have it")
    with scope(acme):
        assert list(Task.objects.open().values_list("title", flat=True)) == ["Call about the renewal"]
