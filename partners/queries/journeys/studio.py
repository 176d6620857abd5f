"""Journeys as colleagues see them: templates, who is where, what each step loses."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Case, Count, Exists, F, IntegerField, Max, Min, OuterRef, Q, QuerySet, Subquery, When
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.days import day_of
from partners.models import Journey, JourneyStep, JourneyTemplate, Partner, TemplateStep
from partners.models.journeys import BY_HAND
from partners.queries.journeys.kinds import FORM
from partners.queries.journeys.todo import counts_by_template, is_gone, kind_of, places_of
from partners.step_kinds import Place
from partners.triggers import triggers
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.prepared import prepared
from prm.tenancy.scope import current_organization

# Of a step: how many began it, did it, stand there, were let go, are lost, and the median of days.
type Figures = tuple[int, int, int, int, int, Any]
_NO_FIGURES: Figures = (0, 0, 0, 0, 0, None)
# A journey in which nothing was settled for so long is stuck.
STUCK_AFTER = timedelta(days=14)
_DAY = "j M Y"


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A template as the list shows it. Counts leave test partners out."""

    name: str
    url: str
    starts: str
    is_on: bool
    running: int
    finished: int


@dataclass(frozen=True, slots=True)
class StepCard:
    """A step of a template on its page, with what became of it in the journeys that began it.

    `began` had it open at some time: `done` did it, `here` stand at it now, `let_go` were let go on without it, and
    `lost` got no further, since their journey was stopped there. `days` is the median from open to done.
    """

    public_id: str
    title: str
    kind: str
    icon: str
    about: str
    who: str
    due: str
    waits_for: str
    is_optional: bool
    is_incomplete: bool
    is_gone: bool
    began: int
    done: int
    here: int
    let_go: int
    lost: int
    days: str

    @property
    def share(self) -> float:
        return self.done / self.began if self.began else 0.0


@dataclass(frozen=True, slots=True)
class Phase:
    number: int
    name: str
    steps: list[StepCard]


@dataclass(frozen=True, slots=True)
class JourneyRow:
    """A journey as lists show it: who, how far, what is next, by when."""

    url: str
    name: str
    partner: str
    partner_url: str
    person: str
    state: str
    state_label: str
    done: int
    total: int
    next: str
    due: str
    is_overdue: bool
    started: str
    is_stuck: bool


def templates_for_list(is_archived: bool = False) -> QuerySet[JourneyTemplate]:
    return JourneyTemplate.objects.filter(archived_at__isnull=not is_archived).order_by("name", "pk")


def template_rows(templates: Collection[JourneyTemplate]) -> list[TemplateRow]:
    """The lines of a page of templates: one query, and one for each kind of trigger among them."""
    counts = counts_by_template(templates)
    labels = trigger_labels(templates)
    return [
        TemplateRow(
            name=template.name,
            url=address("journey_template_detail", template.public_id),
            starts=labels[template.pk],
            is_on=template.is_on,
            running=counts.get(template.pk, {}).get(Journey.State.RUNNING, 0),
            finished=counts.get(template.pk, {}).get(Journey.State.FINISHED, 0),
        )
        for template in templates
    ]


def trigger_labels(templates: Collection[JourneyTemplate]) -> dict[int, str]:
    """What starts each of them, in words: "Joining a group: Cloud Resellers"."""
    names: dict[str, dict[int, str]] = {}
    for name in {template.trigger for template in templates if template.trigger in triggers}:
        choices = triggers.get(name).choices
        names[name] = dict(choices()) if choices else {}
    return {template.pk: _trigger_label(template, names) for template in templates}


def _trigger_label(template: JourneyTemplate, names: Mapping[str, Mapping[int, str]]) -> str:
    if template.trigger == BY_HAND or template.trigger not in triggers:
        return _("By hand")
    label = str(triggers.get(template.trigger).label)
    if not template.source_id:
        return label
    return f"{label}: {names[template.trigger].get(template.source_id, _('no longer there'))}"


