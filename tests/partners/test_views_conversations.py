"""Pages of conversations: what each side sees and does, and what nobody of a partner ever sees."""

import ast
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from partners.models import Absence, AnswerPromise, Conversation, ConversationNote, Entry, Partner, PartnerUser
from partners.services.conversation_notes import add_note
from partners.services.conversations import Words, begin_conversation, write
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.outbox.models import Message
from prm.settings import BASE_DIR
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.costs import assert_same_cost
from tests.factories import NOW
from tests.matrix import ROWS
from tests.partners.factories import crowd

type SignIn = Callable[[Membership], Client]
type Render = Callable[[datetime], list[Any]]
# A word that stands in an internal note and nowhere else.
MARKER = "Zwetschgenkompott"


@pytest.fixture
def url(acme: Organization) -> Callable[..., str]:
    return lambda name, *args: address(name, *args, organization=acme)


@pytest.fixture
def lena_of_bob(acme: Organization, nordwind: Partner, bob: Membership, lena_user: PartnerUser) -> PartnerUser:
    with scope(acme):
        Partner.objects.filter(pk=nordwind.pk).update(account_manager=bob)
        return PartnerUser.objects.select_related("partner__account_manager__person", "membership__person").get(
            pk=lena_user.pk
        )


def begin(user: PartnerUser, subject: str = "Volume steps", **more: Any) -> Conversation:
    return begin_conversation(
        actor=Actor.of(user.membership),
        author=user.membership,
        user=user,
        kind="question",
        subject=subject,
        words=Words("How?", channel="portal"),
        now=more.get("now", timezone.now()),
    )


@pytest.fixture
def conversation(acme: Organization, lena_of_bob: PartnerUser) -> Conversation:
    with scope(acme):
        return begin(lena_of_bob)


# ── The portal ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_page_of_the_portal_leads_to_the_contact(
    acme: Organization, lena_of_bob: PartnerUser, sign_in: SignIn, url: Any
) -> None:
    client = sign_in(lena_of_bob.membership)
    for name in ("portal_home", "team_list", "my_group_list", "learn", "notification_list"):
        page = client.get(url(name)).content.decode()
        assert f'href="{url("my_conversation_create")}" title="Write to us"' in page, name


def test_a_person_asks_and_sees_who_answers_until_when(
    acme: Organization, lena_of_bob: PartnerUser, sign_in: SignIn, url: Any
) -> None:
    client = sign_in(lena_of_bob.membership)
    page = client.get(url("my_conversation_create")).content.decode()
    assert "Write to Bob Keller" in page
    assert "You get an answer within 48 hours." in page
    refused = client.post(url("my_conversation_create"), {"kind": "wish", "subject": "", "body": "A sheet, please"})
    assert refused.status_code == 422
    assert "A sheet, please" in refused.content.decode()
    data = {"kind": "wish", "subject": "A sheet", "body": "On data residency, please"}
    answer = client.post(url("my_conversation_create"), data)
    assert answer.status_code == 303
    page = client.get(answer["Location"]).content.decode()
    assert "Bob Keller answers by" in page
    assert "Wish for content" in page
    assert "On data residency, please" in page
    assert "A sheet" in client.get(url("my_conversation_list")).content.decode()
    assert client.post(answer["Location"], {"body": ""}).status_code == 422
    assert client.post(answer["Location"], {"body": "By Friday"}).status_code == 303
    for name, words in (("my_conversation_close", "Closed"), ("my_conversation_reopen", "Bob Keller answers by")):
        with scope(acme):
            public_id = Conversation.objects.get().public_id
        assert client.post(url(name, public_id)).status_code == 303
        assert words in client.get(answer["Location"]).content.decode()
    with scope(acme):
        assert list(Entry.objects.in_order().values_list("body", flat=True)) == [data["body"], "By Friday"]


def test_a_lead_sees_the_companys_and_a_colleague_their_own(
    acme: Organization,
    conversation: Conversation,
    lena_of_bob: PartnerUser,
    tom_user: PartnerUser,
    paul_user: PartnerUser,
    sign_in: SignIn,
    url: Any,
) -> None:
    with scope(acme):
        user = PartnerUser.objects.select_related("partner__account_manager", "membership__person").get(pk=tom_user.pk)
        toms = begin(user, "Toms question")
    seen = {
        lena_of_bob.membership: {"Volume steps", "Toms question"},
        tom_user.membership: {"Toms question"},
        paul_user.membership: set(),
    }
    for member, subjects in seen.items():
        client = sign_in(member)
        page = client.get(url("my_conversation_list")).content.decode()
        assert {subject for subject in ("Volume steps", "Toms question") if subject in page} == subjects
        for row in (conversation, toms):
            expected = 200 if row.subject in subjects else 404
            assert client.get(url("my_conversation_detail", row.public_id)).status_code == expected
            if expected == 404:
                detail = url("my_conversation_detail", row.public_id)
                assert client.post(detail, {"body": "Let me in"}).status_code == 404


