"""The mail that congratulates."""

from datetime import datetime

from django.utils.translation import gettext as _

from partners.emails.groups import greeting
from partners.models import Milestone
from partners.queries.milestones import title_of
from prm.addresses import address
from prm.outbox.kinds import Mail
from prm.outbox.models import Message
from prm.tenancy.scope import current_organization


def congratulated(message: Message) -> Mail:
    """To the person or the leads: what they reached, in the name of the colleague who pressed the button."""
    row = Milestone.objects.select_related("partner", "congratulated_by__person").get(pk=message.subject_id)
    writer = row.congratulated_by
    return Mail(
        template="partners/emails/congratulated",
        context={
            "greeting": greeting(message),
            "title": title_of(row),
            "partner": row.partner.name,
            "organization": current_organization().name,
            "writer": str(writer.person) if writer else "",
        },
        button=(_("See it in the portal"), address("my_announcement_list", absolute=True)),
        from_name=str(writer.person) if writer else "",
        reply_to=writer.person.email if writer else "",
    )


def is_milestone_standing(message: Message, now: datetime) -> bool:
    return Milestone.objects.filter(pk=message.subject_id, partner__archived_at=None).exists()
