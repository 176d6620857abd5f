"""Mails as mail programs send them, byte by byte."""

import base64
import quopri
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any

LENA = "Lena Brandt <lena@nordwind.example>"
QUESTION = "Do both contracts count together?"


def raw(
    body: bytes | str = "Yes, please.",
    *,
    to: str = "support@acme.example",
    sender: str = LENA,
    subject: str = "Re: Volume steps",
    message_id: str = "<one@nordwind.example>",
    charset: str = "utf-8",
    encoding: str = "8bit",
    kind: str = "text/plain",
    **headers: str,
) -> bytes:
    """A mail of one part; headers are named with underscores."""
    content = body.encode(charset) if isinstance(body, str) else body
    if encoding == "base64":
        content = base64.encodebytes(content)
    elif encoding == "quoted-printable":
        content = quopri.encodestring(content)
    lines = {
        "From": sender,
        "To": to,
        "Subject": subject,
        "Message-ID": message_id,
        "MIME-Version": "1.0",
        "Content-Type": f"{kind}; charset={charset}",
        "Content-Transfer-Encoding": encoding,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return _head(lines) + b"\r\n" + content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _head(lines: Mapping[str, str]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value).encode("utf-8")


def letter(text: str = "See the files.", *, to: str = "support@acme.example", **more: Any) -> EmailMessage:
    """A mail to be given attachments; `bytes(letter())` is what is sent."""
    mail = EmailMessage()
    mail["From"], mail["To"] = more.get("sender", LENA), to
    mail["Subject"], mail["Message-ID"] = "Re: Volume steps", more.get("message_id", "<two@nordwind.example>")
    mail.set_content(text)
    return mail


GMAIL = f"""Yes, both together.

Lena

On Mon, Nov 30, 2026 at 3:04 PM Bob Keller (Acme Cloud) <
reply+abc@acme.example> wrote:

> {QUESTION}
>
> Bob Keller, Acme Cloud
"""
APPLE = f"""Yes, both together.

> On 30. Nov 2026, at 15:04, Bob Keller (Acme Cloud) <reply+abc@acme.example> wrote:
>
> {QUESTION}
"""
OUTLOOK = f"""Yes, both together.

________________________________
From: Bob Keller (Acme Cloud) <reply+abc@acme.example>
Sent: Monday, November 30, 2026 3:04 PM
To: Lena Brandt <lena@nordwind.example>
Subject: Volume steps

{QUESTION}
"""
OUTLOOK_GERMAN = f"""Yes, both together.

Von: Bob Keller (Acme Cloud) <reply+abc@acme.example>
Gesendet: Montag, 30. November 2026 15:04
An: Lena Brandt <lena@nordwind.example>
Betreff: Volume steps

{QUESTION}
"""
THUNDERBIRD_GERMAN = f"""Yes, both together.

Am 30.11.26 um 15:04 schrieb Bob Keller (Acme Cloud):
> {QUESTION}
"""
FRENCH = f"""Yes, both together.

Le lun. 30 nov. 2026 à 15:04, Bob Keller <reply+abc@acme.example> a écrit :

> {QUESTION}
"""
JAPANESE = f"""Yes, both together.

2026年11月30日(月) 15:04 Bob Keller <reply+abc@acme.example>:

> {QUESTION}
"""
SIGNED = "Yes, both together.\n\n-- \nLena Brandt\nNordwind GmbH"
QUOTES = {
    "Gmail": GMAIL,
    "Apple": APPLE,
    "Outlook": OUTLOOK,
    "Outlook in German": OUTLOOK_GERMAN,
    "Thunderbird in German": THUNDERBIRD_GERMAN,
    "French": FRENCH,
    "Japanese": JAPANESE,
    "signature": SIGNED,
}
GMAIL_HTML = (
    '<div dir="ltr">Yes, both <b>together</b>.<br>Lena</div><br><div class="gmail_quote"><div class="gmail_attr">'
    f'On Mon, Bob wrote:</div><blockquote class="gmail_quote">{QUESTION}</blockquote></div>'
)
OUTLOOK_HTML = (
    "<html><head><style>p {color: red}</style></head><body><p>Yes, both&nbsp;together.</p><p>Lena &amp; team</p>"
    f'<div id="divRplyFwdMsg"><b>From:</b> Bob<br></div><div>{QUESTION}</div></body></html>'
)
DELIVERY_REPORT = b"""From: Mail Delivery System <MAILER-DAEMON@mx.nordwind.example>
To: %(to)s
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce@mx.nordwind.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

The mailbox is full.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.nordwind.example

Final-Recipient: rfc822; lena@nordwind.example
Action: failed
Status: 5.2.2
--b--
"""
