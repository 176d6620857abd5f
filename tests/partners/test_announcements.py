"""Announcements: whom they are for, when they leave, who read and who confirmed, and what goes wrong meanwhile."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from partners.models import (
    Announcement,
    AnnouncementReader,
    Audience,
    Group,
    Partner,
    PartnerUser,
)
from partners.queries.announcements import Target, numbers_of, outcome_of, people_meant, samples_of
from partners.queries.my_announcements import announcement_for, my_announcements
from partners.services.announcing import (
    REMINDER_MAIL,
    UNDO_TIME,
    AnnouncementDetails,
    acknowledge,
    change_announcement,
    correct_announcement,
    discard_announcement,
    open_announcement,
    plan_announcements,
    remind_of_announcement,
    schedule_announcement,
    withdraw,
    write_announcement,
)
from partners.services.groups import GroupDetails, add_to_group, create_group
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.addresses import address
from prm.audit.models import AuditEntry
from prm.outbox.models import Message, Notification
from prm.outbox.services import set_preferences
from prm.problems import Refused
from prm.tenancy.models import Organization
from tests.costs import queries_of
from tests.factories import NOW
from tests.partners.factories import PartnerFactory, partner_user

type Deliver = Callable[[datetime], list[Any]]
type SignIn = Callable[[Membership], Client]
SENT = NOW + UNDO_TIME
LATER = NOW + timedelta(hours=1)
KIND = "partners.announcement"


@pytest.fixture
def resellers(in_acme: Organization, actor: Actor, nordwind: Partner, kestrel: Partner) -> Group:
    """A group with Nordwind in it, and not Kestrel."""
    group = create_group(actor=actor, details=GroupDetails("Resellers"), now=NOW - timedelta(days=1))
    add_to_group(actor=actor, group=group, partner_ids=[nordwind.pk], now=NOW - timedelta(days=1))
    return group


def audience(group: Group) -> int:
    return int(Audience.objects.get(kind="group", source_id=group.pk).pk)


def written(actor: Actor, group: Group, **more: Any) -> Announcement:
    details = AnnouncementDetails("New rules", "From **May** on.", audience_ids=[audience(group)], **more)
    return write_announcement(actor=actor, details=details, now=NOW)


def sent(actor: Actor, group: Group, **more: Any) -> Announcement:
    row = written(actor, group, **more)
    schedule_announcement(actor=actor, announcement=row, revision=1, now=NOW)
    plan_announcements(SENT)
    row.refresh_from_db()
    return row


def refused(call: Callable[[], object]) -> set[str]:
    with pytest.raises(Refused) as refusal:
        call()
    return set(refusal.value.codes)


# ── Whom it is for ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, set()),
        ({"regions": ("North",)}, {"lena"}),
        ({"regions": ("North", "Iberia"), "is_leads_only": False}, {"lena", "tom", "paul"}),
        ({"view_query": "q=kestrel", "is_leads_only": False}, {"paul"}),
        ({"view_query": ""}, {"lena"}),
    ],
)
def test_whom_it_is_for(
    in_acme: Organization,
    lena_user: PartnerUser,
    tom_user: PartnerUser,
    paul_user: PartnerUser,
    given: dict[str, Any],
    expected: set[str],
) -> None:
    Partner.objects.filter(domain="nordwind.example").update(region="North")
    Partner.objects.filter(domain="kestrel.example").update(region="Iberia")
    found = people_meant(Target(**given), NOW).values_list("person__email", flat=True)
    assert {email.split("@")[0] for email in found} == expected


def test_the_count_says_how_many_it_concerns(
    in_acme: Organization, resellers: Group, actor: Actor, lena_user: PartnerUser, tom_user: PartnerUser
) -> None:
    silent = PartnerFactory.create(name="Silent")
    test = PartnerFactory.create(name="Test", is_test=True)
    partner_user(test, "t@acme.example", "Test", "lead")
    add_to_group(actor=actor, group=resellers, partner_ids=[silent.pk, test.pk], now=NOW - timedelta(hours=1))
    set_preferences(membership=tom_user.membership, choices={"announcements": "in_app"}, now=NOW)
    numbers = numbers_of(Target((audience(resellers),), is_leads_only=False), NOW)
    assert (numbers.people, numbers.partners, numbers.without, numbers.silent, numbers.all) == (2, 1, 1, 1, 3)
    leads = numbers_of(Target((audience(resellers),)), NOW)
    assert (leads.people, leads.silent, leads.words) == (1, 0, "1 person at 1 partner")
    (sample,) = samples_of(Target((audience(resellers),)), NOW)
    assert (sample.name, sample.partner, sample.through) == ("Lena Brandt", "Nordwind GmbH", "Resellers")


# ── From a draft to what came of it ─────────────────────────────────────────────────────────────────────────────────


def test_it_reaches_everybody_once_in_portal_and_by_mail(
    in_acme: Organization,
    resellers: Group,
    actor: Actor,
    lena_user: PartnerUser,
    tom_user: PartnerUser,
    paul_user: PartnerUser,
    render_outbox: Deliver,
) -> None:
    row = written(actor, resellers, readers="everybody", asks=True)
    assert plan_announcements(LATER) is None
    schedule_announcement(actor=actor, announcement=row, revision=1, at=LATER, now=NOW)
    assert plan_announcements(NOW) == LATER
    assert my_announcements(fresh(lena_user), NOW) == []
    for _again in range(2):
        assert plan_announcements(LATER) is None
    row.refresh_from_db()
    assert (row.state, row.sent_to, row.told) == ("sent", 2, "Resellers")
    mails = {mail.to[0].split("<")[1]: mail for mail in render_outbox(LATER)}
    assert set(mails) == {"lena@nordwind.example>", "tom@nordwind.example>"}
    assert "my_announcement" not in mails["lena@nordwind.example>"].body
    assert address("my_announcement_detail", row.public_id) in mails["lena@nordwind.example>"].body
    (mine,) = my_announcements(fresh(lena_user), LATER)
    assert (mine.subject, mine.asks, mine.is_read, mine.is_new) == ("New rules", True, False, True)
    assert my_announcements(fresh(paul_user), LATER) == []
    outcome = outcome_of(row)
    assert (outcome.reached, outcome.mailed, outcome.bounced, outcome.read) == (2, 2, 0, 0)
    assert AuditEntry.objects.filter(verb="partners.announced").count() == 1


def fresh(user: PartnerUser) -> Membership:
    """As the next request finds them."""
    return Membership.objects.by_id(user.membership_id)


def test_reading_and_confirming_are_told_once(
    in_acme: Organization, resellers: Group, actor: Actor, lena_user: PartnerUser, tom_user: PartnerUser
) -> None:
    row = sent(actor, resellers, readers="everybody", asks=True)
    for _again in range(2):
        open_announcement(membership=lena_user.membership, announcement=row, now=LATER)
        acknowledge(membership=tom_user.membership, announcement=row, now=LATER)
    outcome = outcome_of(row)
    assert (outcome.read, outcome.confirmed, outcome.unconfirmed) == (2, 1, 1)
    kinds = Fact.objects.filter(object_id=row.pk).order_by("pk").values_list("kind", "partner_id")
    assert list(kinds) == [
        ("partners.announcement_read", lena_user.partner_id),
        ("partners.announcement_confirmed", tom_user.partner_id),
    ]
    other = sent(actor, resellers)
    assert refused(lambda: acknowledge(membership=lena_user.membership, announcement=other, now=LATER)) == {
        "wrong_state"
    }


def test_one_reminder_to_those_who_have_not_confirmed(
    in_acme: Organization,
    resellers: Group,
    actor: Actor,
    lena_user: PartnerUser,
    tom_user: PartnerUser,
    render_outbox: Deliver,
) -> None:
    row = sent(actor, resellers, readers="everybody", asks=True)
    render_outbox(SENT)
    acknowledge(membership=lena_user.membership, announcement=row, now=LATER)
    assert remind_of_announcement(actor=actor, announcement=row, now=LATER) == 1
    assert refused(lambda: remind_of_announcement(actor=actor, announcement=row, now=LATER)) == {"reminded"}
    (mail,) = render_outbox(LATER)
    assert (mail.to, mail.subject) == (["Tom Weiß <tom@nordwind.example>"], "Please confirm: New rules")


def test_who_confirms_before_the_reminder_leaves_gets_none(
    in_acme: Organization, resellers: Group, actor: Actor, lena_user: PartnerUser, render_outbox: Deliver
) -> None:
    row = sent(actor, resellers, asks=True)
    render_outbox(SENT)
    remind_of_announcement(actor=actor, announcement=row, now=LATER)
    acknowledge(membership=lena_user.membership, announcement=row, now=LATER)
    assert render_outbox(LATER) == []
    assert Message.objects.get(kind=REMINDER_MAIL).state == "suppressed"
    quiet = sent(actor, resellers)
    assert refused(lambda: remind_of_announcement(actor=actor, announcement=quiet, now=LATER)) == {"wrong_state"}


def test_what_is_corrected_reads_so_everywhere(
    in_acme: Organization, resellers: Group, actor: Actor, lena_user: PartnerUser, render_outbox: Deliver
) -> None:
    row = sent(actor, resellers)
    correct_announcement(
        actor=actor, announcement=row, revision=row.revision, subject="New rules", body="From **June** on.", now=LATER
    )
    (mail,) = render_outbox(LATER)
    assert "June" in mail.body
    assert "May" not in mail.body
    (mine,) = my_announcements(fresh(lena_user), LATER)
    assert mine.changed
    draft = written(actor, resellers)
    codes = refused(
        lambda: correct_announcement(actor=actor, announcement=draft, revision=1, subject="x", body="y", now=LATER)
    )
    assert codes == {"wrong_state"}


def test_what_is_taken_back_is_gone_from_the_portal_and_mails_on_their_way_are_not_sent(
    in_acme: Organization, resellers: Group, actor: Actor, lena_user: PartnerUser, render_outbox: Deliver
) -> None:
    row = sent(actor, resellers)
    for _again in range(2):
        withdraw(actor=actor, announcement=row, now=LATER)
    assert render_outbox(LATER) == []
    assert my_announcements(fresh(lena_user), LATER) == []
    assert announcement_for(fresh(lena_user), row.public_id, LATER) is None
    assert Announcement.objects.get().state == "withdrawn"


def test_only_drafts_are_thrown_away(
    in_acme: Organization, resellers: Group, actor: Actor, lena: Membership, lena_user: PartnerUser
) -> None:
    discard_announcement(actor=actor, announcement=written(actor, resellers))
    assert not Announcement.objects.exists()
    row = sent(actor, resellers)
    assert refused(lambda: discard_announcement(actor=actor, announcement=row)) == {"wrong_state"}


def test_without_mail_it_stands_in_the_portal_only(
    in_acme: Organization, resellers: Group, actor: Actor, lena_user: PartnerUser
) -> None:
    sent(actor, resellers, is_mailed=False)
    assert not Message.objects.exists()
    assert len(my_announcements(fresh(lena_user), LATER)) == 1


# ── Bad input, and what happens meanwhile ───────────────────────────────────────────────────────────────────────────


def test_wrong_moments_and_nobody_are_refused(in_acme: Organization, resellers: Group, actor: Actor) -> None:
    row = written(actor, resellers)

    def schedule(at: datetime | None, revision: int = 1) -> set[str]:
        return refused(lambda: schedule_announcement(actor=actor, announcement=row, revision=revision, at=at, now=NOW))

    assert schedule(NOW) == {"past"}
    assert schedule(NOW + timedelta(days=400)) == {"too_far"}
    assert schedule(LATER) == {"nobody"}
    row.refresh_from_db()
    assert (row.state, row.due_at, row.revision) == ("draft", None, 1)


def test_text_changed_in_another_tab_is_not_sent_unseen(
    in_acme: Organization, resellers: Group, actor: Actor, lena_user: PartnerUser
) -> None:
    row = written(actor, resellers)
    stale = Announcement.objects.get(pk=row.pk)
    details = AnnouncementDetails("Other rules", "Other words", audience_ids=[audience(resellers)])
    change_announcement(actor=actor, announcement=row, revision=1, details=details, now=NOW)
    codes = refused(lambda: schedule_announcement(actor=actor, announcement=stale, revision=1, now=NOW))
    assert codes == {"changed_meanwhile"}
    codes = refused(lambda: change_announcement(actor=actor, announcement=stale, revision=1, details=details, now=NOW))
    assert codes == {"changed_meanwhile"}
    schedule_announcement(actor=actor, announcement=row, revision=2, now=NOW)
    codes = refused(lambda: change_announcement(actor=actor, announcement=row, revision=3, details=details, now=NOW))
    assert codes == {"wrong_state"}


def test_a_message_to_all_asks_once(
    in_acme: Organization, actor: Actor, lena_user: PartnerUser, kestrel: Partner
) -> None:
    everyone = Audience.objects.everyone()
    row = write_announcement(actor=actor, details=AnnouncementDetails("A", "B", audience_ids=[everyone.pk]), now=NOW)
    assert refused(lambda: schedule_announcement(actor=actor, announcement=row, revision=1, now=NOW)) == {"for_all"}
    schedule_announcement(actor=actor, announcement=row, revision=1, is_for_all=True, now=NOW)
    plan_announcements(SENT)
    assert Announcement.objects.get().state == "sent"


def test_an_audience_emptied_meanwhile_makes_it_a_draft_again_and_tells_its_writer(
    in_acme: Organization, resellers: Group, actor: Actor, alice: Membership, lena_user: PartnerUser
) -> None:
    row = written(actor, resellers)
    schedule_announcement(actor=actor, announcement=row, revision=1, now=NOW)
    Audience.objects.filter(pk=audience(resellers)).update(closed_at=NOW)
    plan_announcements(SENT)
    row.refresh_from_db()
    assert (row.state, row.due_at, row.problem) == (
        "draft",
        None,
        "Nobody was left whom it is for when it was to be sent.",
    )
    assert not AnnouncementReader.objects.exists()
    assert Notification.objects.get(membership=alice).title.startswith("Not sent: New rules")


def test_a_group_that_became_everybody_meanwhile_is_not_written_to_unasked(
    in_acme: Organization, resellers: Group, actor: Actor, lena_user: PartnerUser, kestrel: Partner
) -> None:
    row = written(actor, resellers)
    schedule_announcement(actor=actor, announcement=row, revision=1, now=NOW)
    add_to_group(actor=actor, group=resellers, partner_ids=[kestrel.pk], now=NOW)
    plan_announcements(SENT)
    row.refresh_from_db()
    assert (row.state, row.problem) == ("draft", "It would have gone to all 2 partners.")


def test_who_joins_later_finds_it_in_the_portal_and_gets_no_mail(
    in_acme: Organization, resellers: Group, actor: Actor, lena_user: PartnerUser, kestrel: Partner
) -> None:
    row = sent(actor, resellers, asks=True)
    late = partner_user(kestrel, "ida@kestrel.example", "Ida", "lead")
    member_only = partner_user(kestrel, "max@kestrel.example", "Max")
    assert my_announcements(fresh(late), LATER) == []
    add_to_group(actor=actor, group=resellers, partner_ids=[kestrel.pk], now=LATER)
    plan_announcements(LATER)
    assert [mine.subject for mine in my_announcements(fresh(late), LATER)] == ["New rules"]
    assert my_announcements(fresh(member_only), LATER) == []
    assert not Message.objects.filter(recipient=late.membership).exists()
    acknowledge(membership=late.membership, announcement=row, now=LATER)
    assert outcome_of(row).confirmed == 1


def test_another_partner_and_another_organization_find_nothing(
    acme: Organization,
    umbrella: Organization,
    resellers: Group,
    actor: Actor,
    lena_user: PartnerUser,
    paul_user: PartnerUser,
    charlie: Membership,
    sign_in: SignIn,
) -> None:
    row = sent(actor, resellers)
    here = address("my_announcement_detail", row.public_id)
    assert sign_in(lena_user.membership).get(here).status_code == 200
    assert sign_in(paul_user.membership).get(here).status_code == 404
    assert sign_in(charlie).get(address("announcement_detail", row.public_id)).status_code == 404


# ── Pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_colleague_writes_looks_and_plans(
    acme: Organization, resellers: Group, alice: Membership, lena_user: PartnerUser, sign_in: SignIn
) -> None:
    client = sign_in(alice)
    create, listed = address("announcement_create"), address("announcement_list")
    said = {
        "subject": "New rules",
        "body": "From **May** on.",
        "topic": "rules",
        "audiences": [audience(resellers)],
        "readers": "leads",
        "view": "",
        "is_mailed": "on",
        "asks": "on",
    }
    preview = client.post(create, said | {"preview": "on", "seen_by": lena_user.membership.public_id}).content.decode()
    assert "1 person at 1 partner" in preview
    assert "Hello Lena," in preview
    assert "Confirm that you have read it" in preview
    assert not Announcement.objects.exists()
    assert client.post(create, said | {"subject": ""}).status_code == 422
    there = client.post(create, said)["Location"]
    row = Announcement.objects.get()
    assert there == address("announcement_detail", row.public_id)
    plan = address("announcement_schedule", row.public_id)
    wrong = client.post(plan, {"revision": 1, "on": "2020-01-01", "at": "09:00"})
    assert (wrong.status_code, "This moment has passed" in wrong.content.decode()) == (422, True)
    day = (timezone.now() + timedelta(days=3)).date().isoformat()
    assert client.post(plan, {"revision": 1, "on": day, "at": "09:00"}).status_code == 303
    row.refresh_from_db()
    assert row.due_at is not None
    assert row.due_at.astimezone(ZoneInfo(acme.zone)).hour == 9
    assert "Scheduled" in client.get(listed).content.decode()
    client.post(address("announcement_withdraw", row.public_id))
    edit = address("announcement_edit", row.public_id)
    assert client.post(edit, said | {"revision": 1}).status_code == 422
    row.refresh_from_db()
    assert client.post(edit, said | {"revision": row.revision, "subject": "Newer"}).status_code == 303
    assert Announcement.objects.get().subject == "Newer"
    assert client.post(address("announcement_discard", row.public_id)).status_code == 303
    assert not Announcement.objects.exists()


def test_a_partner_reads_and_confirms_and_the_list_is_clear(
    in_acme: Organization, resellers: Group, actor: Actor, alice: Membership, lena_user: PartnerUser, sign_in: SignIn
) -> None:
    row = sent(actor, resellers, asks=True)
    Announcement.objects.filter(pk=row.pk).update(sent_at=timezone.now())
    client = sign_in(lena_user.membership)
    home = client.get(address("portal_home")).content.decode()
    assert "News for you" in home
    assert "Read and confirm: New rules" in home
    page = client.get(address("my_announcement_detail", row.public_id)).content.decode()
    assert "<strong>May</strong>" in page
    assert client.post(address("my_announcement_confirm", row.public_id)).status_code == 303
    assert "You confirmed on" in client.get(address("my_announcement_detail", row.public_id)).content.decode()
    assert "Read and confirm" not in client.get(address("portal_home")).content.decode()
    detail = sign_in(alice).get(address("announcement_detail", row.public_id)).content.decode()
    assert "Lena Brandt" in detail


def test_lists_cost_the_same_with_one_and_three_rows(
    in_acme: Organization,
    resellers: Group,
    actor: Actor,
    alice: Membership,
    lena_user: PartnerUser,
    nordwind: Partner,
    sign_in: SignIn,
) -> None:
    row = sent(actor, resellers, readers="everybody")
    staff, partner = sign_in(alice), sign_in(lena_user.membership)
    paths = {
        address("announcement_list"): staff,
        address("announcement_detail", row.public_id): staff,
        address("my_announcement_list"): partner,
        address("portal_home"): partner,
    }
    before = {path: queries_of(client, path) for path, client in paths.items()}
    for number in range(3):
        user = partner_user(nordwind, f"p{number}@nordwind.example", f"P {number}")
        AnnouncementReader.objects.create(announcement=row, membership=user.membership, was_sent=True)
        sent(actor, resellers)
    after = {path: queries_of(client, path) for path, client in paths.items()}
    assert after == before
    assert max(after.values()) <= 12
