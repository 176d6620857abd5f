"""Checks of the migrated database: no migration missing, none that locks for long, policies that pgrls accepts.

Run within `python -m prm.embedded with-test-servers`; makes a database of its own and drops it.
"""

import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT))
TOOLS = Path(sys.executable).parent
OUR_APPS = {
    ".".join(path.parent.relative_to(CHECKOUT).parts)
    for pattern in ("*/apps.py", "prm/*/apps.py")
    for path in CHECKOUT.glob(pattern)
}
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

    call_command("migrate", verbosity=0)
    try:
        call_command("makemigrations", "--check", "--dry-run")
    except SystemExit:
        print("Models changed without a migration: manage.py makemigrations")
        return 1
    return 0


def unsafe_migrations() -> int:
    """squawk on the SQL of each of our migrations."""
    from django.apps import apps
    from django.core.management import call_command
    from django.db.migrations.loader import MigrationLoader

    ours = {config.label for config in apps.get_app_configs() if config.module.__name__ in OUR_APPS}
    initial, later = [], []
    with tempfile.TemporaryDirectory() as folder:
        for (label, name), migration in sorted(MigrationLoader(None).disk_migrations.items()):
            if label in ours:
                path = Path(folder) / f"{label}.{name}.sql"
                with path.open("w") as text:
                    call_command("sqlmigrate", label, name, stdout=text, no_color=True)
                (initial if migration.initial else later).append(path)
        # An app's first migration adds columns to its own new tables only.
        return squawk(initial, "adding-required-field") | squawk(later)


def squawk(files: list[Path], *allowed: str) -> int:
    """0 when there is nothing to find fault with. (A list of exclusions replaces that of the configuration.)"""
    configuration = CHECKOUT / ".squawk.toml"
    excluded = [*tomllib.loads(configuration.read_text())["excluded_rules"], *allowed]
    command = [TOOLS / "squawk", "--config", configuration, f"--exclude={','.join(excluded)}", *files]
    return subprocess.call(command) if files else 0


def open_policies() -> int:
    """pgrls with the exceptions that pgrls.toml names, each with its reason."""
    url = address(os.environ["DATABASE_MIGRATE_URL"], NAME)
    return subprocess.call([TOOLS / "pgrls", "lint", "--config", str(CHECKOUT / "pgrls.toml"), "--database-url", url])


if __name__ == "__main__":
    os.environ["DATABASE_URL"] = address(os.environ["DATABASE_URL"], NAME)
    os.environ["DJANGO_SETTINGS_MODULE"] = "prm.settings"
    import django

    django.setup()
    sys.exit(main())
