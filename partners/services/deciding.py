"""Deciding on applications to become a partner. Accepting is one transaction: all of it happens, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from partners import facts, rules
from partners.days import day_of
from partners.models import APPLICATION_STAGES, Group, Partner, PartnerApplication
from partners.models.partners import Source
from partners.queries.duplicates import alike
from partners.recruiting.questions import FIELDS, NAME, answer_to, questions_of
from partners.services.applying import lock_application
from partners.services.groups import add_to_group
from partners.services.inviting import Invitee, invite_people
from partners.services.partners import PartnerDetails, create_partner
from partners.services.values_told import fill_blanks, keep_answers
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.services import record
from prm.audit.services import note
from prm.outbox.services import post
from prm.problems import Refused, refuse_if
from prm.tenancy.wakeups import wake

ACCEPTED_MAIL = "partners.application_accepted"
DECLINED_MAIL = "partners.application_declined"


@dataclass(frozen=True)
class Acceptance:
    """What accepting comes to. With `existing` the company is a partner already, and the application goes into it."""

    status: str = Partner.Status.ONBOARDING
    account_manager: Membership | None = None
    groups: Sequence[Group] = ()
    invitees: Sequence[Invitee] = field(default=())
    personal_line: str = ""
    existing: Partner | None = None
    is_another: bool = False


@transaction.atomic
def accept_application(
    *, actor: Actor, decider: Membership, application: PartnerApplication, acceptance: Acceptance, now: datetime
) -> Partner:
    """Make the applicant a partner: record, values, groups, invitations, fact, audit line and mail.

    The row is locked, so of two who decide at once one does; the other is refused with wrong_state. Raises `Refused`
    with `looks_like` (level approval) where the company may be a partner already and nobody has said which, and with
    what stands against an invitation.
    """
    locked = lock_application(application)
    refuse_if(rules.decision_problems(locked))
    partner = _partner_of(actor, locked, acceptance, now)
    for group in sorted(acceptance.groups, key=lambda group: group.pk):
        reason = _("Accepted through “%s”") % locked.call
        add_to_group(actor=actor, group=group, partner_ids=[partner.pk], reason=reason, now=now)
    _invite(actor, decider, partner, acceptance, now)
    APPLICATION_STAGES.move(
        locked,
        "accept",
        partner=partner,
        decided_by=decider,
        ended_at=now,
        answered_at=locked.answered_at or now,
        wording=acceptance.personal_line,
    )
    data = {"call": locked.call_id}
    record(kind=facts.APPLICATION_ACCEPTED, at=now, partner_id=partner.pk, object_id=locked.pk, data=data)
    note(actor=actor, verb=facts.APPLICATION_ACCEPTED.name, obj=locked, changes={"partner": ["", partner.name]})
    if locked.email not in {invitee.email for invitee in acceptance.invitees}:
        # Who is invited reads it in the invitation: one mail and not two.
        post(kind=ACCEPTED_MAIL, subject_id=locked.pk, address=locked.email, name=locked.contact_name, now=now)
    return partner


def _partner_of(actor: Actor, application: PartnerApplication, acceptance: Acceptance, now: datetime) -> Partner:
    refuse_if(rules.account_manager_problems(acceptance.account_manager))
    questions = questions_of(application.call.questions)
    told: dict[str, Any] = {name: str(answer_to(questions, application.answers, name) or "") for name in FIELDS}
    told[NAME], told["domain"] = application.company, application.domain
    partner = acceptance.existing
    if partner is None:
        found = [] if acceptance.is_another else alike(application.company, application.domain)
        if found:
            raise Refused(rules.duplicate_problems(row.partner for row in found))
        details = PartnerDetails(**told, status=acceptance.status, account_manager=acceptance.account_manager)
        partner = create_partner(actor=actor, details=details, is_another=True, source=Source.APPLICATION, now=now)
    else:
        refuse_if(rules.invitation_problems(partner))
        fill_blanks(actor=actor, partner=partner, told=told, now=now)
    keep_answers(actor=actor, partner=partner, questions=questions, answers=application.answers, now=now)
    return partner


def _invite(actor: Actor, decider: Membership, partner: Partner, acceptance: Acceptance, now: datetime) -> None:
    if acceptance.invitees:
        invite_people(
            actor=actor,
            inviter=decider,
            partner=partner,
            invitees=acceptance.invitees,
            note=acceptance.personal_line,
            now=now,
        )


@transaction.atomic
def decline_application(
    *,
    actor: Actor,
    decider: Membership,
    application: PartnerApplication,
    reason: str,
    wording: str,
    reapply_on: date | None,
    now: datetime,
) -> None:
    """Say no in these words, and from when on they may apply again.

    Raises `Refused`: no_reason, no_words, too_early, wrong_state.
    """
    refuse_if(rules.decline_problems(reason, wording, reapply_on, day_of(now)))
    locked = lock_application(application)
    changes: dict[str, Any] = {"decline_reason": reason, "wording": wording.strip(), "reapply_on": reapply_on}
    APPLICATION_STAGES.move(
        locked, "decline", **changes, decided_by=decider, ended_at=now, answered_at=locked.answered_at or now
    )
    record(
        kind=facts.APPLICATION_DECLINED, at=now, object_id=locked.pk, data={"call": locked.call_id, "reason": reason}
    )
    said: dict[str, list[Any]] = {"decline_reason": ["", reason], "reapply_on": [None, reapply_on]}
    note(actor=actor, verb=facts.APPLICATION_DECLINED.name, obj=locked, changes=said)
    post(kind=DECLINED_MAIL, subject_id=locked.pk, address=locked.email, name=locked.contact_name, now=now)
    wake("plan", now)
