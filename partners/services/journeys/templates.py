"""Templates of journeys: made, changed step by step, switched on, and brought to those who are on their way."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Case, DateField, DateTimeField, ExpressionWrapper, F, OuterRef, Subquery, Value, When
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from partners import rules
from partners.journey_starters import STARTERS
from partners.models import Journey, JourneyStep, JourneyTemplate, TemplateStep
from partners.models.journeys import BY_HAND, COPIED
from partners.queries.journeys.todo import titles_of_gone
from partners.services.journeys.advancing import advance
from partners.services.journeys.starting import copy_steps
from partners.step_kinds import step_kinds
from partners.triggers import triggers
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.services import note
from prm.problems import Problem, Refused, refuse_if
from prm.tenancy.editing import update_if_unchanged
from prm.tenancy.public_ids import new_public_id
from prm.tenancy.wakeups import wake


@dataclass(frozen=True)
class TemplateDetails:
    name: str
    phases: Sequence[str]
    welcome: str = ""
    trigger: str = BY_HAND
    source_id: int = 0
    is_personal: bool = False
    leaving: str = JourneyTemplate.Leaving.STOP
    owner: Membership | None = None

    def columns(self) -> dict[str, Any]:
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        values["phases"] = list(self.phases)
        if self.trigger in triggers and triggers.get(self.trigger).is_personal:
            values["is_personal"] = True
        return values


@dataclass(frozen=True)
class StepDetails:
    """What a step says; `due_days` None is due at no day. See `partners.models.journeys` for the meaning of each."""

    kind: str
    title: str
    text: str = ""
    url: str = ""
    phase: int = 0
    source_id: int = 0
    side: str = TemplateStep.Side.PARTNER
    doer: Membership | None = None
    is_optional: bool = False
    due_days: int | None = None
    is_due_after_steps: bool = False
    waits_for: Sequence[str] = ()
    questions: Sequence[dict[str, Any]] = field(default_factory=tuple)

    def columns(self) -> dict[str, Any]:
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        values["waits_for"], values["questions"] = list(self.waits_for), list(self.questions)
        return values


@transaction.atomic
def create_template(
    *, actor: Actor, details: TemplateDetails, steps: Sequence[StepDetails] = (), now: datetime
) -> JourneyTemplate:
    """Make a template, switched off, with these steps; their `waits_for` names steps by place: "0" is the first.

    Raises `Refused`: name_taken, no_phase, too_many_phases, same_phase.
    """
    refuse_if(rules.phase_problems(details.phases, (), {}))
    try:
        with transaction.atomic():
            template = JourneyTemplate.objects.create(**details.columns(), created_at=now)
    except IntegrityError as error:
        raise Refused(_name_taken()) from error
    keys = [new_public_id() for _step in steps]
    TemplateStep.objects.bulk_create(
        TemplateStep(
            template=template,
            key=keys[place],
            position=place,
            **step.columns() | {"waits_for": [keys[int(other)] for other in step.waits_for]},
        )
        for place, step in enumerate(steps)
    )
    note(actor=actor, verb="partners.journey_template_created", obj=template)
    return template


def steps_of_starter(name: str) -> list[StepDetails]:
    """The steps that a starter brings, in the reader's language."""
    starter = STARTERS.get(name)
    if starter is None:
        return []
    return [
        StepDetails(
            kind=step.kind,
            title=str(step.title),
            text=str(step.text),
            phase=step.phase,
            side=step.side,
            is_optional=step.is_optional,
            due_days=step.due_days,
            is_due_after_steps=step.is_due_after_steps,
            waits_for=[str(place) for place in step.waits_for],
            questions=[question(str(label), kind, needed) for label, kind, needed in step.questions],
        )
        for step in starter.steps
    ]


def question(label: str, kind: str, is_required: bool, key: str = "", attribute: str = "") -> dict[str, Any]:
    """A question of a form, under a key that its answers keep; `attribute` is the public id of what it fills."""
    made = {"key": key or f"q{new_public_id()}", "label": label, "kind": kind, "is_required": is_required}
    return {**made, "attribute": attribute} if attribute else made


