"""What is right and wrong about a row and about a mapping; no query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from prm.imports.schema import ImportedRow, ImportField, ImportSchema
from prm.problems import Problem


@dataclass(frozen=True, slots=True)
class Examined:
    """A row of the file: its cells as they are, its clean values, and what is wrong with them."""

    row: ImportedRow
    cells: list[str]
    problems: list[dict[str, str]] = field(default_factory=list)


def mapping_problems(schema: ImportSchema, mapping: Mapping[str, int], columns: Sequence[str]) -> list[Problem]:
    """Why the columns cannot be read so: a required field without one, one for two fields, one that is not there."""
    problems = []
    for wanted in schema.fields:
        if wanted.is_required and wanted.name not in mapping:
            words = _("Say which column is “%(field)s”: without it no row can be taken.")
            problems.append(Problem("mapping_missing", words % {"field": wanted.label}, field=wanted.name))
    names = {known.name for known in schema.fields}
    used: dict[int, str] = {}
    for name, column in mapping.items():
        if name not in names or not 0 <= column < len(columns):
            problems.append(Problem("mapping_unknown", _("This column is not in the file."), field=name))
        elif column in used:
            words = _("One column cannot be two fields.")
            problems.append(Problem("mapping_double", words, field=name))
        used[column] = name
    return problems


def examine(schema: ImportSchema, mapping: Mapping[str, int], number: int, cells: list[str]) -> Examined:
    """Clean a row's cells and say what is wrong with them."""
    values: dict[str, Any] = {}
    problems: list[dict[str, str]] = []
    for wanted in schema.fields:
        column = mapping.get(wanted.name)
        text = cells[column] if column is not None and column < len(cells) else ""
        try:
            values[wanted.name] = _clean(wanted, text)
        except ValueError as error:
            problems.append({"field": wanted.name, "message": str(error)})
    if not problems:
        problems = [{"field": found.field, "message": found.message} for found in schema.problems(values)]
    return Examined(ImportedRow(number, values), cells, problems)


def _clean(wanted: ImportField, text: str) -> Any:
    if not text:
        if wanted.is_required:
            raise ValueError(_("%(field)s is missing.") % {"field": wanted.label})
        return ""
    if len(text) > wanted.longest:
        words = _("%(field)s is longer than %(most)s characters.")
        raise ValueError(words % {"field": wanted.label, "most": wanted.longest})
    return wanted.clean(text)
