"""Mails about steps of journeys: one a day at most, with everything that is due."""

from datetime import date, datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.days import day_of
from partners.emails.groups import greeting
from partners.models import PartnerUser
from partners.queries.journeys.todo import Line, open_lines, staff_steps
from partners.queries.people import contact_of
from prm.accounts.models import Membership
from prm.addresses import address
from prm.outbox.kinds import Mail
from prm.outbox.models import Message
from prm.tenancy.scope import current_organization

_SHOWN = 5
# What is due later than this is not worth a mail yet.
_HORIZON = timedelta(days=3)


def steps_due(message: Message) -> Mail:
    """To a partner's person: the steps that are due soon or late, the most urgent first."""
    user = _user(message)
    day = _day(message)
    lines = _due_lines(user, day) if user else []
    contact = contact_of(user) if user else None
    return Mail(
        template="partners/emails/steps_due",
        context={
            "greeting": greeting(message),
            "organization": current_organization().name,
            **_words([(line.title, _when(line.due_on, day)) for line in lines]),
        },
        button=(_("Open my steps"), address("my_steps", absolute=True)),
        from_name=contact.name if contact else "",
        reply_to=contact.email if contact else "",
    )


def are_steps_due(message: Message, now: datetime) -> bool:
    """Something is still due, and the day that the mail speaks of is not over."""
    user = _user(message)
    return user is not None and message.slot == day_of(now).isoformat() and bool(_due_lines(user, day_of(now)))


def our_steps_due(message: Message) -> Mail:
    """To a colleague: their steps for partners that are due soon or late."""
    day = _day(message)
    steps = _our_steps(message, day)
    return Mail(
        template="partners/emails/our_steps_due",
        context={
            "greeting": greeting(message),
            **_words(steps),
        },
        button=(_("Open my steps"), address("my_step_list", absolute=True)),
    )


def are_our_steps_due(message: Message, now: datetime) -> bool:
    return message.slot == day_of(now).isoformat() and bool(_our_steps(message, day_of(now)))


def _words(lines: list[tuple[str, str]]) -> dict[str, str]:
    """The first lines one by one, as a template places them, how many there are and how many more than are shown.

    `first` and `when` are the title and the day of the most urgent one, for the subject.
    """
    words = {f"line_{place}": f"{title} ({when})" for place, (title, when) in enumerate(lines[:_SHOWN], 1)}
    more = len(lines) - _SHOWN
    told = ngettext("and %d more", "and %d more", more) % more if more > 0 else ""
    first, when = lines[0] if lines else ("", "")
    return {"number": str(len(lines)), "first": first, "when": when, "more": told, **words}


def _user(message: Message) -> PartnerUser | None:
    rows = PartnerUser.objects.active().filter(membership=message.recipient_id or 0)
    return rows.select_related("partner__account_manager__person", "membership__person").first()


def _due_lines(user: PartnerUser, day: date) -> list[Line]:
    """What concerns this person: leads answer for their company, everybody for the own journey."""
    return [line for line in open_lines(user, day) if line.due_on is not None and line.due_on <= day + _HORIZON]


def _our_steps(message: Message, day: date) -> list[tuple[str, str]]:
    member: Membership | None = message.recipient
    if member is None:
        return []
    due = staff_steps(member).filter(due_on__lte=day + _HORIZON)
    return [(f"{step.journey.partner}: {step.title}", _when(step.due_on, day)) for step in due[:100]]


def _day(message: Message) -> date:
    return date.fromisoformat(message.slot)


def _when(due_on: date | None, day: date) -> str:
    if due_on is None:
        return ""
    left = (due_on - day).days
    if left < 0:
        return ngettext("%d day late", "%d days late", -left) % -left
    if left == 0:
        return _("today")
    return _("until %s") % date_format(due_on, "j F")
