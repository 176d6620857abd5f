"""The database roles of an installation, as SQL: the one source for the embedded server, docker compose and your own.

canopy_migrate owns everything and runs migrations only; it bypasses row-level security, since as a forced owner it
would change no row in a data migration, silently. canopy_app is what web, workers and scheduler connect as: it owns
nothing and bypasses nothing. canopy_backup reads everything. What canopy_app may touch is granted table by table when
the policies are synchronised, never here and never by default privileges: a table without its policies is unreachable.
"""

from collections.abc import Mapping

MIGRATE, APP, BACKUP = "canopy_migrate", "canopy_app", "canopy_backup"
ROLES = (MIGRATE, APP, BACKUP)
EXTENSIONS = ("pg_trgm", "btree_gin", "btree_gist", "unaccent")
TIMEOUTS = {
    APP: {"statement_timeout": "30s", "lock_timeout": "5s", "idle_in_transaction_session_timeout": "60s"},
    # A migration that waits for a lock makes every request behind it wait too, so it gives up and is run again.
    MIGRATE: {"lock_timeout": "5s"},
    BACKUP: {},
}


def roles_sql(database: str, passwords: Mapping[str, str], managed: bool = False) -> str:
    """The SQL that makes the roles and hands them `database`; run it inside that database, as its administrator.

    It may be run again at any time. `passwords` maps each of ROLES to its password. `managed` is for servers whose
    administrator is no superuser and may not give BYPASSRLS: there the policies admit canopy_migrate and canopy_backup
    by name instead.
    """
    bypass = "" if managed else " BYPASSRLS"
    attributes = {
        MIGRATE: f"LOGIN CREATEDB{bypass}",
        APP: "LOGIN NOCREATEDB NOCREATEROLE" + ("" if managed else " NOSUPERUSER NOBYPASSRLS NOREPLICATION"),
        BACKUP: f"LOGIN NOCREATEDB{bypass}",
    }
    statements = [_create_role(role) for role in ROLES]
    statements += [f"ALTER ROLE {role} WITH {attributes[role]} PASSWORD {literal(passwords[role])};" for role in ROLES]
    for role, limits in TIMEOUTS.items():
        statements += [f"ALTER ROLE {role} SET {name} = {literal(value)};" for name, value in limits.items()]
    if managed:
        statements.append(f"GRANT {MIGRATE} TO CURRENT_USER;")
    statements += [f"CREATE EXTENSION IF NOT EXISTS {extension};" for extension in EXTENSIONS]
    name = identifier(database)
    statements += [
        f"ALTER DATABASE {name} OWNER TO {MIGRATE};",
        f"REVOKE ALL ON DATABASE {name} FROM PUBLIC;",
        f"GRANT CONNECT, TEMPORARY ON DATABASE {name} TO {APP};",
        f"GRANT CONNECT ON DATABASE {name} TO {BACKUP};",
        f"ALTER SCHEMA public OWNER TO {MIGRATE};",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC;",
        f"GRANT USAGE ON SCHEMA public TO {APP}, {BACKUP};",
    ]
    return "\n".join(statements) + "\n"


def literal(text: str) -> str:
    """A text as an SQL literal."""
    if "\0" in text:
        raise ValueError("a text for Postgres cannot hold a NUL character")
    quoted = text.replace("'", "''")
    return f" E'{quoted.replace(chr(92), chr(92) * 2)}'" if "\\" in text else f"'{quoted}'"


def identifier(name: str) -> str:
    """A name as a quoted SQL identifier."""
    quoted = name.replace('"', '""')
    return f'"{quoted}"'


def _create_role(role: str) -> str:
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') "  # nosec B608: one of ROLES
        f"THEN CREATE ROLE {role}; END IF; END $$;"
    )
