"""The SQL of the database roles, as people get it to run by hand."""

import io

import pytest
from django.core.management import CommandError, call_command

from prm.tenancy.roles import ROLES, literal, roles_sql

PASSWORDS = dict.fromkeys(ROLES, "p'w\\")


def test_only_migrations_and_backups_bypass_policies() -> None:
    lines = [line for line in roles_sql("canopy", PASSWORDS).splitlines() if line.startswith("ALTER ROLE")]
    assert [" BYPASSRLS" in line for line in lines[:3]] == [True, False, True]
    assert "NOSUPERUSER NOBYPASSRLS" in lines[1]


def test_a_managed_server_is_not_asked_for_what_it_refuses() -> None:
    text = roles_sql("canopy", PASSWORDS, managed=True)
    assert "BYPASSRLS" not in text
    assert "SUPERUSER" not in text


def test_literals_and_names_are_quoted() -> None:
    assert literal("it's") == "'it''s'"
    assert literal("a\\'b") == " E'a\\\\''b'"
    assert '"or""der"' in roles_sql('or"der', PASSWORDS)
    with pytest.raises(ValueError, match="NUL"):
        literal("\0")


def test_the_command_takes_passwords_and_database_from_the_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://canopy_app:app%40pw@db/shop")
    monkeypatch.setenv("DATABASE_MIGRATE_URL", "postgres://canopy_migrate:other@db/shop")
    monkeypatch.delenv("DATABASE_BACKUP_URL", raising=False)
    out = io.StringIO()
    call_command("roles", "--sql", stdout=out)
    assert "PASSWORD 'app@pw'" in out.getvalue()
    assert 'ALTER DATABASE "shop" OWNER TO canopy_migrate' in out.getvalue()


@pytest.mark.parametrize(
    ("url", "complaint"),
    [("postgres://me:x@db/shop", "names the user me"), ("postgres://canopy_app:x@db/other", "different databases")],
)
def test_the_command_refuses_addresses_that_cannot_work(
    monkeypatch: pytest.MonkeyPatch, url: str, complaint: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("DATABASE_MIGRATE_URL", "postgres://canopy_migrate:x@db/shop")
    monkeypatch.delenv("DATABASE_BACKUP_URL", raising=False)
    with pytest.raises(CommandError, match=complaint):
        call_command("roles", "--sql", stdout=io.StringIO())


def test_applying_needs_an_administrator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_ADMIN_URL", raising=False)
    with pytest.raises(CommandError, match="DATABASE_ADMIN_URL"):
        call_command("roles", "--apply", stdout=io.StringIO())
