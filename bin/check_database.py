"""Checks of the migrated database: no migration missing, none that locks for long, policies that pgrls accepts.

Run within `python -m prm.embedded with-test-servers`; makes a database of its own and drops it.
"""

import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT))
NAME = f"canopy_check_{os.getpid()}"


def main() -> int:
    maintenance = address(os.environ["DATABASE_MIGRATE_URL"], "postgres")
    with psycopg.connect(maintenance, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {NAME}".encode())
        try:
            return sum([missing_migrations(), unsafe_migrations(), open_policies()])
        finally:
            from django.db import connections

            connections.close_all()
            admin.execute(f"DROP DATABASE {NAME} WITH (FORCE)".encode())


def address(url: str, database: str) -> str:
    """The same server and user, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def missing_migrations() -> int:
    """Makes the tables too: the next checks look at them."""
    from django.core.management import call_command

    try:
        call_command("makemigrations", "--check", "--dry-run")
    except SystemExit:
        print("Models changed without a migration: manage.py makemigrations")
        return 1
    call_command("migrate", verbosity=0)
    return 0


def unsafe_migrations() -> int:
    """squawk on the SQL of each of our migrations."""
    from django.apps import apps
    from django.core.management import call_command
    from django.db.migrations.loader import MigrationLoader

    ours = {config.label for config in apps.get_app_configs() if CHECKOUT in Path(config.path).parents}
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for label, name in sorted(MigrationLoader(None).disk_migrations):
            if label not in ours or str(CHECKOUT / ".venv") in str(apps.get_app_config(label).path):
                continue
            text = io.StringIO()
            call_command("sqlmigrate", label, name, stdout=text, no_color=True)
            path = Path(folder) / f"{label}.{name}.sql"
            path.write_text(text.getvalue())
            files.append(str(path))
        return subprocess.call(["squawk", "--config", str(CHECKOUT / ".squawk.toml"), *files])


def open_policies() -> int:
    """pgrls with the exceptions that pgrls.toml names, each with its reason."""
    url = address(os.environ["DATABASE_MIGRATE_URL"], NAME)
    return subprocess.call(["pgrls", "lint", "--config", str(CHECKOUT / "pgrls.toml"), "--database-url", url])


if __name__ == "__main__":
    os.environ["DATABASE_URL"] = address(os.environ["DATABASE_URL"], NAME)
    os.environ["DJANGO_SETTINGS_MODULE"] = "prm.settings"
    import django

    django.setup()
    sys.exit(main())
