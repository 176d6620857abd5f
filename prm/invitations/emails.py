"""What the mails about invitations say."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _

from prm.addresses import address
from prm.invitations.kinds import invitation_kinds
from prm.invitations.models import Invitation
from prm.outbox.kinds import Mail
from prm.outbox.models import Message
from prm.tenancy.models import Organization
from prm.tenancy.scope import current_organization


def invited(message: Message) -> Mail:
    """The invitation itself: who asks, what awaits, until when, one button."""
    invitation = _invitation(message)
    token = invitation.mailed_token
    return wording(
        invitation,
        link=address("invitation_join", token, absolute=True),
        pass_on_link=address("invitation_pass_on", token, absolute=True),
    )


def is_still_invited(message: Message, now: datetime) -> bool:
    """Only the newest mail of an open invitation is worth sending, and only to the address that it has now."""
    invitation = Invitation.objects.filter(pk=message.subject_id, state=Invitation.State.OPEN).first()
    if invitation is None or invitation.is_lapsed(now):
        return False
    return invitation.email == message.address and message.slot == str(invitation.sendings)


def wording(invitation: Invitation, link: str, pass_on_link: str) -> Mail:
    """The mail as it will be, also for an invitation that is only being written."""
    organization = current_organization()
    inviter = invitation.invited_by.person
    return Mail(
        template="invitations/emails/invited",
        context={
            "greeting": _greeting(invitation.name),
            "note": invitation.note,
            "inviter": str(inviter),
            "organization": organization.name,
            "portal": organization.label,
            "reason": _reason(invitation),
            "waiting": _waiting(invitation),
            "until": last_day(invitation, organization),
            "pass_on": pass_on_link,
        },
        button=(_("Join %(portal)s") % {"portal": organization.label}, link),
        from_name=str(inviter),
        reply_to=organization.reply_to or inviter.email,
    )


def accepted(message: Message) -> Mail:
    """To the inviter: somebody came in."""
    invitation = _invitation(message)
    kind = invitation_kinds.get(invitation.kind)
    return Mail(
        template="invitations/emails/accepted",
        context={"who": _who(invitation), "what": kind.describe(invitation), "email": invitation.email},
        button=(_("Open"), address("invitation_detail", invitation.public_id, absolute=True)),
        reply_to=invitation.email,
    )


def passed_on(message: Message) -> Mail:
    """To the inviter: the addressee named somebody else, or nobody."""
    invitation = _invitation(message)
    named = " ".join(part for part in (invitation.passed_to_name, _angled(invitation.passed_to_email)) if part)
    return Mail(
        template="invitations/emails/passed_on",
        context={"who": invitation.name or invitation.email, "named": named or _("nobody else")},
        button=(_("Decide what to do"), address("invitation_detail", invitation.public_id, absolute=True)),
    )


def last_day(invitation: Invitation, organization: Organization) -> str:
    """The last day on which the link works, where the organization is: "Friday 5 December"."""
    local = invitation.expires_at.astimezone(ZoneInfo(organization.zone)) - timedelta(seconds=1)
    return formats.date_format(local, "l j F")


def _invitation(message: Message) -> Invitation:
    rows = Invitation.objects.select_related("invited_by__person", "membership__person")
    found: Invitation = rows.get(pk=message.subject_id)
    return found


def _greeting(name: str) -> str:
    return _("Hello %(name)s,") % {"name": name.split(" ")[0]} if name else _("Hello,")


def _reason(invitation: Invitation) -> str:
    kind = invitation_kinds.get(invitation.kind)
    words = _("as %(what)s") if kind.membership_kind == "staff" else _("for %(what)s")
    return words % {"what": kind.describe(invitation)}


def _waiting(invitation: Invitation) -> str:
    """The one thing that awaits a partner's person; empty where nothing does, and for colleagues, who know why."""
    kind = invitation_kinds.get(invitation.kind)
    if kind.membership_kind == "staff":
        return ""
    return next(iter(kind.sees(invitation)), "")


def _who(invitation: Invitation) -> str:
    return str(invitation.membership.person) if invitation.membership else invitation.name or invitation.email


def _angled(email: str) -> str:
    return f"({email})" if email else ""
