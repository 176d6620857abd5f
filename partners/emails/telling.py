"""Mails about data that partners are asked for, and about what they told."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.emails.groups import greeting
from partners.models import DataRequest, Partner, PartnerUser, ProposedValue
from partners.queries.open_questions import asked_now, open_questions
from partners.queries.questions import is_still_asked, proposal_rows
from prm.accounts.models import Person
from prm.addresses import address
from prm.outbox.kinds import Mail, Markdown
from prm.outbox.models import Message
from prm.tenancy.scope import current_organization

DATA_ASKED = "partners.data_asked"
CONFIRMATION_ASKED = "partners.confirmation_asked"
# So many values are named in a mail that asks whether they still hold.
_SHOWN = 5


def data_asked(message: Message) -> Mail:
    """To a partner's lead: everything that is asked of the company now, in one mail."""
    return _asked(message, "partners/emails/data_asked")


def data_reminder(message: Message) -> Mail:
    return _asked(message, "partners/emails/data_reminder")


def _asked(message: Message, template: str) -> Mail:
    request = DataRequest.objects.select_related("asked_by__person").get(pk=message.subject_id)
    partner = _partner_of(message)
    return asking(
        partner=partner,
        greeting=greeting(message),
        asked=[question.label for question in asked_now(partner, message.created_at)],
        note=request.note,
        asker=request.asked_by.person,
        link=address("my_data_request", request.public_id, absolute=True),
        template=template,
    )


def asking(
    *,
    partner: Partner,
    greeting: str,
    asked: Sequence[str],
    note: str,
    asker: Person,
    link: str,
    template: str = "partners/emails/data_asked",
) -> Mail:
    """The mail that asks a partner for what `asked` names, also while the request is only being written."""
    return Mail(
        template=template,
        context={
            "greeting": greeting,
            "partner": partner.name,
            "organization": current_organization().name,
            "note": note,
            "asked": Markdown("\n".join(f"- {label}" for label in asked)),
            "number": ngettext("%d short answer", "%d short answers", len(asked)) % len(asked),
            "asker": str(asker),
        },
        button=(_("Answer now"), link),
        from_name=str(asker),
        reply_to=asker.email,
    )


def _partner_of(message: Message) -> Partner:
    user = PartnerUser.objects.select_related("partner__account_manager__person").get(membership=message.recipient_id)
    partner: Partner = user.partner
    return partner


def is_data_still_asked(message: Message, now: datetime) -> bool:
    """Not where it is answered, nor where another mail names it too: one sent since, or an earlier one on its way."""
    request = DataRequest.objects.filter(pk=message.subject_id).first()
    partner = _partner_of(message)
    if request is None or not is_still_asked(request, partner):
        return False
    if message.kind != DATA_ASKED:
        return True
    others = Message.objects.filter(recipient=message.recipient_id, kind=message.kind).exclude(pk=message.pk)
    if others.filter(state=Message.State.SENT, settled_at__gte=request.asked_at).exists():
        return False
    earlier = others.in_hand().filter(pk__lt=message.pk).values_list("subject_id", flat=True)
    return not any(is_still_asked(other, partner) for other in DataRequest.objects.filter(pk__in=list(earlier)))


def confirmation_asked(message: Message) -> Mail:
    """To a partner's lead, once a year: what was last confirmed long ago, and whether it still holds."""
    partner = _partner_of(message)
    due = open_questions(partner, message.created_at).due
    lines = [_("%(name)s: %(value)s") % {"name": row.question.label, "value": row.shown} for row in due]
    more = len(lines) - _SHOWN
    contact = partner.account_manager.person if partner.account_manager else None
    return Mail(
        template="partners/emails/confirmation_asked",
        context={
            "greeting": greeting(message),
            "partner": partner.name,
            "organization": current_organization().name,
            "one": due[0].question.label if len(due) == 1 else "",
            "number": ngettext("%d detail", "%d details", len(due)) % len(due),
            "more": ngettext("and %d more", "and %d more", more) % more if more > 0 else "",
            **{f"line_{place}": line for place, line in enumerate(lines[:_SHOWN], 1)},
        },
        button=(_("Look and confirm"), f"{address('my_questions', absolute=True)}#still-right"),
        from_name=str(contact) if contact else "",
        reply_to=contact.email if contact else "",
    )


def is_confirmation_due(message: Message, now: datetime) -> bool:
    """Not where the partner confirmed or changed it meanwhile, nor for somebody who leads it no more."""
    leads = PartnerUser.objects.active().filter(membership=message.recipient_id or 0, partner=message.subject_id)
    user = leads.filter(role=PartnerUser.Role.LEAD).select_related("partner").first()
    return user is not None and bool(open_questions(user.partner, now).due)


def proposal_decided(message: Message) -> Mail:
    """To who told a value: a colleague of the organization read it, and what became of it."""
    proposal = ProposedValue.objects.select_related("partner", "decided_by__person").get(pk=message.subject_id)
    (row,) = proposal_rows([proposal])
    return Mail(
        template="partners/emails/proposal_decided",
        context={
            "greeting": greeting(message),
            "name": row.name,
            "value": row.after,
            "accepted": "yes" if proposal.state == ProposedValue.State.ACCEPTED else "",
            "reason": proposal.reason,
            "decider": str(proposal.decided_by.person) if proposal.decided_by else current_organization().name,
        },
        button=(_("See your company’s data"), address("my_company", absolute=True)),
        from_name=str(proposal.decided_by.person) if proposal.decided_by else "",
        reply_to=proposal.decided_by.person.email if proposal.decided_by else "",
    )
