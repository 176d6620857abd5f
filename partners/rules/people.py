"""What is refused about partners' people: whom to invite, who may change whom."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from partners.models import Partner, PartnerUser
from prm.accounts.models import Membership
from prm.problems import Problem


def address_problems(
    email: str, partner: Partner, member: Membership | None, user: PartnerUser | None
) -> list[Problem]:
    """Why this address cannot be invited to `partner`: who it belongs to already."""
    if member is None or member.state == Membership.State.REMOVED:
        return []
    if user is None:
        return [Problem("is_colleague", _("%s belongs to a colleague of yours.") % email, "emails")]
    if user.partner_id == partner.pk:
        return [Problem("is_here", _("%(email)s is already in for %(partner)s.") % _names(email, partner), "emails")]
    return [
        Problem("is_elsewhere", _("%(email)s is already in for %(partner)s.") % _names(email, user.partner), "emails")
    ]


def _names(email: str, partner: Partner) -> dict[str, str]:
    return {"email": email, "partner": partner.name}


def may_manage_team(user: PartnerUser | None) -> bool:
    """Whether this person invites and removes colleagues of the own company."""
    return user is not None and user.is_lead and not user.partner.is_archived


def acting_problems(lead: PartnerUser | None) -> list[Problem]:
    """Why somebody can no longer act for the company; `lead` is who they are there now, None where they have left."""
    if lead is not None and lead.is_lead:
        return []
    return [Problem("no_longer_lead", _("You are no longer a lead of this company."))]


def removal_problems(user: PartnerUser, acting: Membership | None, leads: int) -> list[Problem]:
    """Why a person cannot be taken out. `leads` is how many the partner has now; staff act with `acting` None."""
    if acting is not None and user.membership_id == acting.pk:
        return [Problem("is_self", _("You cannot remove yourself. Ask your contact to do it."))]
    if acting is not None and user.is_lead and leads <= 1:
        return [Problem("last_lead", _("%s is the only lead. Make somebody else a lead first.") % user)]
    return []


def role_problems(user: PartnerUser, role: str, leads: int) -> list[Problem]:
    """Why a person cannot get this role: a company keeps a lead."""
    if user.is_lead and role != PartnerUser.Role.LEAD and leads <= 1:
        return [Problem("last_lead", _("%s is the only lead. Make somebody else a lead first.") % user, "role")]
    return []


def invited_twice(emails: Collection[str]) -> set[str]:
    """Addresses that a list names more than once."""
    listed = list(emails)
    return {email for email in listed if listed.count(email) > 1}
