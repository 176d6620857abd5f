"""What is no backup is refused; the whole way there and back is in tests/chaos."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from prm.files import backups
from prm.files.backups import LIST

pytestmark = pytest.mark.django_db


def test_a_role_that_policies_hide_rows_from_is_refused(tmp_path: Path, settings: Any) -> None:
    settings.DATABASE_BACKUP_URL = _application(settings)
    with pytest.raises(CommandError, match="may not bypass policies"):
        call_command("backup", str(tmp_path / "made"))
    assert not (tmp_path / "made" / LIST).exists()


def _application(settings: Any) -> str:
    login = settings.DATABASES["default"]
    return f"postgres://{login['USER']}:{login['PASSWORD']}@{login['HOST']}:{login['PORT']}/canopy"


def test_the_setting_that_is_missing_is_named(tmp_path: Path, settings: Any) -> None:
    settings.DATABASE_BACKUP_URL = ""
    with pytest.raises(CommandError, match="DATABASE_BACKUP_URL"):
        call_command("backup", str(tmp_path / "made"))


def test_a_dump_that_breaks_off_leaves_no_list(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FILES_ROOT = tmp_path / "files"
    monkeypatch.setattr(backups, "_program", lambda _name: "false")
    with pytest.raises(CommandError, match="pg_dump failed"):
        call_command("backup", str(tmp_path / "made"))
    assert not (tmp_path / "made" / LIST).exists()
    with pytest.raises(CommandError, match="no complete backup"):
        call_command("restore", str(tmp_path / "made"))


def test_a_database_that_is_used_is_not_restored_into(tmp_path: Path, settings: Any) -> None:
    settings.FILES_ROOT = tmp_path / "files"
    made = tmp_path / "made"
    made.mkdir()
    (made / LIST).write_text('{"checksums": {}, "tables": {}, "files": 0}')
    with pytest.raises(CommandError, match="is not empty"):
        call_command("restore", str(made))
