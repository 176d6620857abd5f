"""A program's syllabus: as staff edit it, and as a new cohort makes its sessions of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import F, Q, QuerySet

from cohorts import shapes
from cohorts.models import Program, Subject
from cohorts.shapes import SessionIdea, item_plan
from prm.tenancy.prepared import prepared


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """A session to be: `items` are plain data as `services.agenda.plan_items` takes them."""

    title: str
    items: list[dict[str, Any]]
    minutes: int
    leaves_with: str = ""
    content_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Planned:
    """What a new cohort of a program begins with. `offsets` are the days of its sessions, counted from the first."""

    sessions: list[PlannedSession]
    offsets: list[int]
    homework_title: str
    homework_brief: str


def subjects_of(program: Program) -> list[Subject]:
    """The syllabus in order; each subject with `content_titles` of what is published to be read before it."""
    return _subjects(program.pk)


@prepared
def _subjects(program_id: int) -> QuerySet[Subject]:
    published = Q(contents__content__state="published")
    titles = ArrayAgg("contents__content__title", filter=published, order_by="contents__content__title", default=[])
    ids = ArrayAgg("contents__content_id", filter=Q(contents__isnull=False), order_by=F("contents__pk"), default=[])
    rows: Any = Subject.objects.filter(program=program_id).annotate(content_titles=titles, content_ids=ids)
    found: QuerySet[Subject] = rows.in_order()
    return found


def planned_sessions(program: Program, count: int, shape: str = "") -> Planned:
    """`count` sessions by the program's syllabus: its first and its last stay, practice fills what is longer.

    With the key of a `shape` they are that shape's, a week apart, and so is the homework; a program without subjects is
    planned as the small shape is.
    """
    subjects = [] if shape else subjects_of(program)
    chosen = shapes.shape_of(shape)
    own: Sequence[Any] = subjects or chosen.sessions
    homework = chosen.homework
    return Planned(
        sessions=[_planned(idea) for idea in shapes.spread(own, count, shapes.PRACTICE)],
        offsets=[subject.day_offset for subject in subjects],
        homework_title=program.homework_title if subjects else str(homework.title),
        homework_brief=program.homework_brief if subjects else str(homework.brief),
    )


def _planned(idea: Any) -> PlannedSession:
    if isinstance(idea, SessionIdea):
        items = [item_plan(item.data()) for item in idea.items]
        return PlannedSession(str(idea.title), items, idea.minutes, str(idea.leaves_with))
    items = [item_plan(item) for item in idea.agenda]
    return PlannedSession(idea.title, items, idea.minutes, idea.leaves_with, tuple(idea.content_ids))
