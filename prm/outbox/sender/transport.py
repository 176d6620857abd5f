"""The mail server: one connection kept over many letters, and what its answers mean for a message."""

import logging
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import mailers
from django.utils import timezone

from prm.outbox.models import Heartbeat
from prm.outbox.rendering.letters import Letter

logger = logging.getLogger(__name__)

# A mail server that did not answer is left alone for so long.
REST = timedelta(seconds=15)
PULSE = "mail"


class Unreachable(Exception):
    """No connection to the mail server, or it lets us do nothing: no message is to blame."""


class Verdict(Enum):
    SENT = "sent"
    LATER = "later"
    NEVER = "never"
    DOUBT = "doubt"


@dataclass(frozen=True)
class Answer:
    """What became of one letter. `reason` is a key of prm.outbox.rules.REASONS or the mail server's words."""

    verdict: Verdict
    reason: str = ""


def is_open_for_mail() -> bool:
    """Whether mails go anywhere: without a mail server they do on one machine (as files) and in tests."""
    return bool(settings.MAIL_CONNECTED or settings.EMBEDDED or settings.TESTING)


class PostOffice:
    """A connection that is opened when it is first needed and stays open."""

    def __init__(self) -> None:
        self._mailer: Any = mailers.default

    def open(self) -> None:
        """Make sure that the line stands before anything is marked as sending. Raises `Unreachable`."""
        try:
            self._check_line()
            self._mailer.open()
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            raise Unreachable(_words(error)) from error

    def send(self, letter: Letter) -> Answer:
        """Hand over one letter. Raises nothing: each way it may go is an answer."""
        try:
            self._mailer.send_messages([letter])
        except Exception as error:
            answer = _answer(error)
            if answer.verdict == Verdict.DOUBT or not isinstance(error, smtplib.SMTPException | ValueError):
                self._hang_up()
            return answer
        return Answer(Verdict.SENT, "" if settings.MAIL_CONNECTED or settings.TESTING else "kept_here")

    def close(self) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self._mailer.close()

    def _check_line(self) -> None:
        # A server closes idle lines. Found out now, the next letter is not in doubt.
        line = getattr(self._mailer, "connection", None)
        if isinstance(line, smtplib.SMTP):
            try:
                line.noop()
            except (OSError, smtplib.SMTPException):
                self._hang_up()

    def _hang_up(self) -> None:
        self.close()
        self._mailer = mailers.default


@contextmanager
def post_office() -> Iterator[PostOffice]:
    office = PostOffice()
    try:
        yield office
    finally:
        office.close()


def _answer(error: Exception) -> Answer:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        return _coded(code, words)
    if isinstance(error, smtplib.SMTPSenderRefused):
        return Answer(Verdict.LATER, _said(error.smtp_code, error.smtp_error))
    if isinstance(error, smtplib.SMTPResponseException):
        return _coded(error.smtp_code, error.smtp_error)
    if isinstance(error, AnymailRecipientsRefused):
        return Answer(Verdict.NEVER, _words(error))
    if isinstance(error, AnymailAPIError) and error.status_code:
        refused = 400 <= error.status_code < 500 and error.status_code != 429
        return Answer(Verdict.NEVER if refused else Verdict.LATER, _words(error))
    if isinstance(error, ValueError):
        return Answer(Verdict.NEVER, "no_address")
    logger.warning("in doubt whether a letter arrived: %s", type(error).__name__)
    return Answer(Verdict.DOUBT, "line_broke")


def _coded(code: int, words: bytes | str) -> Answer:
    return Answer(Verdict.NEVER if 500 <= code < 600 else Verdict.LATER, _said(code, words))


def _said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}"[:300]


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _said(error.smtp_code, error.smtp_error)[:200]
    return (" ".join(str(error).split()) or type(error).__name__)[:200]


def is_resting(clock: datetime) -> bool:
    """Whether the mail server failed to answer a moment ago."""
    return Heartbeat.objects.filter(name=PULSE, beat_at__gt=clock - REST).exclude(note="").exists()


def note_unreachable(error: Unreachable) -> None:
    logger.warning("mail server: %s", error)
    _note(str(error))


def note_reachable() -> None:
    """Forget an earlier failure; writes nothing where there was none."""
    Heartbeat.objects.filter(name=PULSE).exclude(note="").update(note="", beat_at=timezone.now())


def _note(words: str) -> None:
    Heartbeat.objects.update_or_create(name=PULSE, defaults={"beat_at": timezone.now(), "note": words})
