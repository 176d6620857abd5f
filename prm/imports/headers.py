"""Guessing which column of a table is which field."""

import re
import unicodedata
from collections.abc import Sequence

from prm.imports.schema import ImportField


def plain(text: str) -> str:
    """A header's word as it is compared: without case, accents, spaces and signs."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[^0-9a-z]+", "", "".join(mark for mark in decomposed if not unicodedata.combining(mark)))


def guess(headers: Sequence[str], fields: Sequence[ImportField], *, exactly: bool = False) -> dict[str, int]:
    """Field → number of its column, from 0. A column is used once; fields that no header speaks of are left out.

    Exact words first, in the order of the fields, then headers that begin or end with one ("Company name (legal)"),
    unless they have to be the words `exactly`.
    """
    columns = [plain(header) for header in headers]
    found: dict[str, int] = {}
    for is_same in (_is_exactly,) if exactly else (_is_exactly, _is_part_of):
        for field in fields:
            taken = set(found.values())
            words = [word for word in map(plain, (field.name, str(field.label), *field.synonyms)) if word]
            if field.name in found:
                continue
            place = next(
                (n for n, column in enumerate(columns) if n not in taken and column and is_same(column, words)), None
            )
            if place is not None:
                found[field.name] = place
    return found


def _is_exactly(column: str, words: Sequence[str]) -> bool:
    return column in words


def _is_part_of(column: str, words: Sequence[str]) -> bool:
    return any(len(word) >= 4 and (column.startswith(word) or column.endswith(word)) for word in words)
