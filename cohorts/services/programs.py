"""Cohort programs: written once or begun from a ready shape, run as cohorts."""

from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from cohorts import rules, shapes
from cohorts.models import Cohort, ExpectationsVersion, Program, ProgramFacilitator
from cohorts.parts import Part
from cohorts.queries.programs import default_facilitators
from cohorts.queries.teams import has_people
from cohorts.services.expectations import announce, keep_version
from cohorts.services.syllabus import copy_shape
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.services import note
from prm.problems import Problem, refuse_if
from prm.tenancy.editing import update_if_unchanged
from prm.tenancy.violations import refused_by


class Words(TypedDict, total=False):
    """What is written about a program; what is left out keeps the model's default."""

    promise: str
    for_whom: str
    role: str
    pain: str
    stumbling_blocks: str
    weekly_minutes: int
    expectations: str
    gains: str
    treatment: str
    misses: str
    homework_title: str
    homework_brief: str
    nominations_each: int


def create_program(
    *,
    actor: Actor,
    title: str,
    shape: str = "",
    facilitators: Iterable[Membership] = (),
    now: datetime,
    **words: Unpack[Words],
) -> Program:
    """A new cohort program with the syllabus of its shape. Nothing is public until a cohort of it opens.

    What is said in `words` stands, also where it is empty; `shape_words` proposes them. Raises `Refused`: title.
    """
    chosen = shapes.shape_of(shape)
    homework: Words = {"homework_title": str(chosen.homework.title), "homework_brief": str(chosen.homework.brief)}
    program = Program(title=title.strip(), shape=chosen.key, created_at=now, **{**homework, **words})
    with _title_of_its_own():
        program.save()
        copy_shape(program, chosen)
        _set_facilitators(program, facilitators)
        keep_version(program=program, actor=actor, now=now)
        note(actor=actor, verb="cohorts.program_created", obj=program)
    return program


def shape_words(shape: shapes.Shape) -> Words:
    """What a shape proposes, in the language of whoever chooses it."""
    return Words(
        promise=str(shape.promise),
        for_whom=str(shape.for_whom),
        role=shape.role if shape.promise else "",
        pain=str(shape.pain),
        stumbling_blocks="\n".join(str(block) for block in shape.stumbling_blocks),
        weekly_minutes=shape.weekly_minutes,
        expectations=str(shape.bring),
        gains=str(shape.gains),
        treatment=str(shapes.TREATMENT),
        misses=str(shapes.MISSES),
        homework_title=str(shape.homework.title),
        homework_brief=str(shape.homework.brief),
    )


def start_program(*, actor: Actor, choice: str, now: datetime) -> None:
    """The cohort program that an organization with this kind of partners begins with, still without its promise.

    The promise is proposed when somebody writes it, never kept unread. Doing it again, or for another kind, makes
    nothing new once there is a cohort program.
    """
    if Program.objects.exists():
        return
    shape = shapes.shape_for_kind(choice)
    words: Words = {**shape_words(shape), "promise": ""}
    create_program(actor=actor, title=str(shape.title), shape=shape.key, now=now, **words)


def edit_program(
    *,
    actor: Actor,
    program: Program,
    revision: int,
    changes: dict[str, object],
    facilitators: Iterable[Membership] | None = None,
    now: datetime,
) -> int:
    """Change a cohort program's words, for all its cohorts; returns how many people are told of it.

    Other expectations are another version: who has agreed to an earlier one gets a mail and is asked again. Raises
    `Refused`: title, changed_meanwhile.
    """
    with _title_of_its_own():
        # What was agreed on so far is kept before other words take its place.
        if changes.keys() & set(ExpectationsVersion.FIELDS):
            keep_version(program=Program.objects.get(pk=program.pk), actor=actor, now=now)
        changed = update_if_unchanged(program, revision, **changes)
        if facilitators is not None:
            changed |= _facilitators_changed(program, facilitators)
        if changed:
            note(actor=actor, verb="cohorts.program_edited", obj=program, changes=changed)
        if not changed.keys() & set(ExpectationsVersion.FIELDS):
            return 0
        return announce(version=keep_version(program=program, actor=actor, now=now), now=now)


def switch_parts(*, actor: Actor, holder: Program | Cohort, revision: int, parts: Collection[str]) -> None:
    """Switch parts of a program or of one cohort on and off. What is off is hidden; what it holds is kept.

    Cohorts take over their program's parts when they are made, and have their own from then on. Raises `Refused`:
    changed_meanwhile, and people where seats would be for teams, or for people again, after somebody has applied.
    """
    chosen = [part.value for part in Part if part in parts]
    with _title_of_its_own():
        if isinstance(holder, Cohort):
            locked = Cohort.objects.locked().get(pk=holder.pk)
            refuse_if(rules.switch_problems(holder=locked, parts=chosen, has_people=has_people(locked)))
        changed = update_if_unchanged(holder, revision, parts=chosen)
        if changed:
            kind = "program" if isinstance(holder, Program) else "cohort"
            note(actor=actor, verb=f"cohorts.{kind}_parts_switched", obj=holder, changes=changed)


def _facilitators_changed(program: Program, facilitators: Iterable[Membership]) -> dict[str, list[object]]:
    before = [str(member) for member in default_facilitators(program)]
    _set_facilitators(program, facilitators)
    after = [str(member) for member in default_facilitators(program)]
    return {} if before == after else {"facilitators": [", ".join(before), ", ".join(after)]}


def _set_facilitators(program: Program, facilitators: Iterable[Membership]) -> None:
    wanted = {member.pk for member in facilitators}
    known = set(ProgramFacilitator.objects.filter(program=program).values_list("membership_id", flat=True))
    ProgramFacilitator.objects.filter(program=program).exclude(membership__in=wanted).delete()
    ProgramFacilitator.objects.bulk_create(
        [ProgramFacilitator(program=program, membership_id=pk) for pk in sorted(wanted - known)]
    )


def _title_of_its_own() -> AbstractContextManager[None]:
    text = _("There is a cohort program with this title already.")
    return refused_by("cohorts_program_title", Problem("title", text, field="title"))
