import os
import secrets
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
from django.core.management.base import BaseCommand, CommandError, CommandParser
from psycopg import sql

from prm.tenancy.roles import ROLES, roles_sql

URLS = dict(zip(ROLES, ("DATABASE_MIGRATE_URL", "DATABASE_URL", "DATABASE_BACKUP_URL"), strict=True))
ADMIN_URL = "DATABASE_ADMIN_URL"


class Command(BaseCommand):
    help = (
        "Prints the SQL that makes the database roles, or runs it as the administrator named by DATABASE_ADMIN_URL. "
        "Passwords are taken from DATABASE_URL, DATABASE_MIGRATE_URL and DATABASE_BACKUP_URL."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        action = parser.add_mutually_exclusive_group(required=True)
        action.add_argument("--sql", action="store_true", help="print the SQL, to be run in the database itself")
        action.add_argument("--apply", action="store_true", help="run it, making the database if it is missing")
        parser.add_argument("--managed", action="store_true", help="for servers that refuse BYPASSRLS")

    def handle(self, *args: Any, **options: Any) -> None:
        database, passwords = login_data()
        if options["sql"]:
            self.stdout.write(f"-- Run inside the database {database}, as its administrator.")
            self.stdout.write(roles_sql(database, passwords, managed=options["managed"]))
            return
        if not os.environ.get(ADMIN_URL):
            raise CommandError(f"{ADMIN_URL} is not set: it names the administrator who may make roles.")
        apply(os.environ[ADMIN_URL], database, passwords, managed=options["managed"])
        self.stdout.write(f"The roles {', '.join(ROLES)} are ready in {database}.")


def login_data() -> tuple[str, dict[str, str]]:
    """The database's name, and role → password; a password that no address holds is a new random one."""
    addresses = {role: urlsplit(os.environ.get(name, "")) for role, name in URLS.items()}
    for role, address in addresses.items():
        if address.username and address.username != role:
            raise CommandError(f"{URLS[role]} names the user {address.username}; the role is {role}.")
    names = {address.path.lstrip("/") for address in addresses.values() if address.path.strip("/")}
    if len(names) > 1:
        raise CommandError(f"The addresses name different databases: {', '.join(sorted(names))}.")
    passwords = {role: unquote(address.password or secrets.token_hex(24)) for role, address in addresses.items()}
    return unquote(names.pop()) if names else "canopy", passwords


def apply(admin_url: str, database: str, passwords: dict[str, str], *, managed: bool) -> None:
    """Makes the database and its roles; may be run again at any time."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        there = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
        if not there:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
    with psycopg.connect(admin_url, dbname=database) as inside:
        inside.execute(roles_sql(database, passwords, managed=managed).encode())
