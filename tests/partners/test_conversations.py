"""Conversations: who writes, who answers next and until when, and that nothing is lost."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from partners.models import CONVERSATION_MACHINE, Absence, Conversation, ConversationNote, Entry, Partner, PartnerUser
from partners.queries.answering import answerer_of, promised_hours
from partners.queries.conversations import ANSWERED, Queue, queue_rows
from partners.queries.threads import clock_for_partner, clock_for_staff
from partners.queries.timeline import timeline_of
from partners.queries.todo import MINE, PARTNERS, TEAM, Asked, todo_lines
from partners.services.absences import promise_answers, say_absent, say_back
from partners.services.conversation_notes import add_note
from partners.services.conversations import (
    Words,
    begin_conversation,
    close_conversation,
    hand_over,
    reopen_conversation,
    write,
)
from partners.services.groups import add_to_group
from partners.services.merging import merge_partners
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.outbox.models import Message, Notification
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.factories import NOW, staff
from tests.partners.factories import GroupFactory

type SignIn = Callable[[Membership], Client]
type Render = Callable[[datetime], list[Any]]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def ask(user: PartnerUser, body: str = "How do we stack the volume steps?", at: datetime = NOW, **more: Any) -> Any:
    """A question of the partner's person."""
    more = {"kind": "question", "subject": "Volume steps", **more}
    return begin_conversation(
        actor=Actor.of(user.membership),
        author=user.membership,
        user=user,
        words=Words(body, channel="portal"),
        now=at,
        **more,
    )


def say(author: Membership, conversation: Conversation, body: str, at: datetime = NOW, **more: Any) -> Any:
    return write(actor=Actor.of(author), author=author, conversation=conversation, words=Words(body), now=at, **more)


@pytest.fixture
def managed(acme: Organization, nordwind: Partner, bob: Membership, lena_user: PartnerUser) -> PartnerUser:
    """Lena of Nordwind, whose account manager is Bob."""
    with scope(acme):
        Partner.objects.filter(pk=nordwind.pk).update(account_manager=bob)
        return PartnerUser.objects.select_related("partner__account_manager__person", "membership__person").get(
            pk=lena_user.pk
        )


def last_facts(conversation: Conversation) -> list[tuple[str, int, int | None]]:
    rows = Fact.objects.filter(object_id=conversation.pk, kind__startswith="partners.conversation").order_by("id")
    return [(row.kind.removeprefix("partners.conversation_"), int(row.amount), row.person_id) for row in rows]


# ── The state and the clock ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_question_waits_for_the_account_manager(
    in_acme: Organization, managed: PartnerUser, bob: Membership, alice: Membership, render_outbox: Render
) -> None:
    conversation = ask(managed)
    assert (conversation.state, conversation.responsible, conversation.waiting_since) == ("open", bob, NOW)
    assert conversation.due_at == NOW + 48 * HOUR
    assert last_facts(conversation) == [("begun", 1, managed.membership.person_id)]
    (mail,) = render_outbox(NOW)
    assert mail.to == ["Bob Keller <bob@acme.example>"]
    assert mail.subject == "Nordwind GmbH: Volume steps"
    assert mail.from_email.startswith('"Lena Brandt (Acme Cloud)"')
    assert mail.reply_to == ["lena@nordwind.example"]
    assert "How do we stack the volume steps?" in mail.body
    assert Notification.objects.filter(membership=bob, title="Nordwind GmbH: Volume steps").count() == 1
    assert [line.title for line in todo_lines(Asked(bob, NOW), 0, 9)] == ["Volume steps"]
    assert todo_lines(Asked(alice, NOW), 0, 9) == []


def test_the_answer_carries_the_colleagues_name_and_goes_back_to_them(
    in_acme: Organization, managed: PartnerUser, bob: Membership, render_outbox: Render
) -> None:
    conversation = ask(managed)
    render_outbox(NOW)
    say(bob, conversation, "Steps add up *within* a quarter.\n<b>Not</b> beyond it.", NOW + HOUR)
    conversation.refresh_from_db()
    assert (conversation.state, conversation.due_at, conversation.waiting_since) == ("answered", None, NOW + HOUR)
    (mail,) = render_outbox(NOW + HOUR)
    assert mail.to == ["Lena Brandt <lena@nordwind.example>"]
    assert mail.from_email.startswith('"Bob Keller (Acme Cloud)"')
    assert mail.reply_to == ["bob@acme.example"]
    assert mail.subject == "Re: Volume steps"
    assert "Steps add up *within* a quarter.\n<b>Not</b> beyond it." in mail.body
    assert "<b>Not</b>" not in mail.alternatives[0][0]
    assert [kind for kind, _amount, _who in last_facts(conversation)] == ["begun", "answered"]
    assert [(event.title, event.text) for event in timeline_of(managed.partner, NOW + DAY)][:2] == [
        ("We wrote", "Volume steps, Bob Keller"),
        ("Conversation begun", "Volume steps, Lena Brandt"),
    ]


