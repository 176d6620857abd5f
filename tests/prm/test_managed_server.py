"""Servers that refuse BYPASSRLS. Everything happens in one transaction of the superuser, which is rolled back."""

from typing import Any

import psycopg
import pytest

from prm.tenancy import catalog
from prm.tenancy.managed import admit_maintainers
from prm.tenancy.policies import wanted_policies
from tests.prm.test_isolation_catalog import superuser

__all__ = ["superuser"]


@pytest.fixture
def kept(superuser: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """A table with one row behind the wall, and roles as a managed server makes them."""
    superuser.execute("CREATE TABLE kept (organization_id bigint NOT NULL)")
    superuser.execute("INSERT INTO kept VALUES (1)")
    superuser.execute("ALTER TABLE kept ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    for statement in wanted_policies("kept").values():
        superuser.execute(statement.encode())
    superuser.execute("GRANT SELECT ON kept TO canopy_migrate, canopy_backup, canopy_app")
    superuser.execute("ALTER ROLE canopy_migrate NOBYPASSRLS")
    superuser.execute("ALTER ROLE canopy_backup NOBYPASSRLS")
    return superuser


def rows_seen(session: psycopg.Connection[Any], role: str) -> int:
    session.execute(f"SET LOCAL ROLE {role}".encode())
    (count,) = session.execute("SELECT count(*) FROM kept").fetchone() or (0,)
    session.execute("RESET ROLE")
    return int(count)


def test_maintainers_are_admitted_where_they_cannot_bypass(kept: psycopg.Connection[Any]) -> None:
    assert [rows_seen(kept, role) for role in ("canopy_migrate", "canopy_backup")] == [0, 0]
    assert len(admit_maintainers(kept.cursor(), ["kept"])) == 1
    assert [rows_seen(kept, role) for role in ("canopy_migrate", "canopy_backup")] == [1, 1]
    assert admit_maintainers(kept.cursor(), ["kept"]) == []


def test_the_application_is_not(kept: psycopg.Connection[Any]) -> None:
    admit_maintainers(kept.cursor(), ["kept"])
    kept.execute("SELECT set_config('app.organization_id', '2', true)")
    assert rows_seen(kept, "canopy_app") == 0


def test_the_policy_goes_once_the_roles_can_bypass(kept: psycopg.Connection[Any]) -> None:
    admit_maintainers(kept.cursor(), ["kept"])
    kept.execute("ALTER ROLE canopy_migrate BYPASSRLS")
    kept.execute("ALTER ROLE canopy_backup BYPASSRLS")
    assert admit_maintainers(kept.cursor(), ["kept"]) == ['DROP POLICY maintainers ON "kept"']


def test_the_walk_of_the_wall_knows_the_policy_but_not_for_others(kept: psycopg.Connection[Any]) -> None:
    admit_maintainers(kept.cursor(), ["kept"])
    assert "policies" not in {finding.code for finding in catalog.findings(kept.cursor()) if finding.where == "kept"}
    kept.execute("ALTER POLICY maintainers ON kept TO canopy_migrate, canopy_app")
    assert "policies" in {finding.code for finding in catalog.findings(kept.cursor()) if finding.where == "kept"}
