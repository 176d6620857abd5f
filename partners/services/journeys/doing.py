"""Steps done, waived, skipped and opened again; a step that two journeys ask for is done in both."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from partners import facts, rules
from partners.days import day_of
from partners.models import (
    Acceptance,
    Agreement,
    AgreementVersion,
    Attribute,
    Journey,
    JourneyStep,
    JourneyTemplate,
    Partner,
    PartnerUser,
)
from partners.models.journeys import STEP_MACHINE
from partners.models.partners import Source
from partners.services.journeys.advancing import advance, hold
from partners.services.journeys.starting import go_on, label_of
from partners.services.telling import Told, tell
from partners.step_kinds import step_kinds
from prm.accounts.actors import Actor
from prm.activity.services import NewFact, record, record_many
from prm.audit.services import note as note_in_audit
from prm.problems import Problem, Refused, refuse_if


@transaction.atomic
def complete_step(
    *,
    actor: Actor,
    user: PartnerUser,
    step: JourneyStep,
    answers: Mapping[str, str],
    values: Mapping[Attribute, Any] | None = None,
    note: str = "",
    now: datetime,
) -> None:
    """A partner's person says that a step is done, with the answers of its form; `values` are those that attributes
    keep, of which the ones that would move a group wait for a colleague as always.

    The same task in another journey of the same people is done with it. Raises `Refused`: stopped, comes_later,
    settled, done_elsewhere, `missing` on the field of each question that needs an answer, and what `tell` refuses.
    """
    if values:
        _hold_company(user)
    locked = _lock(step, running_of(user) if step.source_id else ())
    problems = rules.doing_problems(locked, _is_done_elsewhere(locked))
    refuse_if(problems or rules.answer_problems(locked.questions, answers))
    STEP_MACHINE.move(
        locked, "finish", done_at=now, done_by_id=user.membership_id, note=note[:500], answers=dict(answers)
    )
    if values:
        told: Told = {attribute: value for attribute, value in values.items()}  # noqa: C416 - of a wider type
        tell(actor=actor, partner=locked.journey.partner, told=told, source=Source.JOURNEY, now=now)
    done = [locked, *_settle_twins(locked, user, now)]
    _record_done(done, now)
    note_in_audit(actor=actor, verb=facts.JOURNEY_STEP_DONE.name, obj=locked, label=locked.title)
    advance({row.journey_id for row in done}, now)


@transaction.atomic
def skip_own_step(*, actor: Actor, user: PartnerUser, step: JourneyStep, now: datetime) -> None:
    """A partner's person leaves out what may be skipped. Raises `Refused`: not_optional, wrong_state."""
    locked = _lock(step)
    if not locked.is_optional:
        raise Refused(Problem("not_optional", _("This step belongs to it. If it makes no sense for you, ask us.")))
    STEP_MACHINE.move(locked, "skip", done_at=now, done_by_id=user.membership_id)
    note_in_audit(actor=actor, verb="partners.journey_step_skipped", obj=locked, label=locked.title)
    advance([locked.journey_id], now)


@transaction.atomic
def accept_agreement(
    *, actor: Actor, user: PartnerUser, version: AgreementVersion, authority: str, has_read: bool, now: datetime
) -> None:
    """Accept a version; every step that asks for it is done. Twice is once.

    A term that is about to end is followed by the next one. Raises `Refused`: leads_only, not_ticked, and old_version
    when a newer one counts by now.
    """
    refuse_if(rules.signing_problems(version.agreement.is_personal, user, has_read))
    _hold_company(user)
    hold(running_of(user))
    # Of two who accept the same at once the second finds it accepted.
    Agreement.objects.select_for_update(no_key=True).get(pk=version.agreement_id)
    if not AgreementVersion.objects.newest().filter(pk=version.pk).exists():
        raise Refused(Problem("old_version", _("There is a newer version by now. Please read that one.")))
    today = day_of(now)
    known = Acceptance.objects.filter(version=version, membership=user.membership_id)
    if not known.holding(today).exists():
        term = rules.next_term(version.term_months, _term_before(user, version), today)
        Acceptance.objects.create(
            version=version,
            partner_id=user.partner_id,
            membership_id=user.membership_id,
            authority=authority.strip()[:120],
            accepted_at=now,
            ends_on=term.ends_on if term else None,
            renews_on=term.renews_on if term else None,
        )
        _tell_acceptance(actor, user, version, now)
    advance(running_of(user), now)


def _term_before(user: PartnerUser, version: AgreementVersion) -> rules.Term | None:
    """The term that the company, or the person, is bound for now."""
    rows = Acceptance.objects.filter(version__agreement=version.agreement_id, ends_on__isnull=False)
    own = rows.filter(membership=user.membership_id) if version.agreement.is_personal else rows
    last = own.filter(partner=user.partner_id).order_by("ends_on").last()
    return rules.Term(last.ends_on, last.renews_on) if last and last.ends_on and last.renews_on else None


def credit_person(*, user: PartnerUser, kinds: Collection[str], source_id: int, now: datetime) -> None:
    """Count at once what this person has just done elsewhere, about an object that steps of these kinds ask for.

    Without it, it would be counted within a minute.
    """
    steps = JourneyStep.objects.open().filter(kind__in=kinds, source_id=source_id)
    ids = set(steps.filter(_of(user, "journey__")).values_list("journey", flat=True))
    if ids:
        advance(ids, now)


def running_of(user: PartnerUser) -> list[int]:
    """The running journeys of the person's company and of the person."""
    return list(Journey.objects.running().filter(_of(user)).values_list("pk", flat=True))


