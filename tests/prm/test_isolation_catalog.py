"""ISO-1 to ISO-4: the wall in the database is whole, and every way to break it is noticed."""

import os
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from prm.embedded.home import Home
from prm.embedded.postgres import Postgres
from prm.tenancy import catalog
from prm.tenancy.models import TenantRow
from prm.tenancy.policies import ERASABLE, ERASE_TRIGGER

Sabotage = Callable[[str], set[str]]


def database() -> str:
    return str(connection.settings_dict["NAME"])


@pytest.fixture
def superuser(db: None) -> Iterator[psycopg.Connection[Any]]:
    """The cluster's superuser in this test's database; whatever is done is undone."""
    if url := os.environ.get("DATABASE_ADMIN_URL"):
        session = psycopg.connect(url, dbname=database())
    elif os.environ.get("CANOPY_TEST_SERVERS"):
        session = Postgres(Home(Path(os.environ["CANOPY_HOME"]), testing=True)).connect(database())
        session.autocommit = False
    else:
        pytest.fail("set DATABASE_ADMIN_URL to a superuser of the test cluster: these tests break its wall on purpose")
    session.execute("SET lock_timeout = '20s'")
    yield session
    session.rollback()
    session.close()


# ── ISO-1, ISO-2: the wall is whole ─────────────────────────────────────────────────────────────────────────────────


def test_the_catalog_shows_no_hole(db: None) -> None:
    with connection.cursor() as cursor:
        assert [str(finding) for finding in catalog.findings(cursor)] == []


def test_every_table_is_somebodys(db: None) -> None:
    """Behind the wall is exactly what belongs to tenant models, and their partitions."""
    with connection.cursor() as cursor:
        found = catalog.tenant_tables(cursor)
    ours = {model._meta.db_table for model in apps.get_models() if issubclass(model, TenantRow)}
    assert {name for name, is_partition in found.items() if not is_partition} == ours
    assert all(name.startswith("activity_fact_") for name, is_partition in found.items() if is_partition)


def test_the_lists_of_exceptions_are_short_and_true(db: None) -> None:
    assert len(catalog.GLOBAL_TABLES) <= catalog.MOST_GLOBAL_TABLES
    assert all(len(reason) > 20 for reason in catalog.GLOBAL_TABLES.values())
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
    assert (catalog.FRAMEWORK_TABLES | catalog.GLOBAL_TABLES.keys()) - there == set()


def test_no_exception_holds_an_organizations_rows_by_accident() -> None:
    """Of the tables outside the wall these name an organization, and no others."""
    models = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    outside = catalog.FRAMEWORK_TABLES | catalog.GLOBAL_TABLES.keys()
    naming = {
        name
        for name in outside & models.keys()
        if any(field.name == "organization" for field in models[name]._meta.get_fields())
    }
    assert naming == {"accounts_membership", "outbox_attention", "tenancy_formerslug", "tenancy_wakeup"}


def test_manage_isolation_says_so(db: None) -> None:
    said = StringIO()
    call_command("isolation", stdout=said)
    assert said.getvalue() == "The wall between organizations is whole.\n"


def test_manage_isolation_fails_where_there_is_a_hole(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "GLOBAL_TABLES", {})
    said = StringIO()
    with pytest.raises(CommandError, match="holes in the wall"):
        call_command("isolation", stderr=said)
    assert "tenancy_organization: has no row-level security and is on no list of exceptions" in said.getvalue()


# ── ISO-3: a prover that knows nothing of us agrees ─────────────────────────────────────────────────────────────────


def pgrls(*words: str) -> subprocess.Popen[str]:
    url = f"{settings.DATABASE_MIGRATE_URL.rpartition('/')[0]}/{database()}"
    program = Path(sys.executable).parent / "pgrls"
    command = [str(program), *words, "--database-url", url]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=settings.BASE_DIR)


def test_the_policies_are_proved(db: None) -> None:
    runs = [pgrls("verify", "--strict", "--mode", mode) for mode in ("anon", "cross-tenant", "write")]
    for run in runs:
        said, _nothing = run.communicate(timeout=100)
        assert run.returncode == 0, said
        assert "0 leaking, 0 unverified" in said


def test_the_linter_finds_nothing_beyond_the_named_exceptions(db: None) -> None:
    run = pgrls("lint", "--config", "pgrls.toml")
    said, _nothing = run.communicate(timeout=100)
    assert run.returncode == 0, said


def test_the_linter_and_the_walk_know_the_same_exceptions() -> None:
    configuration = tomllib.loads((settings.BASE_DIR / "pgrls.toml").read_text())
    allowed = {name.removeprefix("public.") for name in configuration["lint"]["rules"]["SEC001"]["allowlist"]}
    assert allowed == catalog.FRAMEWORK_TABLES | catalog.GLOBAL_TABLES.keys()
    triggers = set(configuration["lint"]["rules"]["SEC013"]["allowlist"])
    assert triggers == {f"public.{table}.{ERASE_TRIGGER}" for table in ERASABLE}


