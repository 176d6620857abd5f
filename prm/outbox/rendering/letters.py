"""From what a mail says to the bytes that a mail server gets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage as MimeMessage
from email.message import MIMEPart
from email.policy import EmailPolicy, Policy
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from prm.outbox.kinds import Attachment
from prm.outbox.rendering.escaping import clean_line
from prm.outbox.rendering.layout import Look, dress
from prm.outbox.rendering.wording import Wording

# Folding would tear the one long word of List-Unsubscribe into encoded pieces that no mail program puts together again.
_LONGEST_LINE = 990


@dataclass(frozen=True)
class Footer:
    """Why the person gets the mail, and the links that change it: (label, address)."""

    reason: str
    links: Sequence[tuple[str, str]] = ()

    @property
    def text(self) -> str:
        return "\n".join(["-- ", self.reason, *(f"{label}: {url}" for label, url in self.links)])

    @property
    def html(self) -> SafeString:
        links = format_html_join(" · ", '<a href="{}">{}</a>', ((url, label) for label, url in self.links))
        return format_html("{}<br>{}", self.reason, links) if self.links else format_html("{}", self.reason)


@dataclass(frozen=True)
class Envelope:
    """From whom, to whom, and what else stands in a mail's head."""

    to: str
    to_name: str
    from_name: str
    message_id: str
    reply_to: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class Letter(EmailMultiAlternatives):
    """A mail whose long headers stay whole, and whose calendar invitation stands beside text and HTML, where mail
    programs look for it."""

    calendar: Attachment | None = None

    def message(self, *, policy: "Policy[Any] | None" = None) -> MimeMessage:
        base = policy if isinstance(policy, EmailPolicy) else EmailPolicy()
        return super().message(policy=base.clone(max_line_length=_LONGEST_LINE))

    def _add_bodies(self, msg: MimeMessage) -> None:
        super()._add_bodies(msg)  # type: ignore[misc]
        if self.calendar:
            msg.attach(_text_part(self.calendar))  # type: ignore[arg-type]


def make_letter(
    envelope: Envelope,
    wording: Wording,
    look: Look,
    footer: Footer,
    button: tuple[str, str] | None = None,
    attachments: Sequence[Attachment] = (),
) -> Letter:
    """The mail as text and HTML, ready to be sent. Raises ValueError where a header cannot be."""
    letter = Letter(
        subject=wording.subject,
        body=_text_body(wording, button, footer),
        from_email=sender_line(envelope.from_name),
        to=[_named_address(envelope.to_name, envelope.to)],
        reply_to=[envelope.reply_to] if envelope.reply_to else [],
        headers={"Message-ID": envelope.message_id, "Auto-Submitted": "auto-generated", **envelope.headers},
    )
    html = dress(
        look,
        subject=wording.subject,
        preheader=wording.preheader,
        html=wording.html,
        button=button,
        footer=footer.html,
    )
    letter.attach_alternative(html, "text/html")
    for attachment in attachments:
        _attach(letter, attachment)
    return letter


def sender_line(name: str) -> str:
    """`"Alice Moreau (Acme)" <canopy@…>`: always our own address, so that mail servers trust it."""
    return _named_address(name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])


def _named_address(name: str, address: str) -> str:
    # Not formataddr: what that encodes is decoded and taken apart again on its way out (Python 3.12), so that a comma
    # and an address inside a name would become an addressee.
    return str(Address(display_name=clean_line(name), addr_spec=address))


def message_id(name: str) -> str:
    """The same name is the same mail to every mail server and program."""
    return f"<{name}@{urlsplit(settings.PUBLIC_BASE_URL).hostname}>"


def _text_body(wording: Wording, button: tuple[str, str] | None, footer: Footer) -> str:
    parts = [wording.text, f"{button[0]}:\n{button[1]}" if button else "", footer.text]
    return "\n\n".join(part for part in parts if part) + "\n"


def _attach(letter: Letter, attachment: Attachment) -> None:
    if attachment.mime.startswith("text/calendar") and "method=" in attachment.mime:
        letter.calendar = attachment
        letter.attach(attachment.name, attachment.content, "application/ics")
    elif attachment.mime.startswith("text/"):
        letter.attachments.append(_text_part(attachment, attachment.name))
    else:
        letter.attach(attachment.name, attachment.content, attachment.mime)


def _text_part(attachment: Attachment, filename: str | None = None) -> MIMEPart:
    mime, *parameters = (part.strip() for part in attachment.mime.split(";"))
    pairs = dict(parameter.split("=", 1) for parameter in parameters)
    pairs.pop("charset", None)
    named: dict[str, Any] = {"disposition": "attachment", "filename": filename} if filename else {}
    part = MIMEPart(policy=EmailPolicy())
    text = attachment.content.decode("utf-8", "replace")
    part.set_content(text, subtype=mime.partition("/")[2], charset="utf-8", params=pairs, **named)
    return part