def trigger_choices() -> list[tuple[str, Any]]:
    """Everything that can start a journey, for a menu: (name and key, label), by kind."""
    found: list[tuple[str, Any]] = [(f"{BY_HAND}:0", _("Nothing: a colleague starts it by hand"))]
    for trigger in triggers.all():
        if trigger.choices is None:
            found.append((f"{trigger.name}:0", str(trigger.label)))
        elif choices := trigger.choices():
            found.append((str(trigger.label), [(f"{trigger.name}:{pk}", label) for pk, label in choices]))
    return found


def phases_of(template: JourneyTemplate) -> list[Phase]:
    """The template as its page shows it, phase by phase, with the figures of each step."""
    steps = list(template.steps.select_related("doer__person").order_by("phase", "position", "pk"))
    figures = _figures(template)
    places = places_of(steps)
    titles = {step.key: step.title for step in steps}
    cards: dict[int, list[StepCard]] = {number: [] for number in range(len(template.phases))}
    for step in steps:
        place = places.get((step.kind, step.source_id))
        card = _card(
            step, place, titles, figures.get(step.key, _NO_FIGURES), is_gone(step.kind, step.source_id, places)
        )
        cards.setdefault(step.phase, []).append(card)
    return [
        Phase(number, template.phases[number] if number < len(template.phases) else "", found)
        for number, found in cards.items()
    ]


def _card(step: TemplateStep, place: Place | None, titles: Mapping[str, str], figures: Figures, gone: bool) -> StepCard:
    kind = kind_of(step.kind)
    began, done, here, let_go, lost, days = figures
    return StepCard(
        public_id=step.public_id,
        title=step.title,
        kind=str(kind.label) if kind else step.kind,
        icon=kind.icon if kind else "circle-dot",
        about=place.title if place else "",
        who=who_does(step),
        due=due_words(step),
        waits_for=", ".join(titles[key] for key in step.waits_for if key in titles),
        is_optional=step.is_optional,
        is_incomplete=bool(kind and kind.is_about_something and not step.source_id)
        or (step.kind == FORM and not step.questions),
        is_gone=gone,
        began=began,
        done=done,
        here=here,
        let_go=let_go,
        lost=lost,
        days="" if days is None else f"{days:.0f}" if days >= 1 else "<1",
    )


def who_does(step: TemplateStep | JourneyStep) -> str:
    if step.side == TemplateStep.Side.PARTNER:
        return _("Partner")
    return str(step.doer.person) if step.doer else _("Account manager")


def due_words(step: TemplateStep) -> str:
    """ "day 14", or "5 days after" the steps it waits for."""
    if step.due_days is None:
        return ""
    if step.is_due_after_steps and step.waits_for:
        return ngettext("%d day after", "%d days after", step.due_days) % step.due_days
    return _("day %d") % step.due_days


_FIGURES = """
SELECT step.key, count(step.opened_at), count(*) FILTER (WHERE step.state = 'done'),
    count(*) FILTER (WHERE step.state = 'open' AND journey.state = 'running'),
    count(step.opened_at) FILTER (WHERE step.state IN ('waived', 'skipped', 'dropped')),
    count(*) FILTER (WHERE step.state = 'open' AND journey.state = 'stopped'),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM step.done_at - step.opened_at) / 86400)
        FILTER (WHERE step.state = 'done' AND step.opened_at IS NOT NULL)
FROM partners_journeystep AS step
JOIN partners_journey AS journey ON journey.organization_id = step.organization_id AND journey.id = step.journey_id
JOIN partners_partner AS partner ON partner.organization_id = journey.organization_id
    AND partner.id = journey.partner_id AND NOT partner.is_test
WHERE step.organization_id = %s AND journey.organization_id = %s AND journey.template_id = %s
GROUP BY step.key
"""


def _figures(template: JourneyTemplate) -> dict[str, Figures]:
    organization = current_organization().pk
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, [organization, organization, template.pk])
        return {key: tuple(numbers) for key, *numbers in cursor.fetchall()}


def running_behind(template: JourneyTemplate) -> int:
    """How many running journeys began with older steps."""
    return Journey.objects.running().filter(template=template, version__lt=template.version).count()


SHOWS = ("running", "overdue", "stuck", "finished", "stopped")


