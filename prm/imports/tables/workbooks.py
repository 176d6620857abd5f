"""XLSX files: the rows of the first sheet that is shown, as text, read as a stream.

A sheet is never held as a whole: what its XML holds is told row by row, however many rows there are, empty ones too.
"""

import re
import zipfile
from collections import deque
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from posixpath import join, normpath
from typing import IO, Any
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

_CHUNK = 64 * 1024
_SIZE = re.compile(rb'<(?:\w+:)?dimension[^>]+ref="[A-Z]+\d+:[A-Z]+(\d+)"')
_LETTERS = re.compile(r"[A-Z]+")


class DamagedWorkbook(ValueError):
    """The file is no workbook that can be read."""


class WorkbookLines:
    """The lines of a workbook as lists of cells, and by `share()` how much of it is read, as far as it says."""

    def __init__(self, file: IO[bytes]) -> None:
        self._archive = zipfile.ZipFile(file)
        book = _Book(self._archive)
        self._sheet, self._epoch = book.sheet, book.epoch
        self._strings = _strings(self._archive, book.strings)
        self._dates = _date_styles(self._archive, book.styles)
        with self._archive.open(self._sheet) as opened:
            found = _SIZE.search(opened.read(4096))
        self._claimed = int(found[1]) if found else 0
        self._read = 0

    def __iter__(self) -> Iterator[list[str]]:
        sheet = _Sheet(self._value)
        with self._archive.open(self._sheet) as opened:
            for chunk in _chunks(opened):
                sheet.parser.Parse(chunk, False)
                while sheet.rows:
                    number, cells = sheet.rows.popleft()
                    for _gap in range(self._read + 1, number):
                        yield []
                    self._read = max(number, self._read + 1)
                    yield cells
            sheet.parser.Parse(b"", True)

    def share(self) -> float:
        return min(1.0, self._read / self._claimed) if self._claimed else 0.0

    def close(self) -> None:
        self._archive.close()

    def _value(self, kind: str, style: int, text: str) -> str:
        """A cell as text: days and times in ISO form, whole numbers without a point."""
        if kind == "s":
            return self._strings[int(text)]
        if kind == "b":
            return "TRUE" if text == "1" else "FALSE"
        if kind != "n":
            return text
        number = float(text)
        if style in self._dates:
            return as_text(from_excel(number, self._epoch))
        return str(int(number)) if number.is_integer() else repr(number)


def as_text(value: date | time | timedelta | None) -> str:
    match value:
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
        case date() | time():
            return value.isoformat()
    return str(value or "")


class _Sheet:
    """Gathers the rows of a sheet as its XML is parsed: (number, cells)."""

    def __init__(self, value: Callable[[str, int, str], str]) -> None:
        self.rows: deque[tuple[int, list[str]]] = deque()
        self._value = value
        self._number, self._cells = 0, list[str]()
        self._kind, self._style, self._column = "n", 0, 0
        self._text: list[str] = []
        self._formula: list[str] = []
        self._into: list[str] | None = None
        self.parser = _parser(self._start, self._end, self._characters)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "row":
                self._number = int(attributes.get("r", self._number + 1))
                self._cells = []
            case "c":
                self._kind, self._style = attributes.get("t", "n"), int(attributes.get("s", 0))
                place = _LETTERS.match(attributes.get("r", ""))
                self._column = _column(place[0]) if place else len(self._cells)
                self._text, self._formula = [], []
            case "v" | "t":
                self._into = self._text
            case "f":
                self._into = self._formula

    def _end(self, name: str) -> None:
        match name:
            case "row":
                self.rows.append((self._number, self._cells))
            case "c":
                self._end_cell()
            case "v" | "t" | "f":
                self._into = None

    def _end_cell(self) -> None:
        formula, text = "".join(self._formula), "".join(self._text)
        if not formula and not text:
            return
        value = f"={formula}" if formula else self._value(self._kind, self._style, text)
        self._cells.extend([""] * (self._column - len(self._cells)))
        self._cells.append(value)

    def _characters(self, text: str) -> None:
        if self._into is not None:
            self._into.append(text)


