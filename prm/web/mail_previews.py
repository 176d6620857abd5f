"""A mail before it is sent, as its reader will find it."""

from dataclasses import dataclass

from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from prm.outbox.kinds import Mail
from prm.outbox.queries import own_words_of
from prm.outbox.rendering.wording import word
from prm.tenancy.scope import current_organization

# Longer mails are read by fewer people.
LONG_MAIL = 120


@dataclass(frozen=True, slots=True)
class MailPreview:
    """A mail as its reader finds it, for web/_mail_preview.html."""

    sender: str
    reply_to: str
    subject: str
    preheader: str
    html: SafeString
    button: str
    words: int

    @property
    def is_long(self) -> bool:
        return self.words > LONG_MAIL


def preview_of(mail: Mail) -> MailPreview:
    """What the mail will be, word by word."""
    worded = word(mail.template, mail.context, own_words_of(mail.template))
    return MailPreview(
        sender=current_organization().sender_label(mail.from_name),
        reply_to=mail.reply_to,
        subject=worded.subject,
        preheader=worded.preheader,
        html=worded.html,
        button=mail.button[0] if mail.button else "",
        words=len(strip_tags(worded.html).split()),
    )