def test_a_second_question_does_not_begin_the_clock_anew_and_one_after_the_answer_does(
    in_acme: Organization, managed: PartnerUser, bob: Membership
) -> None:
    conversation = ask(managed)
    say(managed.membership, conversation, "And by the year?", NOW + 5 * HOUR)
    conversation.refresh_from_db()
    assert (conversation.waiting_since, conversation.due_at) == (NOW, NOW + 48 * HOUR)
    say(bob, conversation, "No.", NOW + 6 * HOUR)
    say(managed.membership, conversation, "Thank you, but why?", NOW + 7 * HOUR)
    conversation.refresh_from_db()
    assert (conversation.state, conversation.waiting_since) == ("open", NOW + 7 * HOUR)
    assert conversation.due_at == NOW + 55 * HOUR


def test_what_was_closed_is_opened_by_whoever_writes(
    in_acme: Organization, managed: PartnerUser, bob: Membership
) -> None:
    conversation = ask(managed)
    close_conversation(actor=Actor.of(bob), author=bob, conversation=conversation, now=NOW + HOUR)
    with pytest.raises(Refused) as refused:
        close_conversation(actor=Actor.of(bob), author=bob, conversation=conversation, now=NOW + HOUR)
    assert refused.value.codes == {"wrong_state"}
    assert Notification.objects.filter(membership=managed.membership, title="“Volume steps” is closed").exists()
    say(managed.membership, conversation, "One more thing", NOW + 2 * HOUR)
    conversation.refresh_from_db()
    assert (conversation.state, conversation.closed_at, conversation.waiting_since) == ("open", None, NOW + 2 * HOUR)
    close_conversation(actor=Actor.of(bob), author=bob, conversation=conversation, now=NOW + 3 * HOUR)
    who = managed.membership
    reopen_conversation(actor=Actor.of(who), author=who, conversation=conversation, now=NOW + 4 * HOUR)
    conversation.refresh_from_db()
    assert (conversation.state, conversation.due_at) == ("open", NOW + 52 * HOUR)
    assert [kind for kind, _amount, _who in last_facts(conversation)] == [
        "begun",
        "closed",
        "written",
        "closed",
        "reopened",
    ]


def test_a_colleague_who_answers_what_is_closed_opens_it(
    in_acme: Organization, managed: PartnerUser, bob: Membership
) -> None:
    conversation = ask(managed)
    close_conversation(actor=Actor.of(bob), author=bob, conversation=conversation, now=NOW)
    say(bob, conversation, "One more thing.", NOW + HOUR)
    conversation.refresh_from_db()
    assert (conversation.state, conversation.closed_at, conversation.due_at) == ("answered", None, None)


def test_nothing_is_written_by_writing_nothing(in_acme: Organization, managed: PartnerUser, bob: Membership) -> None:
    conversation = ask(managed)
    with pytest.raises(Refused) as refused:
        say(bob, conversation, "  \n ")
    assert refused.value.codes == {"empty"}
    conversation.refresh_from_db()
    assert (conversation.state, Entry.objects.count(), Message.objects.count()) == ("open", 1, 1)


def test_the_same_question_pressed_twice_is_one(in_acme: Organization, managed: PartnerUser) -> None:
    first = ask(managed)
    assert ask(managed, at=NOW + timedelta(minutes=2)).pk == first.pk
    assert ask(managed, body="Something else", at=NOW + timedelta(minutes=2)).pk != first.pk
    assert ask(managed, at=NOW + HOUR).pk != first.pk
    assert Message.objects.count() == 3


