"""Cohort programs: written once, run as cohorts."""

from contextlib import AbstractContextManager
from datetime import datetime

from django.utils.translation import gettext as _

from cohorts import starter
from cohorts.models import Program
from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.problems import Problem
from prm.tenancy.editing import update_if_unchanged
from prm.tenancy.violations import refused_by


def create_program(
    *,
    actor: Actor,
    title: str,
    promise: str = "",
    for_whom: str = "",
    weekly_minutes: int = 120,
    expectations: str = "",
    gains: str = "",
    now: datetime,
) -> Program:
    """A new cohort program. Nothing of it is public until a cohort of it opens. Raises `Refused`: title."""
    program = Program(
        title=title.strip(),
        promise=promise,
        for_whom=for_whom,
        weekly_minutes=weekly_minutes,
        expectations=expectations,
        gains=gains,
        created_at=now,
    )
    with _title_of_its_own():
        program.save()
        note(actor=actor, verb="cohorts.program_created", obj=program)
    return program


def start_program(*, actor: Actor, choice: str, now: datetime) -> None:
    """The cohort program that an organization with this kind of partners begins with, still without its promise.

    Doing it again, or for another kind, makes nothing new once there is a cohort program.
    """
    if Program.objects.exists():
        return
    idea = starter.program_idea(choice)
    create_program(
        actor=actor,
        title=idea.title,
        for_whom=idea.for_whom,
        expectations=idea.expectations,
        gains=idea.gains,
        now=now,
    )


def edit_program(*, actor: Actor, program: Program, revision: int, changes: dict[str, object]) -> None:
    """Change a cohort program's words, for all its cohorts. Raises `Refused`: title, changed_meanwhile."""
    with _title_of_its_own():
        changed = update_if_unchanged(program, revision, **changes)
        if changed:
            note(actor=actor, verb="cohorts.program_edited", obj=program, changes=changed)


def _title_of_its_own() -> AbstractContextManager[None]:
    text = _("There is a cohort program with this title already.")
    return refused_by("cohorts_program_title", Problem("title", text, field="title"))
