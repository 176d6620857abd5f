"""What the outbox itself has to say."""

from prm.addresses import address
from prm.outbox.kinds import Mail
from prm.outbox.models import Message
from prm.tenancy.scope import current_organization


def test_mail(message: Message) -> Mail:
    """A mail to oneself, to see that mails arrive."""
    organization = current_organization()
    return Mail(
        template="outbox/emails/test_mail",
        context={"organization": organization.name, "reply_to": organization.reply_to},
        button=(organization.label, address("studio_home", absolute=True)),
    )
