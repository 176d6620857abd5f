"""Mails about groups, worded when they are sent."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.models import GroupHold, GroupMember
from partners.queries.people import contact_of_partner
from partners.stakes import stake_words
from prm.accounts.models import Membership
from prm.addresses import address
from prm.outbox.kinds import Mail
from prm.outbox.models import Message
from prm.tenancy.scope import current_organization


def greeting(message: Message) -> str:
    member: Membership | None = message.recipient
    return greeted(member.person.first_name if member else message.name)


def greeted(name: str) -> str:
    return _("Hello %(name)s,") % {"name": name}


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


def group_told(message: Message) -> Mail:
    """To a partner's leads: their company is in a group, why, what it gives, and who answers."""
    rows = GroupMember.objects.select_related("group__contact__person", "rule", "partner__account_manager__person")
    member = rows.get(pk=message.subject_id)
    contact = contact_of_partner(member.partner)
    hours = member.group.response_hours
    return Mail(
        template="partners/emails/group_told",
        context={
            "greeting": greeting(message),
            "group": member.group.name,
            "partner": member.partner.name,
            "organization": current_organization().name,
            "description": member.group.description,
            "rule": (member.rule.partner_sentence if member.rule else member.reason),
            "hours": str(hours) if hours else "",
        },
        button=(_("See your groups"), address("my_group_list", absolute=True)),
        from_name=contact.name if contact else "",
        reply_to=contact.email if contact else "",
    )


def is_still_member(message: Message, now: datetime) -> bool:
    rows = GroupMember.objects.open().filter(pk=message.subject_id, leaving_since=None)
    return rows.filter(group__archived_at=None).exists()


def is_still_leaving(message: Message, now: datetime) -> bool:
    rows = GroupMember.objects.open().filter(pk=message.subject_id, leaving_since__isnull=False)
    return rows.filter(group__archived_at=None).exists()
