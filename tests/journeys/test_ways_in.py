"""Ways into a cohort beside applying and being accepted: from the waiting list, and by a colleague's nomination."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from cohorts.models import Cohort, Seat
from prm.accounts.models import Membership
from prm.outbox.moments import run_moment
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts import factories
from tests.factories import NOW
from tests.journeys.conftest import Visitor
from tests.journeys.letters import Mailbox, button, link
from tests.partners.factories import PartnerFactory, partner_user

type Arrive = Callable[..., Visitor]

LENA, PAUL, MIA = "lena@nordwind.example", "paul@kestrel.example", "mia@nordwind.example"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW) as traveller:
        yield traveller


@pytest.fixture
def mia(acme: Organization, lena: Membership, paul: Membership) -> Membership:
    """Lena's colleague at Nordwind; Paul is of Kestrel."""
    with scope(acme):
        nordwind = PartnerFactory.create(name="Nordwind", domain="nordwind.example")
        partner_user(nordwind, membership=lena)
        partner_user(PartnerFactory.create(name="Kestrel", domain="kestrel.example"), membership=paul)
        return factories.applicant("Mia Roth", nordwind)


def deliver(acme: Organization) -> None:
    run_moment(timezone.now(), [acme])


@pytest.mark.xdist_group("browser-cohort")
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("mia")
def test_who_waits_is_told_of_a_free_seat_and_confirms_it(
    visitor: Arrive,
    acme: Organization,
    frida: Membership,
    lena: Membership,
    paul: Membership,
    mailoutbox: list[Any],
) -> None:
    with scope(acme):
        cohort = factories.cohort("selecting", facilitator=frida, capacity=1, title="Winter 2026")
        factories.seat(cohort, lena)
        factories.seat(cohort, paul, "waiting", application=factories.application(cohort, paul, "decided"))
    mailbox, portal = Mailbox(mailoutbox), f"/o/acme/cohorts/{cohort.public_id}/"
    waiting = visitor(paul, phone=True).open(f"{portal}application/").sees("You are on the waiting list")
    assert not waiting.reads("Confirm my seat")

    leaving = visitor(lena, phone=True).open(f"{portal}home/").click("Give my seat back")
    leaving.page.get_by_role("dialog").get_by_role("button", name="Give it back").click()
    leaving.page.wait_for_load_state("load")
    deliver(acme)
    assert "leave your calendar" in mailbox.newest(LENA).body
    (told,) = mailbox.of(PAUL)
    assert "confirm your seat" in told.subject
    # Nobody is told that they came second.
    assert "waiting list" not in told.body

    waiting.open(link(told, "/application/")).sees("You are in").click("Confirm my seat")
    waiting.page.wait_for_url(f"**{portal}home/")
    waiting.sees("Session 1")
    deliver(acme)
    confirmed = mailbox.about(PAUL, "is confirmed")
    assert len(confirmed) == 1
    assert any(part.get_content_type() == "text/calendar" for part in confirmed[0].message().walk())
    visitor(frida).open(f"/o/acme/studio/cohorts/{cohort.public_id}/people/").sees("Paul Ortega")
    leaving.open(f"{portal}home/", status=404)
    with scope(acme):
        assert Cohort.objects.get(pk=cohort.pk).seats_taken == 1
        assert Seat.objects.confirmed().get().membership_id == paul.pk


@pytest.mark.xdist_group("browser-cohort")
@pytest.mark.timeout(300)
def test_a_nominee_passes_it_on_and_the_colleague_applies_and_is_in(
    visitor: Arrive, acme: Organization, frida: Membership, lena: Membership, mia: Membership, mailoutbox: list[Any]
) -> None:
    with scope(acme):
        cohort = factories.cohort("open", facilitator=frida, title="Winter 2026")
    mailbox, portal = Mailbox(mailoutbox), f"/o/acme/cohorts/{cohort.public_id}/"
    studio = f"/o/acme/studio/cohorts/{cohort.public_id}/"
    staff = visitor(frida).open(f"{studio}nominations/new/").fill(email=LENA, note="You asked the best question.")
    staff.page.get_by_role("button", name="Nominate").first.click()
    staff.page.wait_for_load_state("load")
    deliver(acme)

    nominee = visitor(lena, phone=True).open(button(mailbox.newest(LENA))).sees("You asked the best question.")
    nominee.page.get_by_text("It suits a colleague better").click()
    nominee.click("Mia Roth").sees("Passed on. Thank you.")
    deliver(acme)
    assert len(mailbox.of(LENA)) == 1

    colleague = visitor(mia, phone=True).open(button(mailbox.newest(MIA))).sees("thinks of you for")
    colleague.click("Apply", "link").fill(why="We want new customers.", project="Win one in the Harz.")
    colleague.page.locator("label", has=colleague.page.locator("[name=experience]")).first.click()
    colleague.page.get_by_label("I will do my part").check()
    colleague.click("Send the application").sees("Your application is in")

    staff.open(studio).click("Close applications").open(f"{studio}applications/")
    staff.click("Mia Roth", "link").click("Accept", "link").click("Keep this draft")
    staff.open(f"{studio}applications/").click("Release 1 decision")
    staff.page.get_by_role("dialog").get_by_role("button", name="Release 1 decision").click()
    staff.page.get_by_text("released").first.wait_for()
    deliver(acme)
    colleague.open(button(mailbox.newest(MIA))).sees("You are in").click("Confirm my seat")
    colleague.page.wait_for_url(f"**{portal}home/")
    colleague.sees("Session 1")
    with scope(acme):
        seat = Seat.objects.confirmed().get()
    assert (seat.membership_id, seat.way) == (mia.pk, Seat.Way.NOMINATION)
