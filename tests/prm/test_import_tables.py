import io
import tracemalloc
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prm.imports import headers, tables
from prm.imports.schema import ImportField
from prm.imports.tables import Look, Table, look
from prm.problems import Refused
from prm.spreadsheets import csv_lines
from tests.prm.uploads import workbook

FIELDS = (
    ImportField("name", "Company", synonyms=("company name", "partner", "account", "firma"), is_required=True),
    ImportField("email", "E-mail", synonyms=("mail", "e-mail address")),
    ImportField("website", "Website", synonyms=("url", "homepage")),
    ImportField("kind", "Type"),
)


@dataclass
class Read:
    columns: list[str]
    rows: list[tuple[int, list[str]]]


def whole(content: bytes, name: str) -> Read:
    """The whole table, as a look and then a reading find it."""
    file = io.BytesIO(content)
    seen = look(file, name)
    table = Table(file, name, header=seen.header, width=len(seen.columns))
    return Read(seen.columns, list(table))


def csv(content: str | bytes, encoding: str = "utf-8") -> Read:
    return whole(content if isinstance(content, bytes) else content.encode(encoding), "table.csv")


def xlsx(*rows: list[object]) -> Read:
    return whole(workbook(*rows), "Table.XLSX")


def seen(text: str, **more: Any) -> Look:
    return look(io.BytesIO(text.encode()), "x.csv", **more)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_any_encoding_and_any_separator(encoding: str, sign: str) -> None:
    text = f"Name{sign}Stadt\r\nMüller & Söhne{sign}Köln\r\nCafé “Größe”{sign}Zürich\r\n"
    table = csv(text, encoding)
    assert table.columns == ["Name", "Stadt"]
    assert table.rows == [(2, ["Müller & Söhne", "Köln"]), (3, ["Café “Größe”", "Zürich"])]


def test_separators_inside_quotes_are_text() -> None:
    table = csv('Name;Note\n"Acme; Inc.";"two\nlines"\n"says ""hi""";x\n')
    assert table.rows == [(2, ["Acme; Inc.", "two\nlines"]), (3, ['says "hi"', "x"])]


def test_one_column_is_a_table_too() -> None:
    assert csv("Name\nNordwind\nKestrel\n").rows == [(2, ["Nordwind"]), (3, ["Kestrel"])]


def test_empty_rows_are_left_out_and_numbers_stay_those_of_the_file() -> None:
    table = csv("\n;;\nName;City\n\nNordwind;Kiel\n;\nKestrel;Bonn\n")
    assert table.columns == ["Name", "City"]
    assert [number for number, _row in table.rows] == [5, 7]


def test_rows_may_be_longer_or_shorter_than_the_header() -> None:
    table = csv("a,b\n1\n1,2,3\n")
    assert table.columns == ["a", "b", ""]
    assert table.rows == [(2, ["1", "", ""]), (3, ["1", "2", "3"])]
    assert tables.columns_of(table.columns) == [(0, "a"), (1, "b"), (2, "Column C")]


def test_cells_lose_the_space_around_them() -> None:
    assert csv("a,b\n\u00a0 x \t, y\n").rows == [(2, ["x", "y"])]


REFUSED: list[tuple[bytes, str]] = [
    (b"", "file_empty"),
    (b"Name;City\n", "file_empty"),
    (b"\xff\xfeN\x00a\x00m\xd8", "file_encoding"),
    (b"Name;City\nN\xc3\xa4;\xef\xbf\xbd\n", "file_encoding"),
    (b"Name;City\nN\x81\x8d;x\n", "file_encoding"),
    (b"Name,City\nN\x00\x00\x01\x00,x\n" * 3, "file_encoding"),
    (",".join("x" * 201).encode() + b"\n1\n", "file_columns"),
]


