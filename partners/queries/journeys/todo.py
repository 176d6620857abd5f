"""One to-do list out of all journeys: what waits for a partner's people and for a colleague, and where it is done."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format

from partners.days import day_of
from partners.models import Journey, JourneyStep, PartnerUser, TemplateStep
from partners.models.journeys import JourneyQuerySet, JourneyTemplate
from partners.step_kinds import Place, StepKind, step_kinds
from prm.accounts.models import Membership
from prm.accounts.permissions import Role
from prm.addresses import address
from prm.tenancy.prepared import prepared

_FALLBACK_ICON = "circle-dot"
_LATELY = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to do. `journeys` names all that ask for it; `url` is where it is done."""

    key: str
    title: str
    url: str
    icon: str
    kind: str
    journeys: str
    due_on: date | None
    is_overdue: bool
    is_soon: bool
    who: str


@dataclass(frozen=True, slots=True)
class Way:
    """How far one journey has come: `done` of `total` steps, in the phase `phase`."""

    public_id: str
    name: str
    welcome: str
    done: int
    total: int
    phase: str
    is_personal: bool
    state: str

    @property
    def share(self) -> float:
        return self.done / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Through:
    """A journey that ended lately: its name, how many steps it had and the day of the last one."""

    name: str
    steps: int
    day: str


@dataclass(frozen=True)
class TodoList:
    """A person's steps: `lines` are theirs, `ours` what the organization does meanwhile, `later` what opens next."""

    ways: list[Way]
    lines: list[Line]
    ours: list[Line]
    later: list[Line]
    done: list[Line]

    @property
    def share(self) -> float:
        total = sum(way.total for way in self.ways)
        return sum(way.done for way in self.ways) / total if total else 0.0

    @property
    def left(self) -> int:
        return len(self.lines)


def double_key(kind: str, source_id: int, pk: int) -> str:
    """Equal for steps that are one thing to do: the same content or agreement in two journeys."""
    return f"{kind}:{source_id}" if source_id else f"step:{pk}"


def journeys_of_user(user: PartnerUser) -> JourneyQuerySet:
    """The journeys of the person's company and of the person, not those of colleagues."""
    return _journeys_of(user.partner_id, user.membership_id)


def _journeys_of(partner_id: int, membership_id: int) -> JourneyQuerySet:
    mine = Q(membership=None) | Q(membership=membership_id)
    rows: JourneyQuerySet = Journey.objects.filter(mine, partner=partner_id, partner__archived_at=None)
    return rows


@prepared
def _steps_of(partner_id: int, membership_id: int) -> "QuerySet[JourneyStep]":
    """Every step of the running ones, dropped ones left out."""
    rows = JourneyStep.objects.filter(journey__in=_journeys_of(partner_id, membership_id).running())
    found: QuerySet[JourneyStep] = rows.exclude(state=JourneyStep.State.DROPPED)
    return found.select_related("journey__template", "doer__person").in_order()  # type: ignore[attr-defined,no-any-return]


def step_for_user(user: PartnerUser, public_id: str) -> JourneyStep | None:
    """A step that this person may look at: their side, also where it is no longer asked, so that the page says so."""
    rows = JourneyStep.objects.filter(journey__in=journeys_of_user(user), side=JourneyStep.Side.PARTNER)
    return rows.select_related("journey__template", "done_by__person").filter(public_id=public_id).first()


def todo_list(user: PartnerUser, now: datetime, is_cheap: bool = False) -> TodoList:
    """Everything on the page "Your steps": one query, and one for each kind of object unless `is_cheap`."""
    steps = _steps_of(user.partner_id, user.membership_id)
    found = {step.journey_id: step.journey for step in steps}
    journeys = sorted(found.values(), key=lambda journey: (journey.started_at, journey.pk))
    today = day_of(now)
    manager = user.partner.account_manager
    by_state: dict[tuple[str, bool], list[JourneyStep]] = {}
    for step in steps:
        state = "done" if step.state in JourneyStep.SETTLED else step.state
        by_state.setdefault((state, step.side == JourneyStep.Side.STAFF), []).append(step)
    places = {} if is_cheap else places_of(steps)

    def lines(state: str, is_staff: bool = False) -> list[Line]:
        return lines_of(by_state.get((state, is_staff), []), today, manager, places)

    return TodoList(
        ways=[_way(journey, steps) for journey in journeys],
        lines=lines("open"),
        ours=lines("open", is_staff=True),
        later=lines("waiting"),
        done=lines("done"),
    )


def through_lately(user: PartnerUser, now: datetime) -> list[Through]:
    """The journeys that the person or the company finished in the last two weeks, the newest first."""
    rows = journeys_of_user(user).filter(state=Journey.State.FINISHED, ended_at__gt=now - _LATELY)
    counted = rows.annotate(n=Count("steps", filter=~Q(steps__state=JourneyStep.State.DROPPED)))
    found = counted.order_by("-ended_at", "-pk").values_list("template__name", "n", "ended_at")[:3]
    return [Through(name, n, date_format(timezone.localtime(at), "j F")) for name, n, at in found if at]


