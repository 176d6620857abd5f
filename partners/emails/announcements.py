"""The mail that carries an announcement."""

from datetime import datetime

from partners.emails.groups import greeting
from partners.models import Announcement
from prm.accounts.models import Membership
from prm.outbox.kinds import Mail, Markdown
from prm.outbox.models import Message
from prm.tenancy.scope import current_organization


def announcement(message: Message) -> Mail:
    """To a partner's lead: what a colleague wrote, in their name; a reply reaches them."""
    row = Announcement.objects.select_related("written_by__person").get(pk=message.subject_id)
    return announcement_mail(row.subject, row.body, row.written_by, greeting(message))


def announcement_mail(subject: str, body: str, writer: Membership, hello: str) -> Mail:
    """The mail of these words, for the preview as well."""
    return Mail(
        template="partners/emails/announcement",
        context={
            "greeting": hello,
            "subject": subject,
            "body": Markdown(body),
            "organization": current_organization().name,
            "writer": str(writer.person),
        },
        from_name=str(writer.person),
        reply_to=writer.person.email,
    )


def is_announcement_wanted(message: Message, now: datetime) -> bool:
    return Announcement.objects.filter(pk=message.subject_id, withdrawn_at=None).exists()
