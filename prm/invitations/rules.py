"""When inviting, resending and accepting are refused."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from prm.accounts.models import Membership
from prm.invitations.models import Invitation
from prm.problems import Problem

VALID_DAYS = 14
# A second click on "Send again" is a slip, not a wish.
RESEND_AFTER = timedelta(minutes=1)


def invitation_problems(email: str, known: Membership | None, running: Invitation | None) -> list[Problem]:
    """`known` is what the addressee is or was here, `running` an invitation to them that still works."""
    if known is not None and known.state == Membership.State.ACTIVE:
        words = _("%(email)s already belongs here as: %(role)s.")
        return [Problem("already_member", words % {"email": email, "role": known.role_label}, "email")]
    if known is not None and known.state == Membership.State.SUSPENDED:
        words = _("Access of %(email)s is suspended. An owner can lift that under People.")
        return [Problem("suspended", words % {"email": email}, "email")]
    if running is not None:
        words = _("%(email)s is already invited. In the list you can send that invitation again or withdraw it.")
        return [Problem("already_invited", words % {"email": email}, "email")]
    return []


def resend_problems(invitation: Invitation, now: datetime) -> list[Problem]:
    if invitation.state != Invitation.State.OPEN:
        words = _("This invitation is no longer open: %(state)s.")
        return [Problem("wrong_state", words % {"state": invitation.get_state_display()})]
    if invitation.sent_at > now - RESEND_AFTER:
        return [Problem("just_sent", _("It was sent less than a minute ago. Give the mail a moment to arrive."))]
    return []


def acceptance_problems(invitation: Invitation, now: datetime) -> list[Problem]:
    """Why the link of this invitation does not lead in (any more)."""
    match invitation.state:
        case Invitation.State.ACCEPTED:
            return [Problem("used", _("This invitation was accepted already."))]
        case Invitation.State.WITHDRAWN:
            return [Problem("withdrawn", _("This invitation was withdrawn."))]
        case Invitation.State.DECLINED:
            return [Problem("declined", _("This invitation was passed on."))]
    if invitation.is_lapsed(now):
        return [Problem("lapsed", _("This link has ended."))]
    return []


def masked_email(email: str) -> str:
    """An address that its owner recognizes and others cannot read off: l…@nordwind.de."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}…@{domain}"