def open_lines(user: PartnerUser, today: date) -> list[Line]:
    """What the person can do now, the most urgent first: at most two queries."""
    mine = Q(journey__membership=None) | Q(journey__membership=user.membership_id)
    rows = JourneyStep.objects.open().filter(
        mine, journey__partner=user.partner_id, side=JourneyStep.Side.PARTNER, journey__partner__archived_at=None
    )
    return lines_of(rows.select_related("journey__template").in_order(), today, None)


def lines_of(
    steps: Iterable[JourneyStep],
    today: date,
    manager: Membership | None,
    places: Mapping[tuple[str, int], Place] = MappingProxyType({}),
) -> list[Line]:
    """The steps without doubles, by their days; steps of the same day in the order of their journey."""
    doubles: dict[str, list[JourneyStep]] = {}
    for step in steps:
        doubles.setdefault(double_key(step.kind, step.source_id, step.pk), []).append(step)
    lines = [_line(key, same, places, today, manager) for key, same in doubles.items()]
    return sorted(lines, key=lambda line: line.due_on or date.max)


def places_of(steps: Iterable[JourneyStep | TemplateStep]) -> dict[tuple[str, int], Place]:
    """Where the objects of these steps are: one query for each kind that they have."""
    wanted: dict[str, set[int]] = {}
    for step in steps:
        if step.source_id:
            wanted.setdefault(step.kind, set()).add(step.source_id)
    found: dict[tuple[str, int], Place] = {}
    for name, ids in wanted.items():
        kind = kind_of(name)
        if kind is not None and kind.places is not None:
            found |= {(name, pk): place for pk, place in kind.places(ids).items()}
    return found


def is_gone(kind: str, source_id: int, places: Mapping[tuple[str, int], Place]) -> bool:
    """Whether what a step is about was there and is no longer."""
    if not source_id:
        return False
    place = places.get((kind, source_id))
    return place is None or place.is_gone


def titles_of_gone(steps: Collection[TemplateStep]) -> list[str]:
    """Of these steps those about what is no longer there."""
    places = places_of(steps)
    return [step.title for step in steps if is_gone(step.kind, step.source_id, places)]


def kind_of(name: str) -> StepKind | None:
    return step_kinds.get(name) if name in step_kinds else None


def _line(
    key: str,
    same: list[JourneyStep],
    places: Mapping[tuple[str, int], Place],
    today: date,
    manager: Membership | None,
) -> Line:
    step = min(same, key=lambda row: row.due_on or date.max)
    kind = kind_of(step.kind)
    is_staff = step.side == JourneyStep.Side.STAFF
    place = places.get((step.kind, step.source_id))
    doer = (step.doer or manager) if is_staff else None
    left = (step.due_on - today).days if step.due_on else None
    return Line(
        key=key,
        title=step.title,
        url="" if is_staff else address("my_step_detail", step.public_id),
        icon=kind.icon if kind else _FALLBACK_ICON,
        kind=place.hint if place and place.hint else str(kind.label) if kind else "",
        journeys=", ".join(dict.fromkeys(row.journey.template.name for row in same)),
        due_on=step.due_on,
        is_overdue=left is not None and left < 0,
        is_soon=left is not None and 0 <= left <= 3,
        who=str(doer.person) if doer else "",
    )


def _way(journey: Journey, steps: Iterable[JourneyStep]) -> Way:
    own = [step for step in steps if step.journey_id == journey.pk]
    ahead = next((step for step in own if step.state in JourneyStep.UNSETTLED), None)
    return Way(
        public_id=journey.public_id,
        name=journey.template.name,
        welcome=journey.template.welcome,
        done=sum(step.state in JourneyStep.SETTLED for step in own),
        total=len(own),
        phase=ahead.phase_name if ahead else "",
        is_personal=journey.membership_id is not None,
        state=journey.state,
    )


def staff_steps(member: Membership) -> "QuerySet[JourneyStep, JourneyStep]":
    """The open steps of a colleague: those given to them, those of the partners they manage, and for owners those of
    partners that nobody manages; the most urgent first. What was given to somebody who has left is given to nobody."""
    return steps_of_colleague(member.pk, is_owner=Role.OWNER in member.roles)


def steps_of_colleague(membership_id: int, *, is_owner: bool) -> "QuerySet[JourneyStep]":
    """`staff_steps` by the colleague's key."""
    nobody = Q(doer=None) | ~Q(doer__state=Membership.State.ACTIVE)
    mine = Q(doer=membership_id) | nobody & Q(journey__partner__account_manager=membership_id)
    if is_owner:
        mine |= nobody & Q(journey__partner__account_manager=None)
    rows = JourneyStep.objects.open().filter(mine, side=JourneyStep.Side.STAFF, journey__partner__archived_at=None)
    return rows.select_related("journey__template", "journey__partner").order_by(
        F("due_on").asc(nulls_last=True), "opened_at", "pk"
    )


def counts_by_template(templates: Collection[JourneyTemplate]) -> dict[int, dict[str, int]]:
    """How many journeys of each template run, are through and stopped; test partners left out."""
    rows: Any = Journey.objects.filter(template__in=[row.pk for row in templates], partner__is_test=False)
    counted: dict[int, dict[str, int]] = {}
    for template_id, state, n in rows.order_by().values_list("template", "state").annotate(n=Count("*")):
        counted.setdefault(template_id, {})[state] = n
    return counted
