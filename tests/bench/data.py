"""The scaled demo in a database of its own, kept for the next run of the same code on the same day."""

import hashlib
import json
import subprocess
import sys

from django.conf import settings
from django.db import connection
from django.utils import timezone
from psycopg import sql

from demo.loading import load
from prm.tenancy.connections import connected_as
from tests import database


def prepare(scale: int) -> dict[str, str]:
    """Connect to the demo of this scale, loading it where it is missing; returns key → e-mail address of its people."""
    name = f"canopy_bench_{scale}_{_fingerprint()}"
    people = _kept(name)
    if people is None:
        # In a process of its own: whatever makes the demo would stay in the memory of the one that is measured.
        command = [sys.executable, "-m", "tests.bench", "--load", "--scale", str(scale)]
        subprocess.run(command, check=True, cwd=settings.BASE_DIR)
        people = _kept(name) or {}
    connection.close()
    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = name
    return people


def make(scale: int) -> None:
    """Load the demo of this scale in place of earlier ones."""
    name = f"canopy_bench_{scale}_{_fingerprint()}"
    _drop_others(scale)
    database.create(name)
    people = {entry.key: entry.email for entry in load(scale=scale, seed=1, now=timezone.now())}
    analyze()
    _keep(name, people)


def database_url(url: str) -> str:
    """`url` with the database that is measured in place of its own."""
    return url.rpartition("/")[0] + "/" + str(connection.settings_dict["NAME"])


def _fingerprint() -> str:
    digest = hashlib.sha256(f"{database.fingerprint()} {timezone.now().date()}".encode())
    for file in sorted((settings.BASE_DIR / "demo").rglob("*.*")):
        if "__pycache__" not in file.parts:
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _kept(name: str) -> dict[str, str] | None:
    """The people of a database that was loaded to its end, as its comment says them."""
    with database.maintenance() as maintenance:
        found = maintenance.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        ).fetchone()
    return json.loads(found[0]) if found and found[0] else None


def _keep(name: str, people: dict[str, str]) -> None:
    with database.maintenance() as maintenance:
        maintenance.execute(
            sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(json.dumps(people)))
        )


def _drop_others(scale: int) -> None:
    with database.maintenance() as maintenance:
        former = maintenance.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [f"canopy_bench_{scale}_"]
        ).fetchall()
    for (name,) in former:
        database.drop(name)


def analyze() -> None:
    """Give the planner its statistics and visibility maps at once, as autovacuum would within minutes."""
    with connected_as(settings.DATABASE_MIGRATE_URL), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