@pytest.mark.parametrize(("content", "code"), REFUSED)
def test_what_cannot_be_read_is_refused_with_words(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        csv(content)
    assert refusal.value.codes == {code}
    assert refusal.value.problems[0].field == "file"


def test_a_broken_encoding_says_what_to_do() -> None:
    with pytest.raises(Refused, match="Save it as “CSV UTF-8” or as XLSX"):
        csv(b"Name;City\nN\x81\x8d;x\n")


def test_a_table_ends_somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    assert len(csv("a\n1\n2\n3\n").rows) == 3
    with pytest.raises(Refused, match="more than 3 rows"):
        csv("a\n1\n2\n3\n4\n")


def test_titles_above_the_header_are_passed_over() -> None:
    table = csv("Partner list 2026\n\nFirm;Town\nNordwind;Kiel\n")
    assert (table.columns, table.rows) == (["Firm", "Town"], [(4, ["Nordwind", "Kiel"])])
    known = seen("Made by;Anna\nOn;Monday\nFirm;Town\nNordwind;Kiel\n", is_header=lambda line: line[0] == "Firm")
    assert (known.header, known.columns, known.rows) == (3, ["Firm", "Town"], [(4, ["Nordwind", "Kiel"])])


def test_headers_that_are_double_or_empty_tell_their_column() -> None:
    assert tables.columns_of(["Name", "Name", ""]) == [
        (0, "Name (column A)"),
        (1, "Name (column B)"),
        (2, "Column C"),
    ]


def test_what_an_export_made_safe_comes_back_as_it_was() -> None:
    lines = "".join(csv_lines(["Name", "Phone"], [["=cmd()", "+49 30"], ["'quoted'", "-"]]))
    assert csv(lines).rows == [(2, ["=cmd()", "+49 30"]), (3, ["'quoted'", "-"])]


def test_a_huge_cell_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    ((_number, (name, _note)),) = csv("Name;Note\nNordwind;" + "x" * 90_000 + "\n").rows
    assert (name, len(_note)) == ("Nordwind", tables.LONGEST_CELL)
    with pytest.raises(Refused) as refusal:
        csv("Name;Note\nNordwind;" + "x" * 110_000 + "\n")
    assert refusal.value.codes == {"file_damaged"}


def test_two_hundred_columns_are_read() -> None:
    table = csv(",".join(f"c{n}" for n in range(200)) + "\n" + ",".join("x" * 200) + "\n")
    assert (len(table.columns), len(table.rows[0][1])) == (200, 200)


def test_a_long_file_is_read_with_little_memory(tmp_path: Any) -> None:
    path = tmp_path / "long.csv"
    with path.open("w") as file:
        file.write("Name;City\n")
        for number in range(90_000):
            file.write(f"Partner {number} of a rather long name;Kiel\n")
        file.write(";\n" * 900_000)
    tracemalloc.start()
    with path.open("rb") as opened:
        read = sum(1 for _row in Table(opened, "long.csv", header=1, width=2))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert read == 90_000
    assert peak < 4 * 2**20


def test_the_first_rows_are_enough_for_a_look() -> None:
    assert len(seen("a\n" + "1\n" * 50, most_rows=10).rows) == 10


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_whatever_comes_is_read_or_refused(content: bytes) -> None:
    for name in ("x.csv", "x.xlsx"):
        with suppress(Refused):
            whole(content, name)


# ── Workbooks ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_workbook_is_read_as_text() -> None:
    table = xlsx(
        ["Name", "Since", "At", "Count", "Share", "Active"],
        [
            "Nordwind",
            date(2026, 11, 23),
            datetime(2026, 11, 23, 9, 30, tzinfo=UTC).replace(tzinfo=None),
            3.0,
            0.25,
            True,
        ],
        [None, None, time(9, 30), None, None, None],
    )
    assert table.rows[0] == (2, ["Nordwind", "2026-11-23", "2026-11-23 09:30", "3", "0.25", "TRUE"])
    assert table.rows[1] == (3, ["", "", "09:30:00", "", "", ""])


def test_formulas_are_their_text() -> None:
    table = xlsx(["Name"], ['=HYPERLINK("http://evil.example")'], ["=1+1"])
    assert [row for _number, row in table.rows] == [['=HYPERLINK("http://evil.example")'], ["=1+1"]]


def sheet(change: Any) -> Read:
    from openpyxl import Workbook

    book, buffer = Workbook(), io.BytesIO()
    change(book)
    book.save(buffer)
    return whole(buffer.getvalue(), "x.xlsx")


def test_a_merged_cell_says_its_value_once() -> None:
    def change(book: Any) -> None:
        for row in (["Name", "City"], ["Nordwind", "Kiel"], ["", "Bonn"]):
            book.active.append(row)
        book.active.merge_cells("A2:A3")

    assert sheet(change).rows == [(2, ["Nordwind", "Kiel"]), (3, ["", "Bonn"])]


def test_the_first_sheet_that_is_shown_counts() -> None:
    def change(book: Any) -> None:
        book.active.sheet_state = "hidden"
        book.active.append(["secret"])
        for row in (["Name"], ["Nordwind"]):
            book.create_sheet("Partners").append(row) if row == ["Name"] else book["Partners"].append(row)

    assert sheet(change).rows == [(2, ["Nordwind"])]


def test_a_million_empty_rows_are_nothing() -> None:
    def change(book: Any) -> None:
        for row in (["Name"], ["Nordwind"]):
            book.active.append(row)
        book.active["A1048000"] = " "

    assert sheet(change).rows == [(2, ["Nordwind"])]


@pytest.mark.parametrize("content", [b"PK\x03\x04broken", workbook(["a"], ["b"])[:-200], b"", b"Name;City\n1;2\n"])
def test_a_damaged_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        whole(content, "x.xlsx")
    assert refusal.value.codes == {"file_damaged"}


# ── Headers ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (["Company", "E-mail", "Website", "Type"], {"name": 0, "email": 1, "website": 2, "kind": 3}),
        (["MAIL", "url", "Firma"], {"name": 2, "email": 0, "website": 1}),
        (["Company name (legal)", "E-Mail-Address"], {"name": 0, "email": 1}),
        (["Cömpany_Name", "Notes"], {"name": 0}),
        (["Partner", "Account"], {"name": 0}),
        (["", "foo", "bar"], {}),
    ],
)
def test_headers_are_guessed(columns: list[str], found: dict[str, int]) -> None:
    assert headers.guess(columns, FIELDS) == found
