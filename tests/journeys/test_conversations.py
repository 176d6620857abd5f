"""A partner on the phone asks from wherever they are; their manager answers by mail and in the studio; both read it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from partners.models import Conversation
from prm.accounts.models import Membership
from prm.inbound.services import Fate, take_in
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.journeys.conftest import Visitor
from tests.journeys.letters import Mailbox, button
from tests.partners.factories import PartnerFactory, partner_user
from tests.prm.raw_mails import raw

type Arrive = Callable[..., Visitor]
type Deliver = Callable[[datetime], list[Any]]


@pytest.mark.timeout(240)
def test_a_partner_and_their_manager_talk(
    visitor: Arrive,
    acme: Organization,
    bob: Membership,
    lena: Membership,
    mailoutbox: list[Any],
    render_outbox: Deliver,
    settings: Any,
) -> None:
    settings.INBOUND_DOMAIN = "in.canopy.example"
    with scope(acme):
        nordwind = PartnerFactory.create(name="Nordwind", account_manager=bob)
        partner_user(nordwind, membership=lena, role="lead")
    partner, manager, mails = visitor(lena, phone=True), visitor(bob, phone=True), Mailbox(mailoutbox)
    partner.open("/o/acme/").click("Write to us", "link").sees("Write to Bob Keller").sees(
        "You get an answer within 48 hours."
    )
    partner.fill(subject="Volume steps", body="Do both contracts count together?").click("Send")
    partner.sees("Bob Keller answers by").sees("Do both contracts count together?")
    render_outbox(timezone.now())
    manager.open(button(mails.newest("bob@acme.example"))).sees("Do both contracts count together?")
    manager.fill(note="At twenty percent already.").click("Note it for colleagues").sees("Noted, for colleagues alone.")
    manager.fill(body="They do. When do you sign?").click("Send the answer").sees("Lena Brandt writes next")
    render_outbox(timezone.now())
    answer = mails.newest("lena@nordwind.example")
    (to,) = answer.reply_to
    reply = raw("On Friday.\n\nOn Mon, 30 Nov 2026 at 10:00, Bob Keller wrote:\n> They do.", to=to)
    assert take_in(reply, timezone.now()) == Fate.PLACED
    partner.open(button(answer)).sees("On Friday.").sees("Bob Keller answers by")
    assert not partner.reads("twenty percent")
    manager.open("/o/acme/studio/conversations/").click("Volume steps", "link").sees("On Friday.")
    manager.sees("At twenty percent already.")
    partner.click("It is settled").sees("Closed")
    manager.open("/o/acme/studio/conversations/?show=closed").sees("Volume steps")
    manager.open("/o/acme/studio/absence/").sees("Who stands in")
    manager.open("/o/acme/studio/inbound/").sees("Nothing here")
    partner.open("/o/acme/conversations/").sees("Closed")
    with scope(acme):
        assert Conversation.objects.get().state == "closed"
