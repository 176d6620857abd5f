"""Changing who belongs to an organization and what they may do.

Each verb locks the organization's row first, so that two owners who remove one another at once leave one behind.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from prm.accounts import queries, rules
from prm.accounts.actors import Actor
from prm.accounts.models import Membership, Person
from prm.accounts.permissions import Role
from prm.accounts.services.sessions import end_sessions_without_home
from prm.accounts.signals import changed
from prm.problems import Problem, Refused, refuse_if
from prm.tenancy.models import Organization

State = Membership.State


def add_member(
    *, actor: Actor, organization: Organization, person: Person, kind: str, roles: Sequence[str] = (), now: datetime
) -> Membership:
    """Make the person a member, or bring a removed one back. An active member of the same kind keeps what they have.

    A colleague who is active already gets the new roles on top. Raises `Refused` for a suspended member and for one of
    another kind.
    """
    roles = _sorted(roles)
    if kind == Membership.Kind.STAFF:
        refuse_if(rules.role_problems(roles))
    with transaction.atomic():
        _lock(organization)
        member = queries.membership_in(organization, person)
        refuse_if(rules.membership_problems(member, kind))
        if member is None:
            member = Membership(organization=organization, person=person, created_at=now)
        elif member.state == State.ACTIVE:
            roles = _sorted({*member.roles, *roles})
        before = _seen(member)
        member.kind, member.roles, member.state, member.ended_at = Membership.Kind(kind), roles, State.ACTIVE, None
        member.save()
        _tell(actor, "accounts.member_added", member, before)
    return member


def change_roles(*, actor: Actor, member: Membership, roles: Sequence[str], now: datetime) -> None:
    """Give a colleague exactly these roles. Raises `Refused` when the last owner would lose that role."""
    roles = _sorted(roles)
    with transaction.atomic():
        member = _locked(member)
        refuse_if(rules.role_change_problems(member, roles, queries.other_owners(member)))
        _write(actor, "accounts.roles_changed", member, roles=roles)


def suspend_member(*, actor: Actor, member: Membership, now: datetime) -> None:
    """Take access away for a while; the next request of the person is refused. Raises `Refused` for the last owner."""
    with transaction.atomic():
        member = _locked(member)
        _refuse_unless(member, State.ACTIVE)
        refuse_if(rules.suspension_problems(member, actor.membership_id, queries.other_owners(member)))
        _write(actor, "accounts.member_suspended", member, state=State.SUSPENDED)
        end_sessions_without_home(person=member.person)


def resume_member(*, actor: Actor, member: Membership, now: datetime) -> None:
    """Give a suspended member their access back, as it was."""
    with transaction.atomic():
        member = _locked(member)
        _refuse_unless(member, State.SUSPENDED)
        _write(actor, "accounts.member_resumed", member, state=State.ACTIVE)


def remove_member(*, actor: Actor, member: Membership, now: datetime) -> None:
    """End a membership. What the person did stays under their name; an invitation brings them back.

    Raises `Refused` for the last owner.
    """
    with transaction.atomic():
        member = _locked(member)
        _refuse_unless(member, State.ACTIVE, State.SUSPENDED)
        refuse_if(rules.last_owner_problems(member, queries.other_owners(member)))
        _write(actor, "accounts.member_removed", member, state=State.REMOVED, ended_at=now)
        end_sessions_without_home(person=member.person)


def leave(*, actor: Actor, member: Membership, now: datetime) -> None:
    """End one's own membership. Raises `Refused` for the last owner."""
    with transaction.atomic():
        member = _locked(member)
        _refuse_unless(member, State.ACTIVE)
        refuse_if(rules.last_owner_problems(member, queries.other_owners(member)))
        _write(actor, "accounts.member_left", member, state=State.REMOVED, ended_at=now)


def transfer_ownership(*, actor: Actor, owner: Membership, successor: Membership, now: datetime) -> None:
    """Make `successor` an owner and `owner` a partner manager, beside the other roles that each has."""
    with transaction.atomic():
        owner, successor = _locked(owner), _locked(successor)
        refuse_if(rules.transfer_problems(owner, successor))
        _write(actor, "accounts.ownership_received", successor, roles=_sorted({*successor.roles, Role.OWNER}))
        kept = {role for role in owner.roles if role != Role.OWNER} or {Role.MANAGER}
        _write(actor, "accounts.ownership_given", owner, roles=_sorted(kept))


def hold(organization: Organization) -> None:
    """Have the organization's memberships to oneself until the transaction ends.

    For who locks rows of an app before a membership is changed: who joins holds the memberships first.
    """
    _lock(organization)


def _lock(organization: Organization) -> None:
    # NO KEY: rows that refer to the organization can still be written meanwhile.
    Organization.objects.select_for_update(no_key=True).only("pk").get(pk=organization.pk)


def _locked(member: Membership) -> Membership:
    _lock(member.organization)
    return Membership.objects.by_id(member.pk)


def _refuse_unless(member: Membership, *states: str) -> None:
    if member.state not in states:
        words = _("This is no longer possible: meanwhile %(name)s is “%(state)s”.")
        raise Refused(Problem("wrong_state", words % {"name": member.person, "state": member.get_state_display()}))


def _write(actor: Actor, verb: str, member: Membership, **values: object) -> None:
    before = _seen(member)
    for name, value in values.items():
        setattr(member, name, value)
    member.save(update_fields=list(values))
    _tell(actor, verb, member, before)


def _tell(actor: Actor, verb: str, member: Membership, before: dict[str, object]) -> None:
    after = _seen(member)
    changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    changed.send(sender=Membership, actor=actor, verb=verb, obj=member, changes=changes, reason="")


def _seen(member: Membership) -> dict[str, object]:
    """What the audit trail shows of a membership."""
    if member._state.adding:
        return {"kind": "", "roles": [], "state": ""}
    return {"kind": str(member.kind), "roles": list(member.roles), "state": str(member.state)}


def _sorted(roles: "Sequence[str] | set[str] | set[Role]") -> list[str]:
    """Roles in the table's order, unknown ones at the end."""
    known = [str(role) for role in Role if role in roles]
    return known + sorted(str(role) for role in set(roles) - set(Role))
