"""What pages show of an import."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from prm.imports import rules
from prm.imports.models import Import, ImportRow
from prm.imports.schema import import_schemas
from prm.spreadsheets import csv_lines


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row as the preview shows it: `values` by the fields that have a column, in the schema's order."""

    number: int
    outcome: str
    values: list[str]
    problems: list[str]
    like: dict[str, Any]
    is_wanted: bool


def mapped_fields(row_import: Import) -> list[tuple[str, str, int]]:
    """(name, label, column) of each field that has a column, in the schema's order."""
    mapping = row_import.mapping
    fields = import_schemas.get(row_import.schema).fields
    return [(field.name, str(field.label), mapping[field.name]) for field in fields if field.name in mapping]


def preview_row(row: ImportRow, columns: list[int]) -> PreviewRow:
    """`columns` are those of `mapped_fields`. Use as `page_of(...).map(...)`."""
    values = [row.cells[column] if column < len(row.cells) else "" for column in columns]
    problems = [problem["message"] for problem in row.problems]
    return PreviewRow(row.number, row.outcome, values, problems, row.like, row.is_wanted)


def failed_rows_csv(row_import: Import) -> Iterator[str]:
    """The rows that could not be taken as a CSV file, each with its number and what is wrong, safe to open."""
    rows = ImportRow.objects.of(row_import).filter(outcome=ImportRow.Outcome.PROBLEM)
    header = [_("Row"), _("Problem"), *row_import.columns]
    listed = [
        [row.number, "; ".join(problem["message"] for problem in row.problems), *row.cells] for row in rows.iterator()
    ]
    return csv_lines(header, listed)


def sample(row_import: Import, columns: int) -> list[list[str]]:
    """The first rows of a checked import, for showing beside the choice of columns."""
    rows = ImportRow.objects.of(row_import).values_list("cells", flat=True)[:3]
    return [cells[:columns] for cells in rows]


def is_unreadable(row_import: Import) -> bool:
    """Whether a required field has no column yet."""
    schema = import_schemas.get(row_import.schema)
    return bool(rules.mapping_problems(schema, row_import.mapping, row_import.columns))
