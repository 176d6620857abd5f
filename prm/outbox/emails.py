"""What the outbox itself has to say."""

from django.utils.translation import gettext as _

from prm.addresses import address
from prm.outbox.kinds import Mail, Markdown
from prm.outbox.models import Message
from prm.outbox.rendering.defaults import Words
from prm.outbox.rendering.wording import word
from prm.outbox.wordings import key_of, samples_of
from prm.tenancy.scope import current_organization


def test_mail(message: Message) -> Mail:
    """A mail to oneself, to see that mails arrive."""
    organization = current_organization()
    return Mail(
        template="outbox/emails/test_mail",
        context={"organization": organization.name, "reply_to": organization.reply_to},
        button=(organization.label, address("studio_home", absolute=True)),
    )


def wording_test(message: Message) -> Mail:
    """To whoever edits the words of a mail: that mail, with samples in the places of what differs."""
    said = message.parameters
    template = said["template"]
    drawn = word(template, samples_of(template), Words(said["subject"], said["preheader"], said["body"]))
    return Mail(
        template="outbox/emails/wording_test",
        context={"subject": drawn.subject, "preheader": drawn.preheader, "body": Markdown(drawn.source)},
        button=(
            _("The button of this mail"),
            address("wording_edit", key_of(template), absolute=True),
        ),
    )
