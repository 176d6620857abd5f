"""Cohorts as the studio shows them: the list, and the overview of one with what to do now."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, IntegerField, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts import rules
from cohorts.models import Application, Cohort, Decision, Recap, Seat, Session, Submission, SubmissionComment
from cohorts.models.cohorts import CohortQuerySet
from cohorts.parts import Part
from cohorts.queries.stages import stage_facts
from cohorts.queries.teams import short_teams, without_yes
from prm.addresses import address
from prm.problems import Problem, blockers
from prm.tenancy.prepared import prepared

STAGES = (
    Cohort.State.DRAFT,
    Cohort.State.OPEN,
    Cohort.State.SELECTING,
    Cohort.State.CONFIRMED,
    Cohort.State.RUNNING,
    Cohort.State.GRADUATING,
    Cohort.State.FINISHED,
)
SHOWS = {
    "": [Cohort.State.DRAFT, *Cohort.UNDER_WAY],
    "ended": list(Cohort.ENDED),
}


@dataclass(frozen=True, slots=True)
class CohortRow:
    """A cohort in the studio's list, ready to be placed."""

    url: str
    title: str
    program: str
    state: str
    state_label: str
    seats_taken: int
    capacity: int
    is_for_teams: bool
    waiting: int
    next_session_at: datetime | None


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits for a facilitator: what, and where to do it."""

    text: str
    url: str
    icon: str
    is_urgent: bool = False


@dataclass(frozen=True)
class Step:
    """A change of stage with the preconditions that are not met; without blockers its button works."""

    verb: str
    label: str
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_blocked(self) -> bool:
        return bool(blockers(self.problems))


@dataclass(frozen=True)
class Overview:
    """A cohort at a glance. `stages` is (label, done | current | "") in order."""

    stages: list[tuple[str, str]]
    tasks: list[Task]
    next_step: Step | None
    way_back: Step | None
    next_session: Session | None
    facts: rules.StageFacts


def cohorts_for_list(show: str) -> QuerySet[Cohort]:
    """The cohorts of a tab of the list, newest first, with what their rows need."""
    rows: CohortQuerySet = Cohort.objects.filter(state__in=SHOWS.get(show, SHOWS[""]))
    ahead = Session.objects.planned().filter(cohort=OuterRef("pk")).order_by().values("cohort")
    counted = undecided().filter(cohort=OuterRef("pk")).order_by().values("cohort").annotate(n=Count("*"))
    return (
        rows.newest_first()
        .select_related("program")
        .annotate(
            next_session_at=Subquery(ahead.annotate(first=Min("starts_at")).values("first")),
            waiting=Coalesce(Subquery(counted.values("n"), output_field=IntegerField()), 0),
        )
    )


def cohort_row(cohort: Any) -> CohortRow:
    return CohortRow(
        url=address("cohort_detail", cohort.public_id),
        title=cohort.title,
        program=cohort.program.title,
        state=cohort.state,
        state_label=cohort.get_state_display(),
        seats_taken=cohort.seats_taken,
        capacity=cohort.capacity,
        is_for_teams=cohort.uses(Part.TEAMS),
        waiting=cohort.waiting,
        next_session_at=cohort.next_session_at,
    )


def undecided() -> QuerySet[Application]:
    """Applications that nobody has decided about, not even as a draft."""
    decided = Decision.objects.filter(application=OuterRef("pk"))
    rows: QuerySet[Application] = Application.objects.waiting_for_decision().filter(~Exists(decided))
    return rows


def overview(cohort: Cohort, now: datetime) -> Overview:
    """What a facilitator should do now in this cohort, and what the next stage still needs."""
    facts = stage_facts(cohort)
    sessions = _sessions_of(cohort.pk)
    ahead = sorted((row for row in sessions if row.state == "planned" and row.ends_at > now), key=_start)
    return Overview(
        stages=_stages(cohort),
        tasks=_tasks(cohort, facts, sessions, now),
        next_step=_step(cohort, rules.NEXT_VERB, facts, now),
        way_back=_step(cohort, rules.BACK_VERB, facts, now),
        next_session=ahead[0] if ahead else None,
        facts=facts,
    )


@prepared
def _sessions_of(cohort_id: int) -> QuerySet[Session]:
    rows: QuerySet[Session] = Session.objects.still_on().filter(cohort=cohort_id).in_order()
    return rows


def _start(session: Session) -> datetime:
    return session.starts_at


def _stages(cohort: Cohort) -> list[tuple[str, str]]:
    if cohort.state == Cohort.State.CANCELLED:
        return []
    present = STAGES.index(Cohort.State(cohort.state))
    marks = ["done" if place < present else "current" if place == present else "" for place in range(len(STAGES))]
    return [(str(stage.label), mark) for stage, mark in zip(STAGES, marks, strict=True)]


def _step(cohort: Cohort, verbs: dict[Cohort.State, str], facts: rules.StageFacts, now: datetime) -> Step | None:
    verb = verbs.get(Cohort.State(cohort.state))
    if verb is None:
        return None
    problems = rules.stage_problems(cohort=cohort, verb=verb, facts=facts, now=now)
    return Step(verb, str(rules.VERB_LABELS[verb]), problems)


def _tasks(cohort: Cohort, facts: rules.StageFacts, sessions: list[Session], now: datetime) -> list[Task]:
    if cohort.state in Cohort.ENDED:
        return []
    return [
        *_selection_tasks(cohort, facts),
        *_seat_tasks(cohort, now),
        *_session_tasks(cohort, sessions, now),
        *_homework_tasks(cohort),
    ]


def _selection_tasks(cohort: Cohort, facts: rules.StageFacts) -> list[Task]:
    url = address("application_list", cohort.public_id)
    tasks = []
    if facts.undecided and cohort.state in (Cohort.State.OPEN, *Cohort.DECIDING):
        text = ngettext("Read %(n)d application", "Read %(n)d applications", facts.undecided) % {"n": facts.undecided}
        tasks.append(Task(text, url, "inbox"))
    if facts.drafted and cohort.state in Cohort.DECIDING:
        text = ngettext("Release %(n)d decision", "Release %(n)d decisions", facts.drafted) % {"n": facts.drafted}
        tasks.append(Task(text, url, "send"))
    return tasks


def _seat_tasks(cohort: Cohort, now: datetime) -> list[Task]:
    tasks = _team_tasks(cohort)
    late = len(_late_seats(cohort.pk, now))
    if not late:
        return tasks
    text = ngettext(
        "%(n)d person has not confirmed in time: call, extend or release",
        "%(n)d people have not confirmed in time: call, extend or release",
        late,
    )
    return [Task(text % {"n": late}, address("participant_list", cohort.public_id), "phone", is_urgent=True), *tasks]


@prepared
def _late_seats(cohort_id: int, now: datetime) -> QuerySet[Seat, int]:
    rows = without_yes(Seat.objects.offered().filter(cohort=cohort_id, confirm_by__lte=now))
    found: QuerySet[Seat, int] = rows.values_list("pk", flat=True)
    return found


def _team_tasks(cohort: Cohort) -> list[Task]:
    short = short_teams(cohort)
    if not short:
        return []
    text = ngettext(
        "%(n)d team has fewer than two people left: call, or release its seat",
        "%(n)d teams have fewer than two people left: call, or release their seats",
        short,
    )
    return [Task(text % {"n": short}, address("team_list", cohort.public_id), "phone", is_urgent=True)]


def _session_tasks(cohort: Cohort, sessions: list[Session], now: datetime) -> list[Task]:
    tasks = []
    states = dict(_recaps(cohort.pk))
    for session in sessions:
        if session.state == Session.State.PLANNED and session.ends_at <= now:
            url = address("session_attendance", cohort.public_id, session.public_id)
            text = _("Say who was at “%(session)s”") % {"session": session.title}
            tasks.append(Task(text, url, "user-check", is_urgent=True))
        begun = session.starts_at <= now
        if begun and states.get(session.pk, Recap.State.DRAFT) == Recap.State.DRAFT:
            url = address("recap_edit", cohort.public_id, session.public_id)
            tasks.append(Task(_("Send the recap of “%(session)s”") % {"session": session.title}, url, "mail"))
    return tasks


@prepared
def _recaps(cohort_id: int) -> QuerySet[Recap, tuple[int, str]]:
    found: QuerySet[Recap, tuple[int, str]] = Recap.objects.filter(session__cohort=cohort_id).values_list(
        "session_id", "state"
    )
    return found


@prepared
def _uncommented(cohort_id: int) -> QuerySet[Any, dict[str, Any]]:
    rows: Any = waiting_for_comment().filter(homework__cohort=cohort_id)
    found: QuerySet[Any, dict[str, Any]] = rows.values("homework__public_id", "homework__title").annotate(n=Count("*"))
    return found.order_by("homework")


def _homework_tasks(cohort: Cohort) -> list[Task]:
    tasks = []
    for row in _uncommented(cohort.pk):
        text = ngettext(
            "Comment on %(n)d submission of “%(homework)s”", "Comment on %(n)d submissions of “%(homework)s”", row["n"]
        )
        url = address("homework_detail", cohort.public_id, row["homework__public_id"])
        tasks.append(Task(text % {"n": row["n"], "homework": row["homework__title"]}, url, "message-square"))
    return tasks


def waiting_for_comment() -> QuerySet[Submission]:
    """The newest versions that nobody but their author has said anything about."""
    newer = Submission.objects.filter(
        homework=OuterRef("homework"), membership=OuterRef("membership"), version__gt=OuterRef("version")
    )
    answered = SubmissionComment.objects.filter(submission=OuterRef("pk")).exclude(author=OuterRef("membership"))
    rows: QuerySet[Submission] = Submission.objects.filter(~Exists(newer), ~Exists(answered))
    return rows


def next_session_led_by(membership_id: int, now: datetime) -> Session | None:
    """The first session ahead, or going on, of the cohorts under way that a colleague facilitates."""
    return _sessions_led_by.first(membership_id, now)


@prepared
def _sessions_led_by(membership_id: int, now: datetime) -> QuerySet[Session]:
    rows = (
        Session.objects.planned()
        .ending_after(now)
        .filter(cohort__facilitators__membership=membership_id, cohort__state__in=Cohort.UNDER_WAY)
    )
    found: QuerySet[Session] = rows.select_related("cohort").soonest_first()[:1]
    return found
