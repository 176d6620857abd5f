"""Mails to partners and about them, worded when they are sent."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.models import DataRequest, GroupHold, GroupMember, Partner, PartnerUser, ProposedValue
from partners.queries.people import contact_of_partner
from partners.queries.questions import asked_now, is_still_asked, proposal_rows
from partners.stakes import stake_words
from prm.accounts.models import Membership
from prm.addresses import address
from prm.outbox.kinds import Mail, Markdown
from prm.outbox.models import Message
from prm.tenancy.scope import current_organization

DATA_ASKED = "partners.data_asked"


def greeting(message: Message) -> str:
    member: Membership | None = message.recipient
    return _("Hello %(name)s,") % {"name": member.person.first_name if member else message.name}


def group_held(message: Message) -> Mail:
    """To who decides: moves of a group wait, and why."""
    hold = GroupHold.objects.select_related("group").get(pk=message.subject_id)
    entering, leaving = len(hold.entering), len(hold.leaving)
    return Mail(
        template="partners/emails/group_held",
        context={
            "greeting": greeting(message),
            "group": hold.group.name,
            "number": str(entering + leaving),
            "entering": ngettext("%d partner", "%d partners", entering) % entering,
            "leaving": str(leaving),
            "losses": ", ".join(stake_words(hold.stakes)),
        },
        button=(_("Look at who it is"), address("group_hold", hold.group.public_id, absolute=True)),
    )


def is_still_held(message: Message, now: datetime) -> bool:
    return GroupHold.objects.waiting().filter(pk=message.subject_id).exists()


def group_leaving(message: Message) -> Mail:
    """To a partner's leads: the group is left on a day, and whom to tell if that is wrong."""
    rows = GroupMember.objects.select_related("group", "rule", "partner__account_manager__person")
    member = rows.get(pk=message.subject_id)
    contact = contact_of_partner(member.partner)
    return Mail(
        template="partners/emails/group_leaving",
        context={
            "greeting": greeting(message),
            "group": member.group.name,
            "partner": member.partner.name,
            "organization": current_organization().name,
            "until": date_format(member.ends_at, "j F Y") if member.ends_at else "",
            "rule": member.rule.partner_sentence if member.rule else "",
        },
        button=(_("See your groups"), address("my_group_list", absolute=True)),
        from_name=contact.name if contact else "",
        reply_to=contact.email if contact else "",
    )


def is_still_leaving(message: Message, now: datetime) -> bool:
    rows = GroupMember.objects.open().filter(pk=message.subject_id, leaving_since__isnull=False)
    return rows.filter(group__archived_at=None).exists()


def data_asked(message: Message) -> Mail:
    """To a partner's lead: everything that is asked of the company now, in one mail."""
    return _asked(message, "partners/emails/data_asked")


def data_reminder(message: Message) -> Mail:
    return _asked(message, "partners/emails/data_reminder")


def _asked(message: Message, template: str) -> Mail:
    request = DataRequest.objects.select_related("asked_by__person").get(pk=message.subject_id)
    partner = _partner_of(message)
    asked = [question.label for question in asked_now(partner, message.created_at)]
    asker = request.asked_by.person
    return Mail(
        template=template,
        context={
            "greeting": greeting(message),
            "partner": partner.name,
            "organization": current_organization().name,
            "note": request.note,
            "asked": Markdown("\n".join(f"- {label}" for label in asked)),
            "number": str(len(asked)),
            "asker": str(asker),
        },
        button=(_("Answer now"), address("my_data_request", request.public_id, absolute=True)),
        from_name=str(asker),
        reply_to=asker.email,
    )


def _partner_of(message: Message) -> Partner:
    user = PartnerUser.objects.select_related("partner").get(membership=message.recipient_id)
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
