"""Editing without overwriting: a conditional UPDATE on the revision that the form was opened with."""

from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from prm.problems import Problem, Refused


def update_if_unchanged(row: models.Model, revision: int, **changes: Any) -> dict[str, list[Any]]:
    """Write `changes` unless somebody saved meanwhile; returns {field: [before, after]} of what really changed.

    Raises `Refused` with code `changed_meanwhile` when `revision` is no longer the row's; the row then holds what is
    saved now, so that a form can show it beside what was typed.
    """
    before = {name: getattr(row, name) for name in changes}
    manager = type(row)._base_manager
    updated = manager.filter(pk=row.pk, revision=revision).update(**changes, revision=revision + 1)
    if not updated:
        row.refresh_from_db()
        raise Refused(
            Problem(
                "changed_meanwhile",
                _("Somebody saved this meanwhile. Your words are kept below; compare and save again."),
            )
        )
    for name, value in changes.items():
        setattr(row, name, value)
    row.revision = revision + 1  # type: ignore[attr-defined]
    return {name: [before[name], value] for name, value in changes.items() if before[name] != value}
