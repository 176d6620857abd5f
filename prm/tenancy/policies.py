"""Row-level security and grants, made from the model registry after each migration.

The second wall: whatever Python does, the application's role sees and writes only rows of the organization whose
scope is open, and without a scope a statement on a tenant table raises. Where a table already is as wanted nothing
is done, since making a policy again takes an exclusive lock. Grants come last, so a table that nobody guards is
unreachable.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from prm.tenancy.managed import BY_MAINTAINERS, admit_maintainers
from prm.tenancy.models import TenantRow

APP_ROLE = "canopy_app"
BACKUP_ROLE = "canopy_backup"
MIGRATE_ROLE = "canopy_migrate"

# Written exactly so: the sub-select is evaluated once a statement (2.5 times the speed of the bare call on a
# million rows), and the one-argument current_setting raises where no scope is open.
EXPRESSION = "organization_id = (select current_setting('app.organization_id')::bigint)"

# Tables that only grow: the application may not rewrite history.
APPEND_ONLY: set[str] = set()

# Of such tables the columns in which a person can be erased: pieces of them may become the mark, nothing else. A
# trigger watches over it.
ERASABLE: dict[str, tuple[str, ...]] = {}
ERASED = "[erased]"
ERASE_TRIGGER = "only_erasing"

# Tenant tables beside the models' own (event tables of history, partitions): name → append-only?
EXTRA_TENANT_TABLES: dict[str, bool] = {}


def append_only[M: type[models.Model]](model: M) -> M:
    """Class decorator: the application's role gets no UPDATE and no DELETE on this model's table."""
    APPEND_ONLY.add(model._meta.db_table)
    return model


def erasable[M: type[models.Model]](*columns: str) -> Callable[[M], M]:
    """Class decorator for a table that only grows: in these columns a name can be erased, but not rewritten."""

    def declare(model: M) -> M:
        ERASABLE[model._meta.db_table] = columns
        return model

    return declare


@dataclass(frozen=True)
class Table:
    name: str
    is_tenant: bool
    is_reachable: bool = True

    @property
    def privileges(self) -> str:
        if not self.is_reachable:
            return ""
        return "SELECT, INSERT" if self.name in APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE"


def is_tenant_model(model: type[models.Model]) -> bool:
    return issubclass(model, TenantRow) or model._meta.db_table in EXTRA_TENANT_TABLES


def tables(connection: BaseDatabaseWrapper) -> Iterator[Table]:
    """Every table of the registry, and every partition of one of them (no grants: it is reached through its parent)."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            yield Table(model._meta.db_table, is_tenant_model(model))
    for name, parent_is_tenant in _partitions(connection):
        yield Table(name, parent_is_tenant, is_reachable=False)
    yield Table("django_migrations", is_tenant=False)


def _partitions(connection: BaseDatabaseWrapper) -> list[tuple[str, bool]]:
    tenant = {model._meta.db_table for model in apps.get_models() if is_tenant_model(model)}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT child.relname, parent.relname FROM pg_inherits"
            " JOIN pg_class child ON child.oid = inhrelid JOIN pg_class parent ON parent.oid = inhparent"
            " WHERE child.relkind IN ('r', 'p')"
        )
        return [(child, parent in tenant) for child, parent in cursor.fetchall()]


def wanted_policies(table: str) -> dict[str, str]:
    """Name → CREATE POLICY statement: one that permits and one that restricts, so that no later policy can widen."""
    name = f'"{table}"'
    body = f"TO {APP_ROLE} USING ({EXPRESSION}) WITH CHECK ({EXPRESSION})"
    return {
        "organization_permits": f"CREATE POLICY organization_permits ON {name} AS PERMISSIVE FOR ALL {body}",
        "organization_restricts": f"CREATE POLICY organization_restricts ON {name} AS RESTRICTIVE FOR ALL {body}",
    }


def sync_policies(connection: BaseDatabaseWrapper) -> list[str]:
    """Bring policies and grants to what the registry says; returns the statements that were needed."""
    existing = _existing_tables(connection)
    listed = [table for table in tables(connection) if table.name in existing]
    statements = [statement for table in listed for statement in _statements(table, existing[table.name], connection)]
    with connection.cursor() as cursor:
        if statements:
            cursor.execute("SET lock_timeout = '5s'")
            for statement in statements:
                cursor.execute(statement)
            cursor.execute("RESET lock_timeout")
        return statements + admit_maintainers(cursor, [table.name for table in listed if table.is_tenant])


