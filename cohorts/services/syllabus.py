"""The syllabus of a program: subjects in order, and what is read before each. Cohorts make their sessions of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from cohorts import rules
from cohorts.models import Program, Subject, SubjectContent
from cohorts.shapes import Shape
from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.problems import refuse_if
from prm.tenancy.editing import update_if_unchanged

_WEEK = 7


@dataclass(frozen=True)
class SubjectPlan:
    """A subject of the syllabus. `agenda` are items as plain data; None leaves them as they are."""

    title: str
    day_offset: int
    minutes: int
    leaves_with: str = ""
    needs_content: bool = False
    agenda: tuple[dict[str, Any], ...] | None = None

    def columns(self) -> dict[str, Any]:
        names = ("title", "day_offset", "minutes", "leaves_with", "needs_content")
        columns = {name: getattr(self, name) for name in names}
        return columns if self.agenda is None else {**columns, "agenda": list(self.agenda)}


def copy_shape(program: Program, shape: Shape) -> None:
    """The shape's sessions become the program's subjects, a week apart; inside a transaction."""
    Subject.objects.bulk_create(
        Subject(
            program=program,
            title=str(idea.title),
            day_offset=number * _WEEK,
            minutes=idea.minutes,
            leaves_with=str(idea.leaves_with),
            agenda=[item.data() for item in idea.items],
        )
        for number, idea in enumerate(shape.sessions)
    )


@transaction.atomic
def add_subject(*, actor: Actor, program: Program, plan: SubjectPlan, content_ids: Iterable[int] = ()) -> Subject:
    """One more subject. Cohorts that exist keep their sessions. Raises `Refused`: same_day, too_many."""
    Program.objects.select_for_update(no_key=True).get(pk=program.pk)
    others = list(Subject.objects.filter(program=program))
    refuse_if(rules.subject_problems(others=others, day_offset=plan.day_offset))
    subject: Subject = Subject.objects.create(program=program, **plan.columns())
    _set_contents(subject, content_ids)
    note(actor=actor, verb="cohorts.subject_added", obj=program, changes={"subject": ["", subject.title]})
    return subject


@transaction.atomic
def edit_subject(
    *, actor: Actor, subject: Subject, revision: int, plan: SubjectPlan, content_ids: Iterable[int] = ()
) -> None:
    """Change a subject and what is read before it. Raises `Refused`: same_day, changed_meanwhile."""
    others = list(Subject.objects.filter(program=subject.program_id).exclude(pk=subject.pk))
    refuse_if(rules.subject_problems(others=others, day_offset=plan.day_offset))
    changed = update_if_unchanged(subject, revision, **plan.columns())
    _set_contents(subject, content_ids)
    if changed:
        note(actor=actor, verb="cohorts.subject_edited", obj=subject.program, changes=changed)


@transaction.atomic
def remove_subject(*, actor: Actor, subject: Subject) -> None:
    """A subject goes from the syllabus; sessions that were made of it stay."""
    note(actor=actor, verb="cohorts.subject_removed", obj=subject.program, changes={"subject": [subject.title, ""]})
    subject.delete()


def _set_contents(subject: Subject, content_ids: Iterable[int]) -> None:
    wanted = set(content_ids)
    rows = SubjectContent.objects.filter(subject=subject)
    known = set(rows.values_list("content_id", flat=True))
    rows.exclude(content__in=wanted).delete()
    SubjectContent.objects.bulk_create(
        [SubjectContent(subject=subject, content_id=pk) for pk in sorted(wanted - known)]
    )
