"""From the bytes of a mail (RFC 5322) to what is asked of it: who wrote to which address, what, and whether it was a
person. Pure; whatever the bytes hold, the answer is a `Received`.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.policy import compat32
from email.utils import getaddresses
from enum import StrEnum

from charset_normalizer import from_bytes

from prm.inbound.hypertext import words_of
from prm.inbound.quotes import new_words

# Of one mail all attachments together; what is beyond is named and not kept.
MOST_ATTACHED = 25 * 2**20
MOST_FILES = 20
LONGEST_TEXT = 20_000
_MOST_READ = 1_000_000
_MOST_PARTS = 300
_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_RECIPIENTS = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
# Names that mail programs give to character sets which Python knows by another.
_SAME_CHARSET = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "iso-8859-8-i": "iso-8859-8"}
_ABSENT = re.compile(
    r"^\s*(?:auto(?:matic(?:ally)?|matische)?[\s:-]|out of (?:the )?office|abwesen|réponse automatique)", re.IGNORECASE
)
_POSTMASTERS = re.compile(r"^(?:mailer-daemon|postmaster)@", re.IGNORECASE)


class Nature(StrEnum):
    """Whether a person wrote it, a program answered by itself, or a mail server says that something did not arrive."""

    PERSONAL = "personal"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"


@dataclass(frozen=True)
class Attached:
    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Received:
    """A mail. `senders` are the addresses of its From lines, in lower case: one, where nobody plays tricks.

    `key` is its Message-ID, hashed, or the hash of all of it where it has none. `left_out` names what was not kept.
    """

    key: str
    senders: Sequence[str]
    recipients: Sequence[str]
    subject: str
    text: str
    nature: Nature
    attached: Sequence[Attached] = ()
    left_out: Sequence[str] = ()
    is_forged: bool = False


def read_mail(raw: bytes, *, is_cut: bool = False) -> Received:
    """Read a mail; with `is_cut` only its beginning is there, since all of it would be too large."""
    mail = message_from_bytes(raw, policy=compat32)
    attached, left_out = _attachments(mail)
    if is_cut:
        attached, left_out = [], [*left_out, *(one.name for one in attached)]
    text = new_words(_clean(_text(mail)))
    if len(text) > LONGEST_TEXT:
        attached = [Attached("mail.txt", "text/plain", text.encode("utf-8", "replace")), *attached]
    return Received(
        key=_key(mail, raw),
        senders=_addresses(mail, ("From",)),
        recipients=_addresses(mail, _RECIPIENTS),
        subject=_line(_header(mail, "Subject"))[:200],
        text=text[:LONGEST_TEXT].strip(),
        nature=_nature(mail),
        attached=attached,
        left_out=left_out,
        is_forged=_is_forged(mail),
    )


def _key(mail: Message, raw: bytes) -> str:
    known = _line(_header(mail, "Message-ID"))
    return hashlib.sha256(known.encode("utf-8", "replace") if known else raw).hexdigest()


def _nature(mail: Message) -> Nature:
    if mail.get_content_type() == "multipart/report" and _parameter(mail, "report-type") == "delivery-status":
        return Nature.BOUNCE
    senders = _addresses(mail, ("From",))
    if any(part.get_content_type() == "message/delivery-status" for part in _parts(mail)) or any(
        _POSTMASTERS.match(sender) for sender in senders
    ):
        return Nature.BOUNCE
    return Nature.AUTOMATIC if _is_automatic(mail) else Nature.PERSONAL


def _is_automatic(mail: Message) -> bool:
    """RFC 3834 and what programs did before it."""
    submitted = _header(mail, "Auto-Submitted").split(";")[0].strip().lower()
    if submitted and submitted != "no":
        return True
    if _header(mail, "Return-Path").strip() == "<>":
        return True
    if _header(mail, "Precedence").strip().lower() in {"bulk", "junk", "list", "auto_reply"}:
        return True
    if mail.get("X-Autoreply") or mail.get("X-Autorespond") or mail.get("List-Id"):
        return True
    # Outlook says it of every answer of its own that a program sent; "None" asks for nothing to be held back.
    suppress = _header(mail, "X-Auto-Response-Suppress").strip().lower()
    return bool(suppress and suppress != "none" and _ABSENT.match(_line(_header(mail, "Subject")))) or bool(
        mail.get("X-MS-Exchange-Inbox-Rules-Loop") or _parameter(mail, "report-type") == "disposition-notification"
    )


def _is_forged(mail: Message) -> bool:
    """Whether our own mail server found that the sender's domain disowns it. Believed only where it speaks against."""
    verdicts = mail.get_all("Authentication-Results", [])
    return bool(verdicts) and bool(re.search(r"\bdmarc\s*=\s*fail\b", str(verdicts[0]), re.IGNORECASE))


