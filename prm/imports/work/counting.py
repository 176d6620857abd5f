"""How many rows of an import are what, and what became of each."""

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Count

from prm.imports.models import Import, ImportRow

_SET_RESULTS = """
UPDATE imports_importrow AS row SET result = told.result, changes = told.changes, problems = told.problems,
       object_id = told.object_id
FROM jsonb_to_recordset(%s::jsonb) AS told (id bigint, result text, changes jsonb, problems jsonb, object_id bigint)
WHERE row.organization_id = %s AND row.id = told.id
"""
_UNKNOWN = """
SELECT problem->>'field', problem->>'choice', count(*) AS n
FROM imports_importrow, jsonb_array_elements(problems) AS problem
WHERE organization_id = %s AND row_import_id = %s AND outcome = 'problem' AND problem ? 'choice'
GROUP BY 1, 2 ORDER BY n DESC, 1, 2 LIMIT %s
"""
MOST_UNKNOWN = 50
_Outcome, _Mode = ImportRow.Outcome, Import.Mode


def recount(row_import: Import, **others: int) -> None:
    """Bring the import's counts up to date: rows by outcome, what each mode would do, texts that are
    no choices, and `others` on top."""
    rows = ImportRow.objects.filter(row_import=row_import)
    counts = dict.fromkeys(_Outcome.values, 0)
    counts |= dict(rows.values_list("outcome").annotate(n=Count("*")).order_by())
    counts["to_create"] = counts["new"] + rows.filter(outcome=_Outcome.LIKE, decision=ImportRow.Decision.ADD).count()
    if counts["like"]:
        for mode in _Mode.values:
            counts[f"to_update_{mode}"] = rows.to_update(mode).count()
    else:
        counts |= {f"to_update_{mode}": 0 for mode in _Mode.values}
    counts["to_update"] = counts[f"to_update_{row_import.mode}"]
    unknown = {"unknown": _unknown_texts(row_import) if counts["problem"] else []}
    row_import.counts = {**row_import.counts, **counts, **others, **unknown}
    row_import.save(update_fields=["counts"])


def _unknown_texts(row_import: Import) -> list[list[Any]]:
    """(field, text, in how many rows) of texts that are none of their field's choices, the most frequent first."""
    with connection.cursor() as cursor:
        cursor.execute(_UNKNOWN, [row_import.organization_id, row_import.pk, MOST_UNKNOWN])
        return [list(row) for row in cursor.fetchall()]


def write_results(row_import: Import, rows: Sequence[ImportRow]) -> None:
    """Store what became of these rows in one statement."""
    if not rows:
        return
    told = [
        {
            "id": row.pk,
            "result": str(row.result),
            "changes": row.changes,
            "problems": row.problems,
            "object_id": row.object_id,
        }
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(_SET_RESULTS, [json.dumps(told), row_import.organization_id])
