"""Replies by mail: entered once under the person who wrote, or set aside; nothing is answered by itself and nothing is
lost."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client

from partners.models import Conversation, Entry, EntryFile, Partner, PartnerUser
from partners.queries.timeline import timeline_of
from partners.queries.todo import Asked, todo_lines
from partners.services.conversations import Words, begin_conversation, close_conversation, write
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.inbound.addresses import read_reply_address, reply_address
from prm.inbound.models import InboundMail
from prm.inbound.services import Fate, dismiss, place_by_hand, take_in
from prm.outbox.models import Message
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.costs import frame_of, queries_of
from tests.factories import NOW
from tests.partners.factories import partner_user
from tests.prm.raw_mails import DELIVERY_REPORT, GMAIL, letter, raw

type Render = Callable[[datetime], list[Any]]
type SignIn = Callable[[Membership], Client]
HOUR = timedelta(hours=1)
PAUL = "Paul <paul@kestrel.example>"


@pytest.fixture(autouse=True)
def open_for_mail(settings: Any) -> None:
    settings.INBOUND_DOMAIN = "in.canopy.example"


@pytest.fixture
def conversation(acme: Organization, nordwind: Partner, bob: Membership, lena_user: PartnerUser) -> Conversation:
    """Lena's question to Bob, which waits."""
    with scope(acme):
        Partner.objects.filter(pk=nordwind.pk).update(account_manager=bob)
        user = PartnerUser.objects.select_related("partner__account_manager__person", "membership__person").get()
        return begin_conversation(
            actor=Actor.of(user.membership),
            author=user.membership,
            user=user,
            kind="question",
            subject="Volume steps",
            words=Words("How?", channel="portal"),
            now=NOW,
        )


@pytest.fixture
def answered(acme: Organization, conversation: Conversation, bob: Membership, render_outbox: Render) -> str:
    """Bob has answered; the address to which Lena's reply goes."""
    with scope(acme):
        render_outbox(NOW)
        words = Words("Both together?")
        write(actor=Actor.of(bob), author=bob, conversation=conversation, words=words, now=NOW)
        (mail,) = render_outbox(NOW)
        (to,) = mail.reply_to
        # What colleagues may read of it answers nothing.
        assert Message.objects.latest("pk").copy["reply_to"] == "reply+•••@in.canopy.example"
    return str(to)


def last(conversation: Conversation) -> Entry:
    return Entry.objects.filter(conversation=conversation).latest("pk")


# ── Addresses ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_address_says_what_is_answered_by_whom_and_proves_it(
    acme: Organization, conversation: Conversation, lena: Membership, bob: Membership, settings: Any
) -> None:
    with scope(acme):
        made = reply_address("c", conversation.public_id, lena.public_id)
        other = reply_address("c", conversation.public_id, bob.public_id)
    assert made != other
    assert len(made.partition("@")[0]) <= 64
    found = read_reply_address(["team@acme.example", made.upper()])
    assert found is not None
    assert (found.receiver, found.subject_id, found.member_id, found.organization_id) == (
        "c",
        conversation.public_id,
        lena.public_id,
        acme.pk,
    )
    swapped = made.replace(lena.public_id, bob.public_id)
    assert read_reply_address([swapped]) is None
    assert read_reply_address([made.replace("@in.canopy", "@elsewhere")]) is None
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-key" * 6
    assert read_reply_address([made]) == found
    settings.SECRET_KEY_FALLBACKS = []
    assert read_reply_address([made]) is None


def test_without_a_domain_replies_go_to_the_colleague(
    acme: Organization, conversation: Conversation, bob: Membership, render_outbox: Render, settings: Any
) -> None:
    settings.INBOUND_DOMAIN = ""
    with scope(acme):
        render_outbox(NOW)
        write(actor=Actor.of(bob), author=bob, conversation=conversation, words=Words("Yes."), now=NOW)
        (mail,) = render_outbox(NOW)
    assert mail.reply_to == ["bob@acme.example"]
    assert "Answer this mail" not in mail.body


