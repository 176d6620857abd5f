"""From a spreadsheet to objects and back: begin, map the columns, decide about rows, apply, undo."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.files.services import store_upload
from prm.files.types import TABLES
from prm.imports import headers, rules, work
from prm.imports.models import Import, ImportRow
from prm.imports.schema import import_schemas
from prm.imports.states import IMPORT
from prm.imports.tables import read_table
from prm.jobs.models import Job
from prm.jobs.services import start_job
from prm.problems import Problem, Refused, refuse_if

_Outcome = ImportRow.Outcome

# Larger files are checked in the background.
SMALL_FILE = 256 * 1024
_SAMPLE_ROWS = 20


def begin_import(
    *, actor: Actor, schema: str, upload: "UploadedFile[bytes]", options: Mapping[str, Any] | None = None, now: datetime
) -> Import:
    """Take a CSV or XLSX file and guess what its columns are. Nothing is checked or made yet.

    `options` are handed to the schema when it creates. Raises `Refused` on the field `file`.
    """
    known = import_schemas.get(schema)
    stored = store_upload(actor=actor, upload=upload, allow=TABLES, now=now)
    upload.seek(0)
    table = read_table(upload, stored.name, most_rows=_SAMPLE_ROWS)
    row_import = Import.objects.create(
        schema=known.name,
        file=stored,
        columns=table.columns,
        mapping=headers.guess(table.columns, known.fields),
        options=dict(options or {}),
        created_by_id=actor.membership_id,
        created_at=now,
    )
    note(actor=actor, verb="imports.uploaded", obj=row_import)
    return row_import


def map_columns(*, actor: Actor, row_import: Import, mapping: Mapping[str, int], now: datetime) -> Job | None:
    """Say which column is which field, and check every row. May be done again until the import is applied.

    A small file is checked at once; for a large one the job that checks it is returned. Raises `Refused` with problems
    on the fields' names, or on `file` where the rows cannot be read.
    """
    refuse_if(rules.mapping_problems(import_schemas.get(row_import.schema), mapping, row_import.columns))
    IMPORT.move(row_import, "analyze", mapping=dict(mapping))
    if row_import.file.size <= SMALL_FILE:
        work.analyze(row_import)
        return None
    return _start(actor, row_import, "imports.analyze", now)


def decide_rows(*, row_import: Import, want: Collection[int] = (), leave_out: Collection[int] = ()) -> None:
    """Decide about rows by number: `want` those that look like something already there, `leave_out` new ones.

    The two lists are the whole decision: what is in neither goes back to what the check proposed. Raises `Refused` when
    the import is not waiting for a decision.
    """
    IMPORT.move(row_import, "decide")
    rows = ImportRow.objects.filter(row_import=row_import)
    rows.filter(outcome=_Outcome.LIKE).exclude(number__in=want).update(is_wanted=False)
    rows.filter(outcome=_Outcome.LIKE, number__in=want).update(is_wanted=True)
    rows.filter(outcome=_Outcome.SKIPPED).exclude(number__in=leave_out).update(outcome=_Outcome.NEW)
    rows.filter(outcome=_Outcome.NEW, number__in=leave_out).update(outcome=_Outcome.SKIPPED)
    work.recount(row_import)


def apply_import(*, actor: Actor, row_import: Import, now: datetime) -> Job:
    """Make objects of the new rows and of those that were wanted, in the background."""
    IMPORT.move(row_import, "apply")
    note(actor=actor, verb="imports.applied", obj=row_import)
    return _start(actor, row_import, "imports.apply", now)


def undo_import(*, actor: Actor, row_import: Import, now: datetime) -> Job:
    """Take back what the import made, except what somebody has used since; one action, in the background."""
    IMPORT.move(row_import, "undo")
    note(actor=actor, verb="imports.undone", obj=row_import)
    return _start(actor, row_import, "imports.undo", now)


def _start(actor: Actor, row_import: Import, kind: str, now: datetime) -> Job:
    job = start_job(actor=actor, kind=kind, parameters={"import": row_import.pk}, now=now)
    row_import.job = job
    row_import.save(update_fields=["job"])
    return job


def mend_row(*, row_import: Import, number: int, cells: Mapping[int, str]) -> ImportRow:
    """Write other words into some cells of a checked row, by column, and check it again. The file stays as it is.

    Raises `Refused` with `wrong_state` where the import is being applied already, and `ImportRow.DoesNotExist`.
    """
    if row_import.state != Import.State.ANALYZED:
        raise Refused(Problem("wrong_state", _("This import is on its way already.")))
    row = ImportRow.objects.get(row_import=row_import, number=number)
    width = max([len(row.cells), *(column + 1 for column in cells)])
    mended = [*row.cells, *[""] * (width - len(row.cells))]
    for column, text in cells.items():
        mended[column] = " ".join(text.split())
    work.check_row(row_import, row, mended)
    return row
