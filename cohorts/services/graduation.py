"""Graduating together, and taking a certificate back."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from cohorts import facts, rules
from cohorts.models import Cohort, Graduation, Seat
from cohorts.queries.graduation import unmet_members
from prm.accounts.actors import Actor
from prm.activity.kinds import FactKind
from prm.activity.services import record
from prm.audit.services import note
from prm.outbox.services import post
from prm.problems import Refused, blockers, refuse_if


@transaction.atomic
def graduate(*, actor: Actor, cohort: Cohort, membership_ids: Collection[int], now: datetime) -> list[Graduation]:
    """Give these participants their certificate and badge, all at once, and tell them.

    Who has not done everything that is needed graduates by the facilitator's word, which the audit trail keeps. Raises
    `Refused`: wrong_stage, nobody, not_participants.
    """
    locked = Cohort.objects.locked().select_related("program").get(pk=cohort.pk)
    chosen = set(membership_ids)
    seats = list(_seats_to_graduate(locked, chosen))
    unmet = unmet_members(locked) & chosen
    problems = rules.graduation_problems(
        cohort=locked, chosen=len(chosen), strangers=len(chosen) - len(seats), unmet=len(unmet)
    )
    if blockers(problems):
        raise Refused(blockers(problems))
    return [_graduate(actor, locked, seat, seat.membership_id in unmet, now) for seat in seats]


def _seats_to_graduate(cohort: Cohort, chosen: set[int]) -> "list[Seat]":
    done = Graduation.objects.filter(cohort=cohort).values("membership_id")
    rows = (
        Seat.objects.confirmed()
        .participants()
        .filter(cohort=cohort, membership__in=chosen)
        .exclude(membership__in=done)
    )
    return list(rows.select_related("membership__person").order_by("confirmed_at", "id"))


def _graduate(actor: Actor, cohort: Cohort, seat: Seat, by_word: bool, now: datetime) -> Graduation:
    graduation = Graduation.objects.create(
        cohort=cohort,
        membership=seat.membership,
        partner_id=seat.partner_id,
        name=str(seat.membership.person),
        program_title=cohort.program.title,
        graduated_at=now,
    )
    _record(facts.GRADUATED, graduation, now)
    post(kind="cohorts.graduated", subject_id=graduation.pk, recipient=seat.membership, now=now)
    reason = "by the facilitator's word" if by_word else ""
    note(actor=actor, verb="cohorts.graduated", obj=graduation, reason=reason)
    return graduation


@transaction.atomic
def revoke_graduation(*, actor: Actor, graduation: Graduation, reason: str, now: datetime) -> None:
    """Take a certificate back; its public pages say so, without the reason. Raises `Refused`: revoked, required."""
    locked = Graduation.objects.select_for_update(no_key=True, of=("self",)).get(pk=graduation.pk)
    refuse_if(rules.revocation_problems(graduation=locked, reason=reason))
    Graduation.objects.filter(pk=locked.pk).update(revoked_at=now, revoked_reason=reason.strip())
    _record(facts.GRADUATION_REVOKED, locked, now)
    note(actor=actor, verb="cohorts.graduation_revoked", obj=locked, reason=reason)


def _record(kind: FactKind, graduation: Graduation, now: datetime) -> None:
    record(
        kind=kind,
        at=now,
        partner_id=graduation.partner_id,
        person_id=graduation.membership.person_id,
        object_id=graduation.cohort_id,
    )
