"""Managed servers whose administrator may not give BYPASSRLS: who maintains the data is admitted by a policy instead.

`manage.py roles --managed` makes the roles without that attribute. Elsewhere nothing here does anything: the policies
are made only for roles that need them, and the application's role is never one of them.
"""

from collections.abc import Iterable
from typing import Any

from prm.tenancy.roles import BACKUP, MIGRATE

POLICY = "maintainers"
# The condition on pg_policies that finds it; one of that name for anybody else is not it.
BY_MAINTAINERS = f"(policyname = '{POLICY}' AND roles <@ ARRAY['{BACKUP}', '{MIGRATE}']::name[])"
_WHO_NEEDS_IT = (
    "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND NOT rolbypassrls AND NOT rolsuper ORDER BY rolname"
)
_WHO_HAS_IT = (
    "SELECT tablename, roles::text[] FROM pg_policies"  # nosec B608
    f" WHERE schemaname = 'public' AND {BY_MAINTAINERS}"
)


def admit_maintainers(cursor: Any, tables: Iterable[str]) -> list[str]:
    """Bring the policy of each of these tables to the present need; returns the statements that were needed."""
    cursor.execute(_WHO_NEEDS_IT, [[BACKUP, MIGRATE]])
    needed = [name for (name,) in cursor.fetchall()]
    cursor.execute(_WHO_HAS_IT)
    present = {table: sorted(roles) for table, roles in cursor.fetchall()}
    statements = []
    for table in tables:
        if present.get(table, []) == needed:
            continue
        if table in present:
            statements.append(f'DROP POLICY {POLICY} ON "{table}"')
        if needed:
            statements.append(
                f'CREATE POLICY {POLICY} ON "{table}" TO {", ".join(needed)} USING (true) WITH CHECK (true)'
            )
    for statement in statements:
        cursor.execute(statement)
    return statements