def test_the_page_says_who_stands_in(
    acme: Organization, lena_of_bob: PartnerUser, bob: Membership, alice: Membership, sign_in: SignIn, url: Any
) -> None:
    today = timezone.now().date()
    with scope(acme):
        Absence.objects.create(
            membership=bob, deputy=alice, starts_on=today - timedelta(days=1), ends_on=today + timedelta(days=5)
        )
    page = sign_in(lena_of_bob.membership).get(url("my_conversation_create")).content.decode()
    assert "Write to Alice Moreau" in page
    assert re.search(r"Bob is back on \d+ \w+\. Alice answers until then\.", page)


# ── The studio ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_colleagues_answer_note_hand_over_and_close(
    acme: Organization, conversation: Conversation, bob: Membership, frida: Membership, sign_in: SignIn, url: Any
) -> None:
    client, public_id = sign_in(bob), conversation.public_id
    detail = url("conversation_detail", public_id)
    assert "Volume steps" in client.get(url("conversation_list")).content.decode()
    page = client.get(detail).content.decode()
    assert "Bob Keller answers by" in page
    (seen,) = re.findall(r'name="seen" value="(\d+)"', page)
    assert client.post(url("conversation_answer", public_id), {"body": " ", "seen": seen}).status_code == 422
    answered = client.post(url("conversation_answer", public_id), {"body": "Both together.", "seen": seen})
    assert (answered.status_code, answered["Location"]) == (303, detail)
    second = sign_in(frida)
    second.post(url("conversation_answer", public_id), {"body": "Not at all.", "seen": seen})
    page = second.get(detail).content.decode()
    assert "Bob Keller answered meanwhile, too. Both answers went out." in page
    assert "Both together." in page
    assert "Not at all." in page
    assert client.post(url("conversation_note", public_id), {"note": ""}).status_code == 422
    assert client.post(url("conversation_note", public_id), {"note": MARKER}).status_code == 303
    assert MARKER in client.get(detail).content.decode()
    assert client.post(url("conversation_hand_over", public_id), {"to": frida.pk}).status_code == 303
    assert client.post(url("conversation_close", public_id)).status_code == 303
    assert (
        "This is no longer possible" in client.post(url("conversation_close", public_id), follow=True).content.decode()
    )
    assert client.post(url("conversation_reopen", public_id)).status_code == 303
    with scope(acme):
        conversation.refresh_from_db()
        assert (conversation.state, conversation.responsible_id) == ("open", frida.pk)


def test_a_colleague_writes_first(
    acme: Organization,
    lena_of_bob: PartnerUser,
    paul_user: PartnerUser,
    bob: Membership,
    sign_in: SignIn,
    url: Any,
    render_outbox: Render,
) -> None:
    client = sign_in(bob)
    create = url("conversation_create")
    assert "Nordwind GmbH" in client.get(create).content.decode()
    create = f"{create}?partner={lena_of_bob.partner.public_id}"
    assert "Lena Brandt" in client.get(create).content.decode()
    foreign = {"person": paul_user.public_id, "subject": "Hello", "body": "To the wrong company"}
    assert client.post(create, foreign).status_code == 422
    data = {"person": lena_of_bob.public_id, "subject": "Hello", "body": "How was the start?"}
    assert client.post(create, data).status_code == 303
    home = sign_in(lena_of_bob.membership).get(url("portal_home")).content.decode()
    assert "We answered: Hello" in home
    assert "We answered" not in sign_in(paul_user.membership).get(url("portal_home")).content.decode()
    (mail,) = render_outbox(timezone.now())
    assert (mail.subject, mail.from_email.split(" <")[0]) == ("Hello", '"Bob Keller (Acme Cloud)"')
    with scope(acme):
        made = Conversation.objects.get()
        assert (made.state, made.responsible, made.kind) == ("answered", bob, "message")
        home = url("partner_detail", lena_of_bob.partner.public_id)
    assert "Hello" in client.get(home).content.decode()


def test_absence_and_promise_are_said_and_taken_back(
    acme: Organization, bob: Membership, alice: Membership, sign_in: SignIn, url: Any
) -> None:
    client, today = sign_in(bob), timezone.now().date()
    data = {"starts_on": today, "ends_on": today + timedelta(days=9), "deputy": bob.pk}
    assert client.post(url("absence_edit"), data).status_code == 422
    assert client.post(url("absence_edit"), {**data, "deputy": alice.pk}).status_code == 303
    assert "Alice Moreau stands in from" in client.get(url("absence_edit")).content.decode()
    assert client.post(url("absence_end")).status_code == 303
    assert client.post(url("answer_promise"), {"hours": 0}).status_code == 422
    assert client.post(url("answer_promise"), {"hours": 12}).status_code == 303
    with scope(acme):
        assert not Absence.objects.exists()
        assert AnswerPromise.objects.get().hours == 12


