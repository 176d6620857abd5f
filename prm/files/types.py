"""Which files are taken, by extension, and what their content must look like."""

from dataclasses import dataclass
from typing import Literal

Container = Literal["", "office", "opendocument", "archive"]

DOCUMENT_BYTES = 25 * 1024 * 1024
IMAGE_BYTES = 5 * 1024 * 1024
IMAGE_PIXELS = 50_000_000

# What browsers call a file whose type the device does not know.
_UNKNOWN = frozenset({"", "application/octet-stream", "binary/octet-stream"})


@dataclass(frozen=True)
class FileType:
    """`sniffed` is what the content must be recognized as ("" for plain text, which has no mark of its own).

    `declared` are names that browsers give it beside its own; `member` is an entry that makes a zip archive this type.
    """

    extension: str
    content_type: str
    sniffed: frozenset[str]
    declared: frozenset[str] = frozenset()
    container: Container = ""
    member: str = ""
    is_image: bool = False

    @property
    def most_bytes(self) -> int:
        return IMAGE_BYTES if self.is_image else DOCUMENT_BYTES

    def may_be_declared(self, content_type: str) -> bool:
        return content_type in _UNKNOWN | {self.content_type} | self.declared | self.sniffed


_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
_ZIPS = frozenset({"application/zip", "application/x-zip-compressed"})


def _office(extension: str, kind: str, member: str) -> FileType:
    content_type = f"{_OFFICE}.{kind}"
    return FileType(extension, content_type, _ZIPS | {content_type}, container="office", member=member)


def _opendocument(extension: str, kind: str) -> FileType:
    content_type = f"{_OPEN}.{kind}"
    return FileType(extension, content_type, _ZIPS | {content_type}, container="opendocument", member="content.xml")


def _text(extension: str, content_type: str, *declared: str) -> FileType:
    return FileType(extension, content_type, frozenset({""}), frozenset({"text/plain", *declared}))


def _image(extension: str, content_type: str) -> FileType:
    return FileType(extension, content_type, frozenset({content_type}), is_image=True)


TYPES: dict[str, FileType] = {
    known.extension: known
    for known in (
        FileType("pdf", "application/pdf", frozenset({"application/pdf"})),
        _office("docx", "wordprocessingml.document", "word/document.xml"),
        _office("xlsx", "spreadsheetml.sheet", "xl/workbook.xml"),
        _office("pptx", "presentationml.presentation", "ppt/presentation.xml"),
        _opendocument("odt", "text"),
        _opendocument("ods", "spreadsheet"),
        _opendocument("odp", "presentation"),
        FileType("zip", "application/zip", _ZIPS, _ZIPS, container="archive"),
        _text("txt", "text/plain"),
        _text("md", "text/markdown", "text/x-markdown"),
        _text("csv", "text/csv", "application/vnd.ms-excel", "application/csv", "text/x-csv"),
        FileType("mp3", "audio/mpeg", frozenset({"audio/mpeg"}), frozenset({"audio/mp3"})),
        FileType("mp4", "video/mp4", frozenset({"video/mp4", "video/x-m4v"})),
        _image("png", "image/png"),
        _image("jpg", "image/jpeg"),
        _image("jpeg", "image/jpeg"),
        _image("gif", "image/gif"),
        _image("webp", "image/webp"),
    )
}
IMAGES = frozenset(extension for extension, known in TYPES.items() if known.is_image)
DOCUMENTS = frozenset(TYPES) - IMAGES
TABLES = frozenset({"csv", "xlsx"})
