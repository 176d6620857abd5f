"""What pages show of an import."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.utils.translation import gettext as _

from prm.imports import rules
from prm.imports.headers import plain
from prm.imports.models import Import, ImportRow
from prm.imports.schema import ImportField, import_schemas
from prm.spreadsheets import csv_lines

_FIELDS, _SHOWN = "_canopy_fields", "_canopy_shown_fields"


def fields_of(row_import: Import) -> Sequence[ImportField]:
    """The fields of this import, looked up once for each loaded row."""
    if _FIELDS not in row_import.__dict__:
        row_import.__dict__[_FIELDS] = import_schemas.get(row_import.schema).fields_of(row_import)
    known: Sequence[ImportField] = row_import.__dict__[_FIELDS]
    return known


def shown_fields(row_import: Import) -> Sequence[ImportField]:
    """Those that have a column and some others, looked up once for each loaded row."""
    if _SHOWN not in row_import.__dict__:
        row_import.__dict__[_SHOWN] = import_schemas.get(row_import.schema).shown_fields_of(row_import)
    known: Sequence[ImportField] = row_import.__dict__[_SHOWN]
    return known


def mapped_fields(row_import: Import) -> list[tuple[str, str, int]]:
    """(name, label, column) of each field that has a column, in the schema's order."""
    mapping = row_import.mapping
    return [
        (field.name, str(field.label), mapping[field.name])
        for field in shown_fields(row_import)
        if field.name in mapping
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


def with_same_file(imports: "QuerySet[Import, Import]") -> Any:
    """Imports, each with the last one of the very same file, byte by byte, that was applied and not taken back."""
    same = Import.objects.filter(schema=OuterRef("schema"), file__sha256=OuterRef("file__sha256"))
    applied = same.filter(state__in=[Import.State.APPLYING, Import.State.APPLIED]).exclude(pk=OuterRef("pk"))
    told = JSONObject(public_id="public_id", at=Coalesce("applied_at", "created_at"), by="created_by__person__name")
    return imports.annotate(same_file=Subquery(applied.latest_first().values(told=told)[:1]))


@dataclass(frozen=True, slots=True)
class SameFile:
    """An earlier import of a file."""

    public_id: str
    by: str
    at: datetime


def same_file_before(row_import: Any) -> SameFile | None:
    """Of an import that was loaded `with_same_file`."""
    told = row_import.same_file
    return SameFile(told["public_id"], told["by"] or "", datetime.fromisoformat(told["at"])) if told else None


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


def unknown_choices(row_import: Import) -> list[UnknownText]:
    """Texts that are none of their field's choices, the most frequent first, as the last check found them."""
    return [UnknownText(*told) for told in row_import.counts.get("unknown", ())]
