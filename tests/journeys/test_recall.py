"""Days after the last session: a question by mail, answered on a phone without signing in."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from cohorts.models import Graduation
from enablement.models import Memory, Review
from prm.accounts.models import Membership
from prm.outbox.moments import run_moment
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts import factories as cohorts
from tests.enablement.factories import audience_for, content, memory
from tests.journeys.conftest import Visitor
from tests.journeys.letters import Mailbox, link
from tests.partners.factories import PartnerFactory, partner_user

type Arrive = Callable[..., Visitor]

LENA = "lena@nordwind.example"
TUESDAY = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)  # 9:30 in Berlin
LAST_SESSION = TUESDAY - timedelta(days=9)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(TUESDAY) as traveller:
        yield traveller


@pytest.fixture
def graduate(acme: Organization, alice: Membership, frida: Membership, lena: Membership) -> Membership:
    """Lena has graduated, and met three claims in the last session."""
    with scope(acme):
        partner_user(PartnerFactory.create(name="Nordwind"), membership=lena)
        cohort = cohorts.cohort("finished", facilitator=frida, title="Autumn 2026")
        cohorts.seat(cohort, lena)
        Graduation.objects.create(
            cohort=cohort,
            membership=lena,
            name="Lena Brandt",
            program_title=cohort.program.title,
            graduated_at=LAST_SESSION,
        )
        article = content(alice, audience_for(lena), questions=3, title="What needs a signature")
        for item in article.recall_items.order_by("position"):
            memory(lena, item, LAST_SESSION)
    return lena


@pytest.mark.timeout(240)
def test_a_question_days_later(
    visitor: Arrive,
    acme: Organization,
    graduate: Membership,
    mailoutbox: list[Any],
    clock: time_machine.Traveller,
) -> None:
    for _again in range(2):
        run_moment(TUESDAY, [acme])
    mailbox = Mailbox(mailoutbox)
    assert len(mailbox.of(LENA)) == 1, "once, however often it is planned"
    where = link(mailbox.newest(LENA), "/r/")
    lena = visitor(phone=True)
    _look_only(lena, where, acme)
    _answer(lena, acme)
    _one_more(lena, acme)
    _come_back(visitor, where, clock)


def _answers(acme: Organization) -> int:
    with scope(acme):
        assert Memory.objects.count() == 3
        return Review.objects.count()


def _look_only(lena: Visitor, where: str, acme: Organization) -> None:
    lena.open(where).sees("Lena, do you still know this?").sees("It counts when you confirm it.")
    assert _answers(acme) == 0, "a mail scanner opens links too"


def _answer(lena: Visitor, acme: Organization) -> None:
    lena.page.locator("label.en-option", has_text="Above 10 %").click()
    lena.click("Confirm").sees("Right").sees("Discounts above").sees("It comes back on")
    lena.sees("What you still remember").sees("Too early to say.")
    assert _answers(acme) == 1


def _one_more(lena: Visitor, acme: Organization) -> None:
    lena.click("Two more, 60 seconds").sees("Question 1 of 2").click("Not sure, show me").sees("Here it is")
    lena.click("Next question", "link").sees("Question 2 of 2").click("Not sure, show me").click("How it went", "link")
    lena.sees("That was it. Thank you!")
    assert _answers(acme) == 3


def _come_back(visitor: Arrive, where: str, clock: time_machine.Traveller) -> None:
    visitor(phone=True).open(where).sees("Right")
    clock.move_to(TUESDAY + timedelta(hours=3))
    visitor(phone=True).open(where).sees("You have answered this one")
    visitor(phone=True).open(where.partition("/r/")[0] + "/r/nosuchlink/", status=404)
