"""When a change to people or to the organization is refused. No query, no clock."""

import re
from collections.abc import Collection

from django.utils.text import slugify
from django.utils.translation import gettext as _

from prm.accounts.models import Membership
from prm.accounts.permissions import Role
from prm.problems import Problem
from prm.tenancy.models import RESERVED_SLUGS, Organization

_SLUG = re.compile(r"^[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?\Z")
_SLUG_LENGTH = 50


def slug_from(name: str) -> str:
    """The address that a company's name suggests; "organization" where its letters suggest none."""
    slug = slugify(name.replace("ß", "ss").replace("&", " "))[:_SLUG_LENGTH].strip("-_").replace("_", "-")
    return slug if len(slug) > 1 else "organization"


def slug_problems(slug: str, taken: bool) -> list[Problem]:
    """`taken` says whether another organization has or had this address."""
    if not _SLUG.match(slug) or len(slug) < 2:
        words = _("Use 2 to 50 small letters, digits and hyphens, for example “acme-cloud”.")
        return [Problem("slug_shape", words, "slug")]
    if slug in RESERVED_SLUGS or taken:
        return [Problem("slug_taken", _("This address is taken. Try another one."), "slug")]
    return []


def role_problems(roles: Collection[str]) -> list[Problem]:
    if not roles:
        return [Problem("no_role", _("Choose at least one role, or remove the colleague instead."), "roles")]
    if set(roles) - set(Role):
        return [Problem("unknown_role", _("One of these roles does not exist."), "roles")]
    return []


def role_change_problems(member: Membership, roles: Collection[str], other_owners: int) -> list[Problem]:
    """`other_owners` counts the active owners beside `member`."""
    problems = role_problems(roles)
    if member.kind != Membership.Kind.STAFF or member.state == Membership.State.REMOVED:
        problems.append(Problem("no_colleague", _("Only colleagues have roles, and this person is none.")))
    if member.is_owner and Role.OWNER not in roles:
        problems += last_owner_problems(member, other_owners)
    return problems


def last_owner_problems(member: Membership, other_owners: int) -> list[Problem]:
    """Somebody must be left who can change everything."""
    if not member.is_owner or other_owners:
        return []
    return [
        Problem(
            "last_owner",
            _("%(name)s is the only owner. Make somebody else an owner first.") % {"name": member.person},
        )
    ]


def suspension_problems(member: Membership, actor_id: int | None, other_owners: int) -> list[Problem]:
    if member.pk == actor_id:
        return [Problem("oneself", _("You cannot suspend yourself. You can leave the organization."))]
    return last_owner_problems(member, other_owners)


def transfer_problems(owner: Membership, successor: Membership) -> list[Problem]:
    """Handing over goes from an active owner to an active colleague."""
    if not owner.is_owner:
        return [Problem("not_owner", _("Only an owner can hand the organization over."))]
    if not successor.is_staff or successor.pk == owner.pk:
        return [Problem("no_successor", _("Choose an active colleague."), "successor")]
    return []


def membership_problems(member: Membership | None, kind: str) -> list[Problem]:
    """Why somebody who may have been here before cannot become a member of this kind now."""
    if member is None or member.state == Membership.State.REMOVED:
        return []
    if member.state == Membership.State.SUSPENDED:
        return [Problem("suspended", _("This person's access is suspended. An owner can lift that under People."))]
    if member.kind != kind:
        words = _("This person already belongs to %(organization)s as: %(role)s.")
        return [Problem("other_kind", words % {"organization": member.organization, "role": member.role_label})]
    return []


def settings_problems(organization: Organization, month: int) -> list[Problem]:
    if not 1 <= month <= 12:
        return [Problem("month", _("Choose a month."), "fiscal_year_start_month")]
    return []
