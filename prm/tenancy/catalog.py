"""What the database's own catalog says about the second wall: everything that could let one organization see another's.

Read from `pg_class` and its neighbors, not from the models: a table that no model knows is found as well. The tests ask
it, and so does `manage.py isolation`, on any installation, for example after a restore.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from django.apps import apps

from prm.tenancy.constraints import CompositeForeignKey
from prm.tenancy.managed import BY_MAINTAINERS
from prm.tenancy.policies import APP_ROLE, APPEND_ONLY, BACKUP_ROLE, ERASABLE, ERASE_TRIGGER, MIGRATE_ROLE

# Tables of packages, by exact name. None of them holds an organization's data.
FRAMEWORK_TABLES = frozenset(
    {
        "account_emailaddress",
        "account_emailconfirmation",
        "accounts_person_groups",
        "accounts_person_user_permissions",
        "auth_group",
        "auth_group_permissions",
        "auth_permission",
        "django_admin_log",
        "django_content_type",
        "django_migrations",
        "django_session",
        "mfa_authenticator",
        "usersessions_usersession",
    }
)

# Our own tables outside the wall, each with the reason why it has to be; at most ten.
GLOBAL_TABLES = {
    "accounts_person": "one human being has one account in all organizations",
    "accounts_membership": "read to find out which scope may be opened; only by person or by organization",
    "tenancy_organization": "read to open the scope; holds what public pages show anyway",
    "tenancy_formerslug": "an organization's earlier address, read before any scope",
    "tenancy_wakeup": "when an organization has something due, without content; read by the scheduler",
    "outbox_accountmessage": "mails about an account, which belongs to no organization; no bodies",
    "outbox_attention": "one budget of mails for a person over all organizations; ids and times only",
    "outbox_heartbeat": "when a process was last seen",
}
MOST_GLOBAL_TABLES = 10

# Nothing refers to a fact, and its key is (id, at).
WITHOUT_REFERABLE_KEY = frozenset({"activity_fact", "search_entry", "search_posting", "search_spelling"})

# How Postgres prints the one expression of prm.tenancy.policies.
_EXPRESSION = "(organization_id = ( SELECT (current_setting('app.organization_id'::text))::bigint AS current_setting))"

_WATCHED = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = %s AND tgenabled = 'O'"


class Cursor(Protocol):
    """What both Django's and psycopg's cursors can do."""

    def execute(self, query: str, params: Any = None, /) -> Any: ...
    def fetchall(self) -> Any: ...


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A hole in the wall: a stable `code`, the object it is in, and what is wrong with it."""

    code: str
    where: str
    words: str

    def __str__(self) -> str:
        return f"{self.where}: {self.words} [{self.code}]"


def findings(cursor: Cursor) -> list[Finding]:
    """Every hole; an empty list is the proof. `cursor` may be of any role, since the catalog is open to all."""
    checks = (
        _schemas,
        _tables,
        _grants,
        _relations,
        _functions,
        _foreign_keys,
        _missing_foreign_keys,
        _uniques,
        _roles,
    )
    return sorted({finding for check in checks for finding in check(cursor)})


def _rows(cursor: Cursor, query: str, *params: object) -> Any:
    cursor.execute(query, list(params))
    return cursor.fetchall()


def tenant_tables(cursor: Cursor) -> dict[str, bool]:
    """Every table that has to be behind the wall, and whether it is a partition: all that no list names."""
    found = _rows(
        cursor,
        "SELECT relname, relispartition FROM pg_class"
        " WHERE relkind IN ('r', 'p', 'f') AND relnamespace = 'public'::regnamespace",
    )
    listed = FRAMEWORK_TABLES | GLOBAL_TABLES.keys()
    return {name: is_partition for name, is_partition in found if name not in listed}


def _schemas(cursor: Cursor) -> Iterator[Finding]:
    """Everything lies in the one schema that the other checks look at."""
    for (name,) in _rows(
        cursor,
        "SELECT DISTINCT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('public', 'information_schema')",
    ):
        yield Finding("schema", name, "holds tables that nobody looks after")


