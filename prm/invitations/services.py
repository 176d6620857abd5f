"""Inviting somebody, and what becomes of it."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from prm.accounts import queries as accounts
from prm.accounts.actors import Actor
from prm.accounts.models import Membership, normalize_email
from prm.accounts.rules import role_problems
from prm.accounts.services.memberships import add_member
from prm.accounts.services.people import person_of, welcome_person
from prm.accounts.tokens import digest, new_nonce
from prm.addresses import address
from prm.audit.services import note as note_in_audit
from prm.invitations import rules
from prm.invitations.kinds import invitation_kinds
from prm.invitations.models import Invitation
from prm.outbox.notifications import notify
from prm.outbox.services import post
from prm.problems import Problem, Refused, refuse_if
from prm.tenancy.models import Organization
from prm.tenancy.scope import current_organization
from prm.tenancy.states import Machine

MACHINE = Machine(
    "invitation",
    "state",
    {
        "accept": (("open",), "accepted"),
        "withdraw": (("open",), "withdrawn"),
        "pass_on": (("open",), "declined"),
    },
)
MESSAGE = "invitations.invited"
PASSED_ON = "invitations.passed_on"
ACCEPTED = "invitations.accepted"


def invite(
    *,
    actor: Actor,
    inviter: Membership,
    kind: str,
    email: str,
    name: str = "",
    roles: Sequence[str] = (),
    target_id: int | None = None,
    note: str = "",
    now: datetime,
) -> Invitation:
    """Invite an address into the current organization; the mail goes out after commit.

    Raises `Refused` for somebody who is a member already, whose access is suspended, or to whom an invitation still
    runs. A lapsed invitation to the same address is replaced.
    """
    email = normalize_email(email)
    organization = current_organization()
    if invitation_kinds.get(kind).membership_kind == Membership.Kind.STAFF:
        refuse_if(role_problems(roles))
    with transaction.atomic():
        refuse_if(_problems(organization, email, now))
        for lapsed in Invitation.objects.lapsed(now).filter(email=email):
            MACHINE.move(lapsed, "withdraw", ended_at=now)
        invitation = draft(
            inviter=inviter, kind=kind, email=email, name=name, roles=roles, target_id=target_id, note=note, now=now
        )
        _save(invitation)
        _send(invitation, now)
        note_in_audit(actor=actor, verb="invitations.invited", obj=invitation, changes={"kind": ["", kind]})
    return invitation


def draft(
    *,
    inviter: Membership,
    kind: str,
    email: str,
    name: str = "",
    roles: Sequence[str] = (),
    target_id: int | None = None,
    note: str = "",
    now: datetime,
) -> Invitation:
    """An invitation as it would be, not stored: what the page shows before it is sent."""
    invitation = Invitation(
        kind=kind,
        email=normalize_email(email),
        name=name,
        roles=list(roles),
        target_id=target_id,
        note=note,
        invited_by=inviter,
        created_at=now,
    )
    _renew(invitation, current_organization(), now)
    return invitation


def resend(*, actor: Actor, invitation: Invitation, now: datetime) -> None:
    """Mail an open invitation once more and let it run anew. A lapsed link stays dead: the new mail has a new one.

    Raises `Refused` where it is no longer open or was sent within the last minute.
    """
    with transaction.atomic():
        invitation = _locked(invitation)
        refuse_if(rules.resend_problems(invitation, now))
        _renew(invitation, current_organization(), now, keep_link=not invitation.is_lapsed(now))
        invitation.sendings += 1
        _save(invitation)
        _send(invitation, now)
        note_in_audit(actor=actor, verb="invitations.resent", obj=invitation)


def mend_address(*, actor: Actor, invitation: Invitation, email: str, name: str, now: datetime) -> None:
    """Correct the address of an open invitation and mail it there; the former address's link is dead at once."""
    email = normalize_email(email)
    with transaction.atomic():
        invitation = _locked(invitation)
        if invitation.state != Invitation.State.OPEN:
            refuse_if(rules.resend_problems(invitation, now))
        if email != invitation.email:
            refuse_if(_problems(current_organization(), email, now, other_than=invitation))
        before = [invitation.email, email]
        invitation.email, invitation.name = email, name
        _renew(invitation, current_organization(), now)
        invitation.opened_at = None
        invitation.sendings += 1
        _save(invitation)
        _send(invitation, now)
        note_in_audit(actor=actor, verb="invitations.address_mended", obj=invitation, changes={"email": before})


def withdraw(*, actor: Actor, invitation: Invitation, now: datetime) -> None:
    """End an open invitation. Its page says so to whoever opens the link; raises `Refused` where it is not open."""
    with transaction.atomic():
        MACHINE.move(invitation, "withdraw", ended_at=now)
        note_in_audit(actor=actor, verb="invitations.withdrawn", obj=invitation)


