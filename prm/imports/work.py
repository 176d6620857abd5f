"""The pieces that jobs of imports are done in."""

from collections.abc import Iterator, Sequence
from itertools import batched
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from prm.files import storage
from prm.imports import rules
from prm.imports.models import Import, ImportRow
from prm.imports.rules import Examined
from prm.imports.schema import BATCH, ImportedRow, ImportSchema, Likeness, import_schemas
from prm.imports.states import IMPORT
from prm.imports.tables import read_table
from prm.jobs.models import Job
from prm.jobs.services import actor_of
from prm.problems import Refused

_Outcome = ImportRow.Outcome
_INSERT = (
    "INSERT INTO imports_importrow"
    ' (organization_id, row_import_id, number, cells, outcome, problems, "like", is_wanted)'
    " SELECT %s, %s, row.*, false FROM unnest(%s::int[], %s::jsonb[], %s::text[], %s::jsonb[], %s::jsonb[]) AS row"
)
_SET_OBJECTS = (
    "UPDATE imports_importrow SET object_id = made.object_id FROM unnest(%s::int[], %s::bigint[])"
    " AS made (number, object_id) WHERE organization_id = %s AND row_import_id = %s"
    " AND imports_importrow.number = made.number"
)


def page(job: Job) -> str:
    row_import = Import.objects.get(pk=job.parameters["import"])
    return import_schemas.get(row_import.schema).page(row_import)


# ── Checking ────────────────────────────────────────────────────────────────────────────────────────────────────────


def analyze_all(job: Job) -> None:
    """Job: check every row of a large file."""
    row_import = Import.objects.get(pk=job.parameters["import"])
    analyze(row_import)
    job.progress(row_import.row_count, row_import.row_count)


def analyze(row_import: Import) -> None:
    """Read the file and store each row with what was found about it, in place of what was found before."""
    schema = import_schemas.get(row_import.schema)
    with storage.path_of(row_import.file.key).open("rb") as file:
        table = read_table(file, row_import.file.name)
    ImportRow.objects.filter(row_import=row_import).delete()
    examined = (rules.examine(schema, row_import.mapping, number, cells) for number, cells in table.rows)
    known: dict[str, int] = {}
    for batch in batched(examined, BATCH * 10):
        _store(row_import, list(_judged(schema, batch, known)))
    row_import.row_count = len(table.rows)
    row_import.save(update_fields=["row_count"])
    recount(row_import)


def _judged(schema: ImportSchema, batch: Sequence[Examined], known: dict[str, int]) -> Iterator[tuple[Any, ...]]:
    """Each row as it is stored. `known` maps the identities of rows that came before to their numbers."""
    like = _likenesses(schema, [found.row for found in batch if not found.problems])
    for found in batch:
        likeness: dict[str, Any] = {}
        if found.problems:
            outcome = _Outcome.PROBLEM
        else:
            likeness = _describe(like.get(found.row.number)) or _double(schema, found.row, known)
            outcome = _Outcome.LIKE if likeness else _Outcome.NEW
        yield found.row.number, Jsonb(found.cells), outcome.value, Jsonb(found.problems), Jsonb(likeness)


def check_row(row_import: Import, row: ImportRow, cells: list[str]) -> None:
    """Check one row anew with these cells, against what is there and the other rows that will be created."""
    schema = import_schemas.get(row_import.schema)
    found = rules.examine(schema, row_import.mapping, row.number, cells)
    known: dict[str, int] = {}
    if not found.problems:
        for other in ImportRow.objects.of(row_import).to_create().exclude(pk=row.pk).iterator():
            values = rules.examine(schema, row_import.mapping, other.number, other.cells).row.values
            for identity in schema.identities(values):
                known.setdefault(identity, other.number)
    ((_number, _cells, row.outcome, problems, like),) = _judged(schema, [found], known)
    row.cells, row.problems, row.like, row.is_wanted = cells, problems.obj, like.obj, False
    row.save(update_fields=["cells", "outcome", "problems", "like", "is_wanted"])
    recount(row_import)


def _likenesses(schema: ImportSchema, rows: Sequence[ImportedRow]) -> dict[int, Likeness]:
    found: dict[int, Likeness] = {}
    for batch in batched(rows, BATCH):
        found.update(schema.match(batch))
    return found


def _describe(likeness: Likeness | None) -> dict[str, Any]:
    return {"label": likeness.label, "address": likeness.address} if likeness else {}


def _double(schema: ImportSchema, row: ImportedRow, known: dict[str, int]) -> dict[str, Any]:
    identities = schema.identities(row.values)
    first = min((known[identity] for identity in identities if identity in known), default=row.number)
    for identity in identities:
        known.setdefault(identity, row.number)
    return {"label": _("row %(number)s of this file") % {"number": first}, "row": first} if first != row.number else {}


