"""Asking somebody straight into a cohort: a partner's person, a colleague without the studio, a guest from outside."""

from datetime import datetime

from django.db import transaction

from cohorts import rules
from cohorts.models import Cohort, Seat, SeatInvitation
from cohorts.queries.people import last_session_at, seat_of
from cohorts.queries.rivals import entry_problems
from cohorts.services import seats
from partners.queries.people import partner_user_of
from prm.accounts.actors import Actor
from prm.accounts.models import Membership, normalize_email
from prm.audit.services import note as note_in_audit
from prm.invitations.services import invite
from prm.problems import refuse_if
from prm.tenancy.scope import current_organization

INVITATION_KIND = "cohort_guest"


@transaction.atomic
def invite_to_seat(
    *,
    actor: Actor,
    inviter: Membership,
    cohort: Cohort,
    email: str,
    name: str = "",
    role: str = Seat.Role.PARTICIPANT,
    note: str = "",
    now: datetime,
) -> SeatInvitation:
    """Offer a seat to whoever has this address; a newcomer joins as a guest of this cohort by the same mail.

    Raises `Refused` with what `rules.seat_invitation_problems` and the invitation say, and rivals.
    """
    locked = Cohort.objects.locked().get(pk=cohort.pk)
    email = normalize_email(email)
    member = _known(email)
    before = SeatInvitation.objects.filter(cohort=locked, email=email).first()
    refuse_if(
        rules.seat_invitation_problems(
            cohort=locked,
            role=role,
            member=member,
            seat=seat_of(member, locked),
            is_invited=before is not None,
            last_session_at=last_session_at(locked),
            now=now,
        )
    )
    user = partner_user_of(member) if member else None
    if user is not None:
        refuse_if(entry_problems(locked, {user.partner.pk: user.partner.name}, now))
    invitation = before or SeatInvitation(cohort=locked, email=email, created_at=now)
    invitation.name = str(member.person) if member else name.strip()
    invitation.role, invitation.note, invitation.membership, invitation.invited_by = role, note.strip(), member, inviter
    invitation.save()
    if member is not None:
        seats.offer_invited_seat(cohort=locked, invitation=invitation, membership=member, now=now)
    else:
        invite(
            actor=actor,
            inviter=inviter,
            kind=INVITATION_KIND,
            email=email,
            name=invitation.name,
            target_id=invitation.pk,
            note=invitation.note,
            now=now,
        )
    note_in_audit(actor=actor, verb="cohorts.seat_invited", obj=invitation, changes={"role": ["", role]})
    return invitation


@transaction.atomic
def welcome_guest(*, invitation: SeatInvitation, membership: Membership, now: datetime) -> None:
    """Somebody who was asked in by address has joined: the seat is offered, to be confirmed like any other.

    Where the cohort is over meanwhile they are here, and there is no seat for them.
    """
    locked = Cohort.objects.locked().get(pk=invitation.cohort_id)
    SeatInvitation.objects.filter(pk=invitation.pk).update(membership=membership)
    ahead = last_session_at(locked)
    if locked.state in Cohort.UNDER_WAY and ahead is not None and ahead > now:
        seats.offer_invited_seat(cohort=locked, invitation=invitation, membership=membership, now=now)


def _known(email: str) -> Membership | None:
    rows = Membership.objects.in_organization(current_organization()).with_person()
    return rows.filter(person__email=email).exclude(state=Membership.State.REMOVED).first()
