"""An attribute is defined, three partners are asked for it, one answers in the portal; a change that moves a group
waits; and a person says who reads what about them.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from partners.conditions.grammar import Block, Condition
from partners.models import Attribute, AttributeValue, Group, GroupMember, Partner, PartnerUser, ProposedValue
from partners.services.group_moves import evaluate_all
from partners.services.group_rules import set_rule
from partners.services.groups import GroupDetails, create_group
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.journeys.conftest import Visitor
from tests.journeys.letters import Mailbox, button
from tests.partners.factories import PartnerFactory, partner_user

type Arrive = Callable[..., Visitor]
type Deliver = Callable[[datetime], list[Any]]

STUDIO = "/o/acme/studio/"
LENA = "lena@nordwind.example"
NOTE = "We plan who gets the next projects."


@pytest.fixture
def three(acme: Organization, alice: Membership, lena: Membership, paul: Membership) -> list[Partner]:
    """Three partners whose leads can answer, and one that nobody has joined."""
    with scope(acme):
        made = [PartnerFactory.create(name=name, region="North") for name in ("Nordwind", "Kestrel", "Orbit")]
        partner_user(made[0], membership=lena, role="lead")
        partner_user(made[1], membership=paul, role="lead")
        partner_user(made[2], "olga@orbit.example", "Olga Ruiz", "lead")
        PartnerFactory.create(name="Silent")
    return made


@pytest.mark.timeout(240)
def test_data_is_asked_for_and_stays_true(
    visitor: Arrive,
    acme: Organization,
    alice: Membership,
    lena: Membership,
    three: list[Partner],
    mailoutbox: list[Any],
    render_outbox: Deliver,
) -> None:
    owner = visitor(alice)
    _define(owner)
    _ask(owner)
    assert len(render_outbox(timezone.now())) == 3
    mail = Mailbox(mailoutbox).newest(LENA)
    assert NOTE in str(mail.body)
    partner = visitor(lena, phone=True)
    _answer(partner, button(mail))
    owner.open(f"{STUDIO}partners/{three[0].public_id}/").sees("Support level")
    owner.page.get_by_text("Gold", exact=True).click()
    owner.sees("Told by the partner (Lena Brandt)").look()
    group = _group_of_gold(acme, alice)
    _change_what_moves_a_group(partner, acme)
    owner.open(f"{STUDIO}data/").click("1 change waits", "link").sees("leaves Gold partners")
    owner.click("Accept").sees("is told")
    with scope(acme):
        evaluate_all(timezone.now())
        assert AttributeValue.objects.get(partner=three[0]).text == "silver"
        assert GroupMember.objects.get(group=group).leaving_since, "it is on its way out, with a grace"
    partner.open("/o/acme/you/company/").sees("Silver").sees("Told by your company")


def _define(owner: Visitor) -> None:
    owner.open(f"{STUDIO}data/").click("Make an attribute", "link")
    owner.page.get_by_label("One of a list").check()
    owner.page.get_by_label("The partner, and colleagues").check()
    owner.fill(name="Support level", new_choices="Gold\nSilver", section="What they can do", hint="What you promise")
    owner.page.locator(".cn-form-actions .btn-primary").click()
    owner.page.get_by_role("heading", name="Support level", level=1).wait_for()
    owner.sees("Not known of 4 partners").sees("What they can do").look()


def _ask(owner: Visitor) -> None:
    owner.click("Ask them", "link").sees("3 partners are asked").sees("1 has no lead who could answer")
    owner.fill(note=NOTE)
    owner.page.locator("#preview").get_by_text(NOTE).wait_for()
    owner.sees("Acme Cloud asks about Kestrel").look()
    owner.click("Send the mails").sees("0 of 3")


def _answer(partner: Visitor, path: str) -> None:
    partner.open(path).sees("Support level")
    partner.page.get_by_role("combobox", name="Support level").select_option("Gold")
    partner.click("Save").sees("Thank you")


def _group_of_gold(acme: Organization, alice: Membership) -> Group:
    with scope(acme):
        level = Attribute.objects.get(name="Support level")
        group = create_group(actor=Actor.of(alice), details=GroupDetails("Gold partners"), now=timezone.now())
        gold = Condition(f"attribute:{level.public_id}", "one_of", (level.choices[0]["key"],))
        set_rule(actor=Actor.of(alice), group=group, block=Block("all", (gold,)), version=0, now=timezone.now())
        assert Partner.objects.in_group(group).get().name == "Nordwind"
    return group


def _change_what_moves_a_group(partner: Visitor, acme: Organization) -> None:
    partner.open("/o/acme/you/company/").click("Change", "link")
    partner.page.get_by_role("combobox", name="Support level").select_option("Silver")
    partner.page.get_by_label("Region").fill("Harz")
    partner.click("Save").sees("1 change waits for Acme Cloud").sees("Harz")
    with scope(acme):
        assert ProposedValue.objects.get().moves == ["leaves Gold partners"]


@pytest.mark.timeout(180)
def test_a_person_says_who_reads_what(
    visitor: Arrive, acme: Organization, alice: Membership, lena: Membership, paul: Membership, three: list[Partner]
) -> None:
    person = visitor(lena, phone=True)
    person.open("/o/acme/you/profile/")
    person.fill(offers="Hospitals, and their boards", seeks="A test bench", said_as="LAY-na")
    person.page.locator("[name=see_offers]").select_option("partners")
    person.page.locator("[name=see_said_as]").select_option("nobody")
    person.click("Save").sees("Hospitals, and their boards").sees("A test bench").sees("LAY-na")
    path = person.page.url
    staff = visitor(alice).open(path).sees("Hospitals, and their boards").sees("A test bench")
    assert not staff.reads("LAY-na")
    other = visitor(paul).open(path).sees("Hospitals, and their boards")
    assert not other.reads("A test bench")
    person.open("/o/acme/you/profile/").click("Delete all of it").click("Delete it").sees("Deleted, picture and all")
    other.page.reload()
    assert not other.reads("Hospitals")
    with scope(acme):
        assert PartnerUser.objects.filter(membership=lena).get().profiles.count() == 0
