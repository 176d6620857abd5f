"""The page of one journey and of one step, for colleagues."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from partners.days import day_of
from partners.models import Journey, JourneyStep
from partners.queries.journeys.studio import steps_of, who_does
from partners.queries.journeys.todo import is_gone, kind_of, places_of
from prm.addresses import address

_DAY = "j M Y"


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step of a journey in ready strings; `told` says what became of it."""

    url: str
    title: str
    icon: str
    kind: str
    state: str
    state_label: str
    who: str
    due: str
    is_overdue: bool
    told: str


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A step that waits for a colleague."""

    url: str
    settle_url: str
    title: str
    partner: str
    partner_url: str
    journey: str
    due: str
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class JourneyPhase:
    name: str
    steps: list[StepRow]

    @property
    def done(self) -> int:
        return sum(step.state in JourneyStep.SETTLED for step in self.steps)


def show_labels() -> list[tuple[str, str]]:
    return [
        ("running", _("Running")),
        ("overdue", _("Overdue")),
        ("stuck", _("Stuck")),
        ("finished", _("Finished")),
        ("stopped", _("Stopped")),
    ]


def phases_of_journey(journey: Journey, now: datetime) -> list[JourneyPhase]:
    """All that the journey asks for, phase by phase; steps that are no longer asked come last in theirs."""
    phases: dict[str, list[StepRow]] = {}
    for step in steps_of(journey):
        phases.setdefault(step.phase_name, []).append(_row(journey, step, now))
    return [JourneyPhase(name, rows) for name, rows in phases.items()]


def _row(journey: Journey, step: JourneyStep, now: datetime) -> StepRow:
    kind = kind_of(step.kind)
    return StepRow(
        url=address("journey_step", journey.public_id, step.public_id),
        title=step.title,
        icon=kind.icon if kind else "circle-dot",
        kind=str(kind.label) if kind else "",
        state=step.state,
        state_label=step.get_state_display(),
        who=who_does(step),
        due=date_format(step.due_on, _DAY) if step.due_on and step.state in JourneyStep.UNSETTLED else "",
        is_overdue=step.is_overdue(day_of(now)),
        told=told(step),
    )


def told(step: JourneyStep) -> str:
    """What became of a settled step: who, when, and why it was waived."""
    if step.done_at is None:
        return ""
    who = [str(step.done_by.person)] if step.done_by is not None else []
    settled = ", ".join([date_format(timezone.localtime(step.done_at), _DAY), *who])
    return ": ".join([settled, *(words for words in (step.reason, step.note) if words)])


def progress_of(journey: Journey) -> dict[str, Any]:
    """How far the journey is, for its ring."""
    states = list(
        JourneyStep.objects.filter(journey=journey)
        .exclude(state=JourneyStep.State.DROPPED)
        .values_list("state", flat=True)
    )
    done = sum(state in JourneyStep.SETTLED for state in states)
    return {"done": done, "total": len(states), "share": done / len(states) if states else 0.0}


def step_page(step: JourneyStep, now: datetime) -> dict[str, Any]:
    """What the page of a step tells: what it is about, the answers, what is to come first."""
    kind = kind_of(step.kind)
    places = places_of([step])
    place = places.get((step.kind, step.source_id))
    earlier = JourneyStep.objects.filter(
        journey=step.journey_id, key__in=step.waits_for, state__in=JourneyStep.UNSETTLED
    )
    return {
        "kind": kind,
        "about": place.title if place else "",
        "is_gone": is_gone(step.kind, step.source_id, places),
        "answers": answers_of(step),
        "waits_for": list(earlier.values_list("title", flat=True)) if step.waits_for else [],
        "is_overdue": step.is_overdue(day_of(now)),
        "who": who_does(step),
        "told": told(step),
        "is_unsettled": step.state in JourneyStep.UNSETTLED,
        "is_settled": step.state in JourneyStep.SETTLED,
    }


def answers_of(step: JourneyStep) -> list[tuple[str, str]]:
    """(question, answer) of a form that was answered."""
    return [
        (str(question["label"]), _shown(str(question["kind"]), step.answers.get(question["key"], "")))
        for question in step.questions
        if step.answers
    ]


def _shown(kind: str, answer: str) -> str:
    return {"yes": _("Yes"), "no": _("No")}.get(answer, answer) if kind == "yes_no" else answer


def staff_row(step: JourneyStep, now: datetime) -> StaffRow:
    """The line of a step that `staff_steps` gave."""
    journey = step.journey
    return StaffRow(
        url=address("journey_step", journey.public_id, step.public_id),
        settle_url=address("journey_step_settle", journey.public_id, step.public_id),
        title=step.title,
        partner=journey.partner.name,
        partner_url=address("partner_detail", journey.partner.public_id),
        journey=journey.template.name,
        due=date_format(step.due_on, _DAY) if step.due_on else "",
        is_overdue=step.is_overdue(day_of(now)),
    )
