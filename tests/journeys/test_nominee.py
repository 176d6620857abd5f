"""A colleague who never signed in is named for a cohort: one mail, in, applied; or passed on to another colleague."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from cohorts.models import Application, Cohort, Nomination
from partners.models import Partner, PartnerUser
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

NINA, OLE = "nina@nordwind.example", "ole@nordwind.example"
pytestmark = [pytest.mark.xdist_group("browser-cohort"), pytest.mark.timeout(300)]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW) as traveller:
        yield traveller


@pytest.fixture
def nordwind(acme: Organization, lena: Membership) -> Partner:
    """Lena leads it."""
    with scope(acme):
        partner = PartnerFactory.create(name="Nordwind", domain="nordwind.example")
        partner_user(partner, membership=lena, role=PartnerUser.Role.LEAD)
        return partner


@pytest.fixture
def cohort(acme: Organization, frida: Membership, nordwind: Partner) -> Cohort:
    with scope(acme):
        return factories.cohort("open", facilitator=frida, title="Winter 2026")


def deliver(acme: Organization) -> None:
    run_moment(timezone.now(), [acme])


def named(visitor: Arrive, lena: Membership, cohort: Cohort) -> Visitor:
    """Lena names Nina by her address, on the phone."""
    lead = visitor(lena, phone=True).open(f"/o/acme/cohorts/{cohort.public_id}/nominate/")
    lead.fill(email=NINA, name="Nina Vogt", note="You talk to customers every day.")
    return lead.click("Nominate").sees("Nina Vogt gets a mail from you").sees("2 nominations left")


def test_a_colleague_without_an_account_joins_by_the_mail_and_applies(
    visitor: Arrive, acme: Organization, lena: Membership, nordwind: Partner, cohort: Cohort, mailoutbox: list[Any]
) -> None:
    lead = named(visitor, lena, cohort)
    deliver(acme)
    mailbox = Mailbox(mailoutbox)
    (mail,) = mailbox.of(NINA)
    for words in ("You talk to customers every day.", "Nordwind", "Winter 2026", "Lena Brandt"):
        assert words in f"{mail.subject} {mail.body}", words

    nina = visitor(None, phone=True).open(button(mail)).sees("Nordwind").sees("Winter 2026").click("Join")
    nina.sees("You are in.").sees("Winter 2026").click("Winter 2026", "link")
    nina.sees("You have been nominated by Lena Brandt").click("Apply", "link")
    nina.fill(why="We want new customers.", project="Win one in the Harz.")
    nina.page.locator("label", has=nina.page.locator("[name=experience]")).first.click()
    nina.page.get_by_label("I will do my part").check()
    nina.click("Send the application").sees("Your application is in")
    deliver(acme)
    # The nomination and the invitation are one mail; what follows is what she did herself.
    assert len(mailbox.about(NINA, "invites you")) == 1
    assert not mailbox.about(NINA, "thinks of you")
    lead.open(f"/o/acme/cohorts/{cohort.public_id}/nominate/").sees("Nina Vogt").sees("Applied")
    with scope(acme):
        application, nomination = Application.objects.get(), Nomination.objects.get()
        assert (application.partner_id, application.membership.person.email) == (nordwind.pk, NINA)
        assert (nomination.state, nomination.membership_id) == (Nomination.State.APPLIED, application.membership_id)


def test_a_colleague_without_an_account_passes_it_on_and_somebody_else_applies(
    visitor: Arrive, acme: Organization, lena: Membership, cohort: Cohort, mailoutbox: list[Any]
) -> None:
    lead = named(visitor, lena, cohort)
    deliver(acme)
    mailbox = Mailbox(mailoutbox)
    nina = visitor(None, phone=True).open(link(mailbox.newest(NINA), "/pass-on/"))
    nina.fill(name="Ole Berg", email=OLE).click("Pass it on")
    deliver(acme)
    ole = visitor(None, phone=True).open(button(mailbox.newest(OLE))).sees("Winter 2026").click("Join")
    ole.sees("You are in.").click("Winter 2026", "link").sees("You have been nominated by Lena Brandt")
    assert len(mailbox.of(NINA)) == 1
    lead.open(f"/o/acme/cohorts/{cohort.public_id}/nominate/").sees("Passed on").sees("2 nominations left")


def test_who_is_not_needed_any_more_finds_no_way_in(
    visitor: Arrive, acme: Organization, lena: Membership, frida: Membership, cohort: Cohort, mailoutbox: list[Any]
) -> None:
    named(visitor, lena, cohort)
    deliver(acme)
    with scope(acme):
        nomination = Nomination.objects.get()
    staff = visitor(frida).open(f"/o/acme/studio/cohorts/{cohort.public_id}/applications/").sees("Nina Vogt")
    staff.page.locator("form[action*=withdraw] button").first.click()
    staff.page.wait_for_load_state("load")
    with scope(acme):
        nomination.refresh_from_db()
        assert nomination.state == Nomination.State.WITHDRAWN
    visitor(None, phone=True).open(button(Mailbox(mailoutbox).newest(NINA)), status=410)