@pytest.mark.parametrize(
    ("tier_or_group", "general", "expected"), [(None, None, 48), (8, None, 8), (None, 24, 24), (72, 24, 72)]
)
def test_the_promise_is_the_tiers_or_groups_else_the_organizations(
    in_acme: Organization,
    actor: Actor,
    managed: PartnerUser,
    tier_or_group: int | None,
    general: int | None,
    expected: int,
) -> None:
    if tier_or_group:
        group = GroupFactory.create(name="Gold", response_hours=tier_or_group)
        add_to_group(actor=actor, group=group, partner_ids=[managed.partner_id], now=NOW)
    if general:
        promise_answers(actor=actor, hours=5)
        promise_answers(actor=actor, hours=general)
    assert promised_hours(managed.partner) == expected
    assert ask(managed).due_at == NOW + expected * HOUR


def test_both_sides_read_the_clock(in_acme: Organization, managed: PartnerUser, bob: Membership) -> None:
    conversation = ask(managed)
    clock = clock_for_partner(conversation, NOW)
    assert (clock.title, clock.tone) == ("Bob Keller answers by Wednesday, 25 Nov, 10:00", "warning")
    assert clock.text == "Waiting since Monday, 23 Nov, 10:00."
    assert clock_for_staff(conversation, NOW).title == clock.title
    late = NOW + 49 * HOUR
    assert clock_for_partner(conversation, late).title == "Bob Keller has not answered in time"
    assert clock_for_staff(conversation, late).is_overdue
    say(bob, conversation, "No.")
    conversation.refresh_from_db()
    assert clock_for_partner(conversation, NOW).title == "It is your turn"
    assert clock_for_staff(conversation, NOW).title == "Lena Brandt writes next"


# ── Who answers ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_deputy_answers_during_an_absence(
    in_acme: Organization, managed: PartnerUser, bob: Membership, alice: Membership, render_outbox: Render
) -> None:
    today = NOW.date()
    say_absent(
        actor=Actor.of(bob),
        member=bob,
        starts_on=today,
        ends_on=today + 7 * DAY,
        deputy=alice,
        url="/",
        now=NOW,
    )
    assert Notification.objects.filter(membership=alice, kind="partners.deputy").count() == 1
    conversation = ask(managed)
    assert conversation.responsible == bob
    (mail,) = render_outbox(NOW)
    assert mail.to == ["Alice Moreau <alice@acme.example>"]
    assert "you stand in for Bob Keller" in mail.body
    clock = clock_for_partner(conversation, NOW)
    assert clock.title.startswith("Alice Moreau answers by")
    assert clock.text.endswith("Alice stands in for Bob, who is back on 30 November.")
    for member in (alice, bob):
        assert [row.subject for row in queue_rows(Queue(member, NOW), 0, 9)] == ["Volume steps"]
        assert [line.title for line in todo_lines(Asked(member, NOW), 0, 9)] == ["Volume steps"]
    assert [row.who for row in queue_rows(Queue(alice, NOW), 0, 9)] == ["Alice Moreau for Bob Keller"]
    # Back again, and the deputy's list is their own.
    after = NOW + 7 * DAY
    assert str(answerer_of(conversation, after)) == "Bob Keller"
    assert queue_rows(Queue(alice, after), 0, 9) == []
    say_back(actor=Actor.of(bob), member=bob)
    assert not Absence.objects.exists()
    assert str(answerer_of(conversation, NOW)) == "Bob Keller"


def test_a_deputy_who_is_away_too_has_one_of_their_own(
    in_acme: Organization, managed: PartnerUser, bob: Membership, alice: Membership, frida: Membership
) -> None:
    today = NOW.date()
    for member, deputy in ((bob, alice), (alice, frida)):
        days = {"starts_on": today, "ends_on": today + 5 * DAY}
        Absence.objects.create(membership=member, deputy=deputy, **days)
    conversation = ask(managed)
    answerer = answerer_of(conversation, NOW)
    assert answerer is not None
    assert (str(answerer), answerer.instead_of, conversation.responsible) == ("Frida Sand", bob, bob)
    assert [row.who for row in queue_rows(Queue(frida, NOW), 0, 9)] == ["Frida Sand for Bob Keller"]
    assert Message.objects.get().recipient == frida
    # Two who stand in for each other: the first of them is asked.
    Absence.objects.filter(membership=alice).update(deputy=bob)
    assert str(answerer_of(conversation, NOW)) == "Alice Moreau"
    assert [row.who for row in queue_rows(Queue(alice, NOW), 0, 9)] == ["Alice Moreau for Bob Keller"]


