"""The mails that an installation without a mail server keeps as files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.utils.html import linebreaks, urlize
from django.utils.safestring import SafeString

from prm.markdown import clean_html

_KEY = re.compile(r"^[A-Za-z0-9_.-]{1,120}$")
_SEPARATOR = b"-" * 79 + b"\n"
_PREHEADER = re.compile(r"<div[^>]*display:\s*none[^>]*>.*?</div>", re.DOTALL | re.IGNORECASE)
_HIDDEN_PARTS = re.compile(r"<(head|style|title)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A mail as somebody would read it. `html` is cleaned; `key` names it in addresses."""

    key: str
    subject: str
    sender: str
    recipient: str
    at: datetime
    text: SafeString
    html: SafeString
    attachments: tuple[str, ...]


def kept_mails() -> list[KeptMail]:
    """The newest of them, newest first."""
    found = [_mail(key, content) for key, content in _raw()]
    return sorted(found, key=lambda mail: mail.at, reverse=True)


def kept_mail(key: str) -> KeptMail | None:
    if not _KEY.match(key):
        return None
    return next((_mail(name, content) for name, content in _raw() if name == key), None)


def _raw() -> Iterator[tuple[str, bytes]]:
    """Each mail with its key. Django's file backend puts the mails of one connection into one file."""
    folder = Path(settings.MAIL_FOLDER)
    files = sorted((path for path in folder.glob("*") if path.suffix in {".eml", ".log"}), key=_age)
    for path in files[-_SHOWN:]:
        parts = [part for part in path.read_bytes().split(_SEPARATOR) if part.strip()]
        for number, content in enumerate(parts):
            yield f"{path.stem}.{number}", content


def _age(path: Path) -> float:
    return path.stat().st_mtime


def _mail(key: str, content: bytes) -> KeptMail:
    message = message_from_bytes(content, policy=policy.default)
    return KeptMail(
        key=key,
        subject=str(message["Subject"] or ""),
        sender=str(message["From"] or ""),
        recipient=str(message["To"] or ""),
        at=_sent_at(message),
        text=SafeString(linebreaks(urlize(_part(message, "plain"), autoescape=True))),
        html=clean_html(_HIDDEN_PARTS.sub("", _PREHEADER.sub("", _part(message, "html")))),
        attachments=tuple(part.get_filename() or part.get_content_type() for part in message.iter_attachments()),
    )


def _part(message: EmailMessage, subtype: str) -> str:
    body = message.get_body((subtype,))
    return str(body.get_content()) if body is not None else ""


def _sent_at(message: EmailMessage) -> datetime:
    try:
        at = parsedate_to_datetime(str(message["Date"]))
    except (TypeError, ValueError):
        return datetime.fromtimestamp(0, UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
