"""Checking: each row of the file is stored with what was found about it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from prm.files import storage
from prm.imports import rules
from prm.imports.models import Import, ImportRow
from prm.imports.rules import Examined, Examiner
from prm.imports.schema import BATCH, ImportSchema, Likeness, RowSet, import_schemas
from prm.imports.states import IMPORT
from prm.imports.tables import Table
from prm.imports.work.counting import recount
from prm.jobs.models import Job

_Outcome = ImportRow.Outcome
_INSERT = """
INSERT INTO imports_importrow (organization_id, row_import_id, number, cells, "values", outcome, problems, "like",
                               changes, fills, decision, result)
SELECT %s, %s, (row->>0)::int, row->1, row->2, row->>3, row->4, row->5, '{}', false, '', ''
FROM jsonb_array_elements(%s::jsonb) AS row
"""
_SET_LIKE = """
UPDATE imports_importrow AS row SET outcome = 'like', "like" = found."like", target_id = found.target_id,
       changes = found.changes, fills = found.fills
FROM jsonb_to_recordset(%s::jsonb) AS found (number int, "like" jsonb, target_id bigint, changes jsonb, fills bool)
WHERE row.organization_id = %s AND row.row_import_id = %s AND row.number = found.number
"""
_SET_PROBLEMS = """
UPDATE imports_importrow AS row SET outcome = 'problem', problems = found.problems
FROM jsonb_to_recordset(%s::jsonb) AS found (number int, problems jsonb)
WHERE row.organization_id = %s AND row.row_import_id = %s AND row.number = found.number
"""


@dataclass
class _Reading:
    """A file that is being read: what the next piece goes on with, as long as the same process does it.

    `seen` maps what tells rows apart to the number of the first row that has it.
    """

    file: IO[bytes]
    table: Table
    rows: Iterator[tuple[int, list[str]]]
    last: int
    seen: dict[int, int] = field(default_factory=dict)

    def close(self) -> None:
        self.table.close()
        self.file.close()


# By job; one at a time. Another process, or a piece that is done again, reads up to its place anew.
_open: dict[int, _Reading] = {}


def check_some(job: Job) -> None:
    """Job: check the next rows of a large file."""
    row_import = Import.objects.get(pk=job.parameters["import"])
    reading = _reading_of(job, row_import)
    checked, is_last = _check_next(row_import, reading)
    job.position = {"number": reading.last}
    done, share = job.done + checked, reading.table.share()
    job.progress(done, done if is_last else max(done + 1, round(done / share) if share else done + BATCH))
    if is_last:
        _forget(job.pk)
        _finish(row_import, done)
    else:
        _open[job.pk] = reading


def check_all(row_import: Import) -> None:
    """Check every row of a small file at once."""
    reading = _begin(row_import)
    try:
        number, is_last = 0, False
        while not is_last:
            checked, is_last = _check_next(row_import, reading)
            number += checked
    finally:
        reading.close()
    _finish(row_import, number)


def _finish(row_import: Import, number: int) -> None:
    IMPORT.move(row_import, "analyze", row_count=number)
    recount(row_import)


def _reading_of(job: Job, row_import: Import) -> _Reading:
    last = job.position.get("number", 0)
    known = _open.pop(job.pk, None)
    if known is not None and known.last == last:
        return known
    for other in list(_open):
        _forget(other)
    return _begin(row_import, last)


def _forget(job_id: int) -> None:
    reading = _open.pop(job_id, None)
    if reading is not None:
        reading.close()


def _begin(row_import: Import, after: int = 0) -> _Reading:
    """Open the file and go to the row after `after`; what was found about later ones before is thrown away."""
    ImportRow.objects.filter(row_import=row_import, number__gt=after).delete()
    file = storage.path_of(row_import.file.key).open("rb")
    table = Table(file, row_import.file.name, header=row_import.header, width=len(row_import.columns))
    reading = _Reading(file, table, iter(table), after)
    if after:
        next((number for number, _cells in reading.rows if number >= after), None)
        reading.seen = _seen(row_import, ImportRow.objects.filter(row_import=row_import, number__lte=after))
    return reading


def _seen(row_import: Import, rows: "QuerySet[ImportRow]") -> dict[int, int]:
    """What tells these rows of the import apart."""
    schema = import_schemas.get(row_import.schema)
    seen: dict[int, int] = {}
    rows = rows.exclude(outcome=_Outcome.PROBLEM).order_by("number")
    for number, values, target_id, kind in rows.values_list("number", "values", "target_id", "like__kind").iterator():
        for identity in _identities(schema, values, target_id, kind or ""):
            seen.setdefault(identity, number)
    return seen


def _check_next(row_import: Import, reading: _Reading) -> tuple[int, bool]:
    """Check and store the next rows; returns how many they were, and whether they were the last."""
    schema = import_schemas.get(row_import.schema)
    examiner = examiner_of(row_import)
    examined = [examiner(number, cells) for number, cells in islice(reading.rows, BATCH)]
    if examined:
        reading.last = examined[-1].row.number
        store(row_import, schema, examined, reading.seen)
    return len(examined), len(examined) < BATCH


def examiner_of(row_import: Import) -> Examiner:
    schema = import_schemas.get(row_import.schema)
    return Examiner(schema, schema.fields_of(row_import), row_import.mapping)


def store(row_import: Import, schema: ImportSchema, examined: Sequence[Examined], seen: dict[int, int]) -> None:
    """Write examined rows down and tell which of them are somebody who is there, or an earlier row of the file.

    `seen` is what tells the earlier rows apart; these rows are added to it.
    """
    rows: list[Any] = [
        (
            found.row.number,
            found.cells,
            found.row.values,
            (_Outcome.PROBLEM if found.problems else _Outcome.NEW).value,
            found.problems,
            {},
        )
        for found in examined
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [row_import.organization_id, row_import.pk, json.dumps(rows)])
    good = {found.row.number: found.row.values for found in examined if not found.problems}
    for number in _tell_problems(row_import, schema, good):
        del good[number]
    _tell_likenesses(row_import, schema, good, seen)


def _tell_problems(row_import: Import, schema: ImportSchema, good: Mapping[int, Any]) -> list[int]:
    """Mark the rows that what is there speaks against; returns their numbers."""
    found = schema.problems_among(RowSet(row_import, list(good))) if good else {}
    if found:
        told = [
            {"number": number, "problems": [{"field": problem.field, "message": problem.message}]}
            for number, problem in found.items()
        ]
        with connection.cursor() as cursor:
            cursor.execute(_SET_PROBLEMS, [json.dumps(told), row_import.organization_id, row_import.pk])
    return list(found)


def _tell_likenesses(
    row_import: Import, schema: ImportSchema, good: Mapping[int, Mapping[str, Any]], seen: dict[int, int]
) -> None:
    found = schema.match(RowSet(row_import, list(good))) if good else {}
    told = []
    for number, values in good.items():
        likeness = found.get(number)
        target_id, target_kind = (likeness.object_id, likeness.kind) if likeness else (None, "")
        double = _earlier(_identities(schema, values, target_id, target_kind), number, seen)
        if double is not None:
            told.append({"number": number, "like": _row_words(double), "changes": {}, "fills": False})
        elif likeness is not None:
            told.append({"number": number, **_described(likeness)})
    if told:
        with connection.cursor() as cursor:
            cursor.execute(_SET_LIKE, [json.dumps(told), row_import.organization_id, row_import.pk])


def _identities(schema: ImportSchema, values: Mapping[str, Any], target_id: int | None, kind: str) -> Iterator[int]:
    """What tells the row apart, short enough to be kept for every row of a file: a row of somebody who is there by
    that alone.
    """
    if target_id is not None:
        yield hash(("target", kind, target_id))
        return
    yield from map(hash, schema.identities(values))


def _earlier(identities: Iterator[int], number: int, seen: dict[int, int]) -> int | None:
    """The first row that has one of the identities; where there is none this row is it."""
    first = min((seen.setdefault(identity, number) for identity in identities), default=number)
    return first if first != number else None


def _row_words(number: int) -> dict[str, Any]:
    return {"label": _("row %(number)s of this file") % {"number": number}, "row": number}


def _described(likeness: Likeness) -> dict[str, Any]:
    changes = {} if likeness.why_fixed else likeness.changes
    like = {"label": likeness.label, "address": likeness.address, "why": likeness.why_fixed, "kind": likeness.kind}
    return {
        "like": {key: value for key, value in like.items() if value},
        "target_id": likeness.object_id,
        "changes": changes,
        "fills": any(rules.is_empty(before) for before, _after in changes.values()),
    }


def check_row(row_import: Import, row: ImportRow, cells: list[str]) -> None:
    """Check one row anew with these cells, against what is there and the other rows of the file."""
    schema = import_schemas.get(row_import.schema)
    found = examiner_of(row_import)(row.number, cells)
    others = ImportRow.objects.filter(row_import=row_import).exclude(pk=row.pk)
    seen = {} if found.problems else _seen(row_import, others)
    row.delete()
    store(row_import, schema, [found], seen)
    recount(row_import)


def likenesses_now(row_import: Import, schema: ImportSchema, numbers: Sequence[int]) -> Mapping[int, Likeness]:
    """What rows that were new at the check are like by now. They are marked so, and update nothing: nobody saw it."""
    found = schema.match(RowSet(row_import, numbers)) if numbers else {}
    if found:
        told = [
            {"number": number, **_described(likeness), "changes": {}, "fills": False}
            for number, likeness in found.items()
        ]
        with connection.cursor() as cursor:
            cursor.execute(_SET_LIKE, [json.dumps(told), row_import.organization_id, row_import.pk])
    return found
