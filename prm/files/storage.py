"""Where the bytes lie: `<organization_id>/<yyyy>/<random>` below FILES_ROOT.

A file is written before the transaction that names it is committed. Until then a note in `<organization_id>/.pending/`
remembers it; a transaction that is rolled back, or a process that dies, leaves the note, and `clear_orphans` finds it.
"""

import hashlib
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

# No transaction lives that long: what is still pending after it will never be named by a row.
ORPHANED_AFTER = timedelta(hours=1)
_FOLDER_MODE = 0o750


@dataclass(frozen=True)
class Written:
    key: str
    size: int
    sha256: str


def path_of(key: str) -> Path:
    """The file of a key; a key that would lead out of FILES_ROOT raises ValueError."""
    path = Path(settings.FILES_ROOT, key)
    if not path.resolve().is_relative_to(Path(settings.FILES_ROOT).resolve()):
        raise ValueError("a file's key leads out of the folder of files")
    return path


def write(organization_id: int, chunks: Iterable[bytes], now: datetime) -> Written:
    """Store the bytes under a new key, pending until `confirm`."""
    name = secrets.token_hex(16)
    key = f"{organization_id}/{now:%Y}/{name}"
    _pending(organization_id).mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    (_pending(organization_id) / name).write_text(key)
    path = path_of(key)
    path.parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "wb") as file:
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return Written(key, size, digest.hexdigest())


def confirm(key: str) -> None:
    """The row that names the file is committed."""
    organization_id, _year, name = key.split("/")
    (_pending(int(organization_id)) / name).unlink(missing_ok=True)


def remove(key: str) -> None:
    path_of(key).unlink(missing_ok=True)


def clear_orphans(organization_id: int, now: datetime, is_named: Callable[[str], bool]) -> int:
    """Remove files that no row came to name; returns how many. `is_named` says whether a row names a key."""
    removed = 0
    for note in list(_old_notes(organization_id, now)):
        key = note.read_text()
        if not is_named(key):
            remove(key)
            removed += 1
        note.unlink(missing_ok=True)
    return removed


def _old_notes(organization_id: int, now: datetime) -> Iterator[Path]:
    folder = _pending(organization_id)
    if not folder.is_dir():
        return
    before = (now - ORPHANED_AFTER).timestamp()
    yield from (note for note in folder.iterdir() if note.stat().st_mtime < before)


def _pending(organization_id: int) -> Path:
    return Path(settings.FILES_ROOT, str(organization_id), ".pending")