@transaction.atomic
def change_template(
    *, actor: Actor, template: JourneyTemplate, revision: int, details: TemplateDetails, now: datetime
) -> None:
    """Change words, phases and what starts it; steps go where their phase does.

    Where something else starts it by now, it does so for who joins from `now` on. Raises `Refused`: changed_meanwhile,
    name_taken, no_phase, too_many_phases, same_phase, phase_in_use, has_begun.
    """
    locked, columns = _lock(template), details.columns()
    places = rules.moved_phases(locked.phases, columns["phases"])
    used = set(locked.steps.values_list("phase", flat=True))
    has_begun = Journey.objects.filter(template=locked).exists()
    problems = rules.personal_problems(columns["is_personal"], locked.is_personal, has_begun)
    problems += rules.phase_problems(details.phases, used, places)
    # Of two who edit the later one is told so, and not what stands against words that nobody has now.
    refuse_if(problems if locked.revision == revision else [])
    try:
        with transaction.atomic():
            changes = update_if_unchanged(template, revision, **columns)
    except IntegrityError as error:
        raise Refused(_name_taken()) from error
    if "phases" in changes:
        _move_steps(locked, {place: places[place] for place in used if places[place] != place})
    if locked.is_on and {"trigger", "source_id"} & changes.keys():
        JourneyTemplate.objects.filter(pk=locked.pk).update(switched_on_at=now, includes_present=False)
        template.switched_on_at, template.includes_present = now, False
    if changes:
        note(actor=actor, verb="partners.journey_template_changed", obj=template, changes=changes)


def _move_steps(template: JourneyTemplate, places: Mapping[int, int]) -> None:
    if places:
        moved = Case(*(When(phase=before, then=Value(after)) for before, after in places.items()))
        template.steps.filter(phase__in=places).update(phase=moved)
    _touch(template)


@transaction.atomic
def add_step(*, actor: Actor, template: JourneyTemplate, details: StepDetails) -> TemplateStep:
    """Put a step at the end of its phase.

    Raises `Refused`: too_many_steps, phase_gone, and incomplete where the journey is on.
    """
    locked = _lock(template)
    steps = locked.steps.all()
    refuse_if(rules.step_count_problems(len(steps)))
    position = max((step.position for step in steps), default=-1) + 1
    columns = _columns(locked, details, {step.key for step in steps})
    step: TemplateStep = TemplateStep.objects.create(template=locked, key=new_public_id(), position=position, **columns)
    _touch(locked)
    note(actor=actor, verb="partners.journey_step_added", obj=step, changes={"journey": ["", locked.name]})
    return step


@transaction.atomic
def change_step(*, actor: Actor, step: TemplateStep, revision: int, details: StepDetails) -> None:
    """Change what a step says, for those who begin from now on.

    Raises `Refused`: deleted, circle, changed_meanwhile, phase_gone, and incomplete where the journey is on.
    """
    locked = _lock(step.template)
    known = dict(locked.steps.values_list("key", "waits_for"))
    if step.key not in known:
        words = _("A colleague deleted this step meanwhile. Your words are kept below: add it anew if it is needed.")
        raise Refused(Problem("deleted", words))
    columns = _columns(locked, details, known)
    refuse_if(rules.circle_problems(step.key, columns["waits_for"], known))
    changes = update_if_unchanged(step, revision, **columns)
    if changes:
        _touch(locked)
        note(actor=actor, verb="partners.journey_step_changed", obj=step, changes=changes)


def _columns(template: JourneyTemplate, details: StepDetails, known: Collection[str]) -> dict[str, Any]:
    """What a step of the template says in columns; what it waits for is what there is. The template is locked."""
    columns = details.columns() | {"waits_for": [key for key in details.waits_for if key in known]}
    if details.phase >= len(template.phases):
        raise Refused(Problem("phase_gone", _("A colleague took this phase out meanwhile. Choose another."), "phase"))
    if template.is_on:
        refuse_if(rules.running_step_problems(TemplateStep(**columns), _kinds_about_something()))
    return columns


def _kinds_about_something() -> set[str]:
    return {kind.name for kind in step_kinds.all() if kind.is_about_something}


@transaction.atomic
def move_step(*, actor: Actor, step: TemplateStep, is_up: bool) -> None:
    """Change places with the step before or after it in the same phase; at the end nothing happens."""
    locked = _lock(step.template)
    order = list(locked.steps.filter(phase=step.phase).order_by("position", "pk"))
    place = next((place for place, row in enumerate(order) if row.pk == step.pk), None)
    other = None if place is None else place + (-1 if is_up else 1)
    if place is None or other is None or not 0 <= other < len(order):
        return
    order[place], order[other] = order[other], order[place]
    positions = sorted(row.position for row in order)
    for row, position in zip(order, positions, strict=True):
        TemplateStep.objects.filter(pk=row.pk).update(position=position)
    _touch(locked)
    note(actor=actor, verb="partners.journey_step_moved", obj=step)


@transaction.atomic
def delete_step(*, actor: Actor, step: TemplateStep) -> None:
    """Take a step out: nobody who begins from now on has it, and what waited for it no longer does.

    Raises `Refused` with `last_step` where the journey is on and would ask for nothing.
    """
    locked = _lock(step.template)
    refuse_if(rules.step_removal_problems(locked, locked.steps.exclude(pk=step.pk).count()))
    for waiting in locked.steps.filter(waits_for__contains=[step.key]):
        waiting.waits_for = [key for key in waiting.waits_for if key != step.key]
        waiting.save(update_fields=["waits_for"])
    note(actor=actor, verb="partners.journey_step_deleted", obj=step, changes={"journey": [locked.name, ""]})
    TemplateStep.objects.filter(pk=step.pk).delete()
    _touch(locked)


