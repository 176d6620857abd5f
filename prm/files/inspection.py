"""Looking into an upload before it is stored: is it what it says it is, and is it harmless to open?"""

import stat
import zipfile
from io import BytesIO
from typing import IO

import filetype
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from prm.files.types import IMAGE_PIXELS, FileType

MOST_ENTRIES = 1000
MOST_UNPACKED_BYTES = 200 * 1024 * 1024
HIGHEST_RATIO = 100
_SNIFFED_BYTES = 8192
_OLE, _OLE_DIRECTORY = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 26 * 1024 * 1024
_MARKUP = (b"<!doctype html", b"<html", b"<script", b"<svg", b"<?xml")


def content_problem(file: IO[bytes], wanted: FileType) -> str:
    """Why the content is not what the extension says, in words for the person who uploads; "" when it is."""
    file.seek(0)
    head = file.read(_SNIFFED_BYTES)
    file.seek(0)
    if not head:
        return _("it is empty")
    guess = filetype.guess(head)
    sniffed = guess.mime if guess else ""
    if wanted.container == "office" and head.startswith(_OLE):
        return _ole_problem(file)
    if sniffed not in wanted.sniffed:
        return _("its content is not what “.%(extension)s” says") % {"extension": wanted.extension}
    if not sniffed and _is_not_text(head):
        return _("it is not plain text")
    return archive_problem(file, wanted) if wanted.container else ""


def _ole_problem(file: IO[bytes]) -> str:
    """Office wraps what has a password, and wrote everything before 2007, into this older container."""
    file.seek(0)
    inside = file.read(_OLE_DIRECTORY)
    file.seek(0)
    if "EncryptedPackage".encode("utf-16-le") in inside:
        return _("it is protected by a password: save it without one and bring it again")
    return _("it is in the format of before 2007: save it as XLSX, DOCX or PPTX and bring it again")


def _is_not_text(head: bytes) -> bool:
    utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    return (b"\0" in head and not utf16) or head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP)


def archive_problem(file: IO[bytes], wanted: FileType) -> str:
    """Why a zip archive, or an office document, which is one, is refused; judged by its table of contents alone."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return _("it is damaged")
    finally:
        size = file.seek(0, 2)
        file.seek(0)
    if len(entries) > MOST_ENTRIES:
        return _("it holds more than %(most)s files") % {"most": f"{MOST_ENTRIES:,}"}
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MOST_UNPACKED_BYTES or unpacked > HIGHEST_RATIO * max(size, 1):
        return _("it unpacks to far more than it seems")
    if any(_leads_elsewhere(entry) for entry in entries):
        return _("it holds links or paths that lead out of it")
    names = {entry.filename for entry in entries}
    if wanted.member and wanted.member not in names:
        return _("its content is not what “.%(extension)s” says") % {"extension": wanted.extension}
    return ""


def _leads_elsewhere(entry: zipfile.ZipInfo) -> bool:
    parts = entry.filename.replace("\\", "/").split("/")
    return stat.S_ISLNK(entry.external_attr >> 16) or ".." in parts or parts[0] == "" or ":" in parts[0]


class UnreadableImage(Exception):
    """`str()` is the reason, in words for the person who uploads."""


def redrawn(file: IO[bytes], longest_side: int) -> tuple[bytes, str, str]:
    """The picture drawn anew, without anything that came along with it: its bytes, content type and extension.

    Turned as its camera held it, made smaller where a side is longer than `longest_side` pixels; of a moving picture
    the first one. Raises `UnreadableImage`.
    """
    file.seek(0)
    try:
        with Image.open(file, formats=("PNG", "JPEG", "GIF", "WEBP")) as opened:
            if opened.width * opened.height > IMAGE_PIXELS:
                raise UnreadableImage(_("it has more than 50 million pixels"))
            kept = "JPEG" if opened.format == "JPEG" else "WEBP" if opened.format == "WEBP" else "PNG"
            picture = ImageOps.exif_transpose(opened)
            picture = picture.convert("RGB" if kept == "JPEG" else "RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise UnreadableImage(_("it cannot be read as a picture")) from error
    picture.thumbnail((longest_side, longest_side))
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    out = BytesIO()
    clean.save(out, kept, **({"quality": 88} if kept != "PNG" else {"optimize": True}))
    return out.getvalue(), f"image/{kept.lower()}", {"JPEG": "jpg", "WEBP": "webp", "PNG": "png"}[kept]
