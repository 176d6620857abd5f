"""Mails of journeys, read as the people who get them read them."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from partners.models import Journey, JourneyStep, JourneyTemplate, Partner, PartnerUser
from partners.services.journeys import doing
from partners.services.journeys import templates as services
from partners.services.journeys.reminding import plan_journeys
from partners.services.journeys.starting import Traveler, start_journeys, stop_journey
from partners.services.journeys.templates import StepDetails, TemplateDetails
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.outbox.models import Message
from prm.tenancy.models import Organization

type SignIn = Callable[[Membership], Client]
type Deliver = Callable[[datetime], list[Any]]

DAY = timedelta(days=1)


def travel(actor: Actor, partner: Partner, now: datetime, *steps: StepDetails, name: str = "Onboarding") -> Journey:
    template: JourneyTemplate = services.create_template(
        actor=actor, details=TemplateDetails(name, ["Arrive"]), steps=steps, now=now
    )
    services.switch_on(actor=actor, template=template, includes_present=False, now=now)
    start_journeys(actor=actor, template=template, travelers=[Traveler(partner.pk)], now=now)
    return Journey.objects.get(template=template)


def tasks(number: int, **details: Any) -> list[StepDetails]:
    return [StepDetails("task", f"Step number {place}", due_days=3 + place, **details) for place in range(number)]


def told(deliver: Deliver, at: datetime) -> list[Any]:
    plan_journeys(at)
    return deliver(at)


def lines(mail: Any) -> list[str]:
    """What the mail says, line by line, without its footer."""
    text = str(mail.body)
    return [line.strip() for line in text.splitlines() if line.strip()]


@pytest.fixture
def managed(nordwind: Partner, alice: Membership) -> Partner:
    Partner.objects.filter(pk=nordwind.pk).update(account_manager=alice)
    nordwind.refresh_from_db()
    return nordwind


def test_a_lead_is_told_of_one_step(
    in_acme: Organization,
    actor: Actor,
    managed: Partner,
    lena_user: PartnerUser,
    now: datetime,
    render_outbox: Deliver,
) -> None:
    travel(actor, managed, now, StepDetails("task", "Open the price sheet", due_days=3))
    (mail,) = told(render_outbox, now)
    assert mail.to == ["Lena Brandt <lena@nordwind.example>"]
    assert mail.subject == "Open the price sheet (until 26 November)"
    assert "Alice Moreau" in mail.from_email
    assert "alice@acme.example" in mail.reply_to[0]
    said = lines(mail)
    assert said[:3] == [
        "Hello Lena,",
        "one step with Acme Cloud waits for you:",
        "- Open the price sheet (until 26 November)",
    ]
    assert "It does not fit, or somebody else should do it? Reply to this mail." in said
    assert "steps" not in " ".join(said[:4])
    assert address("my_steps", absolute=True) in str(mail.body)


def test_a_lead_is_told_of_several_in_one_mail(
    in_acme: Organization,
    actor: Actor,
    managed: Partner,
    lena_user: PartnerUser,
    tom_user: PartnerUser,
    now: datetime,
    render_outbox: Deliver,
) -> None:
    """Two journeys at once: one mail, the most urgent first, and nothing to who leads nobody."""
    travel(actor, managed, now, *tasks(2))
    late = StepDetails("task", "Sign in", due_days=1)
    travel(actor, managed, now, late, StepDetails("task", "Some day"), name="A new product")
    (mail,) = told(render_outbox, now + 2 * DAY)
    assert mail.subject == "3 steps wait for you, first: Sign in"
    said = lines(mail)
    assert said[1:5] == [
        "3 steps with Acme Cloud wait for you, the most urgent first:",
        "- Sign in (1 day late)",
        "- Step number 0 (until 26 November)",
        "- Step number 1 (until 27 November)",
    ]
    assert "Some day" not in str(mail.body)
    assert told(render_outbox, now + 2 * DAY + timedelta(hours=2)) == []


@pytest.mark.parametrize(("late", "words"), [(0, "today"), (1, "1 day late"), (8, "8 days late")])
def test_days_are_told_as_people_say_them(
    in_acme: Organization,
    actor: Actor,
    managed: Partner,
    lena_user: PartnerUser,
    now: datetime,
    render_outbox: Deliver,
    late: int,
    words: str,
) -> None:
    travel(actor, managed, now, StepDetails("task", "Sign in", due_days=2))
    (mail,) = told(render_outbox, now + (2 + late) * DAY)
    assert mail.subject == f"Sign in ({words})"


@pytest.mark.parametrize(("number", "more"), [(5, ""), (6, "- and 1 more"), (9, "- and 4 more")])
def test_a_long_list_is_cut(
    in_acme: Organization,
    actor: Actor,
    managed: Partner,
    lena_user: PartnerUser,
    now: datetime,
    render_outbox: Deliver,
    number: int,
    more: str,
) -> None:
    travel(actor, managed, now, *[StepDetails("task", f"Step {place}", due_days=0) for place in range(number)])
    (mail,) = told(render_outbox, now)
    said = lines(mail)
    assert mail.subject == f"{number} steps wait for you, first: Step 0"
    assert sum(line.startswith("- Step") for line in said) == min(number, 5)
    assert ([line for line in said if "more" in line and line.startswith("-")] or [""]) == [more]


def test_a_colleague_is_told_of_one_step_and_of_several(
    in_acme: Organization,
    actor: Actor,
    managed: Partner,
    kestrel: Partner,
    alice: Membership,
    now: datetime,
    render_outbox: Deliver,
) -> None:
    travel(actor, managed, now, StepDetails("meeting", "Welcome call", side="staff", due_days=0))
    (mail,) = told(render_outbox, now)
    assert mail.subject == "Nordwind GmbH: Welcome call (today)"
    assert lines(mail)[:3] == [
        "Hello Alice,",
        "a partner waits for this step of yours, and sees that it is your turn:",
        "- Nordwind GmbH: Welcome call (today)",
    ]
    assert "If it makes no sense for this partner, waive it with a reason on its page." in lines(mail)
    assert address("my_step_list", absolute=True) in str(mail.body)
    Partner.objects.filter(pk=kestrel.pk).update(account_manager=alice)
    call = StepDetails("task", "Open their access", side="staff", due_days=0)
    travel(actor, kestrel, now + DAY, call, name="Second")
    (mail,) = told(render_outbox, now + DAY)
    assert mail.subject == "2 steps for partners wait for you, first: Nordwind GmbH: Welcome call"
    assert lines(mail)[1:4] == [
        "partners wait for 2 steps of yours, and see that it is your turn; the most urgent first:",
        "- Nordwind GmbH: Welcome call (1 day late)",
        "- Kestrel: Open their access (today)",
    ]


def test_what_is_done_before_the_mail_goes_out_is_not_reminded_of(
    in_acme: Organization,
    actor: Actor,
    managed: Partner,
    lena_user: PartnerUser,
    now: datetime,
    render_outbox: Deliver,
) -> None:
    travel(actor, managed, now, *tasks(1))
    other = travel(actor, managed, now, StepDetails("task", "Other", due_days=3), name="Second")
    plan_journeys(now)
    doing.finish_step(
        actor=actor, step=JourneyStep.objects.select_related("journey").get(title="Step number 0"), note="", now=now
    )
    stop_journey(actor=actor, journey=other, reason="Merger", now=now)
    assert render_outbox(now) == []
    assert Message.objects.get().state == "suppressed"


def test_the_button_opens_the_steps_and_one_click_ends_the_mails(
    in_acme: Organization,
    actor: Actor,
    managed: Partner,
    lena: Membership,
    lena_user: PartnerUser,
    sign_in: SignIn,
    now: datetime,
    render_outbox: Deliver,
) -> None:
    travel(actor, managed, now, *tasks(1))
    (mail,) = told(render_outbox, now)
    found = re.search(r"Open my steps:\s*(\S+)", str(mail.body))
    assert found, mail.body
    stop = urlsplit(mail.extra_headers["List-Unsubscribe"].strip("<>"))
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert stop.path in str(mail.body)
    return_to = urlsplit(found[1]).path
    page = sign_in(lena).get(return_to)
    assert page.status_code == 200
    assert "Step number 0" in page.content.decode()
    done = Client().post(stop.path, {"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200
    assert told(render_outbox, now + 3 * DAY) == []
