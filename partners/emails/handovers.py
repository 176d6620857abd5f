"""Mails of a hand-over: the brief to who takes over, and a word from both to the partners."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.emails.groups import greeting
from partners.models import Handover, PartnerUser
from partners.queries.handovers import moved_in_words, partners_of
from prm.addresses import address
from prm.outbox.kinds import Mail, Markdown
from prm.outbox.models import Message
from prm.outbox.rendering.escaping import escape_markdown
from prm.tenancy.scope import current_organization

_NAMED = 12


def handed_over(message: Message) -> Mail:
    """To who takes over: what it is, which partners, and the brief."""
    row = _row(message)
    names = partners_of(row, _NAMED)
    left = len(row.partner_ids) - len(names)
    if left > 0:
        names.append(ngettext("and %d more", "and %d more", left) % left)
    return Mail(
        template="partners/emails/handed_over",
        context={
            "greeting": greeting(message),
            "giver": str(row.giver.person),
            "lines": Markdown("\n".join(f"- {escape_markdown(words)}" for words in moved_in_words(row))),
            "names": ", ".join(names),
            "note": row.brief,
        },
        button=(_("See my partners"), f"{address('todo_list', absolute=True)}?whose=partners"),
        from_name=str(row.giver.person),
        reply_to=row.giver.person.email,
    )


def new_contact(message: Message) -> Mail:
    """To a partner's lead: who looks after them from now on, from both."""
    row = _row(message)
    user = PartnerUser.objects.select_related("partner").get(membership=message.recipient_id)
    return Mail(
        template="partners/emails/new_contact",
        context={
            "greeting": greeting(message),
            "giver": str(row.giver.person),
            "contact": str(row.taker.person),
            "partner": user.partner.name,
            "organization": current_organization().name,
            "note": row.note,
        },
        button=(_("Write to us"), address("portal_home", absolute=True)),
        from_name=str(row.taker.person),
        reply_to=row.taker.person.email,
    )


def is_contact_still(message: Message, now: datetime) -> bool:
    """Whether the taker looks after the reader's partner still."""
    row = Handover.objects.filter(pk=message.subject_id).first()
    users = PartnerUser.objects.active().filter(membership=message.recipient_id or 0)
    return row is not None and users.filter(partner__account_manager=row.taker_id).exists()


def _row(message: Message) -> Handover:
    rows = Handover.objects.select_related("giver__person", "taker__person")
    found: Handover = rows.get(pk=message.subject_id)
    return found