# ── Placed ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_reply_reaches_the_conversation_the_colleague_and_the_timeline(
    acme: Organization, conversation: Conversation, answered: str, lena: Membership, render_outbox: Render
) -> None:
    assert take_in(raw(GMAIL, to=answered), NOW + HOUR) == Fate.PLACED
    with scope(acme):
        entry = last(conversation)
        assert (entry.author, entry.body, entry.channel) == (lena, "Yes, both together.\n\nLena", "mail")
        conversation.refresh_from_db()
        assert (conversation.state, conversation.waiting_since) == ("open", NOW + HOUR)
        (mail,) = render_outbox(NOW + HOUR)
        assert mail.to == ["Bob Keller <bob@acme.example>"]
        assert mail.reply_to[0].startswith("reply+c")
        assert mail.reply_to[0] != answered
        event = timeline_of(conversation.partner, NOW + 2 * HOUR)[0]
        assert (event.title, event.text) == ("Partner wrote", "Volume steps, Lena Brandt")
        row = InboundMail.objects.get()
        assert (row.outcome, row.text) == ("placed", "")


def test_a_colleagues_reply_by_mail_is_the_answer(
    acme: Organization, conversation: Conversation, bob: Membership, render_outbox: Render
) -> None:
    with scope(acme):
        (asked,) = render_outbox(NOW)
    (to,) = asked.reply_to
    assert take_in(raw("Yes, both.", to=f"Canopy <{to}>", sender="Bob <Bob@ACME.example>"), NOW + HOUR) == Fate.PLACED
    with scope(acme):
        entry = last(conversation)
        assert (entry.author, entry.is_ours, entry.body) == (bob, True, "Yes, both.")
        (mail,) = render_outbox(NOW + HOUR)
        assert mail.to == ["Lena Brandt <lena@nordwind.example>"]


def test_a_reply_to_what_is_closed_opens_it(
    acme: Organization, conversation: Conversation, answered: str, bob: Membership
) -> None:
    with scope(acme):
        close_conversation(actor=Actor.of(bob), author=bob, conversation=conversation, now=NOW)
    assert take_in(raw("One more thing", to=answered), NOW + HOUR) == Fate.PLACED
    with scope(acme):
        conversation.refresh_from_db()
        assert (conversation.state, last(conversation).body) == ("open", "One more thing")


def test_the_same_mail_twice_is_entered_once(acme: Organization, conversation: Conversation, answered: str) -> None:
    fates = [take_in(raw("Yes.", to=answered), NOW) for _twice in range(2)]
    assert fates == [Fate.PLACED, Fate.REPEATED]
    with scope(acme):
        assert Entry.objects.filter(body="Yes.").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_mail_by_two_ways_at_once_is_entered_once(
    acme: Organization, conversation: Conversation, answered: str
) -> None:
    fates: list[Fate] = []

    def arrive() -> None:
        try:
            fates.append(take_in(raw("Yes.", to=answered), NOW))
        finally:
            connection.close()

    threads = [Thread(target=arrive) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(fates) == [Fate.PLACED, Fate.REPEATED]
    with scope(acme):
        assert Entry.objects.filter(body="Yes.").count() == 1


def test_another_address_that_the_person_proved_is_theirs(
    acme: Organization, conversation: Conversation, answered: str, lena: Membership
) -> None:
    second = EmailAddress.objects.create(user=lena.person, email="lena@home.example", verified=False)
    mail = raw("From home", to=answered, sender="Lena <lena@home.example>", message_id="<home@h>")
    assert take_in(mail, NOW) == Fate.ASIDE
    EmailAddress.objects.filter(pk=second.pk).update(verified=True)
    assert take_in(mail.replace(b"<home@h>", b"<later@h>"), NOW) == Fate.PLACED


def test_files_are_kept_and_what_may_not_be_is_named(
    acme: Organization, conversation: Conversation, answered: str, sign_in: SignIn, lena: Membership, paul: Membership
) -> None:
    mail = letter(to=answered)
    mail.add_attachment(b"a,b\n1,2\n", maintype="text", subtype="csv", filename="seats.csv")
    mail.add_attachment(b"MZ\x90", maintype="application", subtype="octet-stream", filename="setup.exe")
    assert take_in(bytes(mail), NOW) == Fate.PLACED
    with scope(acme):
        entry, kept = last(conversation), EntryFile.objects.select_related("file").get()
        assert (kept.entry, kept.file.name, entry.left_out) == (entry, "seats.csv", "setup.exe")
        url = address("my_conversation_file", conversation.public_id, kept.public_id)
    answer = sign_in(lena).get(url)
    assert b"".join(answer.streaming_content) == b"a,b\n1,2\n"  # type: ignore[attr-defined]
    assert "attachment" in answer["Content-Disposition"]
    assert sign_in(paul).get(url).status_code == 404


# ── Set aside ───────────────────────────────────────────────────────────────────────────────────────────────────────


def assert_aside(acme: Organization, conversation: Conversation, reason: str, text: str) -> InboundMail:
    with scope(acme):
        row: InboundMail = InboundMail.objects.waiting().get()
        assert (row.reason, row.text) == (reason, text)
        assert last(conversation).channel == "studio"
        conversation.refresh_from_db()
        assert conversation.state == "answered"
        assert not Message.objects.in_hand().exists()
        return row


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sender": PAUL}, "other_sender"),
        ({"sender": '"Lena Brandt lena@nordwind.example" <evil@example.net>'}, "other_sender"),
        ({"sender": f"Lena <lena@nordwind.example>, {PAUL}"}, "forged"),
        ({"Authentication_Results": "mx.canopy.example; dmarc=fail header.from=nordwind.example"}, "forged"),
        ({"sender": ""}, "forged"),
    ],
)
def test_a_forged_sender_is_never_entered_under_a_name(
    acme: Organization, conversation: Conversation, answered: str, changes: dict[str, str], reason: str
) -> None:
    assert take_in(raw("Cancel it all!", to=answered, **changes), NOW) == Fate.ASIDE
    assert_aside(acme, conversation, reason, "Cancel it all!")


