"""Many partners at once: account managers, groups, a message; in the background; taken back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from partners.models import Announcement, Group, GroupMember, Partner, PartnerUser, ValueChange
from partners.queries.partner_lists import PartnerFilter
from partners.services import announcing, bulk
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.addresses import address
from prm.audit.models import AuditEntry
from prm.jobs.models import Job
from prm.jobs.worker import run_jobs
from prm.outbox.models import Message
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.factories import NOW, MembershipFactory
from tests.partners.factories import PartnerFactory, partner_user

type SignIn = Callable[[Membership], Client]
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def client(alice: Membership, sign_in: SignIn) -> Client:
    return sign_in(alice)


@pytest.fixture
def url(acme: Organization) -> Callable[..., str]:
    return lambda name, *args: address(name, *args, organization=acme)


@pytest.fixture
def mira(acme: Organization) -> Membership:
    return MembershipFactory.create(organization=acme, roles=["account_manager"])


def managers(*partners: Partner) -> list[int | None]:
    found = dict(Partner.objects.values_list("pk", "account_manager"))
    return [found[partner.pk] for partner in partners]


# ── Account managers ────────────────────────────────────────────────────────────────────────────────────────────────


def test_managers_are_assigned_with_history_and_given_back(
    acme: Organization, actor: Actor, alice: Membership, mira: Membership, nordwind: Partner, kestrel: Partner
) -> None:
    with scope(acme):
        gone = PartnerFactory.create(name="Gone", archived_at=NOW, account_manager=alice)
        Partner.objects.filter(pk=kestrel.pk).update(account_manager=mira)
        ids = [nordwind.pk, kestrel.pk, gone.pk]
        assert bulk.assign_manager(actor=actor, partner_ids=ids, manager=mira, now=NOW) == 1
        assert managers(nordwind, kestrel, gone) == [mira.pk, mira.pk, alice.pk]
        change = ValueChange.objects.get()
        assert (change.partner_id, change.field, change.before, change.after) == (
            nordwind.pk, "account_manager", None, mira.pk,
        )  # fmt: skip
        fact = Fact.objects.get(kind="partners.value_changed")
        assert (fact.partner_id, fact.data) == (nordwind.pk, {"field": "account_manager"})
        assert AuditEntry.objects.get(verb="partners.managers_assigned").changes["partners"] == [0, 1]

        # Another one's undo, and another moment's, take nothing back.
        assert bulk.undo_assigning(actor=Actor.of(mira), stamp=NOW, now=LATER) == 0
        assert bulk.undo_assigning(actor=actor, stamp=LATER, now=LATER) == 0
        assert bulk.undo_assigning(actor=actor, stamp=NOW, now=LATER) == 1
        assert managers(nordwind, kestrel) == [None, mira.pk]
        assert bulk.undo_assigning(actor=actor, stamp=NOW, now=LATER) == 0


def test_an_undo_leaves_what_was_changed_since(
    acme: Organization, actor: Actor, alice: Membership, mira: Membership, nordwind: Partner, kestrel: Partner
) -> None:
    with scope(acme):
        bulk.assign_manager(actor=actor, partner_ids=[nordwind.pk, kestrel.pk], manager=mira, now=NOW)
        Partner.objects.filter(pk=kestrel.pk).update(account_manager=alice)
        assert bulk.undo_assigning(actor=actor, stamp=NOW, now=LATER) == 1
        assert managers(nordwind, kestrel) == [None, alice.pk]


def test_nobody_else_becomes_account_manager(
    acme: Organization, actor: Actor, lena: Membership, charlie: Membership, nordwind: Partner, client: Client, url: Any
) -> None:
    with scope(acme), pytest.raises(Refused):
        bulk.assign_manager(actor=actor, partner_ids=[nordwind.pk], manager=lena, now=NOW)
    for somebody in (lena, charlie):
        sent = {"partner": [nordwind.public_id], "query": "", "manager": somebody.pk}
        assert client.post(url("bulk_manager"), sent).status_code == 422
    with scope(acme):
        assert managers(nordwind) == [None]
        assert not ValueChange.objects.exists()


def test_the_bar_leads_to_a_page_that_sends_on_whom_it_means(
    acme: Organization, client: Client, url: Any, mira: Membership, nordwind: Partner, kestrel: Partner
) -> None:
    page = client.post(url("partner_bulk"), {"partner": [nordwind.public_id], "action": "manager", "query": "q=n"})
    assert "Who looks after 1 partner?" in page.content.decode()
    assert f'value="{nordwind.public_id}"' in page.content.decode()
    sent = {"partner": [nordwind.public_id], "manager": mira.pk, "query": "q=n"}
    assert client.post(url("bulk_manager"), sent | {"manager": "x"}).status_code == 422
    answer = client.post(url("bulk_manager"), sent)
    assert answer["Location"] == f"{url('partner_list')}?q=n"
    with scope(acme):
        assert managers(nordwind, kestrel) == [mira.pk, None]
    told = client.get(answer["Location"]).content.decode()
    assert f"1 partner belongs to {mira.person} now." in told
    undo = next(part.split('"')[0] for part in told.split('action="') if "/bulk/undo/" in part.split('"')[0])
    client.post(undo)
    with scope(acme):
        assert managers(nordwind) == [None]


def test_everybody_means_what_the_list_is_narrowed_to(
    acme: Organization, client: Client, url: Any, mira: Membership, nordwind: Partner, kestrel: Partner
) -> None:
    sent = {"everyone": "1", "query": "q=nord", "manager": mira.pk}
    client.post(url("bulk_manager"), sent)
    with scope(acme):
        assert managers(nordwind, kestrel) == [mira.pk, None]


def test_ticked_partners_of_another_organization_are_refused(
    acme: Organization, client: Client, url: Any, mira: Membership, nordwind: Partner, umbrellas_nordwind: Partner
) -> None:
    sent = {"partner": [nordwind.public_id, umbrellas_nordwind.public_id], "manager": mira.pk, "query": ""}
    assert client.post(url("bulk_manager"), sent).status_code == 404
    with scope(acme):
        assert managers(nordwind) == [None]


# ── Many, in the background ─────────────────────────────────────────────────────────────────────────────────────────


def test_very_many_are_done_piece_by_piece_and_taken_back_at_once(
    acme: Organization, client: Client, url: Any, msps: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST_AT_ONCE", 2)
    with scope(acme):
        for number in range(5):
            PartnerFactory.create(name=f"Many {number}")
        PartnerFactory.create(name="Other")
    answer = client.post(url("bulk_group"), {"everyone": "1", "query": "q=many", "group": msps.pk})
    with scope(acme):
        job = Job.objects.get(kind=bulk.BULK_JOB)
    assert answer["Location"] == url("job_detail", job.public_id)
    assert run_jobs(acme) == 3
    with scope(acme):
        job.refresh_from_db()
        assert (job.state, job.done, job.result) == ("done", 5, {"changed": 5})
        assert GroupMember.objects.open().filter(group=msps).count() == 5
    page = client.get(url("bulk_detail", job.public_id)).content.decode()
    assert "5 partners came into MSPs." in page
    client.post(next(part.split('"')[0] for part in page.split('action="') if "undo-adding" in part.split('"')[0]))
    with scope(acme):
        assert not GroupMember.objects.open().filter(group=msps).exists()


def test_a_group_archived_meanwhile_ends_the_work_with_words(
    acme: Organization, actor: Actor, msps: Group, nordwind: Partner
) -> None:
    with scope(acme):
        bulk.start_bulk(actor=actor, chosen=PartnerFilter(NOW), group=msps, now=NOW)
        Group.objects.filter(pk=msps.pk).update(archived_at=NOW)
    run_jobs(acme)
    with scope(acme):
        job = Job.objects.get()
        assert (job.state, job.errors) == ("failed", [{"message": "This group was archived meanwhile."}])


# ── A message ───────────────────────────────────────────────────────────────────────────────────────────────────────


SENT_AT = NOW + announcing.UNDO_TIME


def announce(actor: Actor, **given: Any) -> Announcement:
    words = {"told": "all", "subject": "Prices change", "body": "From **May** on."}
    return announcing.announce(actor=actor, partners=Partner.objects.all(), now=NOW, **(words | given))


def test_leads_get_one_mail_each_in_two_minutes(
    acme: Organization, actor: Actor, lena_user: PartnerUser, tom_user: PartnerUser, paul_user: PartnerUser
) -> None:
    with scope(acme):
        tests = PartnerFactory.create(name="Test", is_test=True)
        partner_user(tests, "test@acme.example", "Test", "lead")
        row = announce(actor)
        assert row.sent_to == 1
        assert announcing.plan_announcements(NOW) == SENT_AT
        assert not Message.objects.exists()
        announcing.plan_announcements(SENT_AT)
        message = Message.objects.get(kind=announcing.ANNOUNCEMENT_MAIL)
        assert (message.recipient_id, message.not_before) == (lena_user.membership_id, SENT_AT)


def test_a_message_is_taken_back_before_anybody_gets_it(
    acme: Organization, actor: Actor, lena_user: PartnerUser
) -> None:
    with scope(acme):
        row = announce(actor)
        for _again in range(2):
            announcing.withdraw(actor=actor, announcement=row, now=NOW + timedelta(minutes=1))
        announcing.plan_announcements(LATER)
        assert not Message.objects.exists()
        assert Announcement.objects.get().state == "draft"


def test_a_message_to_nobody_is_refused(acme: Organization, actor: Actor, paul_user: PartnerUser) -> None:
    with scope(acme), pytest.raises(Refused, match="Invite people first"):
        announce(actor)
    with scope(acme):
        assert not Announcement.objects.exists()


def test_the_mail_carries_the_writers_name_and_words(
    acme: Organization, actor: Actor, alice: Membership, lena_user: PartnerUser
) -> None:
    from partners.emails import announcement
    from prm.outbox.rendering.previews import Preview

    with scope(acme):
        announce(actor, body="From **May** on.\n\n<script>x</script>")
        announcing.plan_announcements(SENT_AT)
        mail = Preview.of_mail(announcement(Message.objects.get(kind=announcing.ANNOUNCEMENT_MAIL)))
        assert mail.subject == "Prices change"
        assert str(alice.person) in mail.sender
        assert mail.reply_to == alice.person.email
        assert "<strong>May</strong>" in mail.html
        assert "<script>" not in mail.html


def test_a_message_to_all_asks_once(acme: Organization, client: Client, url: Any, lena_user: PartnerUser) -> None:
    sent = {"everyone": "1", "query": "", "subject": "News", "body": "Something new."}
    asked = client.post(url("bulk_announcement"), sent)
    assert asked.status_code == 422
    assert "This goes to every partner you have" in asked.content.decode()
    assert "Something new." in asked.content.decode()
    assert client.post(url("bulk_announcement"), sent | {"is_for_all": "on"}).status_code == 303
    page = client.get(url("announcement_list")).content.decode()
    assert "Goes to 1 person in two minutes." in page
    assert "Scheduled" in page
    # To those that are narrowed to it is not asked.
    assert client.post(url("bulk_announcement"), sent | {"query": "q=nord"}).status_code == 303


def test_a_preview_sends_nothing(acme: Organization, client: Client, url: Any, lena_user: PartnerUser) -> None:
    sent = {"everyone": "1", "query": "", "subject": "News", "body": "*Now*", "preview": "on"}
    page = client.post(url("bulk_announcement"), sent)
    assert page.status_code == 200
    assert "<em>Now</em>" in page.content.decode()
    with scope(acme):
        assert not Announcement.objects.exists()
    wrong = client.post(url("bulk_announcement"), {**sent, "subject": "", "body": "My <words>"})
    assert (wrong.status_code, "My &lt;words&gt;" in wrong.content.decode()) == (422, True)
    assert "This field is required" in wrong.content.decode()


def test_nobody_is_an_account_manager_only_by_choice(
    acme: Organization, client: Client, url: Any, mira: Membership, nordwind: Partner
) -> None:
    sent = {"partner": [nordwind.public_id], "query": ""}
    client.post(url("bulk_manager"), sent | {"manager": mira.pk})
    refused = client.post(url("bulk_manager"), sent | {"manager": ""})
    assert refused.status_code == 422
    assert "Choose a colleague, or nobody." in refused.content.decode()
    with scope(acme):
        assert managers(nordwind) == [mira.pk]
    assert client.post(url("bulk_manager"), sent | {"manager": "nobody"}).status_code == 303
    with scope(acme):
        assert managers(nordwind) == [None]


def test_the_page_names_the_first_and_how_many_more(acme: Organization, client: Client, url: Any) -> None:
    with scope(acme):
        ids = [PartnerFactory.create(name=f"P{number:02} {'x' * 90}").public_id for number in range(10)]
    page = client.post(url("partner_bulk"), {"partner": ids, "action": "announce"}).content.decode()
    assert f"P00 {'x' * 44}…, P01" in page
    assert "P04" in page
    assert "…, 5 more" in page


def test_nothing_ticked_is_told(client: Client, url: Any) -> None:
    for name in ("partner_bulk", "bulk_group", "bulk_manager", "bulk_announcement"):
        assert client.post(url(name), {"action": "manager"})["Location"] == url("partner_list")
    assert "Tick at least one partner first." in client.get(url("partner_list")).content.decode()


def test_invitations_are_not_for_everybody(client: Client, url: Any, nordwind: Partner) -> None:
    answer = client.post(url("partner_bulk"), {"everyone": "1", "query": "q=n", "action": "invite"})
    assert answer["Location"] == f"{url('partner_list')}?q=n"
    assert "Invitations are written partner by partner" in client.get(answer["Location"]).content.decode()
