"""The test database: migrated as canopy_migrate, used as canopy_app, as in production.

Tests that ran as the owner or a superuser would prove nothing about row-level security. The migrated database is
kept as a template named after the migrations and policies that made it, so a second run, and each worker process,
copies it.
"""

import hashlib
import os
from collections.abc import Callable
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from prm.tenancy.connections import connected_as

KEPT = ("django_migrations", "django_content_type", "auth_permission")
_TEMPLATE_LOCK, _FILLED_LOCK = 7_312_004, 7_312_005


def fingerprint() -> str:
    """Changes whenever a migration, a model or the way tables are guarded changes."""
    root = settings.BASE_DIR
    files = [*root.glob("*/migrations/*.py"), *root.glob("prm/*/migrations/*.py"), *root.glob("prm/tenancy/*.py")]
    files += [*root.glob("**/registry.py"), *root.glob("**/models.py"), *root.glob("**/models/*.py")]
    digest = hashlib.sha256()
    for file in sorted(path for path in files if ".venv" not in path.parts):
        digest.update(str(file.relative_to(root)).encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def maintenance() -> psycopg.Connection[Any]:
    """A connection of the role that owns the databases, to none of those that are tested."""
    url = settings.DATABASE_MIGRATE_URL.rpartition("/")[0] + "/postgres"
    server = psycopg.connect(url, autocommit=True)
    # The other worker processes wait here for as long as the template takes.
    server.execute("SET lock_timeout = 0")
    server.execute("SET statement_timeout = 0")
    return server


def create(name: str) -> None:
    """Make database `name` out of the migrated template, making that first where it is missing."""
    template = f"canopy_test_{fingerprint()}"
    with maintenance() as server:
        server.execute("SELECT pg_advisory_lock(%s)", [_TEMPLATE_LOCK])
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone():
            _make_template(server, template)
        _drop(server, name)
        _copy(server, template, name)
        server.execute("SELECT pg_advisory_unlock(%s)", [_TEMPLATE_LOCK])
    connection.close()
    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = name


def _make_template(server: psycopg.Connection[Any], template: str) -> None:
    former = "SELECT datname FROM pg_database WHERE datname LIKE 'canopy_test_%'"
    for (name,) in server.execute(former).fetchall():
        _drop(server, name)
    making = f"{template}_making"
    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(making)))
    connection.close()
    connection.settings_dict["NAME"] = making
    call_command("migrate", verbosity=0, interactive=False)
    connection.close()
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(making), sql.Identifier(template)))


def drop(name: str) -> None:
    connection.close()
    with maintenance() as server:
        _drop(server, name)


def fill(make: Callable[[], object]) -> None:
    """Empty the database and fill it by what `make` commits; from the second time of a run on, by a copy of that.

    Loading takes a minute, copying a second; worker processes share what the first of them made.
    """
    name = str(connection.settings_dict["NAME"])
    filled = f"canopy_filled_{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"
    with maintenance() as server:
        server.execute("SELECT pg_advisory_lock(%s)", [_FILLED_LOCK])
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [filled]).fetchone():
            connection.close()
            _drop(server, name)
            _copy(server, filled, name)
        else:
            for (former,) in server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'canopy_filled_%'"):
                _drop(server, former)
            empty()
            make()
            connection.close()
            _leave(server, name)
            _copy(server, name, filled)
        server.execute("SELECT pg_advisory_unlock(%s)", [_FILLED_LOCK])


def _copy(server: psycopg.Connection[Any], source: str, name: str) -> None:
    server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(source)))


def _leave(server: psycopg.Connection[Any], name: str) -> None:
    """End what other threads (those of a live server) still hold open: a database in use cannot be copied."""
    # Autovacuum's sessions have no user and go by themselves; what kind a session is, only its own user may see.
    server.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND usename IS NOT NULL",
        [name],
    )


def _drop(server: psycopg.Connection[Any], name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def empty() -> None:
    """Empty every table but the few that migrations fill; the application's own role may not truncate."""
    with connected_as(settings.DATABASE_MIGRATE_URL), connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(format('%%I', relname), ', ') FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition"
            " AND relname <> ALL(%s)",
            [list(KEPT)],
        )
        (names,) = cursor.fetchone()
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
