"""From a public page to the accepted partner's invitation: a call, an applicant on a phone, a question, a yes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from partners.models import GroupMember, Partner, PartnerUser
from partners.services.groups import GroupDetails, create_group
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.journeys.conftest import Visitor
from tests.journeys.letters import Mailbox, button

type Arrive = Callable[..., Visitor]
type Deliver = Callable[[datetime], list[Any]]

STUDIO = "/o/acme/studio/"
MIA = "mia@orbit.example"


@pytest.mark.timeout(240)
def test_a_company_becomes_a_partner(
    visitor: Arrive, alice: Membership, acme: Organization, mailoutbox: list[Any], render_outbox: Deliver
) -> None:
    with scope(acme):
        create_group(actor=Actor.of(alice), details=GroupDetails("Hospitals"), now=timezone.now())
    owner, applicant, mails = visitor(alice), visitor(phone=True), Mailbox(mailoutbox)
    _write_a_call(owner)
    _apply(applicant, mails, render_outbox)
    _ask_for_more(owner)
    render_outbox(timezone.now())
    applicant.open(button(mails.newest(MIA))).sees("Which hospitals do you run?").fill(answer="The city’s, since May")
    applicant.click("Send the answer").sees("We read it").sees("The city’s, since May")
    _accept(owner)
    render_outbox(timezone.now())
    invitation = mails.newest(MIA)
    assert "Acme" in invitation.subject
    applicant.open(applicant.page.url).sees("Welcome: you are a partner of Acme Cloud")
    applicant.open(button(invitation)).sees("Join").click("Join")
    with scope(acme):
        partner = Partner.objects.get()
        assert (partner.status, partner.name) == ("onboarding", "Orbit Systems")
        assert GroupMember.objects.open().get().group.name == "Hospitals"
        assert PartnerUser.objects.get().partner == partner


def _write_a_call(owner: Visitor) -> None:
    owner.open(f"{STUDIO}recruitment/").sees("Whom do you look for?").click("Write the first call", "link")
    owner.fill(title="Partners for hospitals", why="We grow together, hospital by hospital.")
    owner.page.get_by_label("For the group").select_option(label="Hospitals")
    owner.fill(checklist="Website looked at").click("Save the draft")
    owner.click("Describe the ideal partner", "link")
    owner.page.locator("[name=hours_weight]").select_option("5")
    owner.page.locator("[name=hours_test]").select_option("bandwidth")
    owner.fill(hours_number="16").click("Save and weigh anew").sees("the more, up to 16")
    owner.click("Open it").sees("The page is open: share its link.")


def _apply(applicant: Visitor, mails: Mailbox, deliver: Deliver) -> None:
    applicant.open("/o/acme/apply/").sees("We grow together, hospital by hospital.").fill(email=MIA)
    applicant.page.wait_for_timeout(2_100)
    applicant.click("Mail me the link").sees("Look into your mail")
    deliver(timezone.now())
    applicant.open(button(mails.newest(MIA))).fill(contact_name="Mia Kern", answer_company="Orbit Systems")
    applicant.page.get_by_label("Country").select_option("DE")
    applicant.page.get_by_text("Saved at").wait_for()
    applicant.click("Hand it in").sees("Please answer this.")
    applicant.fill(answer_about="We run clouds for hospitals.", answer_people="12", answer_hours="8")
    applicant.click("Hand it in").sees("Your application is in. Thank you!").sees("You hear from us by")


def _ask_for_more(owner: Visitor) -> None:
    owner.open(f"{STUDIO}recruitment/").sees("Orbit Systems")
    owner.page.get_by_label("Move Orbit Systems").select_option("new.screen")
    owner.page.locator("section", has=owner.page.get_by_role("heading", name="Screening")).get_by_text(
        "Orbit Systems"
    ).wait_for()
    owner.click("Orbit Systems", "link").sees("of 100").click("Ask for more", "link")
    owner.fill(text="Which hospitals do you run?")
    owner.page.locator("#preview").get_by_text("Which hospitals do you run?").wait_for()
    owner.click("Send the question").sees("Question open")


def _accept(owner: Visitor) -> None:
    owner.open(f"{STUDIO}recruitment/").click("Orbit Systems", "link").sees("The city’s, since May")
    owner.click("Accept", "link").fill(note="Good that you are here.").click("Accept and invite")
    owner.sees("Orbit Systems is a partner. Say hello.").sees("Onboarding")