@transaction.atomic
def switch_on(*, actor: Actor, template: JourneyTemplate, includes_present: bool, now: datetime) -> None:
    """Have it start for who joins from now on, and with `includes_present` for who is in already. Twice is once.

    Raises `Refused`: archived, no_steps, incomplete, and gone where a step is about what was put away.
    """
    locked = _lock(template)
    steps = list(locked.steps.order_by("phase", "position", "pk"))
    refuse_if(rules.switch_on_problems(locked, steps, _kinds_about_something(), titles_of_gone(steps)))
    if locked.switched_on_at is not None:
        return
    JourneyTemplate.objects.filter(pk=locked.pk).update(switched_on_at=now, includes_present=includes_present)
    template.switched_on_at, template.includes_present = now, includes_present
    note(actor=actor, verb="partners.journey_switched_on", obj=template, changes={"includes": ["", includes_present]})
    wake("plan", now)


@transaction.atomic
def switch_off(*, actor: Actor, template: JourneyTemplate) -> None:
    """Start it for nobody any more; who is on it goes on. Twice is once."""
    if JourneyTemplate.objects.switched_on().filter(pk=template.pk).update(switched_on_at=None):
        template.switched_on_at = None
        note(actor=actor, verb="partners.journey_switched_off", obj=template)


@transaction.atomic
def archive_template(*, actor: Actor, template: JourneyTemplate, now: datetime) -> None:
    """Put a template away, switched off; who is on it goes on. Twice is once."""
    if JourneyTemplate.objects.listed().filter(pk=template.pk).update(archived_at=now, switched_on_at=None):
        note(actor=actor, verb="partners.journey_template_archived", obj=template)


def restore_template(*, actor: Actor, template: JourneyTemplate) -> None:
    """Bring an archived template back, switched off. Raises `Refused` with `name_taken`."""
    rows = JourneyTemplate.objects.filter(pk=template.pk, archived_at__isnull=False)
    try:
        with transaction.atomic():
            restored = rows.update(archived_at=None)
    except IntegrityError as error:
        raise Refused(_name_taken()) from error
    if restored:
        note(actor=actor, verb="partners.journey_template_restored", obj=template)


@transaction.atomic
def bring_up_to_date(*, actor: Actor, template: JourneyTemplate, now: datetime) -> int:
    """Give those who are on their way the template's steps of today; returns how many journeys changed.

    What is settled stays. Open steps get the new words and days, new steps come in, steps that are gone are no longer
    asked for.
    """
    locked = _lock(template)
    rows = Journey.objects.running().filter(template=locked, version__lt=locked.version)
    journeys = list(rows.select_for_update(no_key=True).order_by("pk"))
    ids = [journey.pk for journey in journeys]
    steps = list(locked.steps.all())
    unsettled = JourneyStep.objects.filter(journey__in=ids, state__in=JourneyStep.UNSETTLED)
    unsettled.exclude(key__in=[step.key for step in steps]).update(state=JourneyStep.State.DROPPED)
    for step in steps:
        _renew(locked, step, unsettled.filter(key=step.key))
        known = set(JourneyStep.objects.filter(journey__in=ids, key=step.key).values_list("journey", flat=True))
        copy_steps(locked, [journey for journey in journeys if journey.pk not in known], [step], now)
    Journey.objects.filter(pk__in=ids).update(version=locked.version)
    if ids:
        advance(ids, now)
        note(actor=actor, verb="partners.journeys_renewed", obj=locked, changes={"running": [0, len(ids)]})
    return len(ids)


def _renew(template: JourneyTemplate, step: TemplateStep, rows: Any) -> None:
    phase_name = template.phases[step.phase] if step.phase < len(template.phases) else ""
    rows.update(phase_name=phase_name, **{column: getattr(step, column) for column in COPIED if column != "key"})
    if step.due_days is None:
        rows.update(due_on=None)
    elif not step.is_due_after_steps:
        first_day = Subquery(Journey.objects.filter(pk=OuterRef("journey")).values("started_on"))
        due = ExpressionWrapper(first_day + Value(timedelta(days=step.due_days)), output_field=DateTimeField())
        rows.update(due_on=Cast(due, DateField()))


def _touch(template: JourneyTemplate) -> None:
    JourneyTemplate.objects.filter(pk=template.pk).update(version=F("version") + 1)


def _lock(template: JourneyTemplate) -> JourneyTemplate:
    # NO KEY: rows that refer to the template can still be written meanwhile.
    return JourneyTemplate.objects.select_for_update(no_key=True).get(pk=template.pk)


def _name_taken() -> Problem:
    return Problem("name_taken", _("There is already a journey of this name."), "name")