@pytest.mark.parametrize(
    ("starts", "ends", "deputy", "code"),
    [(3, 3, "alice", "period"), (3, 1, "alice", "period"), (0, 3, "bob", "deputy"), (2, 4, "away", "deputy")],
)
def test_who_cannot_stand_in_is_refused(
    in_acme: Organization, bob: Membership, alice: Membership, starts: int, ends: int, deputy: str, code: str
) -> None:
    today = NOW.date()
    away = staff(in_acme, "away@acme.example", "Ann Away", "manager")
    Absence.objects.create(membership=away, starts_on=today, ends_on=today + 3 * DAY, deputy=alice)
    members = {"alice": alice, "bob": bob, "away": away}
    with pytest.raises(Refused) as refused:
        say_absent(
            actor=Actor.of(bob),
            member=bob,
            starts_on=today + starts * DAY,
            ends_on=today + ends * DAY,
            deputy=members[deputy],
            url="/",
            now=NOW,
        )
    assert refused.value.codes == {code}
    assert Absence.objects.filter(membership=bob).count() == 0


def test_whoever_has_left_answers_nothing_and_the_contact_does(
    in_acme: Organization, managed: PartnerUser, bob: Membership, alice: Membership
) -> None:
    conversation = ask(managed)
    Membership.everywhere.filter(pk=bob.pk).update(state="removed", ended_at=NOW)
    conversation = Conversation.objects.select_related("partner__account_manager__person", "responsible__person").get(
        pk=conversation.pk
    )
    assert str(answerer_of(conversation, NOW)) == "Alice Moreau"
    Partner.objects.filter(pk=managed.partner_id).update(account_manager=None)
    assert [row.subject for row in queue_rows(Queue(alice, NOW), 0, 9)] == ["Volume steps"]


def test_handing_over_tells_who_answers_from_now_on(
    in_acme: Organization, managed: PartnerUser, bob: Membership, frida: Membership, render_outbox: Render
) -> None:
    conversation = ask(managed)
    render_outbox(NOW)
    for _twice in range(2):
        hand_over(actor=Actor.of(bob), conversation=conversation, to=frida, now=NOW)
    (mail,) = render_outbox(NOW)
    assert mail.to == ["Frida Sand <frida@acme.example>"]
    conversation.refresh_from_db()
    assert conversation.responsible_id == frida.pk
    assert queue_rows(Queue(bob, NOW), 0, 9) == []
    assert [row.who for row in queue_rows(Queue(bob, NOW, PARTNERS), 0, 9)] == ["Frida Sand"]


def test_the_queue_has_what_is_due_soonest_first(
    in_acme: Organization, managed: PartnerUser, bob: Membership, alice: Membership
) -> None:
    for number, hours in enumerate((5, 60, 30)):
        ask(managed, subject=f"Question {number}", at=NOW - hours * HOUR)
    answered = ask(managed, subject="Answered")
    say(bob, answered, "Yes.")
    rows = queue_rows(Queue(alice, NOW, TEAM), 0, 9)
    assert [(row.subject, row.is_overdue) for row in rows] == [
        ("Question 1", True),
        ("Question 2", False),
        ("Question 0", False),
    ]
    assert queue_rows(Queue(alice, NOW, MINE), 0, 9) == []
    assert [row.subject for row in queue_rows(Queue(bob, NOW, MINE, ANSWERED), 0, 9)] == ["Answered"]


def test_mails_that_are_no_longer_needed_are_not_sent(
    in_acme: Organization, managed: PartnerUser, bob: Membership, render_outbox: Render
) -> None:
    conversation = ask(managed)
    say(bob, conversation, "Answered before the mail went out.")
    mails = render_outbox(NOW)
    assert [mail.to for mail in mails] == [["Lena Brandt <lena@nordwind.example>"]]


def test_an_answer_to_somebody_who_left_reaches_their_leads(
    in_acme: Organization, managed: PartnerUser, tom_user: PartnerUser, bob: Membership, render_outbox: Render
) -> None:
    conversation = ask(tom_user)
    render_outbox(NOW)
    Membership.everywhere.filter(pk=tom_user.membership_id).update(state="removed", ended_at=NOW)
    say(bob, conversation, "Here is your answer.")
    assert [mail.to for mail in render_outbox(NOW)] == [["Lena Brandt <lena@nordwind.example>"]]


