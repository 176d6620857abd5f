"""What can be exported. Apps register their kinds in `registry.py`.

export_kinds.register(TableKind("partners.partners", _("Partners"), "partners.export", columns, count, rows))
"""

import csv
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook

from prm.registry import Registry
from prm.spreadsheets import safe_cell

if TYPE_CHECKING:
    from prm.exports.models import Export

BATCH = 2_000
CSV, XLSX, ZIP = "csv", "xlsx", "zip"
CONTENT_TYPES = {
    CSV: "text/csv",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ZIP: "application/zip",
}

type Parameters = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """What one piece of writing came to: how many rows or tables, and where the next one goes on; None for nowhere."""

    done: int
    position: dict[str, Any] | None


class ExportKind(ABC):
    """One kind of export. `permission` is what a colleague needs to ask for it and to download it."""

    name: str
    label: Any
    permission: str

    @abstractmethod
    def total(self, parameters: Parameters) -> int:
        """How many rows, or tables, there will be."""

    @abstractmethod
    def write_piece(self, export: "Export", path: Path, position: Mapping[str, Any]) -> Piece:
        """Append the next piece to the file; `position` is {} at first."""

    def finish(self, export: "Export", path: Path) -> None:
        """Turn what was written into the file that is handed over."""
        return


@dataclass(frozen=True)
class TableKind(ExportKind):
    """A list of rows, as CSV or XLSX, safe to open.

    `columns()` gives (key, title) of everything that can be in it; `rows(parameters, keys, after, limit)` the cells of
    the next rows after the key `after`, each led by its own key.
    """

    name: str
    label: Any
    permission: str
    columns: Callable[[], Sequence[tuple[str, str]]]
    count: Callable[[Parameters], int]
    rows: Callable[[Parameters, Sequence[str], int, int], list[list[Any]]]

    def total(self, parameters: Parameters) -> int:
        return self.count(parameters)

    def chosen(self, parameters: Parameters) -> list[tuple[str, str]]:
        """The columns that were asked for, in their order; all where none was named."""
        wanted = parameters.get("columns") or ()
        return [column for column in self.columns() if not wanted or column[0] in wanted]

    def write_piece(self, export: "Export", path: Path, position: Mapping[str, Any]) -> Piece:
        columns = self.chosen(export.parameters)
        keys = [key for key, _title in columns]
        found = self.rows(export.parameters, keys, position.get("after", 0), BATCH)
        with path.open("r+", encoding="utf-8", newline="") as file:
            # What a piece wrote that was undone is written over.
            file.truncate(position.get("size", 0))
            file.seek(position.get("size", 0))
            writer = csv.writer(file)
            if not position:
                file.write("\ufeff")
                writer.writerow([safe_cell(title) for _key, title in columns])
            writer.writerows([safe_cell(cell) for cell in cells] for _pk, *cells in found)
        if len(found) < BATCH:
            return Piece(len(found), None)
        return Piece(len(found), {"after": found[-1][0], "size": path.stat().st_size})

    def finish(self, export: "Export", path: Path) -> None:
        if export.file_format != XLSX:
            return
        book = Workbook(write_only=True)
        sheet = book.create_sheet(str(self.label)[:31])
        with path.open(encoding="utf-8-sig", newline="") as file:
            for line in csv.reader(file):
                sheet.append(line)
        book.save(path)


export_kinds: Registry[ExportKind] = Registry("kinds of exports")