def journeys_for_list(
    show: str, template: JourneyTemplate | None, now: datetime, mine: Membership | None = None
) -> QuerySet[Journey]:
    """The journeys of a list, newest first, with what their rows need."""
    rows: QuerySet[Journey] = Journey.objects.filter(partner__archived_at=None)
    rows = rows.filter(state=show if show in Journey.State.values else Journey.State.RUNNING)
    steps = JourneyStep.objects.filter(journey=OuterRef("pk"))
    if template is not None:
        rows = rows.filter(template=template)
    if mine is not None:
        rows = rows.filter(partner__account_manager=mine.pk)
    if show == "overdue":
        rows = rows.filter(Exists(steps.filter(state=JourneyStep.State.OPEN, due_on__lt=day_of(now))))
    if show == "stuck":
        moved = Q(done_at__gt=now - STUCK_AFTER) | Q(opened_at__gt=now - STUCK_AFTER)
        rows = rows.filter(~Exists(steps.filter(moved)))
    return with_progress(rows).order_by("-started_at", "-pk")


def with_progress(rows: QuerySet[Journey]) -> QuerySet[Journey]:
    """The journeys with how far they are: done, total, the next step and its day."""
    steps = JourneyStep.objects.filter(journey=OuterRef("pk")).exclude(state=JourneyStep.State.DROPPED).order_by()
    ahead = steps.filter(state=JourneyStep.State.OPEN).order_by(F("due_on").asc(nulls_last=True), "phase", "position")
    settled = Case(When(state__in=JourneyStep.SETTLED, then=1), output_field=IntegerField())
    counted = steps.values("journey")
    return rows.select_related("template", "partner", "membership__person").annotate(
        total=Subquery(counted.annotate(n=Count("*")).values("n")),
        done=Subquery(counted.annotate(n=Count(settled)).values("n")),
        next_title=Subquery(ahead.values("title")[:1]),
        next_due=Subquery(counted.filter(state=JourneyStep.State.OPEN).annotate(d=Min("due_on")).values("d")),
        moved_at=Subquery(counted.annotate(at=Max("done_at")).values("at")),
    )


def journey_row(journey: Any, now: datetime) -> JourneyRow:
    """The row of a journey that `with_progress` gave."""
    due = journey.next_due
    is_running = journey.state == Journey.State.RUNNING
    return JourneyRow(
        url=address("journey_detail", journey.public_id),
        name=journey.template.name,
        partner=journey.partner.name,
        partner_url=address("partner_detail", journey.partner.public_id),
        person=str(journey.membership.person) if journey.membership else "",
        state=journey.state,
        state_label=journey.get_state_display(),
        done=journey.done or 0,
        total=journey.total or 0,
        next=(journey.next_title or "") if is_running else "",
        due=date_format(due, _DAY) if due and is_running else "",
        is_overdue=bool(due and is_running and due < day_of(now)),
        started=date_format(timezone.localtime(journey.started_at), _DAY),
        is_stuck=is_running and (journey.moved_at or journey.started_at) < now - STUCK_AFTER,
    )


def journeys_of(partner: Partner, now: datetime, most: int = 10) -> list[JourneyRow]:
    """The partner's journeys for its page: running ones first, then the newest."""
    return [journey_row(row, now) for row in _journeys_of(partner.pk, most=most)]


@prepared
def _journeys_of(partner_id: int, *, most: int) -> QuerySet[Journey]:
    rows = with_progress(Journey.objects.filter(partner=partner_id))
    running_first = Case(When(state=Journey.State.RUNNING, then=0), default=1)
    return rows.order_by(running_first, "-started_at", "-pk")[:most]


def steps_of(journey: Journey) -> list[JourneyStep]:
    """All steps of a journey in their order, with who did them."""
    rows = JourneyStep.objects.filter(journey=journey).select_related("done_by__person", "doer__person")
    return list(rows.order_by("phase", "position", "pk"))


def startable(partner: Partner) -> QuerySet[JourneyTemplate]:
    """The templates that are on and that the partner is not on now, by name."""
    running = Journey.objects.running().filter(partner=partner, membership=None, template=OuterRef("pk"))
    rows: QuerySet[JourneyTemplate] = JourneyTemplate.objects.switched_on().filter(~Exists(running))
    return rows.order_by("name", "pk")