def _tables(cursor: Cursor) -> Iterator[Finding]:
    """Each table has its organization in every row, row security that holds for its owner too, and the two policies."""
    secured = {
        name: (enabled, forced, not_null)
        for name, enabled, forced, not_null in _rows(
            cursor,
            "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, coalesce((SELECT a.attnotnull"
            " FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'organization_id'"
            " AND a.atttypid = 'bigint'::regtype), false) FROM pg_class c"
            " WHERE c.relnamespace = 'public'::regnamespace",
        )
    }
    policies = _policies(cursor)
    for table in tenant_tables(cursor):
        enabled, forced, not_null = secured.get(table, (False, False, False))
        if not enabled:
            yield Finding("row_security", table, "has no row-level security and is on no list of exceptions")
        elif not forced:
            yield Finding("not_forced", table, "does not force row-level security on its owner")
        if not not_null:
            yield Finding("nullable", table, "has no organization_id that is never null")
        if policies.get(table, []) != _wanted_policies():
            yield Finding("policies", table, f"has other policies than the two: {policies.get(table, [])}")


def _policies(cursor: Cursor) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = {}
    for table, *policy in _rows(
        cursor,
        "SELECT tablename, policyname, permissive, roles::text, cmd, qual, with_check FROM pg_policies"  # nosec B608
        f" WHERE schemaname = 'public' AND NOT {BY_MAINTAINERS} ORDER BY policyname",
    ):
        found.setdefault(table, []).append(tuple(policy))
    return found


def _wanted_policies() -> list[tuple[Any, ...]]:
    kinds = (("organization_permits", "PERMISSIVE"), ("organization_restricts", "RESTRICTIVE"))
    return [(name, kind, f"{{{APP_ROLE}}}", "ALL", _EXPRESSION, _EXPRESSION) for name, kind in kinds]


def _grants(cursor: Cursor) -> Iterator[Finding]:
    """The application reads and writes rows and nothing else; partitions and history not even that; others nothing."""
    held = _rows(
        cursor,
        "SELECT c.relname, c.relispartition, coalesce(r.rolname, 'PUBLIC'), g.privilege_type FROM pg_class c,"
        " aclexplode(c.relacl) g LEFT JOIN pg_roles r ON r.oid = g.grantee"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"
        " AND g.grantee <> c.relowner",
    )
    for table, is_partition, grantee, privilege in held:
        allowed = {"SELECT"} if grantee == BACKUP_ROLE else set()
        if grantee == APP_ROLE and not is_partition:
            allowed = {"SELECT", "INSERT"} if table in APPEND_ONLY else {"SELECT", "INSERT", "UPDATE", "DELETE"}
        if privilege not in allowed:
            yield Finding("grant", table, f"{grantee} may {privilege} it")
    for table, column in _rows(
        cursor,
        "SELECT a.attrelid::regclass::text, a.attname::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid,"
        " aclexplode(a.attacl) WHERE c.relnamespace = 'public'::regnamespace",
    ):
        if column not in ERASABLE.get(table, ()):
            yield Finding("grant", table, f"column {column} has grants of its own")
    for table in ERASABLE.keys() - {name for (name,) in _rows(cursor, _WATCHED, ERASE_TRIGGER)}:
        yield Finding("not_watched", table, "may be rewritten where it may only be erased")
    for (role,) in _rows(cursor, "SELECT defaclrole::regrole::text FROM pg_default_acl"):
        yield Finding("default_privileges", role, "hands out privileges on tables that nobody has guarded yet")


def _relations(cursor: Cursor) -> Iterator[Finding]:
    """Views read with the rights of who asks; materialized ones have no policies at all."""
    for name, kind, invoker in _rows(
        cursor,
        "SELECT c.relname, c.relkind::text, coalesce(c.reloptions::text ~ 'security_invoker=(true|on|1)', false)"
        " FROM pg_class c WHERE c.relkind IN ('v', 'm') AND c.relnamespace = 'public'::regnamespace"
        " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')",
    ):
        if kind == "m":
            yield Finding("materialized_view", name, "is a materialized view, which no policy guards")
        elif not invoker:
            yield Finding("view", name, "is a view that reads with its owner's rights")


