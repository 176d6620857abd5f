"""From a spreadsheet to objects and back: begin, map the columns, decide about rows, apply, undo."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q, TextField
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.files.models import StoredFile
from prm.files.services import discard, empty, store_upload
from prm.files.types import TABLES
from prm.imports import headers, queries, rules, work
from prm.imports.models import Import, ImportRow
from prm.imports.schema import import_schemas
from prm.imports.states import IMPORT
from prm.imports.tables import look
from prm.jobs.models import Job
from prm.jobs.services import start_job
from prm.problems import Problem, Refused, refuse_if

_State, _Outcome, _Decision = Import.State, ImportRow.Outcome, ImportRow.Decision

# Larger files are checked in the background.
SMALL_FILE = 256 * 1024


def begin_import(
    *, actor: Actor, schema: str, upload: "UploadedFile[bytes]", options: Mapping[str, Any] | None = None, now: datetime
) -> Import:
    """Take a CSV or XLSX file and tell what its columns are: as in the last file that named them so, else guessed.

    Nothing is checked or made yet. `options` are kept for the schema. Raises `Refused` on the field `file`.
    """
    known = import_schemas.get(schema)
    stored = store_upload(actor=actor, upload=upload, allow=TABLES, now=now)
    upload.seek(0)
    seen = look(upload, stored.name, lambda line: len(headers.guess(line, known.fields, exactly=True)) > 1)
    row_import = Import(
        schema=known.name,
        file=stored,
        columns=seen.columns,
        header=seen.header,
        sample=seen.rows,
        options=dict(options or {}),
        created_by_id=actor.membership_id,
        created_at=now,
    )
    fields = known.fields_of(row_import)
    remembered = queries.remembered_mapping(row_import, fields)
    row_import.is_remembered = bool(remembered)
    row_import.mapping = remembered or headers.guess(seen.columns, fields)
    row_import.save()
    note(actor=actor, verb="imports.uploaded", obj=row_import)
    return row_import


def map_columns(
    *,
    actor: Actor,
    row_import: Import,
    mapping: Mapping[str, int],
    options: Mapping[str, Any] | None = None,
    now: datetime,
) -> Job | None:
    """Say which column is which field, and check every row. May be done again until the import is applied.

    `options` are written over those that the import has. A small file is checked at once; for a large one the job that
    checks it is returned. Raises `Refused` with problems on the fields' names, or on `file` where rows cannot be read.
    """
    row_import.options = {**row_import.options, **(options or {})}
    fields = import_schemas.get(row_import.schema).fields_of(row_import)
    refuse_if(rules.mapping_problems(fields, mapping, row_import.columns))
    IMPORT.move(row_import, "check", mapping=dict(mapping), options=row_import.options)
    if row_import.file.size <= SMALL_FILE:
        work.check_all(row_import)
        return None
    return _start(actor, row_import, "imports.analyze", now)


def choose_mode(*, row_import: Import, mode: str) -> None:
    """Say what becomes of rows that are somebody who is there already. Raises `Refused` when it is too late."""
    if mode not in Import.Mode:
        raise Refused(Problem("no_mode", _("Choose what becomes of partners who are there already."), "mode"))
    IMPORT.move(row_import, "decide", mode=mode)
    work.recount(row_import)


def decide_row(*, row_import: Import, number: int, decision: str) -> ImportRow:
    """Decide about one row: a new one is left out by `skip`; "" takes back what was decided before.

    Raises `Refused` when the import is not waiting for a decision or the row cannot be decided so, and
    `ImportRow.DoesNotExist`.
    """
    IMPORT.move(row_import, "decide")
    row = ImportRow.objects.get(row_import=row_import, number=number)
    if row.outcome in (_Outcome.NEW, _Outcome.SKIPPED) and decision in ("", _Decision.SKIP):
        row.outcome = _Outcome.SKIPPED if decision else _Outcome.NEW
    elif row.outcome == _Outcome.LIKE and decision in ("", *_Decision.values):
        row.decision = decision
    else:
        raise Refused(Problem("no_decision", _("Row %d cannot be decided so.") % number))
    row.save(update_fields=["outcome", "decision"])
    work.recount(row_import)
    return row


def apply_import(*, actor: Actor, row_import: Import, now: datetime) -> Job:
    """Make objects of the new rows and of those that were wanted, and update as was chosen, in the background."""
    IMPORT.move(row_import, "apply")
    return _start(actor, row_import, "imports.apply", now)


def undo_import(*, actor: Actor, row_import: Import, now: datetime) -> Job:
    """Take back what the import made and wrote, except what somebody has used or changed since; in the background."""
    IMPORT.move(row_import, "undo")
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
    return ImportRow.objects.get(row_import=row_import, number=number)


def forget_addresses(*, addresses: Sequence[str]) -> None:
    """Throw away what spreadsheets say about these addresses, because somebody is erased.

    An import that is not applied yet is thrown away whole, and so is what was uploaded and never looked at. Of one that
    is applied only the file goes; its rows stay, and whoever calls this takes the addresses out of them.
    """
    said = Q()
    for email in addresses:
        said |= Q(words__icontains=email)
    rows = ImportRow.objects.annotate(words=Concat(Cast("cells", TextField()), Cast("values", TextField())))
    naming = set(rows.filter(said).values_list("row_import", flat=True))
    waiting = Q(state=_State.UPLOADED) | Q(state__in=[_State.CHECKING, _State.ANALYZED], pk__in=naming)
    for row_import in Import.objects.filter(waiting).select_related("file"):
        ImportRow.objects.filter(row_import=row_import).delete()
        row_import.delete()
        discard(stored=row_import.file)
    for stored in StoredFile.objects.filter(pk__in=Import.objects.filter(pk__in=naming).values("file")):
        empty(stored=stored)
