"""Reading a spreadsheet as rows of text, whatever program wrote it."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import IO, Any

import openpyxl
from charset_normalizer import from_bytes
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from prm.problems import Problem, Refused

MOST_COLUMNS = 200
MOST_ROWS = 100_000
MOST_EMPTY_ROWS = 1_000_000
LONGEST_CELL = 5_000
_DELIMITERS = ",;\t|"
_SAMPLE = 64 * 1024


@dataclass(frozen=True)
class Table:
    """The header's cells, and the rows below it with their numbers in the file (the header is the first filled row).

    Every cell is text without space around it, every row as long as the header; rows without any text are left out.
    """

    columns: list[str]
    rows: list[tuple[int, list[str]]]


def read_table(file: IO[bytes], name: str, most_rows: int | None = None) -> Table:
    """Read a CSV or XLSX file, by the extension of `name`, or the first `most_rows` of it.

    Raises `Refused` on the field `file` with the reason.

    CSV: UTF-8, UTF-16 or Windows-1252, separated by comma, semicolon, tab or bar. XLSX: the first sheet that is shown,
    a merged cell's value in its first cell, a formula as its text and never computed.
    """
    file.seek(0)
    lines = _xlsx_rows(file) if name.lower().endswith(".xlsx") else _csv_rows(file.read())
    try:
        return _collected(lines, most_rows)
    except Refused:
        raise
    except (csv.Error, ValueError, KeyError, OSError, zipfile.BadZipFile, InvalidFileException) as error:
        raise _refusal("file_damaged", _("This file cannot be read as a table; it seems to be damaged.")) from error


def _collected(lines: Iterator[list[str]], most_rows: int | None) -> Table:
    filled = _filled(lines)
    _number, columns = next(filled, (0, []))
    rows: list[tuple[int, list[str]]] = []
    for number, line in filled:
        if len(rows) == most_rows:
            break
        if len(rows) >= MOST_ROWS:
            words = _("The table has more than %(most)s rows. Split it and bring the parts one after another.")
            raise _refusal("file_rows", words % {"most": f"{MOST_ROWS:,}"})
        rows.append((number, line))
    if not rows:
        raise _refusal("file_empty", _("There is no row below the header in this file."))
    width = max(len(columns), max(len(line) for _number, line in rows))
    columns += [""] * (width - len(columns))
    return Table(columns, [(number, line + [""] * (width - len(line))) for number, line in rows])


def _filled(lines: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """The lines that hold any text, without the empty cells at their end, and with their numbers."""
    empty = 0
    for number, line in enumerate(lines, start=1):
        while line and not line[-1]:
            line.pop()
        if len(line) > MOST_COLUMNS:
            words = _("Row %(row)s has more than %(most)s columns.")
            raise _refusal("file_columns", words % {"row": number, "most": MOST_COLUMNS})
        if line:
            yield number, line
        else:
            empty += 1
            if empty > MOST_EMPTY_ROWS:
                return


# ── CSV ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _csv_rows(content: bytes) -> Iterator[list[str]]:
    text = decoded(content)
    csv.field_size_limit(LONGEST_CELL * 20)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text[:_SAMPLE]))
    for line in reader:
        yield [_tidy(cell) for cell in line]


def decoded(content: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 or Windows-1252. Raises `Refused` where it is in none of them."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return _strictly(content, encoding)
    with suppress(UnicodeDecodeError):
        return _checked(content.decode("utf-8"))
    if b"\0" in content[:_SAMPLE]:
        # UTF-16 without its mark has a zero in every other byte of Latin text.
        even = content[:_SAMPLE:2].count(0) > content[1:_SAMPLE:2].count(0)
        return _strictly(content, "utf-16-be" if even else "utf-16-le")
    best = from_bytes(content[:_SAMPLE], cp_isolation=["cp1252", "iso8859_15", "mac_roman", "cp1250"]).best()
    return _strictly(content, "cp1252" if best is None or best.encoding != "cp1250" else "cp1250")


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return _checked(content.decode(encoding))
    except UnicodeDecodeError:
        raise _bad_encoding() from None


def _checked(text: str) -> str:
    if "\0" in text or "\ufffd" in text:
        raise _bad_encoding()
    return text


def _bad_encoding() -> Refused:
    return _refusal(
        "file_encoding",
        _(
            "Letters in this file are broken: its encoding is none that we know."
            " Save it as “CSV UTF-8” or as XLSX and bring it again."
        ),
    )


def _delimiter(sample: str) -> str:
    """The sign that cuts most lines into the same number of cells, at least two; a comma when none does."""
    best, best_score = ",", 0
    for sign in _DELIMITERS:
        widths = [len(line) for line in csv.reader(io.StringIO(sample, newline=""), delimiter=sign) if line][:50]
        usual = max(set(widths), key=widths.count, default=1)
        score = widths.count(usual) * (usual > 1) * min(usual, 20)
        if score > best_score:
            best, best_score = sign, score
    return best


# ── XLSX ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _xlsx_rows(file: IO[bytes]) -> Iterator[list[str]]:
    book = openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
    try:
        sheet = next((sheet for sheet in book.worksheets if sheet.sheet_state == "visible"), book.worksheets[0])
        # The size that a file claims is often wrong, and may be a million rows of nothing.
        sheet.reset_dimensions()
        for row in sheet.iter_rows(values_only=True):
            yield [_as_text(cell) for cell in row]
    finally:
        book.close()


def _as_text(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return _tidy(value)
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


def _tidy(cell: str) -> str:
    return cell.replace("\xa0", " ").strip()[:LONGEST_CELL]


def _refusal(code: str, message: str) -> Refused:
    return Refused(Problem(code, message, field="file"))


def columns_of(columns: Sequence[str]) -> list[tuple[int, str]]:
    """The columns as choices for a person: number and header, "Column C" where the header says nothing."""
    from openpyxl.utils import get_column_letter

    return [
        (number, header or _("Column %(letter)s") % {"letter": get_column_letter(number + 1)})
        for number, header in enumerate(columns)
    ]
