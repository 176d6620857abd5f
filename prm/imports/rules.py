"""What is right and wrong about a row and about a mapping; no query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from prm.imports.schema import ImportedRow, ImportField, ImportSchema, UnknownChoice
from prm.problems import Problem


@dataclass(frozen=True, slots=True)
class Examined:
    """A row of the file: its cells as they are, its clean values, and what is wrong with them."""

    row: ImportedRow
    cells: list[str]
    problems: list[dict[str, str]] = field(default_factory=list)


def mapping_problems(
    fields: Sequence[ImportField], mapping: Mapping[str, int], columns: Sequence[str]
) -> list[Problem]:
    """Why the columns cannot be read so: a required field without one, one for two fields, one that is not there."""
    problems = []
    for wanted in fields:
        if wanted.is_required and wanted.name not in mapping:
            words = _("Say which column is “%(field)s”: without it no row can be taken.")
            problems.append(Problem("mapping_missing", words % {"field": wanted.label}, field=wanted.name))
    names = {known.name for known in fields}
    used: dict[int, str] = {}
    for name, column in mapping.items():
        if name not in names or not 0 <= column < len(columns):
            problems.append(Problem("mapping_unknown", _("This column is not in the file."), field=name))
        elif column in used:
            words = _("One column cannot be two fields.")
            problems.append(Problem("mapping_double", words, field=name))
        used[column] = name
    return problems


class Examiner:
    """Cleans the cells of rows, one by one, and says what is wrong with them."""

    def __init__(self, schema: ImportSchema, fields: Sequence[ImportField], mapping: Mapping[str, int]) -> None:
        self._schema = schema
        self._read = [(known, mapping[known.name]) for known in fields if known.name in mapping]
        self._blank = {known.name: "" for known in schema.fields if known.name not in mapping}
        self._missing = [known for known in fields if known.is_required and known.name not in mapping]

    def __call__(self, number: int, cells: list[str]) -> Examined:
        values: dict[str, Any] = dict(self._blank)
        problems = [_missing(known) for known in self._missing]
        for known, column in self._read:
            text = cells[column] if column < len(cells) else ""
            try:
                values[known.name] = _clean(known, text)
            except UnknownChoice as unknown:
                problems.append({"field": known.name, "message": str(unknown), "choice": unknown.text})
            except ValueError as error:
                problems.append({"field": known.name, "message": str(error)})
        if not problems:
            problems = [{"field": found.field, "message": found.message} for found in self._schema.problems(values)]
        if not problems:
            values |= self._schema.derived(values)
        return Examined(ImportedRow(number, values), cells, problems)


def _clean(wanted: ImportField, text: str) -> Any:
    if not text:
        if wanted.is_required:
            raise ValueError(_missing(wanted)["message"])
        return ""
    if len(text) > wanted.longest:
        words = _("%(field)s is longer than %(most)s characters.")
        raise ValueError(words % {"field": wanted.label, "most": wanted.longest})
    return wanted.clean(text)


def _missing(wanted: ImportField) -> dict[str, str]:
    return {"field": wanted.name, "message": _("%(field)s is missing.") % {"field": wanted.label}}


def chosen_changes(changes: Mapping[str, Sequence[Any]], *, only_empty: bool) -> dict[str, list[Any]]:
    """Which of a row's changes are written: all, or those into fields that are empty."""
    return {name: list(pair) for name, pair in changes.items() if not only_empty or is_empty(pair[0])}


def is_empty(value: Any) -> bool:
    return value is None or value in ("", [])
