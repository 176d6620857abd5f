"""Announcements to many: another organization's mails are not held up, and two planners send one once."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from partners.models import Announcement, Partner, PartnerUser
from partners.services.announcing import plan_announcements, schedule_announcement
from partners.services.groups import GroupDetails, add_to_group, create_group
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.models import AuditEntry
from prm.outbox.models import Message
from prm.outbox.sender import answer_wakeup
from prm.outbox.services import post
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.factories import NOW
from tests.partners.test_announcements import KIND, SENT, written


@pytest.mark.django_db(transaction=True)
def test_anothers_invitation_waits_for_one_batch_at_most(
    acme: Organization,
    umbrella: Organization,
    charlie: Membership,
    actor: Actor,
    alice: Membership,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One worker, bells in the order in which they rang: however many mails Acme has, Umbrella's comes second."""
    now = timezone.now()
    bells: list[int] = []

    def ring(queue: str, pk: int) -> None:
        if queue == "outbox":
            bells.append(pk)

    monkeypatch.setattr("prm.tenancy.wakeups.ring", ring)
    monkeypatch.setattr("prm.outbox.sender.deliveries.ring", ring)
    with scope(acme):
        for number in range(350):
            post(kind="outbox.test_mail", subject_id=number, recipient=alice, now=now)
    with scope(umbrella):
        post(kind="outbox.test_mail", subject_id=1, recipient=charlie, now=now)
    organizations = {acme.pk: acme, umbrella.pk: umbrella}
    queue: list[int] = [acme.pk, umbrella.pk]
    worked: list[int] = []
    while queue and len(worked) < 20:
        pk = queue.pop(0)
        bells.clear()
        answer_wakeup(organizations[pk])
        worked.append(pk)
        queue += list(dict.fromkeys(bells))
    assert worked[:2] == [acme.pk, umbrella.pk]
    with scope(umbrella):
        assert Message.objects.get().state == "sent"
    with scope(acme):
        assert Message.objects.filter(state="sent").count() == 350


@pytest.mark.django_db(transaction=True)
def test_two_planners_send_it_once(acme: Organization, actor: Actor, nordwind: Partner, lena_user: PartnerUser) -> None:
    with scope(acme):
        group = create_group(actor=actor, details=GroupDetails("Resellers"), now=NOW - timedelta(days=1))
        add_to_group(actor=actor, group=group, partner_ids=[nordwind.pk], now=NOW - timedelta(days=1))
        row = written(actor, group)
        schedule_announcement(actor=actor, announcement=row, revision=1, is_for_all=True, now=NOW)
    start = Barrier(2)

    def plan() -> None:
        try:
            start.wait()
            with scope(acme):
                plan_announcements(SENT)
        finally:
            connection.close()

    threads = [Thread(target=plan) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with scope(acme):
        assert Announcement.objects.get().state == "sent"
        assert Message.objects.filter(kind=KIND).count() == 1
        assert AuditEntry.objects.filter(verb="partners.announced").count() == 1
