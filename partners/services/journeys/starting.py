"""Beginning a journey, by hand or because somebody joined, and ending it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from partners import facts, rules
from partners.days import day_of
from partners.models import Journey, JourneyStep, JourneyTemplate, Partner, TemplateStep
from partners.models.journeys import BY_HAND, COPIED, JOURNEY_MACHINE
from partners.services.journeys.advancing import advance
from prm.accounts.actors import Actor
from prm.activity.services import NewFact, record, record_many
from prm.audit.services import note
from prm.problems import Problem, Refused, refuse_if


@dataclass(frozen=True, slots=True)
class Traveler:
    """Who goes on a journey: a partner, or one person of it."""

    partner_id: int
    membership_id: int | None = None


@transaction.atomic
def start_journeys(
    *,
    actor: Actor,
    template: JourneyTemplate,
    travelers: Collection[Traveler],
    now: datetime,
    is_by_trigger: bool = False,
) -> int:
    """Begin the journey for these, each with a copy of the template's steps; returns how many began.

    Who is on it already stays as they are; archived and unknown partners are left out. The template is locked, so two
    who start at once start once. Raises `Refused` with `switched_off`.
    """
    locked = JourneyTemplate.objects.select_for_update(no_key=True).get(pk=template.pk)
    refuse_if(rules.start_problems(locked))
    wanted = {traveler.partner_id for traveler in travelers}
    listed = set(Partner.objects.listed().filter(pk__in=wanted).values_list("pk", flat=True))
    running = Journey.objects.running().filter(template=locked, partner__in=wanted)
    known = {Traveler(*row) for row in running.values_list("partner_id", "membership_id")}
    today = day_of(now)
    begun = Journey.objects.bulk_create(
        Journey(
            template=locked,
            partner_id=traveler.partner_id,
            membership_id=traveler.membership_id,
            version=locked.version,
            is_by_trigger=is_by_trigger,
            trigger=locked.trigger if is_by_trigger else BY_HAND,
            source_id=locked.source_id if is_by_trigger else 0,
            started_on=today,
            started_at=now,
        )
        for traveler in dict.fromkeys(travelers)
        if traveler not in known and traveler.partner_id in listed
    )
    copy_steps(locked, begun, list(locked.steps.all()), now)
    advance([journey.pk for journey in begun], now)
    record_many(NewFact(facts.JOURNEY_STARTED, now, partner_id=row.partner_id, object_id=row.pk) for row in begun)
    if begun:
        changes = {"partners": [0, len(begun)]}
        note(actor=actor, verb=facts.JOURNEY_STARTED.name, obj=locked, changes=changes)
    return len(begun)


def copy_steps(
    template: JourneyTemplate, journeys: Collection[Journey], steps: Collection[TemplateStep], now: datetime
) -> None:
    """Give each of the journeys these steps of its template: those that wait for none are open at once."""
    JourneyStep.objects.bulk_create(
        (_copy(template, journey, step, now) for journey in journeys for step in steps), batch_size=1000
    )


def _copy(template: JourneyTemplate, journey: Journey, step: TemplateStep, now: datetime) -> JourneyStep:
    is_open = not step.waits_for
    is_due = step.due_days is not None and (is_open or not step.is_due_after_steps)
    return JourneyStep(
        journey=journey,
        phase_name=template.phases[step.phase] if step.phase < len(template.phases) else "",
        state=JourneyStep.State.OPEN if is_open else JourneyStep.State.WAITING,
        opened_at=now if is_open else None,
        due_on=journey.started_on + timedelta(days=step.due_days or 0) if is_due else None,
        **{column: getattr(step, column) for column in COPIED},
    )


@transaction.atomic
def stop_journey(*, actor: Actor, journey: Journey, reason: str, now: datetime) -> None:
    """End a journey before its end; what was done stays. Raises `Refused`: no_reason, wrong_state."""
    refuse_if(rules.waiver_problems(reason))
    JOURNEY_MACHINE.move(journey, "stop", ended_at=now, stop_reason=reason[:200], has_left=False)
    record(kind=facts.JOURNEY_STOPPED, at=now, partner_id=journey.partner_id, object_id=journey.pk)
    note(actor=actor, verb=facts.JOURNEY_STOPPED.name, obj=journey, label=label_of(journey), reason=reason)


@transaction.atomic
def resume_journey(*, actor: Actor, journey: Journey, now: datetime) -> None:
    """Go on with a stopped journey where it was. Raises `Refused`: wrong_state, already_running."""
    go_on(journey)
    record(kind=facts.JOURNEY_RESUMED, at=now, partner_id=journey.partner_id, object_id=journey.pk)
    note(actor=actor, verb=facts.JOURNEY_RESUMED.name, obj=journey, label=label_of(journey))
    advance([journey.pk], now)


def go_on(journey: Journey) -> None:
    """Have a stopped or finished journey run again. Raises `Refused`: wrong_state, already_running.

    Its template is locked, so that nobody begins it anew at the same moment.
    """
    JourneyTemplate.objects.select_for_update(no_key=True).get(pk=journey.template_id)
    others = Journey.objects.running().filter(template=journey.template_id, partner=journey.partner_id)
    if others.filter(membership=journey.membership_id).exclude(pk=journey.pk).exists():
        raise Refused(Problem("already_running", _("This journey has begun anew meanwhile.")))
    JOURNEY_MACHINE.move(journey, "resume", ended_at=None, stop_reason="", has_left=False)


def label_of(journey: Journey) -> str:
    return _("%(journey)s of %(partner)s") % {"journey": journey.template, "partner": journey.partner}