def test_the_pages_cost_the_same_at_any_size(
    acme: Organization, alice: Membership, lena_of_bob: PartnerUser, sign_in: SignIn, url: Any
) -> None:
    with scope(acme):
        first = begin(lena_of_bob)
        nordwind = lena_of_bob.partner

    def grow(rows: int) -> None:
        with scope(acme):
            crowd(alice, rows)
            partners = list(Partner.objects.exclude(pk=nordwind.pk)[:rows])
            person = lena_of_bob.membership
            Conversation.objects.bulk_create(
                Conversation(
                    partner=partner,
                    person=person,
                    subject=f"A question with quite a long subject, number {number}",
                    responsible=alice,
                    created_at=NOW,
                    waiting_since=NOW,
                    due_at=NOW + timedelta(hours=number),
                    latest_at=NOW,
                )
                for number, partner in enumerate([nordwind, *partners] * 2)
            )
            Entry.objects.bulk_create(
                Entry(conversation=first, is_ours=number % 2 == 0, author=alice, body="Yes.", channel="studio", at=NOW)
                for number in range(min(rows, 60))
            )
            ConversationNote.objects.bulk_create(
                ConversationNote(conversation=first, author=alice, body="Hm.", at=NOW) for _ in range(min(rows, 60))
            )

    studio = {
        "mine": url("conversation_list"),
        "team": f"{url('conversation_list')}?whose=team&page=2",
        "answered": f"{url('conversation_list')}?show=answered",
        "one": url("conversation_detail", first.public_id),
        "partner": url("partner_detail", nordwind.public_id),
    }
    assert_same_cost(sign_in(alice), studio, grow)
    portal = {
        "list": url("my_conversation_list"),
        "one": url("my_conversation_detail", first.public_id),
        "new": url("my_conversation_create"),
    }
    assert_same_cost(sign_in(lena_of_bob.membership), portal, grow)


# ── Notes are never the partner's ───────────────────────────────────────────────────────────────────────────────────


def test_no_page_mail_or_export_for_partners_shows_a_note(
    acme: Organization,
    conversation: Conversation,
    lena_of_bob: PartnerUser,
    bob: Membership,
    sign_in: SignIn,
    render_outbox: Render,
    url: Any,
) -> None:
    with scope(acme):
        add_note(actor=Actor.of(bob), conversation=conversation, body=MARKER, now=timezone.now())
        write(actor=Actor.of(bob), author=bob, conversation=conversation, words=Words("Yes."), now=timezone.now())
    client = sign_in(lena_of_bob.membership)
    names = [name for name, row in ROWS.items() if row.partners and "GET" in row.methods and not row.things]
    pages = [url(name) for name in names] + [url("my_conversation_detail", conversation.public_id)]
    assert len(pages) > 15
    for page in pages:
        answer = client.get(page)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        assert MARKER.encode() not in body, page
    taken_along = client.post(url("my_data"))
    assert taken_along.status_code in (200, 303)
    assert MARKER.encode() not in getattr(taken_along, "content", b"")
    for mail in render_outbox(timezone.now()):
        assert MARKER not in mail.message().as_string()
    with scope(acme):
        assert not Message.objects.filter(copy__icontains=MARKER).exists()
    assert MARKER in sign_in(bob).get(url("conversation_detail", conversation.public_id)).content.decode()


# Those that colleagues' pages and the eraser need; whatever a partner reads is worded elsewhere.
_KNOW_NOTES = {
    "partners/models/__init__.py",
    "partners/models/conversations.py",
    "partners/queries/conversation_notes.py",
    "partners/services/conversation_notes.py",
    "partners/views/studio/conversations.py",
    "demo/conversation_story.py",
}


def test_only_colleagues_pages_know_of_notes() -> None:
    knowing = set()
    for folder in ("prm", "partners", "enablement", "cohorts", "analytics", "demo"):
        for path in (BASE_DIR / folder).rglob("*.py"):
            if "migrations" not in path.parts and _names_notes(path):
                knowing.add(str(path.relative_to(BASE_DIR)))
    assert knowing == _KNOW_NOTES
    showing = {
        path.name
        for path in (BASE_DIR / "templates").rglob("*")
        if path.is_file() and "for note in notes" in path.read_text()
    }
    assert showing == {"conversation_detail.html"}


def _names_notes(path: Path) -> bool:
    tree = ast.parse(path.read_text("utf-8"))
    words = {"ConversationNote", "conversation_notes", "notes_of"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in words:
            return True
        if isinstance(node, ast.ImportFrom) and (words & set((node.module or "").split("."))):
            return True
        if isinstance(node, ast.alias) and node.name in words:
            return True
        if isinstance(node, ast.ClassDef) and node.name in words:
            return True
        # The way back from a conversation to its notes.
        if (
            isinstance(node, ast.Attribute)
            and node.attr == "notes"
            and "conversation" in ast.unparse(node.value).lower()
        ):
            return True
    return False
