"""Deciding on applications: drafts that are released together and can be taken back until then."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cohorts import facts, rules
from cohorts.models import APPLICATION_MACHINE, Application, Cohort, Decision, Seat
from cohorts.queries.people import last_session_at
from cohorts.queries.rivals import entry_problems
from cohorts.services import seats
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.services import record
from prm.audit.services import note
from prm.outbox.services import post
from prm.problems import Problem, Refused, blockers
from prm.tenancy.wakeups import wake

_FACT = {
    Decision.Kind.ACCEPT: facts.ACCEPTED,
    Decision.Kind.WAIT: facts.WAIT_LISTED,
    Decision.Kind.DECLINE: facts.DECLINED,
}


@transaction.atomic
def draft_decision(
    *,
    actor: Actor,
    decider: Membership,
    application: Application,
    kind: str,
    reason: str = "",
    wording: str,
    now: datetime,
) -> Decision:
    """Write down what is decided about an application; nobody but staff sees it. A second draft replaces the first.

    Raises `Refused`: not_submitted, no_words.
    """
    locked = Application.objects.select_for_update(no_key=True).get(pk=application.pk)
    if locked.state != Application.State.SUBMITTED:
        raise Refused(Problem("not_submitted", _("Only an application that was handed in can be decided.")))
    if not wording.strip():
        raise Refused(Problem("no_words", _("Say something to the applicant."), field="wording"))
    reason = reason if kind == Decision.Kind.DECLINE else ""
    decision, _is_new = Decision.objects.update_or_create(
        application=locked,
        defaults={
            "cohort_id": locked.cohort_id,
            "kind": kind,
            "reason": reason,
            "wording": wording,
            "decided_by": decider,
            "drafted_at": now,
        },
    )
    changes = {"decision": ["", kind]}
    note(actor=actor, verb="cohorts.decision_drafted", obj=application, label=_label(application), changes=changes)
    return decision


@transaction.atomic
def take_back_decision(*, actor: Actor, application: Application) -> None:
    """Throw a drafted decision away. Raises `Refused`: released."""
    taken_back, _rows = Decision.objects.drafted().filter(application=application).delete()
    if not taken_back:
        raise Refused(Problem("released", _("There is no draft to take back: it was released, or taken back already.")))
    note(actor=actor, verb="cohorts.decision_taken_back", obj=application, label=_label(application))


def _label(application: Application) -> str:
    return f"{application.membership.person}, {application.cohort.title}"


@transaction.atomic
def release_decisions(*, actor: Actor, cohort: Cohort, now: datetime) -> int:
    """Tell all applicants of drafted decisions what was decided, at once; returns how many.

    The accepted are offered a seat, the others wait or are declined. Raises `Refused` with what
    `rules.release_problems` says, and with rivals where two would meet who never should.
    """
    locked = Cohort.objects.locked().get(pk=cohort.pk)
    rows = Decision.objects.drafted().filter(cohort=locked).select_for_update(no_key=True, of=("self",))
    rows = rows.select_related("application__membership", "application__partner")
    drafted = list(rows.order_by("application__submitted_at", "id"))
    problems = rules.release_problems(
        cohort=locked,
        kinds=[decision.kind for decision in drafted],
        offered=Seat.objects.offered().filter(cohort=locked).count(),
        missing_wording=sum(not decision.wording.strip() for decision in drafted),
        last_session_at=last_session_at(locked),
        now=now,
    )
    problems += entry_problems(locked, _accepted(drafted), now)
    if blockers(problems):
        raise Refused(blockers(problems))
    for decision in drafted:
        _release(decision, locked, now)
    note(actor=actor, verb="cohorts.decisions_released", obj=cohort, changes=_summary(drafted))
    wake("plan", now)
    return len(drafted)


def _accepted(drafted: Sequence[Decision]) -> dict[int, str]:
    """Partner → name, of those who would be offered a seat."""
    rows = (decision.application for decision in drafted if decision.kind == Decision.Kind.ACCEPT)
    return {row.partner_id: row.partner.name for row in rows if row.partner is not None}


def _release(decision: Decision, cohort: Cohort, now: datetime) -> None:
    application = decision.application
    Decision.objects.filter(pk=decision.pk).update(released_at=now)
    APPLICATION_MACHINE.move(application, "decide")
    record(
        kind=_FACT[Decision.Kind(decision.kind)],
        at=now,
        partner_id=application.partner_id,
        person_id=application.membership.person_id,
        object_id=cohort.pk,
    )
    match decision.kind:
        case Decision.Kind.ACCEPT:
            seats.offer_first_seat(cohort=cohort, application=application, now=now)
        case Decision.Kind.WAIT:
            seats.put_on_waiting_list(cohort=cohort, application=application, now=now)
        case Decision.Kind.DECLINE:
            post(
                kind="cohorts.application_declined",
                subject_id=application.pk,
                recipient=application.membership,
                now=now,
            )


def _summary(drafted: Sequence[Decision]) -> dict[str, list[int]]:
    kinds = [decision.kind for decision in drafted]
    return {str(kind): [0, kinds.count(kind)] for kind in Decision.Kind.values if kind in kinds}
