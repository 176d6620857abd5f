"""What is asked of one person: one mail for what is due together, and no more in a week than they chose."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client

from prm.accounts.actors import Actor
from prm.accounts.models import Membership, Person
from prm.addresses import address
from prm.outbox.kinds import AT_LEAST_ONCE, AT_MOST_ONCE, Mail, MessageKind, message_kinds
from prm.outbox.models import Attention, Message, Preference
from prm.outbox.rendering.presentation import UNSUBSCRIBE, UNSUBSCRIBE_ALL
from prm.outbox.rules import has_room
from prm.outbox.sender import bundles, deliver
from prm.outbox.services import cancel_message, post, set_preferences

pytestmark = pytest.mark.usefixtures("in_acme")
type Deliver = Callable[[datetime], list[Any]]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
UNWANTED: set[int] = set()


def word(message: Message) -> Mail:
    return Mail(
        "outbox/emails/test_mail",
        {"organization": f"Thing {message.subject_id}", "reply_to": ""},
        button=("Look", f"https://canopy.example/{message.subject_id}/"),
    )


def wanted(message: Message, now: datetime) -> bool:
    return message.subject_id not in UNWANTED


TIP = MessageKind("test.tip", "Tip", "recall", AT_MOST_ONCE, word=word, still_wanted=wanted)
REMINDER = MessageKind("test.reminder", "Reminder", "sessions", AT_MOST_ONCE, word=word, still_wanted=wanted)
LETTER = MessageKind("test.letter", "Letter", "content", AT_MOST_ONCE, word=word, stands_alone=True)
URGENT = MessageKind("test.urgent", "Urgent", "sessions", AT_MOST_ONCE, word=word, keeps_quiet=False)
ANSWER = MessageKind("test.answer", "Answer", "sessions", AT_LEAST_ONCE, word=word)
SERVICE = MessageKind("test.service", "Service", "sessions", AT_LEAST_ONCE, word=word, mandatory=True)


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = {kind.name: kind for kind in (TIP, REMINDER, LETTER, URGENT, ANSWER, SERVICE)}
    monkeypatch.setattr(message_kinds, "_items", {**message_kinds._items, **entries})
    UNWANTED.clear()


def store(to: Membership, kind: MessageKind, number: int, at: datetime, now: datetime | None = None) -> None:
    post(kind=kind.name, subject_id=number, recipient=to, not_before=at, now=now or at)


def states() -> dict[int, str]:
    return dict(Message.objects.values_list("subject_id", "state"))


ROOM = [
    # (most, sent by organization, organizations, whether organization 1 may write once more)
    (0, {1: 99}, 1, True),
    (5, {1: 4}, 1, True),
    (5, {1: 5}, 1, False),
    (10, {1: 5}, 2, False),
    (10, {1: 5, 2: 5}, 2, False),
    (10, {1: 4, 2: 6}, 2, True),
    (10, {2: 10}, 2, True),
    (11, {1: 5}, 2, True),
    (11, {1: 6}, 2, False),
    (3, {2: 1, 3: 1, 4: 1}, 5, True),
    (3, {1: 1}, 5, False),
    (5, {None: 5}, 1, True),
]


@pytest.mark.parametrize(("most", "sent", "organizations", "may"), ROOM)
def test_every_organization_keeps_its_share(
    most: int, sent: dict[int | None, int], organizations: int, may: bool
) -> None:
    assert has_room(most=most, sent=sent, organization_id=1, organizations=organizations) is may


def test_what_is_due_together_is_one_mail(lena: Membership, now: datetime, render_outbox: Deliver) -> None:
    store(lena, TIP, 1, now)
    store(lena, REMINDER, 2, now)
    store(lena, TIP, 3, now + 2 * HOUR, now)
    store(lena, TIP, 4, now + 4 * HOUR, now)
    (mail,) = render_outbox(now)
    assert mail.subject.endswith(", and 2 more things")
    for number in (1, 2, 3):
        assert f"Thing {number}" in mail.body
        assert f"https://canopy.example/{number}/" in mail.body
    assert "Thing 4" not in mail.body
    assert states() == {1: "sent", 2: "sent", 3: "sent", 4: "queued"}
    leader = Message.objects.get(subject_id=1)
    assert set(Message.objects.filter(state="sent").values_list("merged_with", "reason")) == {(leader.pk, "merged")}
    rows = Attention.objects.order_by("pk").values_list("person", "organization", "category", "is_letter")
    assert list(rows) == [
        (lena.person_id, lena.organization_id, "recall", True),
        (lena.person_id, lena.organization_id, "sessions", False),
    ]
    (later,) = render_outbox(now + 4 * HOUR)
    assert "Thing 4" in later.body
    assert render_outbox(now + 5 * HOUR) == []


def test_what_would_not_be_sent_is_not_in_it_and_nothing_goes_early_alone(
    lena: Membership, now: datetime, render_outbox: Deliver
) -> None:
    store(lena, TIP, 1, now)
    store(lena, TIP, 2, now + HOUR, now)
    store(lena, REMINDER, 3, now + HOUR, now)
    UNWANTED.update({1, 3})
    assert render_outbox(now) == []
    assert states() == {1: "suppressed", 2: "queued", 3: "queued"}
    set_preferences(membership=lena, choices={"recall": "off"}, now=now)
    UNWANTED.clear()
    (mail,) = render_outbox(now + HOUR)
    assert "Thing 3" in mail.body
    assert states() == {1: "suppressed", 2: "suppressed", 3: "sent"}


def test_letters_urgent_ones_answers_and_service_mails_stand_alone(
    lena: Membership, paul: Membership, now: datetime, render_outbox: Deliver
) -> None:
    for number, kind in enumerate((TIP, REMINDER, LETTER, URGENT, ANSWER, SERVICE), start=1):
        store(lena, kind, number, now)
    store(paul, TIP, 7, now)
    mails = render_outbox(now)
    assert len(mails) == 6
    assert sum("and 1 more thing" in mail.subject for mail in mails) == 1


def test_a_week_has_room_for_so_many_and_the_rest_waits_for_the_next(
    lena: Membership, now: datetime, render_outbox: Deliver
) -> None:
    Person.objects.update(mails_a_week=3)
    for day in range(6):
        store(lena, LETTER, day, now + day * DAY, now)
    sent = [len(render_outbox(now + day * DAY)) for day in range(6)]
    assert sent == [1, 1, 1, 0, 0, 0]
    waiting = Message.objects.filter(state="queued")
    assert set(waiting.values_list("reason", "not_before")) == {("budget", now + 7 * DAY)}
    for kind in (URGENT, ANSWER, SERVICE):
        store(lena, kind, 90, now + 5 * DAY)
    assert len(render_outbox(now + 5 * DAY)) == 3
    # Urgent ones and answers went, and count: the three days in which the others were sent have to pass first.
    assert [len(render_outbox(now + day * DAY)) for day in (7, 8, 9, 12, 13, 14)] == [0, 0, 1, 2, 0, 0]


def test_no_limit_is_no_limit(lena: Membership, now: datetime, render_outbox: Deliver) -> None:
    Person.objects.update(mails_a_week=0)
    for number in range(30):
        store(lena, LETTER, number, now)
    assert len(render_outbox(now)) == 30


def test_what_the_server_refused_takes_no_room(
    lena: Membership, now: datetime, render_outbox: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: EmailBackend, messages: Any) -> int:
        raise ValueError("no such address")

    store(lena, TIP, 1, now)
    store(lena, TIP, 2, now)
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", refuse)
        deliver(lena.organization, clock=lambda: now)
    assert states() == {1: "failed", 2: "failed"}
    assert not Attention.objects.exists()


def test_one_click_stops_all_that_the_mail_told_and_a_link_only_its_own(
    lena: Membership, now: datetime, render_outbox: Deliver
) -> None:
    store(lena, TIP, 1, now)
    store(lena, REMINDER, 2, now)
    (mail,) = render_outbox(now)
    first, second = Message.objects.order_by("subject_id")
    head = mail.extra_headers["List-Unsubscribe"]
    assert first.token(UNSUBSCRIBE_ALL) in head
    for message in (first, second):
        assert message.token(UNSUBSCRIBE) in mail.body
    nobody = Client()
    assert nobody.post(address("unsubscribe", second.token(UNSUBSCRIBE))).status_code == 200
    assert set(Preference.objects.values_list("category", "choice")) == {("sessions", "in_app")}
    page = nobody.post(address("unsubscribe", first.token(UNSUBSCRIBE_ALL))).content.decode()
    assert "Recall" in page
    assert "Sessions" in page
    assert set(Preference.objects.values_list("category", "choice")) == {("sessions", "in_app"), ("recall", "in_app")}
    nobody.post(address("unsubscribe", first.token(UNSUBSCRIBE_ALL)), {"again": "yes"})
    assert set(Preference.objects.values_list("choice", flat=True)) == {"mail"}


def test_a_mail_that_would_tell_what_was_canceled_meanwhile_is_not_sent(
    alice: Membership, lena: Membership, now: datetime, render_outbox: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(lena, TIP, 1, now)
    store(lena, TIP, 2, now)
    looked = bundles.within_budget

    def cancel_in_between(found: Any, at: datetime) -> Any:
        message = Message.objects.get(subject_id=2)
        if message.state == "queued":
            cancel_message(actor=Actor.of(alice), message=message, now=at)
        return looked(found, at)

    monkeypatch.setattr("prm.outbox.sender.deliveries.within_budget", cancel_in_between)
    deliver(lena.organization, clock=lambda: now)
    assert states() == {1: "queued", 2: "cancelled"}
    assert not Attention.objects.exists()
    (mail,) = render_outbox(now)
    assert "Thing 1" in mail.body
    assert "Thing 2" not in mail.body


def test_the_page_shows_the_week_and_sets_it(lena: Membership, sign_in: Callable[[Membership], Client]) -> None:
    Person.objects.update(mails_a_week=15)
    client, page = sign_in(lena), address("preferences")
    shown = client.get(page).content.decode()
    assert "0 in the last seven days." in shown
    assert '<option value="15" selected>15 mails a week</option>' in shown
    form = {"mails_a_week": "5"}
    for name in client.get(page).context["form"].open_names:
        form[name] = "mail"
    assert client.post(page, form).status_code == 303
    assert Person.objects.get(pk=lena.person_id).mails_a_week == 5
    assert client.post(page, {**form, "mails_a_week": "-1"}).status_code == 422