def _existing_tables(connection: BaseDatabaseWrapper) -> dict[str, tuple[bool, bool, int]]:
    """Table → (row security, forced, number of policies as wanted or -1 when one differs)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,"  # nosec B608
            " (SELECT coalesce(sum(CASE WHEN p.policyname IN ('organization_permits', 'organization_restricts')"
            "   AND p.roles = ARRAY[%s]::name[] AND p.qual = p.with_check"
            "   AND p.qual LIKE '(organization_id = ( SELECT (current_setting(''app.organization_id''::text))::bigint'"
            "     || '%%'"
            "   THEN 1 ELSE 100 END), 0) FROM pg_policies p WHERE p.schemaname = 'public' AND p.tablename = c.relname"
            f"   AND NOT {BY_MAINTAINERS})"
            " FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')",
            [APP_ROLE],
        )
        return {
            name: (bool(secured), bool(forced), int(policies)) for name, secured, forced, policies in cursor.fetchall()
        }


def _statements(table: Table, state: tuple[bool, bool, int], connection: BaseDatabaseWrapper) -> Iterable[str]:
    secured, forced, policies = state
    name = f'"{table.name}"'
    if table.is_tenant:
        if not secured:
            yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
        if not forced:
            yield f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY"
        if policies != 2:
            for policy, create in wanted_policies(table.name).items():
                yield f"DROP POLICY IF EXISTS {policy} ON {name}"
                yield create
    yield from _grants(table, connection)
    yield from _erasing(table, connection)


def _grants(table: Table, connection: BaseDatabaseWrapper) -> Iterable[str]:
    name = f'"{table.name}"'
    wanted = {privilege for privilege in table.privileges.split(", ") if privilege}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT grantee, privilege_type FROM information_schema.role_table_grants"
            " WHERE table_schema = 'public' AND table_name = %s AND grantee IN (%s, %s)",
            [table.name, APP_ROLE, BACKUP_ROLE],
        )
        granted = set(cursor.fetchall())
    present = {privilege for grantee, privilege in granted if grantee == APP_ROLE}
    columns = ERASABLE.get(table.name, ())
    if present != wanted or _columns_granted(table.name, connection) != set(columns):
        yield f"REVOKE ALL ON {name} FROM {APP_ROLE}"
        if wanted:
            yield f"GRANT {table.privileges} ON {name} TO {APP_ROLE}"
        if columns:
            listed = ", ".join(f'"{column}"' for column in columns)
            yield f"GRANT UPDATE ({listed}) ON {name} TO {APP_ROLE}"
    if (BACKUP_ROLE, "SELECT") not in granted:
        yield f"GRANT SELECT ON {name} TO {BACKUP_ROLE}"


def _columns_granted(table: str, connection: BaseDatabaseWrapper) -> set[str]:
    """The columns that the application may update although it may not update the table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.attname::text FROM pg_attribute a, aclexplode(a.attacl) g"
            " WHERE a.attrelid = %s::regclass AND g.grantee = (SELECT oid FROM pg_roles WHERE rolname = %s)",
            [f'public."{table}"', APP_ROLE],
        )
        return {column for (column,) in cursor.fetchall()}


# What is new must be what was, read with "anything" in the place of each mark.
_ERASE_FUNCTION = rf"""
CREATE OR REPLACE FUNCTION {ERASE_TRIGGER}() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF EXISTS (
        SELECT FROM jsonb_each_text(to_jsonb(OLD)) AS was JOIN jsonb_each_text(to_jsonb(NEW)) AS said USING (key)
        WHERE said.value <> was.value AND was.value NOT LIKE
            replace(replace(replace(replace(said.value, '\', '\\'), '%', '\%'), '_', '\_'), '{ERASED}', '%')
    ) THEN
        RAISE EXCEPTION 'what % keeps can be erased, not rewritten', TG_TABLE_NAME USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$
"""  # nosec B608 - constants


def _erasing(table: Table, connection: BaseDatabaseWrapper) -> Iterable[str]:
    if table.name not in ERASABLE:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM pg_trigger WHERE tgname = %s AND tgrelid = %s::regclass",
            [ERASE_TRIGGER, f'public."{table.name}"'],
        )
        if not cursor.fetchall():
            yield _ERASE_FUNCTION
            yield (
                f'CREATE TRIGGER {ERASE_TRIGGER} BEFORE UPDATE ON "{table.name}"'
                f" FOR EACH ROW EXECUTE FUNCTION {ERASE_TRIGGER}()"
            )


def sync_sequences(connection: BaseDatabaseWrapper) -> None:
    """Sequences that are not identity columns' own (the facts' numbers) need a grant of their own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relkind = 'S' AND c.relnamespace = 'public'::regnamespace"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'GRANT USAGE, SELECT ON SEQUENCE "{name}" TO {APP_ROLE}')
            cursor.execute(f'GRANT SELECT ON SEQUENCE "{name}" TO {BACKUP_ROLE}')
