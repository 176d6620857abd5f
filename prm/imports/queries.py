"""What pages show of an import."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from prm.imports import rules
from prm.imports.headers import plain
from prm.imports.models import Import, ImportRow
from prm.imports.schema import ImportField, import_schemas
from prm.spreadsheets import csv_lines

_FIELDS = "_canopy_fields"


def fields_of(row_import: Import) -> Sequence[ImportField]:
    """The fields of this import, looked up once for each loaded row."""
    if _FIELDS not in row_import.__dict__:
        row_import.__dict__[_FIELDS] = import_schemas.get(row_import.schema).fields_of(row_import)
    known: Sequence[ImportField] = row_import.__dict__[_FIELDS]
    return known


def mapped_fields(row_import: Import) -> list[tuple[str, str, int]]:
    """(name, label, column) of each field that has a column, in the schema's order."""
    mapping = row_import.mapping
    return [
        (field.name, str(field.label), mapping[field.name]) for field in fields_of(row_import) if field.name in mapping
    ]


def remembered_mapping(row_import: Import, fields: Sequence[ImportField]) -> dict[str, int]:
    """How the columns of a new file were read in the last one that named all of them so; empty where none did.

    The order may be another one, and there may be more columns now.
    """
    places = {plain(title): number for number, title in enumerate(row_import.columns) if plain(title)}
    known = {field.name for field in fields}
    earlier = Import.objects.filter(schema=row_import.schema).exclude(state=Import.State.UPLOADED).latest_first()
    lasting = import_schemas.get(row_import.schema).lasting_name
    for columns, mapping, options in earlier.values_list("columns", "mapping", "options")[:20]:
        named = {lasting(name, options): plain(columns[column]) for name, column in mapping.items()}
        titles = {name: title for name, title in named.items() if name in known}
        if titles and all(title in places for title in titles.values()):
            return {name: places[title] for name, title in titles.items()}
    return {}


def same_file_before(row_import: Import) -> Import | None:
    """The last import of this very file, byte by byte, that was applied and not taken back."""
    same = Import.objects.filter(schema=row_import.schema, file__sha256=row_import.file.sha256)
    applied = same.filter(state__in=[Import.State.APPLYING, Import.State.APPLIED]).exclude(pk=row_import.pk)
    return applied.select_related("created_by__person").latest_first().first()


def failed_rows_csv(row_import: Import) -> Iterator[str]:
    """The rows that could not be taken as a CSV file that can be brought again: the same columns, and at the end the
    number of each row and what is wrong with it.
    """
    rows = ImportRow.objects.of(row_import).filter(outcome=ImportRow.Outcome.PROBLEM)
    header = [*row_import.columns, _("Row"), _("Problem")]
    width = len(row_import.columns)
    listed = (
        [*(row.cells + [""] * width)[:width], row.number, "; ".join(problem["message"] for problem in row.problems)]
        for row in rows.iterator()
    )
    return csv_lines(header, listed)


def is_unreadable(row_import: Import) -> bool:
    """Whether a required field has no column yet."""
    return bool(rules.mapping_problems(fields_of(row_import), row_import.mapping, row_import.columns))


@dataclass(frozen=True, slots=True)
class UnknownText:
    """A text that is none of a field's choices, and in how many rows it stands."""

    field: str
    text: str
    rows: int


def unknown_choices(row_import: Import, most: int = 50) -> list[UnknownText]:
    """Texts that are none of their field's choices, the most frequent first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT problem->>'field', problem->>'choice', count(*) AS n FROM imports_importrow,"
            " jsonb_array_elements(problems) AS problem"
            " WHERE organization_id = %s AND row_import_id = %s AND outcome = 'problem' AND problem ? 'choice'"
            " GROUP BY 1, 2 ORDER BY n DESC, 1, 2 LIMIT %s",
            [row_import.organization_id, row_import.pk, most],
        )
        return [UnknownText(*row) for row in cursor.fetchall()]
