"""Taking an import back: values that it wrote go back, then what it made goes."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from prm.audit.services import note
from prm.imports.models import Import, ImportRow
from prm.imports.schema import BATCH, import_schemas
from prm.imports.states import IMPORT
from prm.imports.work.counting import recount, write_results
from prm.jobs.models import Job
from prm.jobs.services import actor_of

_Result = ImportRow.Result


def undo_some(job: Job) -> None:
    """Job: take the next rows back."""
    row_import = Import.objects.get(pk=job.parameters["import"])
    left = ImportRow.objects.of(row_import).touched()
    job.total = job.total or left.count()
    position = job.position or {"removed": 0, "restored": 0, "kept": 0}
    rows = list(left[:BATCH])
    restored = _restore(job, row_import, [row for row in rows if row.result == _Result.UPDATED])
    removed = _remove(job, row_import, [row for row in rows if row.result == _Result.CREATED])
    write_results(row_import, rows)
    kept = len(rows) - restored - removed
    done = {"removed": removed, "restored": restored, "kept": kept}
    job.position = {name: position[name] + number for name, number in done.items()}
    is_last = len(rows) < BATCH
    so_far = job.done + len(rows)
    job.progress(so_far, so_far if is_last else max(job.total, so_far + 1))
    if is_last:
        _finish(job, row_import)


def _finish(job: Job, row_import: Import) -> None:
    import_schemas.get(row_import.schema).unprepare(row_import, actor=actor_of(job), now=timezone.now())
    job.result = dict(job.position)
    IMPORT.move(row_import, "finish_undo", undone_at=timezone.now())
    recount(row_import, **job.result)
    changes = {name: [0, number] for name, number in job.result.items()}
    note(actor=actor_of(job), verb="imports.undone", obj=row_import, changes=changes)


def _restore(job: Job, row_import: Import, rows: Sequence[ImportRow]) -> int:
    """Write the former values back where nobody changed them since; returns of how many rows all did."""
    if not rows:
        return 0
    schema = import_schemas.get(row_import.schema)
    back = {
        row.target_id: {name: [after, before] for name, (before, after) in row.changes.items()}
        for row in rows
        if row.target_id is not None
    }
    written = schema.update(back, row_import=row_import, actor=actor_of(job), now=timezone.now())
    for row in rows:
        stayed = row.changes.keys() - written.get(row.target_id or 0, {}).keys()
        row.result = _Result.KEPT if stayed else _Result.UNDONE
        row.problems = [{"field": name, "message": _("Somebody changed it since.")} for name in sorted(stayed)]
    return sum(row.result == _Result.UNDONE for row in rows)


def _remove(job: Job, row_import: Import, rows: Sequence[ImportRow]) -> int:
    """Take back what the rows became; returns how many are gone, and notes why the others stay."""
    if not rows:
        return 0
    schema = import_schemas.get(row_import.schema)
    kept = schema.remove([row.object_id or 0 for row in rows], actor=actor_of(job), now=timezone.now())
    for row in rows:
        why = kept.get(row.object_id or 0)
        row.result = _Result.KEPT if why else _Result.UNDONE
        if why:
            row.problems = [{"field": "", "message": why}]
        else:
            row.object_id = None
    return len(rows) - len(kept)