class _Book:
    """Where a workbook keeps its parts: the sheet that is read, strings, styles, and from when its days are counted."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.sheet, self.strings, self.styles = "", "", ""
        self.epoch = CALENDAR_WINDOWS_1900
        self._sheets: list[tuple[bool, str]] = []
        self._targets: dict[str, tuple[str, str]] = {}
        names = set(archive.namelist())
        _told(archive, "xl/_rels/workbook.xml.rels", self._relation)
        _told(archive, "xl/workbook.xml", self._part)
        by_kind = dict(self._targets.values())
        self.strings, self.styles = by_kind.get("sharedStrings", ""), by_kind.get("styles", "")
        shown = [key for is_shown, key in self._sheets if is_shown] or [key for _shown, key in self._sheets]
        self.sheet = next((self._targets[key][1] for key in shown if key in self._targets), "")
        if self.sheet not in names:
            raise DamagedWorkbook("there is no sheet in it")

    def _relation(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            kind = attributes.get("Type", "").rpartition("/")[2]
            target = attributes.get("Target", "")
            place = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
            self._targets[attributes.get("Id", "")] = (kind, place)

    def _part(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            self._sheets.append((attributes.get("state", "visible") == "visible", attributes.get("id", "")))
        elif name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            self.epoch = CALENDAR_MAC_1904


def _strings(archive: zipfile.ZipFile, part: str) -> list[str]:
    """The texts that cells refer to by their number; how they are pronounced is left out."""
    found: list[str] = []
    pieces: list[str] = []
    inside: list[str] = []

    def start(name: str, _attributes: dict[str, str]) -> None:
        inside.append(name)
        if name == "si":
            pieces.clear()

    def end(name: str) -> None:
        inside.pop()
        if name == "si":
            found.append("".join(pieces))

    def characters(text: str) -> None:
        if inside and inside[-1] == "t" and "rPh" not in inside:
            pieces.append(text)

    if part in archive.namelist():
        parser = _parser(start, end, characters)
        with archive.open(part) as opened:
            for chunk in _chunks(opened):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
    return found


def _date_styles(archive: zipfile.ZipFile, part: str) -> set[int]:
    """The numbers of the cell styles that show a number as a day or a time."""
    formats: dict[int, str] = dict(BUILTIN_FORMATS)
    styles: list[int] = []
    inside: list[bool] = [False]

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            formats[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name in ("cellXfs", "cellStyleXfs", "dxfs"):
            inside[0] = name == "cellXfs"
        elif name == "xf" and inside[0]:
            styles.append(int(attributes.get("numFmtId", 0)))

    if part in archive.namelist():
        _told(archive, part, start)
    return {number for number, form in enumerate(styles) if form in formats and is_date_format(formats[form])}


def _told(archive: zipfile.ZipFile, part: str, start: Callable[[str, dict[str, str]], None]) -> None:
    """Have every element that begins in a part told."""
    parser = _parser(start, lambda _name: None, lambda _text: None)
    with archive.open(part) as opened:
        for chunk in _chunks(opened):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)


def _parser(
    start: Callable[[str, dict[str, str]], None], end: Callable[[str], None], characters: Callable[[str], None]
) -> Any:
    """A parser that tells elements and attributes without their namespaces, and takes no declarations of its own."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: start(
        name.rpartition(" ")[2], {key.rpartition(" ")[2]: value for key, value in attributes.items()}
    )
    parser.EndElementHandler = lambda name: end(name.rpartition(" ")[2])
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = _no_declarations
    return parser


def _no_declarations(*_args: Any) -> None:
    raise DamagedWorkbook("a workbook declares no entities")


def _chunks(opened: IO[bytes]) -> Iterator[bytes]:
    while chunk := opened.read(_CHUNK):
        yield chunk


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
