"""Applying: rows become objects, and what they say otherwise is written into those that are there."""

from collections.abc import Sequence

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.arrays import int_array
from prm.audit.services import note
from prm.imports import rules
from prm.imports.models import Import, ImportRow
from prm.imports.schema import BATCH, Changes, ImportSchema, RowSet, import_schemas
from prm.imports.states import IMPORT
from prm.imports.work.checking import likenesses_now
from prm.imports.work.counting import recount, write_results
from prm.jobs.models import Job
from prm.jobs.services import actor_of
from prm.problems import Refused

_Outcome, _Decision, _Result = ImportRow.Outcome, ImportRow.Decision, ImportRow.Result
_SET_CREATED = """
UPDATE imports_importrow AS row SET object_id = made.object_id, result = 'created'
FROM unnest(%s::int[], %s::bigint[]) AS made (number, object_id)
WHERE row.organization_id = %s AND row.row_import_id = %s AND row.number = made.number
"""


def apply_some(job: Job) -> None:
    """Job: first the new rows, then those that update; BATCH at a time, from where the last piece ended."""
    row_import = Import.objects.select_related("organization").get(pk=job.parameters["import"])
    rows = ImportRow.objects.of(row_import)
    if not job.position:
        job.total = rows.to_create().count() + rows.to_update(row_import.mode).count()
        import_schemas.get(row_import.schema).prepare(row_import, actor=actor_of(job), now=timezone.now())
        job.position = {"phase": "create", "number": 0, "created": 0, "updated": 0}
    updates = job.position["phase"] == "update"
    wanted = rows.to_update(row_import.mode).filter(result="") if updates else rows.to_create().filter(object_id=None)
    later = wanted.filter(number__gt=job.position["number"]).order_by("number")
    next_rows = list(later.values_list("number", "decision")[:BATCH])
    numbers = [number for number, _decision in next_rows]
    undecided = [number for number, decision in next_rows if decision != _Decision.ADD]
    done = _update(job, row_import, numbers) if updates else _create(job, row_import, numbers, undecided)
    position = {**job.position, "number": numbers[-1] if numbers else 0}
    position["updated" if updates else "created"] += done
    is_last = updates and len(numbers) < BATCH
    if not updates and len(numbers) < BATCH:
        position |= {"phase": "update", "number": 0}
    job.position = position
    so_far = job.done + max(1, len(numbers))
    job.progress(so_far, so_far if is_last else max(job.total, so_far + 1))
    if is_last:
        _finish(job, row_import)


def _finish(job: Job, row_import: Import) -> None:
    job.result = {"created": job.position["created"], "updated": job.position["updated"]}
    IMPORT.move(row_import, "finish", applied_at=timezone.now())
    recount(row_import, **job.result)
    changes = {name: [0, number] for name, number in job.result.items()}
    note(actor=actor_of(job), verb="imports.applied", obj=row_import, changes=changes)


# ── What is new ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _create(job: Job, row_import: Import, numbers: Sequence[int], undecided: Sequence[int]) -> int:
    """Create the rows that are still wanted now that time has passed; returns how many were.

    Of the `undecided` nobody said that they are somebody else.
    """
    if not numbers:
        return 0
    schema = import_schemas.get(row_import.schema)
    meanwhile = likenesses_now(row_import, schema, undecided)
    left = RowSet(row_import, [number for number in numbers if number not in meanwhile])
    made = _create_all(schema, left, job) if len(left) else {}
    with connection.cursor() as cursor:
        cursor.execute(
            _SET_CREATED, [int_array(made), int_array(made.values()), row_import.organization_id, row_import.pk]
        )
    return len(made)


def _create_all(schema: ImportSchema, rows: RowSet, job: Job) -> dict[int, int]:
    """Row number → object. What cannot be made together is tried in halves, down to the row that is refused."""
    try:
        with transaction.atomic():
            ids = schema.create(rows, actor=actor_of(job), now=timezone.now())
    except (Refused, IntegrityError) as error:
        if len(rows) == 1:
            words = str(error) if isinstance(error, Refused) else _("Something like it is already there.")
            _mark_problem(rows.row_import, rows.numbers[0], words)
            return {}
        middle = len(rows) // 2
        halves = (rows.numbers[:middle], rows.numbers[middle:])
        first, second = (_create_all(schema, RowSet(rows.row_import, half), job) for half in halves)
        return first | second
    return dict(zip(rows.numbers, ids, strict=True))


def _mark_problem(row_import: Import, number: int, words: str) -> None:
    row = ImportRow.objects.filter(row_import=row_import, number=number)
    row.update(outcome=_Outcome.PROBLEM, problems=[{"field": "", "message": words}])


# ── What is there ───────────────────────────────────────────────────────────────────────────────────────────────────


def _update(job: Job, row_import: Import, numbers: Sequence[int]) -> int:
    """Write the rows' changes into what they are like; returns how many objects were changed."""
    if not numbers:
        return 0
    rows = list(ImportRow.objects.of(row_import).filter(number__in=numbers))
    wanted = {row.target_id: _chosen(row, row_import.mode) for row in rows if row.target_id is not None}
    schema = import_schemas.get(row_import.schema)
    written = schema.update(wanted, row_import=row_import, actor=actor_of(job), now=timezone.now())
    for row in rows:
        _tell_what_was_written(row, wanted[row.target_id or 0], written.get(row.target_id or 0, {}))
    write_results(row_import, rows)
    return len(written)


def _chosen(row: ImportRow, mode: str) -> Changes:
    return rules.chosen_changes(row.changes, only_empty=(row.decision or mode) == _Decision.FILL)


def _tell_what_was_written(row: ImportRow, wanted: Changes, written: Changes) -> None:
    row.changes, row.result = dict(written), _Result.UPDATED if written else ""
    row.problems = [
        {"field": name, "message": _("This was changed by somebody since the check, so it stayed as it is.")}
        for name in wanted
        if name not in written
    ]