def note_opened(*, invitation: Invitation, now: datetime) -> None:
    """Remember that the page was opened for the first time. Mail scanners open pages too, so it proves nothing."""
    Invitation.objects.filter(pk=invitation.pk, opened_at=None).update(opened_at=now)


def accept(*, invitation: Invitation, name: str, network_address: str = "", now: datetime) -> Membership:
    """Let the addressee in: account where there is none, membership, and what the kind is about. Uses the link up.

    To be called only for somebody who has proved the address, by the mailed link or by a code. Raises `Refused` where
    the invitation is not open or has lapsed, and where the account or an earlier membership stands against it.
    """
    organization = current_organization()
    kind = invitation_kinds.get(invitation.kind)
    with transaction.atomic():
        invitation = _locked(invitation)
        refuse_if(rules.acceptance_problems(invitation, now))
        person = welcome_person(email=invitation.email, name=name or invitation.name, now=now)
        member = add_member(
            actor=Actor("member", str(person), person_id=person.pk, address=network_address),
            organization=organization,
            person=person,
            kind=kind.membership_kind,
            roles=invitation.roles,
            now=now,
        )
        actor = Actor.of(member, network_address)
        MACHINE.move(invitation, "accept", accepted_at=now, membership=member)
        kind.accept(invitation, member, actor, now)
        note_in_audit(actor=actor, verb="invitations.accepted", obj=invitation)
        _tell_inviter(invitation, kind.describe(invitation), now)
    return member


def pass_on(*, invitation: Invitation, name: str, email: str, network_address: str = "", now: datetime) -> None:
    """The addressee names somebody else (or nobody, with an empty address). The invitation ends.

    What becomes of the one who was named the kind says, which may refuse; else nothing is sent to them, and the inviter
    is told and decides.
    """
    kind = invitation_kinds.get(invitation.kind)
    with transaction.atomic():
        email = normalize_email(email)
        MACHINE.move(invitation, "pass_on", ended_at=now, passed_to_name=name, passed_to_email=email)
        actor = Actor.guest(invitation.name or invitation.email, network_address)
        note_in_audit(actor=actor, verb="invitations.passed_on", obj=invitation)
        if kind.pass_on is not None:
            kind.pass_on(invitation, name, email, actor, now)
        if (kind.pass_on is None or not email) and invitation.invited_by.state == Membership.State.ACTIVE:
            title = _("%(who)s passed your invitation on") % {"who": invitation.name or invitation.email}
            _write_inviter(invitation, PASSED_ON, title, now)


def _problems(
    organization: Organization, email: str, now: datetime, other_than: Invitation | None = None
) -> list[Problem]:
    known = accounts.membership_in(organization, person_of(email))
    running = Invitation.objects.running(now).filter(email=email)
    if other_than is not None:
        running = running.exclude(pk=other_than.pk)
    return rules.invitation_problems(email, known, running.first())


def _renew(invitation: Invitation, organization: Organization, now: datetime, keep_link: bool = False) -> None:
    """Let it run for its days, to the end of the last one where the organization is; with new links unless kept."""
    if not keep_link:
        invitation.nonce = new_nonce()
        invitation.token_digest = digest(invitation.mailed_token)
        invitation.copy_digest = digest(invitation.copied_token)
    zone = ZoneInfo(organization.zone)
    last_day = now.astimezone(zone).date() + timedelta(days=rules.VALID_DAYS)
    invitation.expires_at = datetime.combine(last_day + timedelta(days=1), time(), zone)
    invitation.sent_at = now


def _save(invitation: Invitation) -> None:
    """Two who invite the same address at once: the database lets one through."""
    try:
        with transaction.atomic():
            invitation.save()
    except IntegrityError:
        words = _("%(email)s is already invited. In the list you can send that invitation again or withdraw it.")
        raise Refused(Problem("already_invited", words % {"email": invitation.email}, "email")) from None


def _send(invitation: Invitation, now: datetime) -> None:
    post(
        kind=MESSAGE,
        subject_id=invitation.pk,
        slot=str(invitation.sendings),
        address=invitation.email,
        name=invitation.name,
        now=now,
    )


def _locked(invitation: Invitation) -> Invitation:
    rows: Any = Invitation.objects.select_for_update(of=("self",)).select_related("invited_by__person")
    locked: Invitation = rows.get(pk=invitation.pk)
    return locked


def _tell_inviter(invitation: Invitation, what: str, now: datetime) -> None:
    if invitation.invited_by.state == Membership.State.ACTIVE:
        who = invitation.membership.person if invitation.membership else invitation.name
        title = _("%(who)s is in: %(what)s. Say hello.") % {"who": who, "what": what}
        _write_inviter(invitation, ACCEPTED, title, now)


def _write_inviter(invitation: Invitation, kind: str, title: str, now: datetime) -> None:
    post(kind=kind, subject_id=invitation.pk, recipient=invitation.invited_by, now=now)
    url = address("invitation_detail", invitation.public_id)
    notify(membership=invitation.invited_by, kind=kind, title=title, url=url, now=now)
