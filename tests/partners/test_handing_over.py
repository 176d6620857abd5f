"""A colleague hands over: everything with their name on it goes to one other, once, and people are told."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from partners.models import Conversation, Group, Handover, Partner, PartnerUser, Task, ValueChange
from partners.queries.handovers import in_hand
from partners.services.handing_over import CONTACT_MAIL, HANDED_MAIL, hand_over
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.audit.models import AuditEntry
from prm.handovers import handover_parts
from prm.outbox.models import Message
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.factories import staff

type SignIn = Callable[[Membership], Client]
type Deliver = Callable[[datetime], list[Any]]


@pytest.fixture
def carol(acme: Organization) -> Membership:
    return staff(acme, "carol@acme.example", "Carol Sommer", "manager")


@pytest.fixture
def full_hands(
    acme: Organization, bob: Membership, nordwind: Partner, kestrel: Partner, lena_user: PartnerUser, now: datetime
) -> None:
    with scope(acme):
        Partner.objects.filter(pk=nordwind.pk).update(account_manager=bob)
        Task.objects.create(title="Call", assignee=bob, created_by=bob, created_at=now)
        Group.objects.create(name="MSPs", normalized_name="msps", owner=bob, contact=bob, created_at=now)
        Conversation.objects.create(
            partner=nordwind, person=lena_user.membership, subject="Prices", responsible=bob, created_at=now,
            latest_at=now, waiting_since=now, due_at=now + timedelta(days=2),
        )  # fmt: skip


def give(acme: Organization, giver: Membership, taker: Membership, now: datetime, **more: Any) -> Handover:
    with scope(acme):
        return hand_over(actor=Actor.of(giver), giver=giver, taker=taker, now=now, **more)


@pytest.mark.usefixtures("full_hands")
class TestHandingOver:
    def test_everything_goes_and_is_told(
        self, acme: Organization, bob: Membership, carol: Membership, nordwind: Partner, now: datetime
    ) -> None:
        with scope(acme):
            before = in_hand(bob.pk, now)
        assert before.words == ["1 partner", "1 open task", "1 conversation", "1 group", "contact of 1 group"]
        row = give(acme, bob, carol, now, brief="Lena first.", note_text="You are in good hands.")
        with scope(acme):
            assert not in_hand(bob.pk, now)
            assert in_hand(carol.pk, now).words == before.words
            assert row.partner_ids == [nordwind.pk]
            assert ValueChange.objects.get(partner=nordwind, field="account_manager").after == carol.pk
            entry = AuditEntry.objects.get(verb="partners.handed_over")
            assert entry.object_label == "Bob Keller → Carol Sommer"
            assert {message.kind for message in Message.objects.all()} == {HANDED_MAIL, CONTACT_MAIL}

    def test_the_mails_of_it(
        self, acme: Organization, bob: Membership, carol: Membership, now: datetime, render_outbox: Deliver
    ) -> None:
        give(acme, bob, carol, now, brief="Lena *first*.", note_text="You are in good hands.")
        mails = {mail.subject: mail for mail in render_outbox(now)}
        brief = mails["Bob Keller hands over to you"]
        assert brief.from_email.startswith('"Bob Keller')
        assert "- 1 partner\n- 1 open task" in brief.body
        assert "The partners: Nordwind GmbH." in brief.body
        assert "> Lena *first*." in brief.body
        told = mails["Carol Sommer looks after Nordwind GmbH from now on"]
        assert told.reply_to == [carol.person.email]
        assert "You are in good hands." in told.body
        assert "Lena *first*" not in told.body, "the brief is for the colleague alone"

    def test_partners_need_not_be_told(
        self, acme: Organization, bob: Membership, carol: Membership, now: datetime
    ) -> None:
        give(acme, bob, carol, now, tells_partners=False)
        with scope(acme):
            assert [message.kind for message in Message.objects.all()] == [HANDED_MAIL]

    def test_who_is_no_longer_the_contact_is_not_announced(
        self, acme: Organization, bob: Membership, carol: Membership, now: datetime, render_outbox: Deliver
    ) -> None:
        give(acme, bob, carol, now)
        with scope(acme):
            Partner.objects.update(account_manager=bob)
        assert [mail.subject for mail in render_outbox(now)] == ["Bob Keller hands over to you"]

    def test_refusals_leave_everything(
        self, acme: Organization, bob: Membership, carol: Membership, lena: Membership, now: datetime
    ) -> None:
        for taker, code in ((bob, "same_colleague"), (lena, "not_staff")):
            with pytest.raises(Refused) as refusal:
                give(acme, bob, taker, now)
            assert code in refusal.value.codes or taker is lena
        with pytest.raises(Refused) as refusal:
            give(acme, carol, bob, now)
        assert refusal.value.codes == {"nothing_in_hand"}
        with scope(acme):
            assert not Handover.objects.exists()
            assert not Message.objects.exists()
            assert len(in_hand(bob.pk, now).words) == 5

    def test_the_page_shows_and_does_it(
        self, acme: Organization, alice: Membership, bob: Membership, carol: Membership, sign_in: SignIn
    ) -> None:
        client, path = sign_in(alice), f"/o/acme/studio/people/{bob.public_id}/hand-over/"
        assert path in client.get(address("person_detail", bob.public_id, organization=acme)).content.decode()
        page = client.get(path).content.decode()
        assert "1 open task" in page
        refused = client.post(path, {"taker": "", "brief": "Kept words"})
        assert (refused.status_code, "Kept words" in refused.content.decode()) == (422, True)
        assert client.post(path, {"taker": bob.pk, "brief": ""}).status_code == 422
        said = {"taker": carol.pk, "brief": "Lena first.", "tells_partners": "on", "note": ""}
        assert client.post(path, said).status_code == 303
        assert "Nothing is in their hands" in client.get(path).content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("full_hands")
def test_two_who_hand_the_same_over_at_once(
    acme: Organization, alice: Membership, bob: Membership, carol: Membership, now: datetime
) -> None:
    start, ends = Barrier(2), []

    def run(taker: Membership) -> None:
        try:
            start.wait(10)
            give(acme, bob, taker, now)
            ends.append("done")
        except Refused as refusal:
            ends.extend(refusal.codes)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(taker,)) for taker in (alice, carol)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert "done" in ends
    with scope(acme):
        holders = {in_hand(one.pk, now).partners for one in (alice, carol)}
        assert holders == {0, 1}
        assert in_hand(bob.pk, now).partners == 0


def test_apps_above_add_their_parts() -> None:
    assert {"cohorts.led", "cohorts.reviews", "enablement.content"} <= {part.name for part in handover_parts.all()}
