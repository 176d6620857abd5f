"""The weekly mail: the list that stands on the person's home page, in the same order."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.emails.groups import greeting
from partners.queries.people import contact_of, partner_user_of
from partners.queries.todo import Asked, todo_lines
from partners.queries.week import slot_of
from prm.accounts.models import Membership
from prm.addresses import address
from prm.outbox.kinds import Mail
from prm.outbox.models import Message
from prm.tenancy.scope import current_organization
from prm.waiting import home_lists

_SHOWN = 8
_MOST = 64
_REMEMBERED = "_canopy_week"


def week(message: Message) -> Mail:
    """What waits for this person, the most urgent first."""
    member: Membership | None = message.recipient
    if member is None:
        raise ValueError("the weekly mail goes to members only")
    lines = _lines(message, message.not_before)
    context = {"greeting": greeting(message), "organization": current_organization().name, **_words(lines)}
    if member.is_staff:
        button = (_("Open the list"), address("todo_list", absolute=True))
        return Mail(template="partners/emails/week_of_staff", context=context, button=button)
    user = partner_user_of(member)
    contact = contact_of(user) if user else None
    return Mail(
        template="partners/emails/week",
        context=context,
        button=(_("Open the list"), address("my_steps" if user else "portal_home", absolute=True)),
        from_name=contact.name if contact else "",
        reply_to=contact.email if contact else "",
    )


def is_week_full(message: Message, now: datetime) -> bool:
    """The week is not over, and something waits that is worth a mail."""
    return message.slot == slot_of(now) and bool(_lines(message, now))


def _lines(message: Message, now: datetime) -> list[str]:
    """The lines, asked once each time the message is looked at."""
    if not hasattr(message, _REMEMBERED):
        setattr(message, _REMEMBERED, _asked(message.recipient, now))
    lines: list[str] = getattr(message, _REMEMBERED)
    return lines


def _asked(member: Membership | None, now: datetime) -> list[str]:
    if member is None:
        return []
    if member.is_staff:
        found = todo_lines(Asked(member, now), 0, _MOST)
        return [_line(row.title, row.due, row.partner or row.hint) for row in found]
    lines = [line for listed in home_lists.all() for line in listed.lines(member, now)]
    if all(line.can_wait for line in lines):
        return []
    return [_line(line.title, line.when, line.hint) for line in lines]


def _line(title: str, when: str, about: str) -> str:
    named = f"{about}: {title}" if about else title
    return f"{named} ({when})" if when else named


def _words(lines: list[str]) -> dict[str, str]:
    """The first lines one by one, as a template places them, how many there are and how many more than are shown."""
    words = {f"line_{place}": line for place, line in enumerate(lines[:_SHOWN], 1)}
    more = len(lines) - _SHOWN
    told = ngettext("and %d more", "and %d more", more) % more if more > 0 else ""
    number = str(len(lines)) if len(lines) < _MOST else _("More than %d") % (_MOST - 1)
    return {"number": number, "first": lines[0] if lines else "", "more": told, **words}