def _of(user: PartnerUser, journey: str = "") -> Q:
    """Journeys of the person's company and of the person; `journey` is the way to them."""
    mine = Q(**{f"{journey}membership": None}) | Q(**{f"{journey}membership": user.membership_id})
    return mine & Q(**{f"{journey}partner": user.partner_id})


@transaction.atomic
def finish_step(*, actor: Actor, step: JourneyStep, note: str, now: datetime) -> None:
    """A colleague says that a step is done, their own or a partner's. Raises `Refused` where it is settled."""
    locked = _lock(step)
    STEP_MACHINE.move(locked, "finish", done_at=now, done_by_id=actor.membership_id, note=note[:500])
    _record_done([locked], now)
    _note(actor, "partners.journey_step_done", locked, note)
    advance([locked.journey_id], now)


@transaction.atomic
def waive_step(*, actor: Actor, step: JourneyStep, reason: str, now: datetime) -> None:
    """A colleague lets a step go for this partner, and says why. Raises `Refused`: no_reason, wrong_state."""
    refuse_if(rules.waiver_problems(reason))
    locked = _lock(step)
    STEP_MACHINE.move(locked, "waive", done_at=now, done_by_id=actor.membership_id, reason=reason[:200])
    _note(actor, "partners.journey_step_waived", locked, reason)
    advance([locked.journey_id], now)


@transaction.atomic
def skip_step(*, actor: Actor, step: JourneyStep, now: datetime) -> None:
    """A colleague passes over a step. Raises `Refused` where it is settled."""
    locked = _lock(step)
    STEP_MACHINE.move(locked, "skip", done_at=now, done_by_id=actor.membership_id)
    _note(actor, "partners.journey_step_skipped", locked, "")
    advance([locked.journey_id], now)


@transaction.atomic
def reopen_step(*, actor: Actor, step: JourneyStep, reason: str, now: datetime) -> None:
    """Ask for a settled step again; a finished journey goes on with it. What was answered before stays in the form.

    Raises `Refused`: stopped, wrong_state, done_elsewhere where it would be counted as done again at once, and
    already_running where the finished journey has begun anew since.
    """
    JourneyTemplate.objects.select_for_update(no_key=True).get(pk=step.journey.template_id)
    locked = _lock(step)
    journey = locked.journey
    if locked.state == JourneyStep.State.DONE and _is_done_elsewhere(locked):
        raise Refused(Problem("done_elsewhere", _("They are through with it, and stay so. Add a step to ask again.")))
    was_done = locked.state == JourneyStep.State.DONE
    STEP_MACHINE.move(locked, "reopen", opened_at=now, done_at=None, done_by_id=None, note="", reason="")
    if was_done:
        record(kind=facts.JOURNEY_STEP_DONE, at=now, partner_id=journey.partner_id, object_id=locked.pk, amount=-1)
    if journey.state == Journey.State.FINISHED:
        go_on(journey)
        record(kind=facts.JOURNEY_FINISHED, at=now, partner_id=journey.partner_id, object_id=journey.pk, amount=-1)
    _note(actor, "partners.journey_step_reopened", locked, reason)


def _hold_company(user: PartnerUser) -> None:
    """Before its journeys, as a merge of companies does it."""
    Partner.objects.select_for_update(no_key=True).get(pk=user.partner_id)


def _lock(step: JourneyStep, others: Collection[int] = ()) -> JourneyStep:
    """The step as it is now; its journey is held, so that two who settle its last steps at once end it once.

    Raises `Refused` with `stopped` where the journey does not go on.
    """
    hold({step.journey_id, *others})
    rows: QuerySet[JourneyStep] = JourneyStep.objects.select_related("journey__template", "journey__partner")
    locked = rows.get(pk=step.pk)
    refuse_if(rules.stopped_problems(locked.journey))
    return locked


def _settle_twins(step: JourneyStep, user: PartnerUser, now: datetime) -> list[JourneyStep]:
    """Open steps of the same kind about the same object, in the other journeys of the person's company and person."""
    if not step.source_id:
        return []
    twins = JourneyStep.objects.open().filter(
        kind=step.kind, source_id=step.source_id, side=step.side, journey__in=running_of(user)
    )
    found = list(twins.exclude(pk=step.pk).select_related("journey").order_by("pk"))
    for twin in found:
        STEP_MACHINE.move(twin, "finish", done_at=now, done_by_id=user.membership_id)
    return found


def _is_done_elsewhere(step: JourneyStep) -> bool:
    return step.kind in step_kinds and step_kinds.get(step.kind).is_done_elsewhere


def _record_done(steps: list[JourneyStep], now: datetime) -> None:
    record_many(
        NewFact(facts.JOURNEY_STEP_DONE, now, partner_id=step.journey.partner_id, object_id=step.pk) for step in steps
    )


def _note(actor: Actor, verb: str, step: JourneyStep, reason: str) -> None:
    label = f"{step.title} ({label_of(step.journey)})"
    changes: dict[str, list[Any]] = {"state": ["", step.get_state_display()]}
    note_in_audit(actor=actor, verb=verb, obj=step, label=label, changes=changes, reason=reason)


def _tell_acceptance(actor: Actor, user: PartnerUser, version: AgreementVersion, now: datetime) -> None:
    person_id = user.membership.person_id
    record(kind=facts.AGREEMENT_ACCEPTED, at=now, partner_id=user.partner_id, person_id=person_id, object_id=version.pk)
    label = f"{version.agreement.title} v{version.number}"
    note_in_audit(actor=actor, verb=facts.AGREEMENT_ACCEPTED.name, obj=version, label=label)
