"""What is refused, what is asked about: policy over loaded rows. No query, no clock, no request."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from partners.models import Group, Partner, PartnerUser
from prm.accounts.models import Membership
from prm.problems import Problem


def duplicate_problems(alike: Iterable[Partner]) -> list[Problem]:
    """For each partner that may be the same company a question, not a no: only a person can tell."""
    return [
        Problem("looks_like", _("This looks like %(name)s.") % {"name": described(partner)}, "name", "approval")
        for partner in alike
    ]


def described(partner: Partner) -> str:
    """A partner's name with what tells it apart: domain, and whether it is archived."""
    told = [partner.domain] if partner.domain else []
    if partner.is_archived:
        told.append(_("archived"))
    return f"{partner.name} ({', '.join(told)})" if told else partner.name


def account_manager_problems(colleague: Membership | None) -> list[Problem]:
    if colleague is None or colleague.is_staff:
        return []
    return [Problem("no_colleague", _("An account manager is one of your active colleagues."), "account_manager")]


def period_problems(ends_at: datetime | None, now: datetime) -> list[Problem]:
    if ends_at is None or ends_at > now:
        return []
    return [Problem("ends_in_past", _("This day is over. Choose one that is still to come."), "until")]


def group_problems(group: Group) -> list[Problem]:
    """Why nobody can be put into this group."""
    if group.archived_at is None:
        return []
    return [Problem("group_archived", _("This group is archived. Bring it back first."), "group")]


def invitation_problems(partner: Partner) -> list[Problem]:
    """Why nobody can be invited to this partner."""
    if not partner.is_archived:
        return []
    return [Problem("partner_archived", _("%s is archived. Restore it before you invite its people.") % partner.name)]


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