# ── ISO-4: every sabotage is caught ─────────────────────────────────────────────────────────────────────────────────

SABOTAGES = {
    "no force": ("ALTER TABLE jobs_job NO FORCE ROW LEVEL SECURITY", "not_forced"),
    "security off": ("ALTER TABLE jobs_job DISABLE ROW LEVEL SECURITY", "row_security"),
    "open policy": ("CREATE POLICY everybody ON jobs_job TO canopy_app USING (true)", "policies"),
    "bypass": ("ALTER ROLE canopy_app BYPASSRLS", "role"),
    "definer function": (
        "CREATE FUNCTION peek() RETURNS SETOF jobs_job LANGUAGE sql SECURITY DEFINER AS 'SELECT * FROM jobs_job'",
        "definer_function",
    ),
    "new table": ("CREATE TABLE secrets (id bigint PRIMARY KEY, organization_id bigint NOT NULL)", "row_security"),
    "plain view": ("CREATE VIEW jobs_all AS SELECT * FROM jobs_job", "view"),
    "nullable column": ("ALTER TABLE jobs_job ALTER organization_id DROP NOT NULL", "nullable"),
    "dropped composite key": ("ALTER TABLE jobs_job DROP CONSTRAINT jobs_job_created_by_fk", "missing_foreign_key"),
    "global unique": ("CREATE UNIQUE INDEX ON jobs_job (kind)", "global_unique"),
    # And some more than the ten.
    "superuser": ("ALTER ROLE canopy_app SUPERUSER", "role"),
    "membership of a role": ("GRANT canopy_migrate TO canopy_app", "role"),
    "creating tables": ("GRANT CREATE ON SCHEMA public TO canopy_app", "role"),
    "owning a table": ("ALTER TABLE jobs_job OWNER TO canopy_app", "role"),
    "dropped policy": ("DROP POLICY organization_restricts ON jobs_job", "policies"),
    "wider policy": ("ALTER POLICY organization_permits ON jobs_job TO PUBLIC", "policies"),
    "softer policy": ("ALTER POLICY organization_restricts ON jobs_job WITH CHECK (true)", "policies"),
    "lenient setting": (
        (
            "ALTER POLICY organization_permits ON jobs_job"
            " USING (organization_id = (SELECT current_setting('app.organization_id', true)::bigint))"
        ),
        "policies",
    ),
    "materialized view": ("CREATE MATERIALIZED VIEW jobs_kept AS SELECT * FROM jobs_job", "materialized_view"),
    "single foreign key": (
        "ALTER TABLE imports_import ADD FOREIGN KEY (job_id) REFERENCES jobs_job (id)",
        "single_foreign_key",
    ),
    "late foreign key": (
        (
            "ALTER TABLE imports_import ADD FOREIGN KEY (organization_id, job_id)"
            " REFERENCES jobs_job (organization_id, id) DEFERRABLE INITIALLY DEFERRED"
        ),
        "deferrable",
    ),
    "lost key": ("ALTER TABLE audit_auditentry DROP CONSTRAINT audit_auditentry_key", "no_key"),
    "unguarded partition": (
        (
            "CREATE TABLE activity_fact_2099_01 PARTITION OF activity_fact"
            " FOR VALUES FROM ('2099-01-01+00') TO ('2099-02-01+00')"
        ),
        "row_security",
    ),
    "partition in reach": ("GRANT SELECT ON activity_fact_default TO canopy_app", "grant"),
    "emptying a table": ("GRANT TRUNCATE ON jobs_job TO canopy_app", "grant"),
    "rewriting history": ("GRANT UPDATE ON audit_auditentry TO canopy_app", "grant"),
    "rewriting a column of history": ("GRANT UPDATE (verb) ON audit_auditentry TO canopy_app", "grant"),
    "unwatched history": ("DROP TRIGGER only_erasing ON audit_auditentry", "not_watched"),
    "sleeping watch": ("ALTER TABLE audit_auditentry DISABLE TRIGGER only_erasing", "not_watched"),
    "open to all": ("GRANT SELECT ON jobs_job TO PUBLIC", "grant"),
    "default privileges": (
        "ALTER DEFAULT PRIVILEGES FOR ROLE canopy_migrate GRANT SELECT ON TABLES TO canopy_app",
        "default_privileges",
    ),
    "table elsewhere": ("CREATE SCHEMA aside CREATE TABLE kept (id bigint)", "schema"),
}


@pytest.mark.parametrize(("statement", "code"), SABOTAGES.values(), ids=list(SABOTAGES))
def test_every_sabotage_is_caught(superuser: psycopg.Connection[Any], statement: str, code: str) -> None:
    with superuser.cursor() as cursor:
        assert catalog.findings(cursor) == []
        cursor.execute(statement)
        assert code in {finding.code for finding in catalog.findings(cursor)}
