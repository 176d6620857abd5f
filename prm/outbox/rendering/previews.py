"""Mails as pages show them: before they are sent, and the masked copy of what was sent."""

import re
from dataclasses import dataclass
from typing import Self

from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from prm.markdown import render_markdown
from prm.outbox.kinds import Mail
from prm.outbox.models import Message
from prm.outbox.rendering.defaults import Words
from prm.outbox.rendering.escaping import plain_text
from prm.outbox.rendering.masking import mask_tokens
from prm.outbox.rendering.wording import word
from prm.tenancy.scope import current_organization

# Longer mails are read by fewer people.
MANY_WORDS = 120
# A link in Markdown.
LINK = re.compile(r"(?<!!)\[[^\]\n]+\]\([^)\s]+\)")


@dataclass(frozen=True, slots=True)
class Preview:
    """A mail as its reader finds it, with no link in it that opens anything."""

    sender: str
    reply_to: str
    subject: str
    preheader: str
    source: str
    button: str
    attachments: tuple[str, ...] = ()

    @classmethod
    def of_mail(cls, mail: Mail, own: Words | None = None) -> Self:
        """How `mail` would look if it were sent now, in the organization's `own` words where it has any. Raises what
        its template raises.
        """
        worded = word(mail.template, mail.context, own)
        organization = current_organization()
        return cls(
            sender=organization.sender_label(mail.from_name),
            reply_to=mail.reply_to or organization.reply_to,
            subject=worded.subject,
            preheader=worded.preheader,
            source=mask_tokens(worded.source),
            button=mail.button[0] if mail.button else "",
            attachments=tuple(attachment.name for attachment in mail.attachments),
        )

    @classmethod
    def of_copy(cls, message: Message) -> Self:
        """What was sent; the message must have been worded."""
        kept = message.copy
        return cls(
            sender=kept["sender"],
            reply_to=kept["reply_to"],
            subject=message.subject,
            preheader=kept["preheader"],
            source=kept["source"],
            button=kept["button"][0] if kept["button"] else "",
            attachments=tuple(kept["attachments"]),
        )

    @property
    def html(self) -> SafeString:
        return render_markdown(self.source)

    @property
    def text(self) -> str:
        return plain_text(self.source)

    @property
    def words(self) -> int:
        return len(strip_tags(self.html).split())

    @property
    def is_long(self) -> bool:
        return self.words > MANY_WORDS
