"""Fetching from a real IMAP server: each mail once, what fails stays for people, and nothing is deleted."""

import imaplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.utils import timezone

from prm.inbound import mailbox, tasks
from prm.inbound.mailbox import Fetched, fetch_mails
from prm.inbound.services import Fate
from tests.prm.raw_mails import raw

USER, PASSWORD = "replies", "pa:ss/w@rd"
pytestmark = pytest.mark.django_db


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """pymap with an empty mailbox in memory."""
    port = _free_port()
    program = str(Path(sys.executable).with_name("pymap"))
    command = [program, "--host", "127.0.0.1", "--port", str(port), "--no-tls", "--no-service", "managesieve", "dict"]
    server = subprocess.Popen([*command, "--demo-user", USER, "--demo-password", PASSWORD])
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=10)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            imaplib.IMAP4("127.0.0.1", port, timeout=2).logout()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("pymap did not start")


@pytest.fixture
def box(port: int, settings: Any) -> Iterator[imaplib.IMAP4]:
    """The mailbox, emptied, as somebody else sees it."""
    settings.INBOUND_DOMAIN = "in.canopy.example"
    settings.INBOUND_IMAP_URL = f"imap://{USER}:pa%3Ass%2Fw%40rd@127.0.0.1:{port}/INBOX"
    seen = imaplib.IMAP4("127.0.0.1", port)
    seen.login(USER, PASSWORD)
    seen.select()
    seen.store("1:*", "+FLAGS", r"(\Deleted)")
    seen.expunge()
    yield seen
    seen.logout()


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[bytes, bool]]:
    """What is handed on, instead of being taken in."""
    mails: list[tuple[bytes, bool]] = []

    def take_in(content: bytes, _now: Any, *, is_cut: bool) -> Fate:
        mails.append((content, is_cut))
        if b"Subject: unknown" in content:
            return Fate.UNKNOWN
        if b"Subject: broken" in content:
            raise ValueError("broken")
        if b"Subject: database" in content:
            raise OperationalError
        return Fate.PLACED

    monkeypatch.setattr(mailbox, "take_in", take_in)
    return mails


def put(box: imaplib.IMAP4, *mails: bytes) -> None:
    for content in mails:
        box.append("INBOX", "", "", content)
    box.noop()


def flags(box: imaplib.IMAP4) -> list[set[str]]:
    box.noop()
    _state, found = box.fetch("1:*", "(FLAGS)")
    # The server tells of changes first; what it says last of a mail holds.
    told = [row for row in found if isinstance(row, bytes)]
    latest = {row.split()[0]: {flag.decode() for flag in imaplib.ParseFlags(row)} for row in told}
    return [latest[number] - {r"\Recent"} for number in sorted(latest)]


def test_each_mail_is_taken_once_and_stays(box: imaplib.IMAP4, taken: list[tuple[bytes, bool]]) -> None:
    mails = [raw("Grüße", message_id=f"<{number}@h>") for number in range(3)]
    put(box, *mails)
    assert fetch_mails(timezone.now) == Fetched(taken=3)
    assert taken == [(mail, False) for mail in mails]
    assert fetch_mails(timezone.now) == Fetched()
    assert flags(box) == [{r"\Seen"}] * 3


def test_what_cannot_be_taken_in_is_flagged_for_people_and_stops_nothing(
    box: imaplib.IMAP4, taken: list[tuple[bytes, bool]]
) -> None:
    put(box, raw(subject="unknown"), raw(subject="broken"), raw(subject="good"))
    assert fetch_mails(timezone.now) == Fetched(taken=1, flagged=2)
    assert flags(box) == [{r"\Flagged"}, {r"\Flagged"}, {r"\Seen"}]
    assert fetch_mails(timezone.now) == Fetched()
    assert len(taken) == 3


def test_with_the_database_away_a_mail_is_as_it_was(box: imaplib.IMAP4, taken: list[tuple[bytes, bool]]) -> None:
    put(box, raw(subject="database"))
    with pytest.raises(OperationalError):
        fetch_mails(timezone.now)
    assert flags(box) == [set()]


def test_of_what_is_too_large_the_beginning_is_read(
    box: imaplib.IMAP4, taken: list[tuple[bytes, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "MOST_BYTES", 1000)
    put(box, raw("y" * 5000), raw("short"))
    fetch_mails(timezone.now)
    assert [(len(content), is_cut) for content, is_cut in taken] == [(1000, True), (len(raw("short")), False)]


def test_a_wrong_password_or_mailbox_is_an_error_that_the_task_logs(
    box: imaplib.IMAP4, settings: Any, port: int, caplog: pytest.LogCaptureFixture
) -> None:
    for url in (f"imap://{USER}:wrong@127.0.0.1:{port}/INBOX", f"imap://{USER}:pa%3Ass%2Fw%40rd@127.0.0.1:{port}/No"):
        settings.INBOUND_IMAP_URL = url
        with pytest.raises(imaplib.IMAP4.error):
            fetch_mails(timezone.now)
        tasks.fetch()
    settings.INBOUND_IMAP_URL = f"imap://{USER}:x@127.0.0.1:{_free_port()}/"
    tasks.fetch()
    assert caplog.text.count("the mailbox cannot be read") == 3
    assert "wrong" not in caplog.text


def test_two_looks_at_once_are_one(box: imaplib.IMAP4, taken: list[tuple[bytes, bool]]) -> None:
    put(box, raw())
    cache.set("inbound.fetch", 1)
    tasks.fetch()
    assert taken == []
    cache.delete("inbound.fetch")
    tasks.fetch()
    assert len(taken) == 1


def test_without_an_address_nothing_is_fetched(settings: Any, taken: list[tuple[bytes, bool]]) -> None:
    settings.INBOUND_IMAP_URL = ""
    tasks.fetch()
    assert taken == []