def _store(row_import: Import, rows: Sequence[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        columns = [list(column) for column in zip(*rows, strict=True)]
        cursor.execute(_INSERT, [row_import.organization_id, row_import.pk, *columns])


def recount(row_import: Import, **others: int) -> None:
    """Bring the import's counts up to date: rows by outcome, what will be created, and `others` on top."""
    rows = ImportRow.objects.filter(row_import=row_import)
    counts = dict.fromkeys(_Outcome.values, 0)
    counts |= dict(rows.values_list("outcome").annotate(n=Count("*")).order_by())
    to_create = rows.to_create().aggregate(n=Count("*"))["n"]
    row_import.counts = {**row_import.counts, **counts, "to_create": to_create, **others}
    row_import.save(update_fields=["counts"])


# ── Applying ────────────────────────────────────────────────────────────────────────────────────────────────────────


def apply_some(job: Job) -> None:
    """Job: make objects of the next rows."""
    row_import = Import.objects.get(pk=job.parameters["import"])
    rows, is_last = _next_rows(job, ImportRow.objects.of(row_import).to_create())
    _count(job, rows, "created", _create(job, row_import, rows) if rows else 0, is_last)
    if is_last:
        job.result = {"created": job.position.get("created", 0)}
        IMPORT.move(row_import, "finish", applied_at=timezone.now())
        recount(row_import, **job.result)


def _next_rows(job: Job, rows: "QuerySet[ImportRow]") -> tuple[list[ImportRow], bool]:
    """The next batch of the job, and whether it is the last."""
    job.total = job.total or rows.count()
    found = list(rows.filter(number__gt=job.position.get("number", 0))[: BATCH + 1])
    return found[:BATCH], len(found) <= BATCH


def _count(job: Job, rows: Sequence[ImportRow], what: str, number: int, is_last: bool) -> None:
    """Say how far the job is: `number` more of `what`, and the last row that was looked at."""
    if rows:
        job.position = {"number": rows[-1].number, what: job.position.get(what, 0) + number}
    done = job.done + len(rows)
    job.progress(done, done if is_last else max(job.total, done + 1))


def _create(job: Job, row_import: Import, rows: Sequence[ImportRow]) -> int:
    """Create the rows that are still wanted now that time has passed; returns how many were."""
    schema = import_schemas.get(row_import.schema)
    clean = {row.number: rules.examine(schema, row_import.mapping, row.number, row.cells).row for row in rows}
    meanwhile = schema.match([clean[row.number] for row in rows if not row.is_wanted])
    for row in rows:
        if row.number in meanwhile:
            row.outcome, row.like = _Outcome.LIKE, _describe(meanwhile[row.number])
            row.save(update_fields=["outcome", "like"])
    left = [clean[row.number] for row in rows if row.number not in meanwhile]
    made = _create_all(schema, left, job, row_import) if left else {}
    with connection.cursor() as cursor:
        organization_id = row_import.organization_id
        cursor.execute(_SET_OBJECTS, [list(made), list(made.values()), organization_id, row_import.pk])
    return len(made)


def _create_all(schema: ImportSchema, rows: Sequence[ImportedRow], job: Job, row_import: Import) -> dict[int, int]:
    """Row number → object. When the rows cannot be made together each is tried alone, and what is refused is noted."""
    made: dict[int, int] = {}
    for group in ([rows], [[row] for row in rows]):
        try:
            for some in group:
                made |= _created(schema, some, job, row_import, is_last_try=len(some) == 1)
        except (Refused, IntegrityError):
            continue
        break
    return made


def _created(
    schema: ImportSchema, rows: Sequence[ImportedRow], job: Job, row_import: Import, is_last_try: bool
) -> dict[int, int]:
    try:
        with transaction.atomic():
            ids = schema.create(rows, options=row_import.options, actor=actor_of(job), now=timezone.now())
    except (Refused, IntegrityError) as error:
        if not is_last_try:
            raise
        words = str(error) if isinstance(error, Refused) else _("Something like it is already there.")
        _mark_problem(row_import, rows[0].number, words)
        return {}
    return dict(zip((row.number for row in rows), ids, strict=True))


def _mark_problem(row_import: Import, number: int, words: str) -> None:
    row = ImportRow.objects.filter(row_import=row_import, number=number)
    row.update(outcome=_Outcome.PROBLEM, problems=[{"field": "", "message": words}])


# ── Undoing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def undo_some(job: Job) -> None:
    """Job: take the next objects back."""
    row_import = Import.objects.get(pk=job.parameters["import"])
    rows, is_last = _next_rows(job, ImportRow.objects.of(row_import).filter(object_id__isnull=False))
    _count(job, rows, "removed", _remove(job, row_import, rows) if rows else 0, is_last)
    if is_last:
        removed = job.position.get("removed", 0)
        job.result = {"removed": removed, "kept": job.done - removed}
        IMPORT.move(row_import, "finish_undo", undone_at=timezone.now())
        recount(row_import, **job.result)


def _remove(job: Job, row_import: Import, rows: Sequence[ImportRow]) -> int:
    """Take back what the rows became; returns how many are gone, and notes why the others stay."""
    schema = import_schemas.get(row_import.schema)
    ids = [row.object_id for row in rows if row.object_id is not None]
    kept = schema.remove(ids, actor=actor_of(job), now=timezone.now())
    made = ImportRow.objects.filter(row_import=row_import)
    for object_id, why in kept.items():
        made.filter(object_id=object_id).update(problems=[{"field": "", "message": why}])
    return made.filter(object_id__in=set(ids) - kept.keys()).update(object_id=None)