def test_whoever_has_left_writes_nothing_more(
    acme: Organization, conversation: Conversation, answered: str, lena: Membership
) -> None:
    Membership.everywhere.filter(pk=lena.pk).update(state="removed", ended_at=NOW)
    assert take_in(raw("Still me", to=answered), NOW) == Fate.ASIDE
    assert_aside(acme, conversation, "no_member", "Still me")


def test_whoever_is_with_another_company_now_writes_nothing_here(
    acme: Organization, conversation: Conversation, answered: str, lena_user: PartnerUser, kestrel: Partner
) -> None:
    with scope(acme):
        PartnerUser.objects.filter(pk=lena_user.pk).update(partner=kestrel)
    assert take_in(raw("Greetings", to=answered), NOW) == Fate.ASIDE
    assert_aside(acme, conversation, "not_theirs", "Greetings")


def test_an_empty_mail_waits_for_somebody_to_look(
    acme: Organization, conversation: Conversation, answered: str
) -> None:
    assert take_in(raw(" \n ", to=answered), NOW) == Fate.ASIDE
    assert_aside(acme, conversation, "empty", "")


@pytest.mark.parametrize(
    "sender", ["Lena <lena@nordwind.example>", "L\0ena <le\0na@nordwind.example>", "\udcff@x.example"]
)
def test_what_no_database_can_hold_is_left_out(
    acme: Organization, conversation: Conversation, answered: str, sender: str
) -> None:
    noise = b"Y\0es \xed\xa0\x80 \xff\xfe please"
    content = raw(noise, to=answered, sender="S", subject="Re: \0x", message_id="<\0@x>")
    content = content.replace(b"From: S", b"From: " + sender.encode("utf-8", "surrogateescape"))
    assert take_in(content, NOW) in (Fate.PLACED, Fate.ASIDE)
    with scope(acme):
        row = InboundMail.objects.get()
        assert "\0" not in row.sender + row.subject + row.text + last(conversation).body


def test_an_address_that_is_made_up_names_nobody(acme: Organization, conversation: Conversation, answered: str) -> None:
    forged = answered.replace(answered[31:40], "a" * 9)
    for to in ("support@acme.example", forged, "reply+@in.canopy.example"):
        assert take_in(raw(to=to), NOW) == Fate.UNKNOWN
    with scope(acme):
        assert not InboundMail.objects.exists()


@pytest.mark.parametrize(
    ("headers", "fate"),
    [
        ({"Auto_Submitted": "auto-replied", "subject": "Out of office"}, Fate.AUTOMATIC),
        ({"Return_Path": "<>"}, Fate.AUTOMATIC),
        ({"Precedence": "auto_reply"}, Fate.AUTOMATIC),
        ({"sender": "MAILER-DAEMON@mx.nordwind.example"}, Fate.BOUNCE),
    ],
)
def test_machines_are_never_answered_and_move_nothing(
    acme: Organization, conversation: Conversation, answered: str, headers: dict[str, str], fate: Fate
) -> None:
    assert take_in(raw("I am away until Monday.", to=answered, **headers), NOW) == fate
    with scope(acme):
        conversation.refresh_from_db()
        assert (conversation.state, Entry.objects.count()) == ("answered", 2)
        assert not Message.objects.in_hand().exists()
        assert not InboundMail.objects.waiting().exists()
        assert InboundMail.objects.get().text == "I am away until Monday."


