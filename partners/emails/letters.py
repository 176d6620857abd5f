"""The monthly letter."""

from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.emails.groups import greeting
from partners.queries.letters import Month, letter_lines
from prm.addresses import address
from prm.outbox.kinds import Mail
from prm.outbox.models import Message
from prm.tenancy.scope import current_organization

_SHOWN = 8


def monthly_letter(message: Message) -> Mail:
    """What went on in the month, as far as it is for this person."""
    month = _month(message)
    lines = letter_lines(message.recipient, month, message.not_before) if message.recipient else []
    more = len(lines) - _SHOWN
    return Mail(
        template="partners/emails/monthly_letter",
        context={
            "greeting": greeting(message),
            "organization": current_organization().name,
            "month": date_format(month.first, "F"),
            "first": lines[0] if lines else "",
            "more": ngettext("and %d more", "and %d more", more) % more if more > 0 else "",
            **{f"line_{place}": line for place, line in enumerate(lines[:_SHOWN], 1)},
        },
        button=(_("Read the news"), address("my_announcement_list", absolute=True)),
    )


def is_letter_full(message: Message, now: datetime) -> bool:
    """It is still about the last month, and tells this person something."""
    month = _month(message)
    is_last = month == Month.last(now)
    return is_last and message.recipient is not None and bool(letter_lines(message.recipient, month, now))


def _month(message: Message) -> Month:
    return Month(date.fromisoformat(f"{message.slot}-01"))
