"""Tasks by hand: written, changed, done with a note, opened again; and lines of the to-do list put off for a while."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from partners import facts
from partners.days import beginning_of
from partners.models import TASK_MACHINE, Partner, Snooze, Task
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.services import record
from prm.audit.services import note as note_in_audit
from prm.problems import Problem, Refused
from prm.tenancy.editing import update_if_unchanged


@dataclass(frozen=True)
class TaskDetails:
    """What is to be done, by whom and by which day."""

    title: str
    note: str = ""
    due_on: date | None = None
    assignee: Membership | None = None

    def columns(self) -> dict[str, Any]:
        return {
            "title": " ".join(self.title.split()),
            "note": self.note.strip(),
            "due_on": self.due_on,
            "assignee": self.assignee,
        }


def add_task(*, actor: Actor, details: TaskDetails, partner: Partner | None = None, now: datetime) -> Task:
    """Write down a task, perhaps about a partner. The same once more, while it is open, is the one that is there."""
    columns = details.columns()
    more = {"created_at": now, "created_by_id": actor.membership_id}
    try:
        with transaction.atomic():
            task: Task = Task.objects.create(**columns, partner=partner, **more)
            note_in_audit(actor=actor, verb="partners.task_added", obj=task, label=task.title)
    except IntegrityError:
        once = {name: columns[name] for name in ("title", "due_on", "assignee")}
        present = Task.objects.filter(partner=partner, state=Task.State.OPEN, **once).first()
        if present is None:
            raise
        return present
    return task


@transaction.atomic
def change_task(*, actor: Actor, task: Task, revision: int, details: TaskDetails, partner: Partner | None) -> None:
    """Change what is to be done, by whom, by when, and which partner it is about.

    Raises `Refused`: changed_meanwhile, already_there.
    """
    try:
        with transaction.atomic():
            changes = update_if_unchanged(task, revision, **details.columns(), partner=partner)
    except IntegrityError as error:
        raise Refused(_already_there()) from error
    if changes:
        shown = {name: [_plain(side) for side in sides] for name, sides in changes.items() if name != "note"}
        note_in_audit(actor=actor, verb="partners.task_changed", obj=task, label=task.title, changes=shown)


@transaction.atomic
def finish_task(*, actor: Actor, task: Task, outcome: str = "", now: datetime) -> None:
    """It is done; `outcome` is what came of it. Raises `Refused`: wrong_state."""
    TASK_MACHINE.move(task, "finish", done_at=now, done_by_id=actor.membership_id, outcome=outcome.strip()[:500])
    record(kind=facts.TASK_DONE, at=now, partner_id=task.partner_id, object_id=task.pk)
    note_in_audit(actor=actor, verb=facts.TASK_DONE.name, obj=task, label=task.title)


@transaction.atomic
def reopen_task(*, actor: Actor, task: Task, now: datetime) -> None:
    """It is not done after all. Raises `Refused`: wrong_state, already_there."""
    try:
        with transaction.atomic():
            TASK_MACHINE.move(task, "reopen", done_at=None, done_by_id=None)
    except IntegrityError as error:
        raise Refused(_already_there()) from error
    record(kind=facts.TASK_REOPENED, at=now, partner_id=task.partner_id, object_id=task.pk)
    note_in_audit(actor=actor, verb=facts.TASK_REOPENED.name, obj=task, label=task.title)


def snooze(*, membership: Membership, source: str, object_id: int, until: date, now: datetime) -> None:
    """Keep something out of a colleague's list until the morning of a day. What has passed is forgotten."""
    Snooze.objects.filter(membership=membership, until__lte=now).delete()
    Snooze.objects.update_or_create(
        membership=membership, source=source, object_id=object_id, defaults={"until": beginning_of(until)}
    )


def wake_up(*, membership: Membership, source: str, object_id: int) -> None:
    """Show it again at once. Twice is once."""
    Snooze.objects.filter(membership=membership, source=source, object_id=object_id).delete()


def _already_there() -> Problem:
    return Problem("already_there", _("There is already a task like this."), "title")


def _plain(value: Any) -> str:
    return "" if value is None else str(value.person) if isinstance(value, Membership) else str(value)
