"""Starting an organization and changing what it is called, where it is and how it looks."""

import secrets
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from prm.accounts import queries, rules
from prm.accounts.actors import Actor
from prm.accounts.models import Membership, Person
from prm.accounts.permissions import Role
from prm.accounts.services.memberships import add_member
from prm.accounts.signals import changed, started
from prm.problems import Problem, Refused, refuse_if
from prm.tenancy.editing import update_if_unchanged
from prm.tenancy.models import RESERVED_SLUGS, FormerSlug, Organization
from prm.tenancy.scope import scope

_NUMBERED = 20
_TRIES = 5


def start_organization(
    *,
    person: Person,
    name: str,
    now: datetime,
    zone: str = "UTC",
    fiscal_year_start_month: int = 1,
    language: str = "en",
) -> Membership:
    """Make an organization and its first owner in one transaction; returns the owner's membership.

    The address is made from the name and is free, not reserved and nobody's former one.
    """
    with transaction.atomic():
        organization = _with_free_slug(
            Organization(
                name=name,
                zone=zone,
                language=language,
                fiscal_year_start_month=fiscal_year_start_month,
                sender_name=str(person),
                reply_to=person.email,
                created_at=now,
            )
        )
        with scope(organization):
            actor = Actor(kind="member", label=str(person), person_id=person.pk)
            member = add_member(
                actor=actor, organization=organization, person=person, kind="staff", roles=[Role.OWNER], now=now
            )
            started.send(sender=Organization, actor=Actor.of(member), organization=organization, now=now)
            return member


def change_organization(
    *, actor: Actor, organization: Organization, revision: int, changes: dict[str, Any]
) -> dict[str, list[Any]]:
    """Write what is different; a new address keeps the old one as a redirect. Returns {field: [before, after]}.

    Raises `Refused` for an address that is taken and, with `changed_meanwhile`, when somebody saved since `revision`.
    """
    former = organization.slug
    slug = changes.get("slug", former)
    with transaction.atomic():
        if slug != former:
            refuse_if(rules.slug_problems(slug, queries.is_slug_taken(slug, by_other_than=organization)))
        made = _update(organization, revision, changes)
        if "slug" in made:
            FormerSlug.objects.filter(slug=slug, organization=organization).delete()
            FormerSlug.objects.get_or_create(slug=former, defaults={"organization": organization})
        if made:
            changed.send(
                sender=Organization,
                actor=actor,
                verb="accounts.organization_changed",
                obj=organization,
                changes=made,
                reason="",
            )
    return made


def _update(organization: Organization, revision: int, changes: dict[str, Any]) -> dict[str, list[Any]]:
    try:
        with transaction.atomic():
            return update_if_unchanged(organization, revision, **changes)
    except IntegrityError:
        raise Refused(Problem("slug_taken", _("This address is taken. Try another one."), "slug")) from None


def _with_free_slug(organization: Organization) -> Organization:
    """Save under the first free address; of two who want the same one at once the second gets another."""
    wanted = rules.slug_from(organization.name)
    for _attempt in range(_TRIES):
        organization.slug = _free_slug(wanted)
        try:
            with transaction.atomic():
                organization.save(force_insert=True)
        except IntegrityError:
            organization.pk = None
            continue
        return organization
    raise Refused(Problem("slug_taken", _("This did not work just now. Please try once more.")))


def _free_slug(wanted: str) -> str:
    if wanted not in RESERVED_SLUGS and not queries.is_slug_taken(wanted):
        return wanted
    for number in range(2, _NUMBERED):
        tried = f"{wanted[:46]}-{number}"
        if not queries.is_slug_taken(tried):
            return tried
    return f"{wanted[:40]}-{secrets.token_hex(3)}"
