"""Nominating somebody for a cohort. The nominee consents by applying, or passes it on to a colleague."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cohorts import facts, rules
from cohorts.models import NOMINATION_MACHINE, Application, Cohort, Nomination
from partners.models import Partner
from partners.queries.people import partner_user_of
from prm.accounts.actors import Actor
from prm.accounts.models import Membership, normalize_email
from prm.accounts.tokens import digest, new_nonce
from prm.activity.services import record
from prm.audit.services import note as note_in_audit
from prm.invitations.models import Invitation
from prm.invitations.services import invite, withdraw
from prm.outbox.services import post
from prm.problems import Problem, Refused, refuse_if
from prm.tenancy.scope import current_organization
from prm.tenancy.violations import refused_by

INVITATION_KIND = "nominee"


def nominate(
    *,
    actor: Actor,
    nominator: Membership,
    cohort: Cohort,
    email: str,
    name: str = "",
    partner: Partner | None = None,
    note: str = "",
    passed_on_from: Nomination | None = None,
    is_late: bool = False,
    now: datetime,
) -> Nomination:
    """Nominate an address. Somebody who is here gets a mail; a newcomer is invited to `partner` by that one mail.

    Whoever is invited already finds the nomination when they join, without a second mail. Raises `Refused` with what
    `rules.nomination_problems` or the invitation says.
    """
    email = normalize_email(email)
    nominee = _known(email)
    if nominee is not None:
        user = partner_user_of(nominee)
        partner = user.partner if user else None
    refuse_if(
        rules.nomination_problems(
            cohort=cohort,
            nominee=nominee,
            has_partner=partner is not None,
            application=Application.objects.filter(cohort=cohort, membership=nominee).first() if nominee else None,
            is_nominated=Nomination.objects.open().filter(cohort=cohort, email=email).exists(),
            is_late=is_late,
            now=now,
        )
    )
    nomination = Nomination(
        cohort=cohort,
        email=email,
        name=str(nominee.person) if nominee else name.strip(),
        partner=partner,
        membership=nominee,
        nominated_by=nominator,
        note=note.strip(),
        passed_on_from=passed_on_from,
        is_late=is_late,
        nonce=new_nonce(),
        created_at=now,
    )
    nomination.token_digest = digest(nomination.token)
    with transaction.atomic():
        _save(nomination)
        _write_to(nomination, actor, now)
        record(
            kind=facts.NOMINATED,
            at=now,
            partner_id=nomination.partner_id,
            person_id=nominee.person_id if nominee else None,
            object_id=cohort.pk,
        )
        note_in_audit(actor=actor, verb="cohorts.nominated", obj=nomination)
    return nomination


def _known(email: str) -> Membership | None:
    rows = Membership.objects.in_organization(current_organization()).with_person()
    return rows.filter(person__email=email).exclude(state=Membership.State.REMOVED).first()


def _save(nomination: Nomination) -> None:
    """Two who nominate the same person at once: the database lets one through."""
    problem = Problem("nominated", _("This person is nominated already."), field="email")
    with refused_by("cohorts_nomination_one_open", problem):
        nomination.save()


def _write_to(nomination: Nomination, actor: Actor, now: datetime) -> None:
    if nomination.membership is not None:
        post(kind="cohorts.nominated", subject_id=nomination.pk, recipient=nomination.membership, now=now)
        return
    try:
        invite(
            actor=actor,
            inviter=nomination.nominated_by,
            kind=INVITATION_KIND,
            email=nomination.email,
            name=nomination.name,
            target_id=nomination.pk,
            note=nomination.note,
            now=now,
        )
    except Refused as refusal:
        if refusal.codes != {"already_invited"}:
            raise


@transaction.atomic
def welcome_nominee(*, nomination: Nomination, membership: Membership) -> None:
    """Somebody who was nominated by address has joined."""
    Nomination.objects.filter(pk=nomination.pk).update(membership=membership)


@transaction.atomic
def pass_nomination_on(
    *,
    actor: Actor,
    nomination: Nomination,
    email: str,
    name: str,
    domains: frozenset[str],
    note: str = "",
    now: datetime,
) -> Nomination:
    """The nominee proposes a better-suited colleague, who is nominated instead.

    Raises `Refused`: answered, oneself, other_company, and what `nominate` says about the colleague.
    """
    email = normalize_email(email)
    refuse_if(rules.pass_on_problems(nomination=nomination, email=email, domains=domains))
    NOMINATION_MACHINE.move(nomination, "pass_on", answered_at=now)
    return nominate(
        actor=actor,
        nominator=nomination.nominated_by,
        cohort=nomination.cohort,
        email=email,
        name=name,
        partner=nomination.partner,
        note=note,
        passed_on_from=nomination,
        is_late=nomination.is_late,
        now=now,
    )


def decline_nomination(*, nomination: Nomination, now: datetime) -> None:
    """The nominee says "not now". Raises `Refused`: wrong_state."""
    NOMINATION_MACHINE.move(nomination, "decline", answered_at=now)


@transaction.atomic
def withdraw_nomination(*, actor: Actor, nomination: Nomination, now: datetime) -> None:
    """Staff take a nomination back that is not answered, and with it the invitation that came with it.

    Raises `Refused`: wrong_state.
    """
    NOMINATION_MACHINE.move(nomination, "withdraw", answered_at=now)
    _end_invitation(actor, nomination, now)
    note_in_audit(actor=actor, verb="cohorts.nomination_withdrawn", obj=nomination)


def _end_invitation(actor: Actor, nomination: Nomination, now: datetime) -> None:
    """Nobody joins by a nomination that was taken back; where another one waits for them, it is what they join by."""
    rows = Invitation.objects.filter(kind=INVITATION_KIND, target_id=nomination.pk, state=Invitation.State.OPEN)
    invitation = rows.select_for_update(of=("self",)).first()
    if invitation is None:
        return
    others = Nomination.objects.open().filter(email=nomination.email, membership=None)
    other = others.exclude(pk=nomination.pk).order_by("pk").first()
    if other is None:
        withdraw(actor=actor, invitation=invitation, now=now)
    else:
        Invitation.objects.filter(pk=invitation.pk).update(target_id=other.pk)
