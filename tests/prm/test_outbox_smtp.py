"""A real mail server that refuses, falters and hangs up; workers that die; two workers at once."""

import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core import mail
from django.db import connections
from django.utils import timezone

from prm.accounts.models import Membership
from prm.outbox import services
from prm.outbox.models import Heartbeat, Message
from prm.outbox.sender import Report, answer_wakeup, claims, deliver, deliveries, transport, wordings
from prm.outbox.sender.transport import PostOffice
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from prm.tenancy.wakeups import Wakeup
from tests.prm.mails import DECISION, NUDGE

pytestmark = pytest.mark.usefixtures("kinds")


class MailServer:
    """Keeps every mail it took; `answers` says what it says to an address or to the data sent to it."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.to: list[str] = []
        self.answers: dict[str, str] = {}
        self.sessions: set[int] = set()
        self.on_data: Callable[[Any], None] = lambda server: None

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = self.answers.get(address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.sessions.add(id(session))
        self.on_data(server)
        assert isinstance(envelope.content, bytes)
        self.mails.append(envelope.content)
        self.to += envelope.rcpt_tos
        return "250 Taken"

    @property
    def message_ids(self) -> list[str]:
        return [str(message_from_bytes(content)["Message-ID"]) for content in self.mails]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture(autouse=True)
def connected(settings: Any, port: int) -> None:
    settings.MAIL_CONNECTED = True
    options = {"host": "127.0.0.1", "port": port, "timeout": 3}
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
    mail.mailers = type(mail.mailers)()


@pytest.fixture
def server(port: int) -> Iterator[MailServer]:
    handler = MailServer()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler
    controller.stop()


def post(lena: Membership, now: datetime, *kinds: str, number: int = 1) -> None:
    with scope(lena.organization):
        for kind in kinds:
            for subject_id in range(number):
                services.post(kind=kind, subject_id=subject_id, recipient=lena, now=now)


def send(organization: Organization, now: datetime) -> Report:
    return deliver(organization, clock=lambda: now)


def rows(organization: Organization) -> list[tuple[str, str, str]]:
    with scope(organization):
        return list(Message.objects.order_by("id").values_list("kind", "state", "reason"))


def test_many_mails_over_one_line(acme: Organization, lena: Membership, now: datetime, server: MailServer) -> None:
    post(lena, now, NUDGE.name, number=25)
    assert send(acme, now).counts == {"sent": 25}
    assert len(server.mails) == len(set(server.message_ids)) == 25
    assert len(server.sessions) == 1


def test_what_a_server_refuses_for_good_has_failed_with_its_words(
    acme: Organization, lena: Membership, now: datetime, server: MailServer
) -> None:
    server.answers["lena@nordwind.example"] = "550 5.1.1 no such user"
    post(lena, now, NUDGE.name, DECISION.name)
    assert send(acme, now).counts == {"failed": 2}
    assert {row[1:] for row in rows(acme)} == {("failed", "550 5.1.1 no such user")}


def test_what_it_refuses_for_now_is_tried_again_five_times(
    acme: Organization, lena: Membership, now: datetime, server: MailServer
) -> None:
    server.answers["lena@nordwind.example"] = "451 4.7.1 greylisted, come back"
    post(lena, now, NUDGE.name)
    at = now
    for wait in claims.BACKOFF:
        send(acme, at)
        assert rows(acme) == [(NUDGE.name, "queued", "451 4.7.1 greylisted, come back")]
        at += wait
    send(acme, at)
    assert rows(acme) == [(NUDGE.name, "failed", "451 4.7.1 greylisted, come back")]


def test_after_a_while_it_takes_it(acme: Organization, lena: Membership, now: datetime, server: MailServer) -> None:
    server.answers["lena@nordwind.example"] = "451 greylisted"
    post(lena, now, NUDGE.name)
    send(acme, now)
    server.answers.clear()
    assert send(acme, now + timedelta(minutes=1)).sent == 1
    assert rows(acme) == [(NUDGE.name, "sent", "")]


def test_one_refusal_stops_no_other(
    acme: Organization, lena: Membership, paul: Membership, now: datetime, server: MailServer
) -> None:
    server.answers["lena@nordwind.example"] = "550 no"
    post(lena, now, NUDGE.name, number=3)
    post(paul, now, NUDGE.name, number=3)
    assert send(acme, now).counts == {"failed": 3, "sent": 3}
    assert server.to == ["paul@kestrel.example"] * 3


def test_a_line_that_breaks_leaves_nudges_in_doubt_and_sends_decisions_again(
    acme: Organization, lena: Membership, now: datetime, server: MailServer
) -> None:
    broken: list[Any] = []

    def break_once(session: Any) -> None:
        if len(broken) < 2:
            broken.append(1)
            session.transport.abort()

    server.on_data = break_once
    post(lena, now, NUDGE.name, DECISION.name)
    send(acme, now)
    assert rows(acme) == [(NUDGE.name, "unknown", "line_broke"), (DECISION.name, "queued", "line_broke")]
    send(acme, now + timedelta(minutes=1))
    assert rows(acme) == [(NUDGE.name, "unknown", "line_broke"), (DECISION.name, "sent", "")]
    assert len(set(server.message_ids)) == 2, "the decision went out twice under one Message-ID"
    assert len(server.mails) == 3


def test_a_server_that_hung_up_while_idle_puts_nothing_in_doubt(
    acme: Organization, lena: Membership, now: datetime, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = PostOffice.open

    def hung_up_then_open(office: PostOffice) -> None:
        line = getattr(office._mailer, "connection", None)
        if line is not None:
            line.sock.shutdown(socket.SHUT_RDWR)
        known(office)

    monkeypatch.setattr(PostOffice, "open", hung_up_then_open)
    post(lena, now, NUDGE.name, number=25)
    assert send(acme, now).counts == {"sent": 25}
    assert len(server.sessions) == 3


class TestNoServer:
    def test_messages_wait_and_none_is_to_blame(self, acme: Organization, lena: Membership, now: datetime) -> None:
        post(lena, now, NUDGE.name, DECISION.name, number=6)
        for _again in range(claims.ATTEMPTS + 1):
            report = send(acme, now)
            assert report.is_unreachable
            assert not report.counts
        assert {row[1:] for row in rows(acme)} == {("queued", "unreachable")}
        with scope(acme):
            assert set(Message.objects.values_list("attempts", "crashes", "lease_until")) == {(0, 0, None)}
        assert "refused" in Heartbeat.objects.get(name="mail").note.lower()

    def test_it_is_left_alone_for_a_moment(
        self, acme: Organization, lena: Membership, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        post(lena, now, NUDGE.name)
        with scope(acme):
            Message.objects.update(not_before=timezone.now())
        opened: list[int] = []
        known = PostOffice.open

        def open_and_count(office: PostOffice) -> Any:
            opened.append(1)
            return known(office)

        monkeypatch.setattr(PostOffice, "open", open_and_count)
        Wakeup.objects.update(due_at=timezone.now())
        answer_wakeup(acme)
        first = Wakeup.objects.get(queue="outbox").due_at
        assert first > timezone.now() + transport.REST / 2
        Wakeup.objects.update(due_at=timezone.now())
        answer_wakeup(acme)
        assert opened == [1]

    def test_when_it_is_back_all_goes_out(self, acme: Organization, lena: Membership, now: datetime, port: int) -> None:
        post(lena, now, NUDGE.name, number=3)
        send(acme, now)
        handler = MailServer()
        controller = Controller(handler, hostname="127.0.0.1", port=port)
        controller.start()
        try:
            assert send(acme, now).sent == 3
        finally:
            controller.stop()
        assert Heartbeat.objects.get(name="mail").note == ""

    def test_a_server_that_does_not_let_us_in_is_no_message_s_fault(
        self, acme: Organization, lena: Membership, now: datetime, monkeypatch: pytest.MonkeyPatch, server: MailServer
    ) -> None:
        def refused(*_args: Any, **_kwargs: Any) -> None:
            raise smtplib.SMTPAuthenticationError(535, b"who are you?")

        monkeypatch.setattr("django.core.mail.backends.smtp.EmailBackend.open", refused)
        post(lena, now, NUDGE.name)
        assert send(acme, now).is_unreachable
        assert rows(acme) == [(NUDGE.name, "queued", "unreachable")]
        assert Heartbeat.objects.get(name="mail").note == "535 who are you?"


class Killed(BaseException):
    """The worker ends here: nothing after it runs, as with SIGKILL."""


class TestDeath:
    """What a worker held when it died. Its lease is over as soon as `lapse` says so."""

    @pytest.fixture(autouse=True)
    def no_tidying(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(PostOffice, "close", lambda office: None)

    def die_at(self, monkeypatch: pytest.MonkeyPatch, number: int, *, before: bool) -> None:
        known = PostOffice.send
        sent: list[int] = []

        def dying(office: PostOffice, letter: Any) -> Any:
            sent.append(1)
            if len(sent) == number and before:
                raise Killed
            answer = known(office, letter)
            if len(sent) == number:
                raise Killed
            return answer

        monkeypatch.setattr(PostOffice, "send", dying)

    def lapse(self, organization: Organization) -> None:
        with scope(organization):
            past = timezone.now() - timedelta(seconds=1)
            Message.objects.exclude(lease_until=None).update(lease_until=past)

    def finish(self, organization: Organization, now: datetime) -> None:
        for _turn in range(60):
            self.lapse(organization)
            report = send(organization, now)
            if not report.counts and not report.more:
                return

    @pytest.mark.parametrize("before", [True, False])
    def test_nudges_are_never_sent_twice(
        self,
        acme: Organization,
        lena: Membership,
        now: datetime,
        server: MailServer,
        monkeypatch: pytest.MonkeyPatch,
        *,
        before: bool,
    ) -> None:
        post(lena, now, NUDGE.name, number=25)
        with monkeypatch.context() as patch:
            self.die_at(patch, 14, before=before)
            with pytest.raises(Killed):
                send(acme, now)
        self.finish(acme, now)
        states = [state for _kind, state, _reason in rows(acme)]
        assert len(server.message_ids) == len(set(server.message_ids))
        assert states.count("unknown") == claims.GROUP
        assert states.count("sent") == 25 - claims.GROUP

    @pytest.mark.parametrize("before", [True, False])
    def test_decisions_are_never_lost(
        self,
        acme: Organization,
        lena: Membership,
        now: datetime,
        server: MailServer,
        monkeypatch: pytest.MonkeyPatch,
        *,
        before: bool,
    ) -> None:
        post(lena, now, DECISION.name, number=25)
        with monkeypatch.context() as patch:
            self.die_at(patch, 14, before=before)
            with pytest.raises(Killed):
                send(acme, now)
        self.finish(acme, now)
        assert {state for _kind, state, _reason in rows(acme)} == {"sent"}
        assert len(set(server.message_ids)) == 25

    def test_a_death_while_wording_puts_nothing_in_doubt(
        self,
        acme: Organization,
        lena: Membership,
        now: datetime,
        server: MailServer,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def dying(*_args: Any) -> None:
            raise Killed

        post(lena, now, NUDGE.name, number=12)
        with monkeypatch.context() as patch:
            patch.setattr(deliveries, "look_at", dying)
            with pytest.raises(Killed):
                send(acme, now)
        assert {state for _kind, state, _reason in rows(acme)} == {"queued"}
        self.finish(acme, now)
        assert {state for _kind, state, _reason in rows(acme)} == {"sent"}
        assert len(server.mails) == 12

    def test_one_that_kills_every_worker_takes_no_other_along(
        self,
        acme: Organization,
        lena: Membership,
        now: datetime,
        server: MailServer,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        known = wordings.look_at

        def poisonous(message: Message, *args: Any) -> Any:
            if message.subject_id == 3:
                raise Killed
            return known(message, *args)

        monkeypatch.setattr(deliveries, "look_at", poisonous)
        post(lena, now, DECISION.name, number=8)
        for _turn in range(40):
            self.lapse(acme)
            try:
                send(acme, now)
            except Killed:
                continue
        found = rows(acme)
        assert found.pop(3) == (DECISION.name, "failed", "poisoned")
        assert {row[1] for row in found} == {"sent"}

    def test_nobody_touches_what_a_living_worker_holds(
        self, acme: Organization, lena: Membership, now: datetime, server: MailServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        post(lena, now, DECISION.name, number=5)
        with monkeypatch.context() as patch:
            self.die_at(patch, 1, before=True)
            with pytest.raises(Killed):
                send(acme, now)
        assert not send(acme, now).counts
        assert server.mails == []

    def test_a_worker_that_was_only_slow_still_tells_what_it_did(
        self, acme: Organization, lena: Membership, now: datetime, server: MailServer
    ) -> None:
        post(lena, now, NUDGE.name)

        with scope(acme):
            held = claims.claim(now)
            (message,) = held.messages
            message.subject = "x"
            _ours, lease = claims.mark_sending([(message, "lena@nordwind.example", "{}", None)], held)
            Message.objects.update(state="unknown", reason="worker_ended")
            claims.settle([message.pk], lease, state="sent", reason="")
        assert rows(acme) == [(NUDGE.name, "sent", "")]

    def test_what_was_cancelled_in_its_hands_is_not_sent(
        self, acme: Organization, lena: Membership, now: datetime, server: MailServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        known = claims.mark_sending

        def cancelled_first(*args: Any) -> Any:
            Message.objects.filter(subject_id=1).update(state="cancelled", lease_until=None)
            return known(*args)

        monkeypatch.setattr(claims, "mark_sending", cancelled_first)
        post(lena, now, NUDGE.name, number=3)
        assert send(acme, now).counts == {"sent": 2}
        assert [row[1] for row in rows(acme)] == ["sent", "cancelled", "sent"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_message_once(
    acme: Organization, lena: Membership, now: datetime, server: MailServer
) -> None:
    post(lena, now, NUDGE.name, DECISION.name, number=120)
    reports: list[int] = []
    start = threading.Barrier(3)

    def work() -> None:
        start.wait()
        try:
            while (report := send(acme, now)).more or report.counts:
                reports.append(report.sent)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _worker in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert sum(reports) == len(server.mails) == len(set(server.message_ids)) == 240
    assert {state for _kind, state, _reason in rows(acme)} == {"sent"}


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_server_is_spoken_to(
    acme: Organization, lena: Membership, now: datetime, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connection

    known = PostOffice.send
    inside: list[bool] = []

    def send_and_note(office: PostOffice, letter: Any) -> Any:
        inside.append(connection.in_atomic_block)
        return known(office, letter)

    monkeypatch.setattr(PostOffice, "send", send_and_note)
    post(lena, now, NUDGE.name, number=3)
    send(acme, now)
    assert inside == [False] * 3