# ── Heads ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _header(mail: Message, name: str) -> str:
    return _decoded(mail.get(name, ""))


def _decoded(value: object) -> str:
    try:
        pieces = decode_header(str(value))
    except Exception:
        # The parser of the standard library raises several kinds of errors over broken encodings.
        return str(value)
    return "".join(piece if isinstance(piece, str) else _as_text(piece, charset or "") for piece, charset in pieces)


def _line(value: str) -> str:
    return " ".join(_clean(value).split())


def _parameter(part: Message, name: str) -> str:
    try:
        return str(part.get_param(name) or "").lower()
    except Exception:
        return ""


def _addresses(mail: Message, names: Sequence[str]) -> list[str]:
    values = [_line(str(value)) for name in names for value in mail.get_all(name, [])]
    found = [address.strip().lower() for _name, address in getaddresses(values) if "@" in address]
    return list(dict.fromkeys(found))


# ── Bodies ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _parts(mail: Message) -> Iterator[Message]:
    for number, part in enumerate(mail.walk()):
        if number >= _MOST_PARTS:
            return
        yield part


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(_file_name(part))


def _text(mail: Message) -> str:
    """Of the first text that is no attachment: as plain text, else out of HTML."""
    readable = [part for part in _parts(mail) if not part.is_multipart() and not _is_attached(part)]
    for kind in ("text/plain", "text/html"):
        for part in readable:
            if part.get_content_type() == kind and (text := _content(part).strip()):
                return text if kind == "text/plain" else words_of(text)
    return ""


def _content(part: Message) -> str:
    payload = _bytes(part)[:_MOST_READ]
    try:
        charset = part.get_content_charset() or ""
    except Exception:
        charset = ""
    return _as_text(payload, charset)


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _as_text(payload: bytes, charset: str) -> str:
    """In the character set that is declared, else in UTF-8, else in the one that it looks like."""
    for name in (_SAME_CHARSET.get(charset.lower(), charset), "utf-8"):
        try:
            return payload.decode(name)
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    found = from_bytes(payload[:20_000]).best()
    return payload.decode(found.encoding if found else "latin-1", "replace")


def _clean(text: str) -> str:
    return _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename()
    except Exception:
        return ""
    return _line(_decoded(name))[:150] if name else ""


def _attachments(mail: Message) -> tuple[list[Attached], list[str]]:
    """Those that are kept, and the names of the others."""
    kept: list[Attached] = []
    left_out: list[str] = []
    room = MOST_ATTACHED
    for part in _parts(mail):
        name = _file_name(part)
        if part.is_multipart() or not _is_attached(part):
            continue
        # Pictures within the text are logos of signatures, as a rule.
        if part.get_content_disposition() == "inline" and part.get("Content-ID"):
            continue
        content, name = _bytes(part), name or part.get_content_type()
        if len(content) > room or len(kept) >= MOST_FILES:
            left_out.append(name)
            continue
        room -= len(content)
        kept.append(Attached(name, part.get_content_type(), content))
    return kept, left_out
