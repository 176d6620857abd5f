"""What colleagues wrote down to do, what of it is done, and what one of them put off."""

import tomllib
from datetime import timedelta
from functools import cache
from typing import Any

from demo.ecosystem import World
from demo.material import FOLDER
from partners.days import day_of
from partners.services.todo import TaskDetails, add_task, finish_task, snooze
from prm.tenancy.scope import current_organization


@cache
def material() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "todo.toml").read_text("utf-8"))


def tell(world: World) -> None:
    tasks = [_write(world, told) for told in material()[current_organization().slug]["tasks"]]
    later = next((task for task in tasks if task.done_at is None and task.partner is None), None)
    if later is not None:
        until = day_of(world.now) + timedelta(days=5)
        snooze(membership=later.assignee, source="partners.tasks", object_id=later.pk, until=until, now=world.now)


def _write(world: World, told: dict[str, Any]) -> Any:
    cast, place = world.cast, told.get("partner")
    details = TaskDetails(
        title=told["title"],
        note=told.get("note", ""),
        due_on=day_of(world.now) + timedelta(days=told["due"]),
        assignee=cast.staff[told["assignee"]],
    )
    partner = world.partners[place[0]][place[1]] if place else None
    task = add_task(actor=cast.actor(told["by"]), details=details, partner=partner, now=world.ago(told["age"]))
    if "done" in told:
        who = cast.actor(told["assignee"])
        finish_task(actor=who, task=task, outcome=told["outcome"], now=world.ago(told["done"]))
    return task
