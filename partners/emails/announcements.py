"""The mails that carry an announcement."""

from datetime import datetime

from django.utils.translation import gettext as _

from partners.emails.groups import greeting
from partners.models import Announcement, AnnouncementReader
from prm.accounts.models import Membership
from prm.addresses import address
from prm.outbox.kinds import Mail, Markdown
from prm.outbox.models import Message
from prm.tenancy.scope import current_organization


def announcement(message: Message) -> Mail:
    """To a partner's person: what a colleague wrote, in their name; a reply reaches them."""
    row = Announcement.objects.select_related("written_by__person").get(pk=message.subject_id)
    url = address("my_announcement_detail", row.public_id, absolute=True)
    return announcement_mail(row.subject, row.body, row.written_by, greeting(message), url, asks=row.asks)


def announcement_mail(
    subject: str, body: str, writer: Membership, hello: str, url: str = "", *, asks: bool = False
) -> Mail:
    """The mail of these words, for the preview as well. `url` is its page in the portal."""
    label = _("Confirm that you have read it") if asks else _("Open in the portal")
    return Mail(
        template="partners/emails/announcement",
        context={
            "greeting": hello,
            "subject": subject,
            "body": Markdown(body),
            "organization": current_organization().name,
            "writer": str(writer.person),
        },
        button=(label, url) if url else None,
        from_name=str(writer.person),
        reply_to=writer.person.email,
    )


def is_announcement_wanted(message: Message, now: datetime) -> bool:
    return Announcement.objects.sent().filter(pk=message.subject_id).exists()


def announcement_reminder(message: Message) -> Mail:
    """To who has not confirmed what they were asked to: once."""
    row = Announcement.objects.select_related("written_by__person").get(pk=message.subject_id)
    return Mail(
        template="partners/emails/announcement_reminder",
        context={
            "greeting": greeting(message),
            "subject": row.subject,
            "organization": current_organization().name,
            "writer": str(row.written_by.person),
        },
        button=(_("Read and confirm"), address("my_announcement_detail", row.public_id, absolute=True)),
        from_name=str(row.written_by.person),
        reply_to=row.written_by.person.email,
    )


def is_confirmation_missing(message: Message, now: datetime) -> bool:
    """It still holds, and the person has not confirmed it meanwhile."""
    asked = Announcement.objects.sent().filter(pk=message.subject_id, asks=True)
    said = AnnouncementReader.objects.filter(announcement=message.subject_id, membership=message.recipient_id or 0)
    return asked.exists() and not said.filter(acknowledged_at__isnull=False).exists()
