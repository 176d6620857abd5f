"""A backup of a real installation, restored into a server that was never used."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from prm.embedded import servers
from prm.embedded.home import Home
from prm.embedded.postgres import Postgres
from prm.files import storage
from prm.files.backups import DUMP, Login, table_sums
from tests.chaos.rig import CHECKOUT
from tests.chaos.site import OWN
from tests.database import empty
from tests.world import build_world

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


@pytest.fixture
def top() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="canopy-backup-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def elsewhere(top: Path) -> Iterator[dict[str, str]]:
    """The environment of an installation whose servers have just been made and hold nothing."""
    home = Home(top / "elsewhere", testing=True)
    kept = {name: value for name, value in os.environ.items() if name not in OWN}
    values = servers_of(home)
    yield {**kept, **values, "CANOPY_EMBEDDED": "1", "CANOPY_TESTING": "0", "CANOPY_HOME": str(home.path)}
    servers.reset(home)


def servers_of(home: Home) -> dict[str, str]:
    postgres = Postgres(home)
    postgres.start()
    return {
        "SECRET_KEY": settings.SECRET_KEY,
        "PUBLIC_BASE_URL": "http://localhost:8000",
        "DATABASE_URL": postgres.url("canopy_app"),
        "DATABASE_MIGRATE_URL": postgres.url("canopy_migrate"),
        "DATABASE_BACKUP_URL": postgres.url("canopy_backup"),
        "REDIS_URL": settings.REDIS_URL,
    }


def manage(environment: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)


def test_what_is_backed_up_comes_back_whole(
    top: Path, elsewhere: dict[str, str], settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.FILES_ROOT = top / "files"
    empty()
    world = build_world()
    key = storage.write(world.home.pk, [b"one", b"two"], timezone.now()).key
    storage.confirm(key)
    call_command("backup", str(top / "backup"))
    with Login.by(settings.DATABASE_BACKUP_URL, "").connect() as session:
        before = table_sums(session)
    assert sum(rows for rows, _checksum in before.values()) > 500

    done = manage(elsewhere, "restore", str(top / "backup"))
    assert done.returncode == 0, done.stderr
    assert "The wall between organizations is whole." in done.stdout
    assert (Path(elsewhere["CANOPY_HOME"]) / "files" / key).read_bytes() == b"onetwo"
    counted = manage(elsewhere, "shell", "-c", COUNT)
    assert counted.stdout.strip().endswith(f"{before['partners_partner'][0]}"), counted.stderr

    again = manage(elsewhere, "restore", str(top / "backup"))
    assert again.returncode != 0
    assert "is not empty" in again.stderr
    refuse_damaged_ones(top)


# As canopy_app, within each organization's scope: policies and grants are there again.
COUNT = """
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from partners.models import Partner
total = 0
for organization in Organization.objects.all():
    with scope(organization):
        total += Partner.objects.count()
print(total)
"""


def refuse_damaged_ones(top: Path) -> None:
    with pytest.raises(CommandError, match="is not empty"):
        call_command("backup", str(top / "backup"))
    with (top / "backup" / DUMP).open("ab") as dump:
        dump.write(b"x")
    with pytest.raises(CommandError, match="is damaged"):
        call_command("restore", str(top / "backup"))
    (top / "backup" / "backup.json").unlink()
    with pytest.raises(CommandError, match="no complete backup"):
        call_command("restore", str(top / "backup"))
