"""A journey is written, begins by itself, is merged with a second one into one list, and is done on a phone.

And a team: somebody is invited, leads, and is taken out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from cohorts.models import Graduation
from enablement.models import Content
from partners.models import AttributeValue, Group, Journey, JourneyStep, JourneyTemplate, Partner, PartnerUser
from partners.services.agreements import AgreementDetails, create_agreement
from partners.services.groups import GroupDetails, create_group
from partners.services.journeys.reminding import plan_journeys
from partners.services.journeys.starting import Traveler, start_journeys
from partners.services.journeys.templates import StepDetails, TemplateDetails, create_template, switch_on
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts import factories as cohorts
from tests.enablement.factories import audience_for, content
from tests.journeys.conftest import Visitor
from tests.journeys.letters import Mailbox, button
from tests.partners.factories import AttributeFactory, PartnerFactory, partner_user
from tests.wakeups import follow_to_the_end

type Arrive = Callable[..., Visitor]
type Deliver = Callable[[datetime], list[Any]]

STUDIO = "/o/acme/studio/"
STEPS = "/o/acme/steps/"
LENA = "lena@nordwind.example"
MIRA = "mira@nordwind.example"


@dataclass
class Place:
    """What there is to build a journey of, and who goes on it."""

    acme: Organization
    group: Group
    partner: Partner
    article: Content


@pytest.fixture
def place(acme: Organization, alice: Membership, bob: Membership, lena: Membership) -> Place:
    now = timezone.now()
    with scope(acme):
        nordwind = PartnerFactory.create(name="Nordwind IT", account_manager=bob)
        partner_user(nordwind, membership=lena, role="lead")
        group = create_group(actor=Actor.of(alice), details=GroupDetails("Cloud Resellers"), now=now)
        article = content(alice, audience_for(lena), questions=1, title="What customers ask first")
        AttributeFactory.create(name="Engineers", kind="number", keeper="partner")
        cohorts.ProgramFactory.create(title="First three deals")
        details = AgreementDetails("Partner terms", "Be **kind** to customers.", term_months=12)
        create_agreement(actor=Actor.of(alice), details=details, now=now)
    return Place(acme, group, nordwind, article)


@pytest.mark.timeout(300)
def test_a_journey_from_both_sides(
    visitor: Arrive,
    place: Place,
    bob: Membership,
    lena: Membership,
    mailoutbox: list[Any],
    render_outbox: Deliver,
) -> None:
    manager = visitor(bob)
    _write_it(manager, place)
    _join(manager, place)
    _begin_a_second(place, bob)
    partner = visitor(lena, phone=True)
    _see_one_list(partner)
    _do_the_steps(partner, place)
    _waive_one(manager, place)
    partner.open(STEPS).sees("What Acme Cloud does meanwhile")
    partner.open(_page_of("Join a cohort", place)).sees("Bob Keller: They run their own program")
    _see_where_partners_are_lost(manager, place)
    # By day, whatever the hour is: what is planned in the night waits for the reader's morning.
    in_two_days = (timezone.now() + timedelta(days=2)).replace(hour=10)
    with scope(place.acme):
        plan_journeys(in_two_days)
    render_outbox(in_two_days)
    mail = Mailbox(mailoutbox).newest("bob@acme.example")
    assert mail.subject.startswith("Nordwind IT: Welcome call (until ")
    manager.open(button(mail)).sees("Welcome call").click("Done").sees("Nobody waits for you")
    with scope(place.acme):
        assert set(Journey.objects.values_list("state", flat=True)) == {"finished"}
    partner.open(STEPS).sees("Onboarding: you are through").sees("All 7 steps")


def _write_it(manager: Visitor, place: Place) -> None:
    manager.open(f"{STUDIO}journeys/").click("Make the first journey", "link")
    manager.click("An empty sheet", "link")
    manager.fill(name="Onboarding", phases="Arrive\nLearn", welcome="Two weeks to your first customer.")
    manager.page.select_option("[name=starts]", label="Cloud Resellers")
    manager.click("Make it").sees("No step in this phase yet.")
    _add(manager, "Task", "Sign in everybody", phase="Arrive", due_days="3")
    _add_a_form(manager)
    _add(manager, "Agreement", "Accept the terms", phase="Arrive", about="Partner terms", due_days="7")
    _add(manager, "Read", "Read what customers ask", phase="Learn", about="What customers ask first", due_days="9")
    _add(
        manager,
        "Check yourself",
        "Check what stayed",
        phase="Learn",
        about="What customers ask first",
        after="Read what customers ask",
        due_days="2",
    )
    _add(manager, "Cohort", "Join a cohort", phase="Learn", about="First three deals", due_days="14")
    _add(manager, "Meeting", "Welcome call", phase="Learn", is_ours=True, after="Sign in everybody", due_days="5")
    manager.sees("2 days after").sees("after Sign in everybody").sees("Account manager").look()
    manager.click("Switch on").sees("Switched on.").sees("Joining a group: Cloud Resellers")


def _add(
    manager: Visitor,
    kind: str,
    title: str,
    *,
    phase: str,
    about: str = "",
    after: str = "",
    is_ours: bool = False,
    due_days: str = "",
) -> None:
    """Choose the kind, say what is to be done, and add the step."""
    page = manager.page
    page.get_by_role("link", name="Add a step").first.click()
    page.get_by_role("link", name=kind, exact=True).click()
    manager.fill(title=title, due_days=due_days)
    page.select_option("[name=phase]", label=phase)
    if about:
        page.select_option("[name=source_id]", label=about)
    if is_ours:
        page.locator("[name=side][value=staff]").check()
    if after:
        page.get_by_role("checkbox", name=after).check()
        page.select_option("[name=due_from]", "steps")
    page.get_by_role("button", name="Add the step").click()
    page.wait_for_url("**/journeys/templates/*/")


def _add_a_form(manager: Visitor) -> None:
    """A form whose second answer is kept as what the organization knows about the company."""
    page = manager.page
    page.get_by_role("link", name="Add a step").first.click()
    manager.click("Form", "link")
    manager.fill(title="Tell us who you are", due_days="5")
    page.select_option("[name=phase]", label="Arrive")
    manager.fill(q0_label="Who sells?", q1_label="How many engineers?")
    page.select_option("[name=q1_kind]", label="Engineers")
    page.locator("[name=q0_needed]").check()
    manager.look()
    manager.click("Add the step").sees("Tell us who you are")


def _join(manager: Visitor, place: Place) -> None:
    """By hand; by a rule it is the same from there on."""
    manager.open(f"{STUDIO}groups/{place.group.public_id}/add/")
    manager.page.get_by_role("checkbox", name="Nordwind IT").check()
    manager.click("Add to the group").sees("Nordwind IT")
    follow_to_the_end(place.acme, timezone.now())
    manager.open(f"{STUDIO}journeys/running/").sees("Nordwind IT").sees("Onboarding").sees("0/7")


def _begin_a_second(place: Place, bob: Membership) -> None:
    """A journey of a product that asks for the same article and the same terms."""
    now, actor = timezone.now(), Actor.of(bob)
    with scope(place.acme):
        onboarding = JourneyTemplate.objects.get()
        terms = onboarding.steps.get(kind="agreement").source_id
        steps = [
            StepDetails("content", "Read this about the product", source_id=place.article.pk, due_days=1),
            StepDetails("agreement", "Accept the terms for the product", source_id=terms, due_days=2),
            StepDetails("task", "Build one thing with it", due_days=20),
        ]
        details = TemplateDetails("A new product", ["Begin"])
        product = create_template(actor=actor, details=details, steps=steps, now=now)
        switch_on(actor=actor, template=product, includes_present=False, now=now)
        start_journeys(actor=actor, template=product, travelers=[Traveler(place.partner.pk)], now=now)


def _see_one_list(partner: Visitor) -> None:
    partner.open(STEPS).sees("One list out of everything you are on").sees("0 of 7 steps").sees("0 of 3 steps")
    titles = partner.page.locator("ol.cn-list").first.locator("a.cn-row-link").all_inner_texts()
    assert titles == [
        "Read this about the product",
        "Accept the terms for the product",
        "Sign in everybody",
        "Tell us who you are",
        "Join a cohort",
        "Build one thing with it",
        "Tell 4 things about your company",
    ], "each thing once, the most urgent first"
    partner.sees("A new product, Onboarding").sees("1 step comes later")


def _do_the_steps(partner: Visitor, place: Place) -> None:
    partner.click("Sign in everybody", "link").fill(note="All four are in.").click("It is done").sees("Done: Sign in")
    partner.open(STEPS).click("Tell us who you are", "link")
    partner.page.get_by_label("How many engineers?").fill("12")
    partner.page.get_by_role("button", name="Send the answers").click()
    partner.page.get_by_label("Who sells?").fill("Mira Haddad")
    partner.click("Send the answers").sees("Done: Tell us who you are")
    with scope(place.acme):
        value = AttributeValue.objects.get(partner=place.partner)
        assert (value.number, value.source) == (12, "journey")
    partner.click("Accept the terms", "link").sees("Be kind to customers.")
    partner.page.get_by_label("I have read it and accept it").check()
    partner.click("Accept").sees("Done: Accept the terms")
    partner.click("Read this about the product", "link").click("What customers ask first", "link")
    partner.click("I am through with it").open(STEPS)
    assert not partner.reads("Read what customers ask"), "what is done once is done in both"
    partner.click("Check what stayed", "link").click("1 question", "link")
    check = partner.page.locator(".en-check").first
    check.get_by_text("Above 10 %", exact=True).click()
    check.get_by_role("button", name="Confirm").click()
    partner.page.get_by_text("Right", exact=True).wait_for()
    partner.open(STEPS).sees("2 of 3 steps").sees("5 of 7 steps").sees("What Acme Cloud does meanwhile")
    partner.click("Build one thing with it", "link").click("It is done").sees("Done: Build one thing")


def _page_of(title: str, place: Place) -> str:
    with scope(place.acme):
        return f"{STEPS}{JourneyStep.objects.get(title=title).public_id}/"


def _waive_one(manager: Visitor, place: Place) -> None:
    manager.open(f"{STUDIO}journeys/running/?show=running").click("Nordwind IT", "link").sees("5 of 7 steps")
    manager.click("Join a cohort", "link").click("Waive").sees("Say why, so that the partner")
    manager.fill(words="They run their own program").click("Waive").sees("Join a cohort: saved.").sees("Waived")


def _see_where_partners_are_lost(manager: Visitor, place: Place) -> None:
    with scope(place.acme):
        onboarding = JourneyTemplate.objects.get(name="Onboarding")
    manager.open(f"{STUDIO}journeys/templates/{onboarding.public_id}/")
    rows = manager.page.locator(".pa-step").all_inner_texts()
    told = {row.splitlines()[0].strip(): " ".join(row.split()) for row in rows}
    assert "1 of 1 did it" in told["Sign in everybody"]
    assert "0 of 1 did it · 1 without it" in told["Join a cohort"]
    assert "0 of 1 did it · 1 stands here" in told["Welcome call"]


# A team.


@pytest.mark.timeout(240)
def test_a_team_is_the_leads_own(
    visitor: Arrive,
    place: Place,
    lena: Membership,
    mailoutbox: list[Any],
    render_outbox: Deliver,
) -> None:
    mailbox = Mailbox(mailoutbox)
    lead = visitor(lena, phone=True)
    lead.open("/o/acme/team/").click("Invite a colleague", "link")
    lead.fill(email=MIRA, name="Mira Haddad").click("Send the invitation").sees("is on its way").sees(MIRA)
    render_outbox(timezone.now())
    mira = visitor(phone=True)
    mira.open(button(mailbox.newest(MIRA))).click("Join").sees("You are in.")
    mira.open("/o/acme/team/").sees("Lena Brandt")
    assert not mira.reads("Invite a colleague"), "members do not invite"
    lead.open("/o/acme/team/").page.get_by_role("link", name="Change Mira Haddad").click()
    lead.page.locator("[name=role][value=lead]").check()
    lead.fill(job_title="Head of sales").click("Save").sees("Saved.")
    mira.open("/o/acme/team/").sees("Invite a colleague")
    certificate = _graduate(place)
    mira.open(certificate).sees("Mira Haddad")
    lead.open("/o/acme/team/").page.get_by_role("link", name="Change Mira Haddad").click()
    lead.page.get_by_role("button", name="Take out").click()
    lead.page.get_by_role("heading", name="Take Mira Haddad out?").wait_for()
    lead.look()
    lead.page.get_by_role("dialog").get_by_role("button", name="Take out").click()
    lead.page.get_by_text("Mira Haddad cannot come in any more.").wait_for()
    assert not lead.reads(MIRA)
    # The next request finds nothing: she belongs nowhere any more, and is asked to sign in.
    mira.open("/o/acme/team/").sees("Sign in")
    assert not mira.reads("Nordwind IT")
    visitor(phone=True).open(certificate).sees("Mira Haddad")
    with scope(place.acme):
        left = PartnerUser.objects.get(membership__person__email=MIRA)
        assert (left.membership.state, Graduation.objects.valid().count()) == ("removed", 1)


def _graduate(place: Place) -> str:
    """Mira completes a cohort; the address of her certificate."""
    with scope(place.acme):
        mira = PartnerUser.objects.get(membership__person__email=MIRA)
        cohort = cohorts.cohort("finished", title="Autumn 2026")
        earned = Graduation.objects.create(
            cohort=cohort,
            membership=mira.membership,
            partner=place.partner,
            name="Mira Haddad",
            program_title=cohort.program.title,
            graduated_at=timezone.now(),
        )
        return f"/o/acme/certificates/{earned.token}/"
