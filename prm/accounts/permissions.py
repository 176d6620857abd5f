"""Who may do what: the one table.

A colleague may hold several roles and may do what any of them may. Partners have no permissions here: what a partner
person sees starts from their own membership in every query.
"""

from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from prm.accounts.models import Membership


class Role(StrEnum):
    OWNER = "owner"
    MANAGER = "manager"
    ACCOUNT_MANAGER = "account_manager"
    FACILITATOR = "facilitator"
    EDITOR = "editor"
    FINANCE_APPROVER = "finance_approver"
    ANALYST = "analyst"


ROLE_LABELS = {
    Role.OWNER: _("Owner"),
    Role.MANAGER: _("Partner manager"),
    Role.ACCOUNT_MANAGER: _("Account manager"),
    Role.FACILITATOR: _("Facilitator"),
    Role.EDITOR: _("Editor"),
    Role.FINANCE_APPROVER: _("Finance approver"),
    Role.ANALYST: _("Analyst"),
}
ROLE_PURPOSES = {
    Role.OWNER: _("Everything, including people, branding and handing the organization over."),
    Role.MANAGER: _("Partners, groups, content, cohorts and the people of partners."),
    Role.ACCOUNT_MANAGER: _("Partners and their people; sees cohorts and content."),
    Role.FACILITATOR: _("Runs cohorts: programs, selection, sessions, homework."),
    Role.EDITOR: _("Writes and publishes content and recall questions."),
    Role.FINANCE_APPROVER: _("Sees partners and figures; approves money."),
    Role.ANALYST: _("Sees partners, cohorts, content and figures; changes nothing."),
}

_EVERYONE = frozenset(Role)
_OWNER = frozenset({Role.OWNER})
_MANAGERS = frozenset({Role.OWNER, Role.MANAGER})

TABLE: dict[str, frozenset[Role]] = {
    "studio.enter": _EVERYONE,
    "organization.manage": _OWNER,
    "people.manage": _OWNER,
    "people.view": _MANAGERS,
    "people.invite": _MANAGERS | {Role.ACCOUNT_MANAGER},
    "partners.view": _EVERYONE,
    "partners.manage": _MANAGERS | {Role.ACCOUNT_MANAGER},
    "partners.import": _MANAGERS,
    "partners.merge": _MANAGERS,
    "recruitment.view": _MANAGERS | {Role.ACCOUNT_MANAGER},
    "recruitment.manage": _MANAGERS,
    "recruitment.decide": _MANAGERS | {Role.ACCOUNT_MANAGER},
    "partners.export": _MANAGERS,
    "conversations.answer": _EVERYONE - {Role.ANALYST},
    "content.view": _EVERYONE,
    "content.manage": _MANAGERS | {Role.EDITOR},
    "cohorts.view": _EVERYONE,
    "cohorts.manage": _MANAGERS | {Role.FACILITATOR},
    "cohorts.decide": _MANAGERS | {Role.FACILITATOR},
    "messages.view": _MANAGERS | {Role.ACCOUNT_MANAGER, Role.FACILITATOR},
    "messages.manage": _MANAGERS,
    "audit.view": _OWNER,
    "portal.see_as": _MANAGERS | {Role.ACCOUNT_MANAGER},
    "analytics.view": _EVERYONE - {Role.EDITOR},
}


PERMISSION_LABELS = {
    "studio.enter": _("Enter the studio"),
    "organization.manage": _("Change the organization and its branding"),
    "people.manage": _("Invite colleagues, change and revoke their roles"),
    "people.view": _("See the list of colleagues"),
    "people.invite": _("Invite partner people"),
    "partners.view": _("See partners and groups"),
    "partners.manage": _("Change partners and groups"),
    "partners.import": _("Import partners from a spreadsheet"),
    "partners.merge": _("Merge two records of one partner"),
    "recruitment.view": _("See and screen applications to become a partner"),
    "recruitment.manage": _("Write the pages on which companies apply"),
    "recruitment.decide": _("Accept and decline applications to become a partner"),
    "partners.export": _("Export partners and their people"),
    "conversations.answer": _("Answer partners and write to them"),
    "content.view": _("See the library in the studio"),
    "content.manage": _("Write and publish content and recall questions"),
    "cohorts.view": _("See cohorts"),
    "cohorts.manage": _("Plan and run cohorts"),
    "cohorts.decide": _("Decide on applications"),
    "messages.view": _("Read the outbox"),
    "messages.manage": _("Retry and cancel messages"),
    "audit.view": _("Read the audit trail"),
    "portal.see_as": _("See the portal as a partner person does"),
    "analytics.view": _("See figures"),
}


def may(membership: "Membership | None", permission: str) -> bool:
    """Whether an active staff member holds a role with this permission; unknown permissions raise KeyError."""
    allowed = TABLE[permission]
    if membership is None or not membership.is_staff:
        return False
    return any(role in allowed for role in membership.roles)
