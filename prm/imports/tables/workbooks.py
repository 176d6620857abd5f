"""XLSX files: the rows of the first sheet that is shown, as text."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import IO, Any

import openpyxl


class WorkbookLines:
    """The lines of a workbook as lists of cells, and by `share()` how much of it is read, as far as it says."""

    def __init__(self, file: IO[bytes]) -> None:
        self._book = openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
        sheets = self._book.worksheets
        self._sheet = next((sheet for sheet in sheets if sheet.sheet_state == "visible"), sheets[0])
        self._claimed = self._sheet.max_row or 0
        self._read = 0

    def __iter__(self) -> Iterator[list[str]]:
        # The size that a file claims is often wrong, and may be a million rows of nothing.
        self._sheet.reset_dimensions()
        for row in self._sheet.iter_rows(values_only=True):
            self._read += 1
            yield [as_text(cell) for cell in row]

    def share(self) -> float:
        return min(1.0, self._read / self._claimed) if self._claimed else 0.0

    def close(self) -> None:
        self._book.close()


def as_text(value: Any) -> str:
    """A cell as text: days and times in ISO form, whole numbers without a point, a formula as it was written."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
        case date() | time():
            return value.isoformat()
        case _:
            # A formula over several cells is an object with its text.
            return str(getattr(value, "text", None) or value)