def test_a_delivery_report_moves_nothing(acme: Organization, conversation: Conversation, answered: str) -> None:
    assert take_in(DELIVERY_REPORT % {b"to": answered.encode()}, NOW) == Fate.BOUNCE
    with scope(acme):
        assert (Entry.objects.count(), Message.objects.in_hand().count()) == (2, 0)


def test_our_own_mail_coming_back_makes_no_loop(
    acme: Organization, conversation: Conversation, answered: str, mailoutbox: list[Any]
) -> None:
    """A colleague's mail program forwards everything to the address that it answers."""
    own = mailoutbox[-1].message().as_bytes().replace(b"Lena Brandt <lena@nordwind.example>", answered.encode())
    assert take_in(own, NOW) == Fate.AUTOMATIC
    with scope(acme):
        assert not Message.objects.in_hand().exists()


# ── What colleagues do with it ──────────────────────────────────────────────────────────────────────────────────────


def test_a_colleague_enters_it_under_its_address(
    acme: Organization, conversation: Conversation, answered: str, bob: Membership, sign_in: SignIn, lena: Membership
) -> None:
    take_in(raw("Yes, from my phone", to=answered, sender="Lena <lena@home.example>"), NOW)
    row = assert_aside(acme, conversation, "other_sender", "Yes, from my phone")
    client = sign_in(bob)
    with scope(acme):
        assert [line.title for line in todo_lines(Asked(bob, NOW), 0, 9)] == [
            "A mail from lena@home.example could not be placed"
        ]
        list_url, place_url = address("inbound_list"), address("inbound_place", row.public_id)
        shown = address("my_conversation_detail", conversation.public_id)
    page = client.get(list_url).content.decode()
    assert "lena@home.example" in page
    assert "Nordwind GmbH: Volume steps" in page
    assert client.post(place_url).status_code == 303
    with scope(acme):
        entry = last(conversation)
        assert (entry.author, entry.sender, entry.body) == (None, "lena@home.example", "Yes, from my phone")
        conversation.refresh_from_db()
        assert conversation.state == "open"
        assert [line.title for line in todo_lines(Asked(bob, NOW), 0, 9)] == ["Volume steps"]
        with pytest.raises(Refused) as refused:
            place_by_hand(actor=Actor.of(bob), member=bob, mail=row, now=NOW)
        assert refused.value.codes == {"settled"}
    assert "lena@home.example" in sign_in(lena).get(shown).content.decode()


def test_a_colleague_puts_it_away_and_can_still_read_it(
    acme: Organization, conversation: Conversation, answered: str, bob: Membership, sign_in: SignIn
) -> None:
    take_in(raw("Buy now", to=answered, sender="shop@example.net"), NOW)
    with scope(acme):
        row, url = InboundMail.objects.get(), address("inbound_list")
        dismiss(actor=Actor.of(bob), member=bob, mail=row, now=NOW)
        with pytest.raises(Refused):
            dismiss(actor=Actor.of(bob), member=bob, mail=row, now=NOW)
    client = sign_in(bob)
    assert "Buy now" not in client.get(url).content.decode()
    assert "Buy now" in client.get(f"{url}?show=settled").content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_at_any_size(
    acme: Organization,
    conversation: Conversation,
    answered: str,
    bob: Membership,
    sign_in: SignIn,
    number: int,
) -> None:
    with scope(acme):
        url = address("inbound_list")
        for place in range(number):
            other = Conversation.objects.get(pk=conversation.pk)
            other.pk, other.public_id, other.subject, other._state.adding = None, f"abcdefgh000{place}", "More", True
            other.save()
            to = reply_address("c", other.public_id, conversation.person.public_id)
            take_in(raw("Hello", to=to, sender=PAUL, message_id=f"<{place}@k>"), NOW)
    client = sign_in(bob)
    assert client.get(url).content.decode().count("paul@kestrel.example") == number
    # Which they are, those mails, and what they answer.
    assert queries_of(client, url) == frame_of(client, acme) + 3


def test_nobody_of_another_organization_is_met(
    acme: Organization, umbrella: Organization, conversation: Conversation, answered: str, umbrellas_nordwind: Partner
) -> None:
    """An address of Acme's, sent by somebody who is a member of both, stays Acme's."""
    with scope(umbrella):
        partner_user(umbrellas_nordwind, "l@umbrella-nordwind.example", "Lena")
    take_in(raw("Yes.", to=answered), NOW)
    with scope(umbrella):
        assert not InboundMail.objects.exists()
        assert not Entry.objects.exists()
