"""Deciding on applications: drafts that are released together and can be taken back until then."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from cohorts import facts, rules
from cohorts.models import APPLICATION_MACHINE, Application, Cohort, Decision, SelectionPlan
from cohorts.queries.people import facilitating_members, last_session_at
from cohorts.queries.rivals import entry_problems
from cohorts.queries.selection_plans import plan_of
from cohorts.queries.teams import offers_open, team_of
from cohorts.queries.waited import waited_in_vain
from cohorts.services import seats
from cohorts.services.selection_plans import own_plan
from cohorts.services.team_decisions import follow_decision
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.services import record
from prm.addresses import address
from prm.audit.services import note
from prm.outbox.notifications import notify
from prm.outbox.services import post
from prm.problems import Problem, Refused, blockers, refuse_if
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
            "announced_at": None,
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
def tell_to_hold(*, actor: Actor, application: Application, now: datetime) -> None:
    """Tell somebody on the short list to keep the dates free. Raises `Refused`: not_submitted, held."""
    locked = Application.objects.select_for_update(no_key=True).get(pk=application.pk)
    refuse_if(rules.hold_problems(locked))
    Application.objects.filter(pk=application.pk).update(held_at=now)
    slot = f"{now:%Y%m%d%H%M%S%f}"
    post(kind="cohorts.application_held", subject_id=locked.pk, slot=slot, recipient=application.membership, now=now)
    note(actor=actor, verb="cohorts.application_held", obj=application, label=_label(application))


@transaction.atomic
def release_decisions(*, actor: Actor, cohort: Cohort, now: datetime) -> int:
    """Tell all applicants of drafted decisions what was decided, at once; returns how many.

    The accepted are offered a seat, the others wait or are declined. Where the plan lets account managers know first,
    those are told now and the applicants by `release_due_decisions` at the plan's moment. Raises `Refused` with what
    `rules.release_problems` says, with planned where it is about to be told already, and with rivals where two would
    meet who never should.
    """
    locked = Cohort.objects.locked().get(pk=cohort.pk)
    drafted = _drafted(locked)
    refuse_if(_release_problems(locked, drafted, now))
    plan = plan_of(locked)
    if plan.release_at is not None:
        raise Refused(Problem("planned", _("This is about to be told already. Stop it first, to change anything.")))
    managers = account_managers_of(drafted) if plan.manager_hours else []
    if managers:
        _announce(actor, locked, drafted, managers, now)
        return len(drafted)
    _release_all(actor, locked, drafted, now)
    return len(drafted)


@transaction.atomic
def stop_release(*, actor: Actor, cohort: Cohort) -> None:
    """Keep decisions back that account managers know of: they are drafts like any other again.

    Raises `Refused`: not_planned.
    """
    Cohort.objects.locked().get(pk=cohort.pk)
    if not SelectionPlan.objects.filter(cohort=cohort, release_at__isnull=False).update(release_at=None):
        raise Refused(Problem("not_planned", _("Nothing is about to be told.")))
    Decision.objects.drafted().filter(cohort=cohort).update(announced_at=None)
    note(actor=actor, verb="cohorts.release_stopped", obj=cohort)


def release_due_decisions(now: datetime) -> datetime | None:
    """Tell what account managers have known for long enough; returns when the next are due.

    What can no longer be released stays drafted, and those who lead the cohort learn why.
    """
    for plan in SelectionPlan.objects.filter(release_at__lte=now).select_related("cohort"):
        with transaction.atomic():
            _release_announced(plan, now)
    ahead = SelectionPlan.objects.filter(release_at__gt=now).order_by("release_at")
    return ahead.values_list("release_at", flat=True).first()


def _release_announced(plan: SelectionPlan, now: datetime) -> None:
    locked = Cohort.objects.locked().get(pk=plan.cohort_id)
    # Of two workers one finds it; who stopped it meanwhile has won.
    if not SelectionPlan.objects.filter(pk=plan.pk, release_at__lte=now).update(release_at=None):
        return
    drafted = [decision for decision in _drafted(locked) if decision.announced_at is not None]
    problems = blockers(_release_problems(locked, drafted, now)) if drafted else []
    if not problems:
        if drafted:
            _release_all(Actor.system(_("Decisions told as planned")), locked, drafted, now)
        return
    Decision.objects.drafted().filter(cohort=locked).update(announced_at=None)
    title = _("Not told: %(cohort)s. %(why)s") % {"cohort": locked.title, "why": problems[0].message}
    url = address("application_list", locked.public_id)
    for colleague in facilitating_members(locked):
        notify(membership=colleague, kind="cohorts.decisions_ahead", title=title, url=url, now=now)


def _drafted(cohort: Cohort) -> list[Decision]:
    """What is drafted, held, in the order in which people get their places: who waited in vain before comes first."""
    rows = Decision.objects.drafted().filter(cohort=cohort).select_for_update(no_key=True, of=("self",))
    rows = rows.select_related("application__membership", "application__partner__account_manager")
    first = set(
        Application.objects.waiting_for_decision()
        .filter(waited_in_vain(cohort.pk, cohort.program_id), cohort=cohort)
        .values_list("pk", flat=True)
    )
    listed = list(rows.order_by("application__submitted_at", "id"))
    return sorted(listed, key=lambda decision: decision.application_id not in first)


def _release_problems(cohort: Cohort, drafted: Sequence[Decision], now: datetime) -> list[Problem]:
    problems = rules.release_problems(
        cohort=cohort,
        kinds=[decision.kind for decision in drafted],
        offered=offers_open(cohort),
        missing_wording=sum(not decision.wording.strip() for decision in drafted),
        last_session_at=last_session_at(cohort),
        now=now,
    )
    return blockers(problems + entry_problems(cohort, _accepted(drafted), now))


def _release_all(actor: Actor, cohort: Cohort, drafted: Sequence[Decision], now: datetime) -> None:
    for decision in drafted:
        _release(decision, cohort, now)
    note(actor=actor, verb="cohorts.decisions_released", obj=cohort, changes=_summary(drafted))
    wake("plan", now)


def account_managers_of(drafted: Sequence[Decision]) -> list[Membership]:
    """Who looks after the partners of these applicants and is still here."""
    partners = [row.application.partner for row in drafted if row.application.partner is not None]
    found = {partner.account_manager.pk: partner.account_manager for partner in partners if partner.account_manager}
    return [manager for manager in found.values() if manager.is_staff]


def _announce(
    actor: Actor, cohort: Cohort, drafted: Sequence[Decision], managers: Sequence[Membership], now: datetime
) -> None:
    plan = own_plan(cohort)
    release_at = now + timedelta(hours=plan.manager_hours)
    SelectionPlan.objects.filter(pk=plan.pk).update(release_at=release_at)
    Decision.objects.filter(pk__in=[decision.pk for decision in drafted]).update(announced_at=now)
    for manager in managers:
        slot = f"{now:%Y%m%d%H%M%S%f}"
        post(kind="cohorts.decisions_ahead", subject_id=cohort.pk, slot=slot, recipient=manager, now=now)
    note(actor=actor, verb="cohorts.decisions_announced", obj=cohort, changes=_summary(drafted))
    wake("plan", release_at)


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
    if (team := team_of(application)) is not None:
        follow_decision(cohort=cohort, team=team, kind=decision.kind, now=now)
        if decision.kind != Decision.Kind.DECLINE:
            return
    match decision.kind:
        case Decision.Kind.ACCEPT:
            seats.offer_first_seat(cohort=cohort, application=application, now=now)
        case Decision.Kind.WAIT:
            seats.put_on_waiting_list(cohort=cohort, application=application, now=now)
        case Decision.Kind.DECLINE:
            post(
                kind="cohorts.application_declined",
                subject_id=application.pk,
                slot=f"{now:%Y%m%d%H%M%S%f}",
                recipient=application.membership,
                now=now,
            )


def _summary(drafted: Sequence[Decision]) -> dict[str, list[int]]:
    kinds = [decision.kind for decision in drafted]
    return {str(kind): [0, kinds.count(kind)] for kind in Decision.Kind.values if kind in kinds}
