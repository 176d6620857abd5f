"""Files that are not what they seem: each gets one clear answer, and nothing is kept of it."""

import io
import resource
import time
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.files.models import StoredFile
from prm.imports import services
from prm.imports.models import Import
from prm.imports.tables import Table, look
from prm.problems import Refused
from tests.prm.uploads import archive, upload, workbook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SHEET = "xl/worksheets/sheet1.xml"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: Any) -> None:
    settings.FILES_ROOT = tmp_path


@pytest.fixture
def actor(bob: Membership) -> Actor:
    return Actor.of(bob)


def bomb() -> bytes:
    return archive({"xl/workbook.xml": b"<workbook/>", SHEET: b" " * 3_000_000})


def replaced(sheet: bytes) -> bytes:
    """A workbook with another sheet in it."""
    entries = zipfile.ZipFile(io.BytesIO(workbook(["Name"], ["x"])))
    parts = {name: entries.read(name) for name in entries.namelist()}
    return archive(parts | {SHEET: sheet})


BAD: dict[str, tuple[str, bytes, str]] = {
    "a password": ("p.xlsx", OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
    "an old workbook": ("p.xlsx", OLE + b"\0" * 600 + "Workbook".encode("utf-16-le"), "format of before 2007"),
    "a renamed CSV": ("p.xlsx", b"Name,City\nA,B\n", "is not what “.xlsx” says"),
    "a renamed workbook": ("p.csv", workbook(["Name"], ["x"]), "is not what “.csv” says"),
    "a broken zip": ("p.xlsx", workbook(["Name"], ["x"])[:-120], "damaged"),
    "a zip that is no workbook": ("p.xlsx", archive({"a.txt": b"x"}), "is not what “.xlsx” says"),
    "a zip bomb": ("p.xlsx", bomb(), "unpacks to far more than it seems"),
    "another type": ("p.pdf", b"%PDF-1.7", "these are: csv, xlsx"),
    "nothing": ("p.csv", b"", "it is empty"),
    "only a header": ("p.csv", b"Name,City\n", "no row below the header"),
    "a workbook of only a header": ("p.xlsx", workbook(["Name"]), "no row below the header"),
    "too much": ("p.csv", b"Name\n" + b"x" * 25 * 2**20, "larger than 25 MB"),
    "a sheet that is no XML": ("p.xlsx", replaced(b"<worksheet><sheetData><row"), "damaged"),
}


@pytest.mark.usefixtures("in_acme")
@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused_with_words(actor: Actor, now: datetime, name: str) -> None:
    title, content, words = BAD[name]
    with pytest.raises(Refused) as refusal:
        services.begin_import(actor=actor, schema="partners.partners", upload=upload(title, content), now=now)
    (problem,) = refusal.value.problems
    assert problem.field == "file"
    assert words in problem.message
    assert not Import.objects.exists()


@pytest.mark.usefixtures("in_acme")
def test_a_refused_file_is_not_kept(actor: Actor, now: datetime) -> None:
    with pytest.raises(Refused):
        services.begin_import(actor=actor, schema="partners.partners", upload=upload("p.xlsx", bomb()), now=now)
    assert not StoredFile.objects.exists()


def test_a_million_empty_rows_take_little_memory_and_time() -> None:
    rows = b"".join(b'<row r="%d"/>' % number for number in range(3, 1_000_000))
    cell = b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>%s</t></is></c></row>'
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        + cell % (1, 1, b"Name")
        + cell % (2, 2, b"Nordwind")
        + rows
        + b"</sheetData></worksheet>"
    )
    file = io.BytesIO(replaced(sheet))
    started = time.process_time()
    seen = look(file, "p.xlsx")
    assert (seen.columns, seen.rows) == (["Name"], [(2, ["Nordwind"])])
    assert time.process_time() - started < 1, "a look at the first rows does not read them all"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = list(Table(file, "p.xlsx", header=1, width=1))
    assert found == [(2, ["Nordwind"])]
    assert time.process_time() - started < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024


def test_formulas_dates_and_merged_cells_are_told_as_text() -> None:
    from openpyxl import Workbook

    book, buffer = Workbook(), io.BytesIO()
    sheet = book.active
    for row in (["Name", "Since", "Sum"], ["Nordwind", datetime(2026, 5, 31), "=1+1"], ["Kestrel", 46173, 1234.5]):  # noqa: DTZ001
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    book.save(buffer)
    table = Table(buffer, "p.xlsx", header=1, width=3)
    assert list(table) == [(2, ["Nordwind", "2026-05-31", "=1+1"]), (3, ["", "46173", "1234.5"])]
