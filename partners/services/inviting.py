"""Inviting people of a partner, and letting them in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from partners import facts, rules
from partners.models import Partner, PartnerUser, PreparedPerson
from partners.queries.invitations import KIND
from partners.services.people import add_person, adopt_prepared
from prm.accounts import queries as accounts
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.accounts.services.people import person_of
from prm.activity.services import NewFact, record_many
from prm.invitations.models import Invitation
from prm.invitations.services import invite
from prm.problems import Problem, Refused, refuse_if
from prm.tenancy.scope import current_organization

MOST_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Invitee:
    email: str
    name: str = ""


@transaction.atomic
def invite_people(
    *,
    actor: Actor,
    inviter: Membership,
    partner: Partner,
    invitees: Sequence[Invitee],
    note: str = "",
    now: datetime,
) -> list[Invitation]:
    """Invite all of these addresses to the partner, or none: a refusal names every address that stands against it."""
    refuse_if(rules.invitation_problems(partner))
    problems = _list_problems([invitee.email for invitee in invitees])
    made = []
    for invitee in invitees:
        refused = _address_problems(invitee.email, partner)
        if not refused:
            try:
                made.append(_invite(actor, inviter, partner, invitee, note, now))
            except Refused as refusal:
                refused = refusal.problems
        problems += [Problem(problem.code, problem.message, "emails") for problem in refused]
    refuse_if(problems)
    PreparedPerson.objects.filter(email__in=[row.email for row in made], invited_at=None).update(invited_at=now)
    record_many([NewFact(facts.USER_INVITED, now, partner_id=partner.pk, object_id=row.pk) for row in made])
    return made


@transaction.atomic
def invite_to_partners(
    *, actor: Actor, inviter: Membership, lists: Mapping[Partner, Sequence[Invitee]], note: str = "", now: datetime
) -> int:
    """Invite people of several partners, all of them or nobody; returns how many.

    A refusal names all that stands against it, each on the field `emails_<public id of the partner>`.
    """
    problems: list[Problem] = []
    made = 0
    for partner, invitees in lists.items():
        try:
            made += len(
                invite_people(actor=actor, inviter=inviter, partner=partner, invitees=invitees, note=note, now=now)
            )
        except Refused as refusal:
            field = f"emails_{partner.public_id}"
            problems += [Problem(found.code, found.message, field) for found in refusal.problems]
    refuse_if(problems)
    return made


def _invite(
    actor: Actor, inviter: Membership, partner: Partner, invitee: Invitee, note: str, now: datetime
) -> Invitation:
    with transaction.atomic():
        return invite(
            actor=actor,
            inviter=inviter,
            kind=KIND,
            email=invitee.email,
            name=invitee.name,
            target_id=partner.pk,
            note=note,
            now=now,
        )


def _list_problems(emails: Collection[str]) -> list[Problem]:
    if not emails:
        return [Problem("nobody", _("Write at least one address."), "emails")]
    if len(emails) > MOST_AT_ONCE:
        words = _("These are %(n)s addresses; %(most)s at once is the most.")
        return [Problem("too_many", words % {"n": len(emails), "most": MOST_AT_ONCE}, "emails")]
    words = _("%s is there twice.")
    return [Problem("twice", words % email, "emails") for email in sorted(rules.invited_twice(emails))]


def _address_problems(email: str, partner: Partner) -> list[Problem]:
    member = accounts.membership_in(current_organization(), person_of(email))
    user = PartnerUser.objects.filter(membership=member).select_related("partner").first() if member else None
    return rules.address_problems(email, partner, member, user)


def accept_invitation(invitation: Invitation, membership: Membership, actor: Actor, now: datetime) -> None:
    """What the invitation kind does when somebody accepts: they become a person of the partner.

    Raises `Refused` when the partner is archived by now.
    """
    partner = Partner.objects.get(pk=invitation.target_id or 0)
    user = add_person(actor=actor, partner=partner, membership=membership, now=now)
    adopt_prepared(user=user, email=invitation.email)