def test_a_lead_who_joined_in_hears_of_the_answer_too(
    in_acme: Organization, managed: PartnerUser, tom_user: PartnerUser, bob: Membership, render_outbox: Render
) -> None:
    conversation = ask(tom_user)
    render_outbox(NOW)
    say(bob, conversation, "First.")
    assert [mail.to for mail in render_outbox(NOW)] == [["Tom Weiß <tom@nordwind.example>"]]
    say(managed.membership, conversation, "I would like to know, too.")
    render_outbox(NOW)
    say(bob, conversation, "Second.")
    found = sorted(mail.to[0] for mail in render_outbox(NOW))
    assert [address.split("<")[1] for address in found] == ["lena@nordwind.example>", "tom@nordwind.example>"]


@pytest.mark.parametrize("state", Conversation.State.values)
@pytest.mark.parametrize("verb", CONVERSATION_MACHINE.moves)
def test_every_verb_from_every_state(in_acme: Organization, managed: PartnerUser, state: str, verb: str) -> None:
    conversation = ask(managed)
    clocks: dict[str, dict[str, Any]] = {
        "open": {"waiting_since": NOW, "due_at": NOW, "closed_at": None},
        "answered": {"waiting_since": NOW, "due_at": None, "closed_at": None},
        "closed": {"waiting_since": None, "due_at": None, "closed_at": NOW},
    }
    Conversation.objects.filter(pk=conversation.pk).update(state=state, **clocks[state])
    conversation.refresh_from_db()
    sources, target = CONVERSATION_MACHINE.moves[verb]
    assert (
        sources
        == {
            "answer": ("open", "answered", "closed"),
            "write": ("open", "answered", "closed"),
            "close": ("open", "answered"),
            "reopen": ("closed",),
        }[verb]
    )
    if state in sources:
        CONVERSATION_MACHINE.move(conversation, verb, **clocks[target])
        assert conversation.state == target
    else:
        with pytest.raises(Refused):
            CONVERSATION_MACHINE.move(conversation, verb, **clocks[target])


# ── Two at once, and two records ────────────────────────────────────────────────────────────────────────────────────


def test_of_two_who_answer_both_are_kept_and_the_second_is_told(
    in_acme: Organization, managed: PartnerUser, bob: Membership, alice: Membership
) -> None:
    conversation = ask(managed)
    seen = Entry.objects.get().pk
    assert say(bob, conversation, "Yes.", seen=seen).meanwhile == []
    written = say(alice, conversation, "No.", seen=seen)
    assert [entry.body for entry in written.meanwhile] == ["Yes."]
    assert say(bob, conversation, "I mean it.", seen=written.entry.pk).meanwhile == []
    assert Entry.objects.filter(conversation=conversation, is_ours=True).count() == 3


@pytest.mark.django_db(transaction=True)
def test_answers_in_the_same_moment_are_both_kept(
    acme: Organization, managed: PartnerUser, bob: Membership, alice: Membership
) -> None:
    with scope(acme):
        conversation = ask(managed)
        seen = Entry.objects.get().pk
    told: list[int] = []

    def answer(author: Membership) -> None:
        try:
            with scope(acme):
                told.append(len(say(author, conversation, f"From {author}", seen=seen).meanwhile))
        finally:
            connection.close()

    threads = [Thread(target=answer, args=(author,)) for author in (bob, alice)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with scope(acme):
        bodies = Entry.objects.filter(is_ours=True).values_list("body", flat=True)
        assert sorted(bodies) == ["From Alice Moreau", "From Bob Keller"]
        assert Conversation.objects.get().state == "answered"
    assert sorted(told) == [0, 1]


def test_conversations_go_with_a_merged_record(
    in_acme: Organization, actor: Actor, managed: PartnerUser, nordwind: Partner, kestrel: Partner
) -> None:
    conversation = ask(managed)
    nordwind.refresh_from_db()
    revisions = (kestrel.revision, nordwind.revision)
    merge_partners(actor=actor, survivor=kestrel, merged=nordwind, revisions=revisions, taken={}, now=NOW)
    conversation.refresh_from_db()
    assert conversation.partner_id == kestrel.pk


def test_notes_tell_nobody_and_move_nothing(in_acme: Organization, managed: PartnerUser, bob: Membership) -> None:
    conversation = ask(managed)
    before = (Message.objects.count(), Notification.objects.count(), Fact.objects.count())
    add_note(actor=Actor.of(bob), conversation=conversation, body=" They will leave us. ", now=NOW)
    assert ConversationNote.objects.get().body == "They will leave us."
    assert (Message.objects.count(), Notification.objects.count(), Fact.objects.count()) == before
    conversation.refresh_from_db()
    assert conversation.state == "open"