def _functions(cursor: Cursor) -> Iterator[Finding]:
    for (name,) in _rows(
        cursor,
        "SELECT p.oid::regprocedure::text FROM pg_proc p"
        " WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace"
        " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')",
    ):
        yield Finding("definer_function", name, "runs with its owner's rights")


def _foreign_keys(cursor: Cursor) -> Iterator[Finding]:
    """A row refers to rows of its own organization only, which a single column cannot promise."""
    behind = set(tenant_tables(cursor)) | {"accounts_membership"}
    for name, table, target, columns, deferrable in _rows(
        cursor,
        "SELECT k.conname, k.conrelid::regclass::text, k.confrelid::regclass::text, ARRAY(SELECT a.attname::text"
        " FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)), k.condeferrable"
        " FROM pg_constraint k WHERE k.contype = 'f'",
    ):
        if table not in behind or target not in behind:
            continue
        if "organization_id" not in columns:
            yield Finding("single_foreign_key", table, f"{name} lets a row refer to another organization's")
        elif deferrable:
            yield Finding("deferrable", table, f"{name} is checked only at the commit")


def _missing_foreign_keys(cursor: Cursor) -> Iterator[Finding]:
    """Every reference that a model declares is one in the database."""
    query = (
        "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND convalidated"
    )
    present = {(table, definition) for table, definition in _rows(cursor, query)}
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if isinstance(constraint, CompositeForeignKey):
                table, column = model._meta.db_table, f"{constraint.field}_id"
                target = apps.get_model(constraint.to)._meta.db_table
                definition = f"FOREIGN KEY (organization_id, {column}) REFERENCES {target}(organization_id, id)"
                if (table, definition) not in present:
                    yield Finding("missing_foreign_key", table, f"{column} refers to nothing in the database")


def _uniques(cursor: Cursor) -> Iterator[Finding]:
    """What is unique is so within an organization: else one learns from a refusal what another has."""
    keyed: set[str] = set()
    behind = tenant_tables(cursor)
    for table, name, is_primary, columns in _rows(
        cursor,
        "SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, i.indisprimary, ARRAY(SELECT"
        " coalesce(a.attname::text, '(expression)') FROM unnest(i.indkey[0:i.indnkeyatts - 1]) WITH ORDINALITY AS"
        " key (number, place) LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = key.number"
        " AND key.number > 0 ORDER BY place) FROM pg_index i WHERE i.indisunique",
    ):
        if columns == ["organization_id", "id"]:
            keyed.add(table)
        if table in behind and not is_primary and columns[0] != "organization_id":
            yield Finding("global_unique", table, f"{name} is unique over all organizations")
    for table, is_partition in behind.items():
        if table not in keyed and not is_partition and table not in WITHOUT_REFERABLE_KEY:
            yield Finding("no_key", table, "has no UNIQUE (organization_id, id) to refer to")


def _roles(cursor: Cursor) -> Iterator[Finding]:
    """The application's role owns nothing, bypasses nothing and may become nobody else."""
    flags = _rows(
        cursor,
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,"
        " has_schema_privilege(oid, 'public', 'CREATE'),"
        " EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid) OR EXISTS (SELECT FROM pg_proc"
        " WHERE proowner = pg_roles.oid), EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid)"
        " FROM pg_roles WHERE rolname = %s",
        APP_ROLE,
    )
    words = (
        "is a superuser", "bypasses row-level security", "may make roles", "may make databases", "may replicate",
        "may create in schema public", "owns something", "is a member of another role",
    )  # fmt: skip
    if not flags:
        yield Finding("role", APP_ROLE, "does not exist")
    for found in flags:
        yield from (Finding("role", APP_ROLE, said) for held, said in zip(found, words, strict=True) if held)
    for name, is_super in _rows(
        cursor, "SELECT rolname, rolsuper FROM pg_roles WHERE rolname IN (%s, %s)", MIGRATE_ROLE, BACKUP_ROLE
    ):
        if is_super:
            yield Finding("role", name, "is a superuser")
