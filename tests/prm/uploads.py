"""Files as people upload them."""

import io
import zipfile
from collections.abc import Mapping

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook
from PIL import Image

DOCX = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"}


def upload(name: str, content: bytes, content_type: str = "application/octet-stream") -> SimpleUploadedFile:
    # Django cuts the folders off a name that comes by a request; whoever calls a service may not have.
    file = SimpleUploadedFile("file", content, content_type)
    file._name = name  # type: ignore[attr-defined]
    return file


def archive(entries: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as written:
        for name, content in entries.items():
            written.writestr(name, content)
    return buffer.getvalue()


def linked_archive() -> bytes:
    """A zip in which one entry is a symbolic link out of it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as written:
        link = zipfile.ZipInfo("innocent.txt")
        link.external_attr = 0o120777 << 16
        written.writestr(link, "/etc/passwd")
    return buffer.getvalue()


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), color: str = "#3b3fb6", **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, color).save(buffer, kind, **options)
    return buffer.getvalue()


def workbook(*rows: list[object]) -> bytes:
    book, buffer = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(buffer)
    return buffer.getvalue()
