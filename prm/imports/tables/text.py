"""CSV files: which encoding, which separator, and their lines, without ever holding the whole file."""

import codecs
import csv
import io
from collections.abc import Iterator
from typing import IO, Any

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _

from prm.imports.tables.refusals import refusal
from prm.problems import Refused

LONGEST_FIELD = 100_000
_DELIMITERS = ",;\t|"
_SAMPLE = 64 * 1024
_CHUNK = 256 * 1024
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class CsvLines:
    """The lines of a CSV file as lists of cells, and by `share()` how much of the file is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._size = max(1, file.seek(0, io.SEEK_END))
        self._encoding = encoding_of(file)
        file.seek(0)
        text = _text_of(file, self._encoding)
        self._delimiter = _delimiter(text.read(_SAMPLE))
        file.seek(0)
        # A new wrapper: one that was read from keeps the bytes that it has read ahead.
        self._text = _text_of(file, self._encoding)

    def __iter__(self) -> Iterator[list[str]]:
        csv.field_size_limit(LONGEST_FIELD)
        return csv.reader(self._text, delimiter=self._delimiter)

    def share(self) -> float:
        return min(1.0, self._file.tell() / self._size)


def _text_of(file: IO[bytes], encoding: str) -> io.TextIOWrapper:
    raw: Any = _Unowned(file)
    return io.TextIOWrapper(io.BufferedReader(raw), encoding, newline="")


class _Unowned(io.RawIOBase):
    """The file for a wrapper that must not close it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        read = self._file.read(len(buffer))
        buffer[: len(read)] = read
        return len(read)


def encoding_of(file: IO[bytes]) -> str:
    """The encoding in which the whole file can be read: UTF-8, UTF-16, Windows-1252 or -1250. Raises `Refused`."""
    file.seek(0)
    sample = file.read(_SAMPLE)
    encoding = next((name for mark, name in _MARKS if sample.startswith(mark)), "")
    if encoding:
        if not _is_readable(file, encoding):
            raise _bad_encoding()
        return encoding
    if _is_readable(file, "utf-8"):
        return "utf-8"
    if b"\xef\xbf\xbd" in sample:
        # Whoever wrote the file had lost letters already.
        raise _bad_encoding()
    for guess in _guesses(sample):
        if _is_readable(file, guess):
            return guess
    raise _bad_encoding()


def _guesses(sample: bytes) -> list[str]:
    if b"\0" in sample:
        # UTF-16 without its mark has a zero in every other byte of Latin text.
        even, odd = sample[::2].count(0), sample[1::2].count(0)
        return ["utf-16-be" if even > odd else "utf-16-le"] if max(even, odd) * 4 > len(sample) else []
    best = from_bytes(sample, cp_isolation=["cp1252", "iso8859_15", "mac_roman", "cp1250"]).best()
    return ["cp1252" if best is None or best.encoding != "cp1250" else "cp1250"]


def _is_readable(file: IO[bytes], encoding: str) -> bool:
    """Whether the whole file is text in this encoding, without the marks of one that was broken before."""
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while chunk := file.read(_CHUNK):
            text = decoder.decode(chunk)
            if "\0" in text or "\ufffd" in text:
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _bad_encoding() -> Refused:
    return refusal(
        "file_encoding",
        _(
            "Letters in this file are broken: its encoding is none that we know."
            " Save it as “CSV UTF-8” or as XLSX and bring it again."
        ),
    )


def _delimiter(sample: str) -> str:
    """The sign that cuts most lines into the same number of cells, at least two; a comma when none does."""
    csv.field_size_limit(LONGEST_FIELD)
    best, best_score = ",", 0
    for sign in _DELIMITERS:
        widths = _widths(sample, sign)
        usual = max(set(widths), key=widths.count, default=1)
        score = widths.count(usual) * (usual > 1) * min(usual, 20)
        if score > best_score:
            best, best_score = sign, score
    return best


def _widths(sample: str, sign: str) -> list[int]:
    widths: list[int] = []
    try:
        for line in csv.reader(io.StringIO(sample, newline=""), delimiter=sign):
            if line:
                widths.append(len(line))
            if len(widths) == 50:
                break
    except csv.Error:
        pass
    return widths
