"""Writing tables that spreadsheet programs open without running anything in them."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import Any

# A cell that begins so is a formula to some program; the last ones are the full-width forms of the first.
STARTERS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: Any) -> str:
    """The value as text that no program computes: what looks like a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float | Decimal):
        return str(value)
    text = value.isoformat(" ", "seconds") if isinstance(value, datetime) else str(value)
    return f"'{text}" if text.startswith(STARTERS) else text


def csv_lines(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """A CSV file line by line, in UTF-8 with the mark by which Excel recognizes it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    for row in chain([header], rows):
        writer.writerow([safe_cell(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
