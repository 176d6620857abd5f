"""Reading a spreadsheet as rows of text, row by row, whatever program wrote it."""

import csv
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any
from xml.parsers.expat import ExpatError

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from prm.imports.tables.refusals import refusal
from prm.imports.tables.text import CsvLines
from prm.imports.tables.workbooks import WorkbookLines
from prm.problems import Refused
from prm.spreadsheets import STARTERS

MOST_COLUMNS = 200
MOST_ROWS = 100_000
MOST_EMPTY_ROWS = 1_100_000
LONGEST_CELL = 5_000
# A header is looked for in so many filled lines; a look at a file gives up after so many empty ones.
_HEADER_WITHIN = 15
_EMPTY_IN_A_LOOK = 5_000


@dataclass(frozen=True)
class Look:
    """The first rows of a file: `header` is the number of the line that names the columns."""

    columns: list[str]
    header: int
    rows: list[tuple[int, list[str]]]


def look(
    file: IO[bytes], name: str, is_header: Callable[[Sequence[str]], bool] = lambda line: False, most_rows: int = 20
) -> Look:
    """The columns of a CSV or XLSX file, by the extension of `name`, and the first rows below them.

    The header is the first filled line, or the first one that `is_header` knows where titles stand above it. Raises
    `Refused` on the field `file` with the reason.
    """
    lines = _lines(file, name)
    try:
        filled = _taken(_filled(iter(lines), _EMPTY_IN_A_LOOK), most_rows + _HEADER_WITHIN)
    except _DAMAGES as error:
        raise _damaged() from error
    finally:
        _close(lines)
    if not filled:
        raise _empty()
    place = _header_place([line for _number, line in filled[:_HEADER_WITHIN]], is_header)
    header, columns = filled[place]
    rows = filled[place + 1 :][:most_rows]
    if not rows:
        raise _empty()
    columns = columns + [""] * (max(len(line) for _number, line in rows) - len(columns))
    return Look(columns, header, [(number, _as_wide(line, len(columns))) for number, line in rows])


class Table:
    """The rows below the header of a file, read one by one: `for number, cells in table`.

    CSV: UTF-8, UTF-16, Windows-1252 or -1250, separated by comma, semicolon, tab or bar. XLSX: the first sheet that is
    shown, a merged cell's value in its first cell, a formula as its text and never computed. Every cell is text
    without space around it; rows without any text are left out, numbers are those of the file. `share()` is how much
    is read, from 0 to 1. Raises `Refused` on the field `file`.
    """

    def __init__(self, file: IO[bytes], name: str, *, header: int, width: int) -> None:
        self._lines = _lines(file, name)
        self._header, self._width = header, width

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        read = 0
        try:
            for number, line in _filled(iter(self._lines), MOST_EMPTY_ROWS):
                if number <= self._header:
                    continue
                read += 1
                if read > MOST_ROWS:
                    words = _("The table has more than %(most)s rows. Split it and bring the parts one after another.")
                    raise refusal("file_rows", words % {"most": f"{MOST_ROWS:,}"})
                yield number, _as_wide(line, self._width)
        except _DAMAGES as error:
            raise _damaged() from error

    def share(self) -> float:
        return float(self._lines.share())

    def close(self) -> None:
        _close(self._lines)


_DAMAGES = (
    csv.Error,
    ValueError,
    LookupError,
    OSError,
    EOFError,
    RuntimeError,
    OverflowError,
    zlib.error,
    zipfile.BadZipFile,
    ExpatError,
)


def _lines(file: IO[bytes], name: str) -> Any:
    file.seek(0)
    try:
        return WorkbookLines(file) if name.lower().endswith(".xlsx") else CsvLines(file)
    except Refused:
        raise
    except (*_DAMAGES, TypeError, AttributeError) as error:
        raise _damaged() from error


def _close(lines: Any) -> None:
    with suppress(AttributeError):
        lines.close()


def _damaged() -> Refused:
    return refusal("file_damaged", _("This file cannot be read as a table; it seems to be damaged."))


def _empty() -> Refused:
    return refusal("file_empty", _("There is no row below the header in this file."))


def _taken(filled: Iterator[tuple[int, list[str]]], most: int) -> list[tuple[int, list[str]]]:
    found = []
    for line in filled:
        found.append(line)
        if len(found) == most:
            break
    return found


def _filled(lines: Iterator[Sequence[str]], most_empty: int) -> Iterator[tuple[int, list[str]]]:
    """The lines that hold any text, without the empty cells at their end, and with their numbers."""
    empty = 0
    for number, line in enumerate(lines, start=1):
        cells = [_tidy(cell) for cell in line]
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > MOST_COLUMNS:
            words = _("Row %(row)s has more than %(most)s columns.")
            raise refusal("file_columns", words % {"row": number, "most": MOST_COLUMNS})
        if cells:
            yield number, cells
        else:
            empty += 1
            if empty > most_empty:
                return


def _header_place(lines: list[list[str]], is_header: Callable[[Sequence[str]], bool]) -> int:
    """Which of the first lines names the columns: one that is known, else the first that is not a title alone."""
    for place, line in enumerate(lines):
        if is_header(line):
            return place
    widest = max(len(line) for line in lines)
    wide = (place for place, line in enumerate(lines[:-1]) if sum(map(bool, line)) > 1)
    return next(wide, 0) if widest > 1 else 0


def _as_wide(line: list[str], width: int) -> list[str]:
    return line + [""] * (width - len(line))


def _tidy(cell: str) -> str:
    """The text without space around it, and without the apostrophe that `prm.spreadsheets` puts before formulas."""
    if not cell:
        return ""
    text = (cell.replace("\xa0", " ") if "\xa0" in cell else cell).strip()
    if len(text) > LONGEST_CELL:
        text = text[:LONGEST_CELL]
    return text[1:] if text[:1] == "'" and text[1:2] in STARTERS and len(text) > 1 else text


def columns_of(columns: Sequence[str]) -> list[tuple[int, str]]:
    """The columns as choices for a person: number and header, "Column C" where the header says nothing.

    A header that stands there twice tells its column, so that the two can be told apart.
    """
    twice = {header for header in columns if columns.count(header) > 1}
    return [(number, _column_words(number, header, header in twice)) for number, header in enumerate(columns)]


def _column_words(number: int, header: str, is_double: bool) -> str:
    letter = get_column_letter(number + 1)
    if not header:
        return _("Column %(letter)s") % {"letter": letter}
    return _("%(header)s (column %(letter)s)") % {"header": header, "letter": letter} if is_double else header
