"""ISO-9: behind PgBouncer in transaction mode a session serves both organizations in turn; nobody sees the other."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection, connections
from django.test import Client

from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.models import AuditEntry
from prm.audit.services import note
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.chaos.rig import CHECKOUT

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

SESSIONS = 2
THREADS = 8
SignIn = Callable[[Membership], Client]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def configure(folder: Path, port: int) -> Path:
    server = urlsplit(os.environ["DATABASE_URL"])
    (folder / "users.txt").write_text(f'"{server.username}" "{server.password or ""}"\n')
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        f"""[databases]
* = host={server.hostname} port={server.port or 5432}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = plain
auth_file = {folder / "users.txt"}
pool_mode = transaction
default_pool_size = {SESSIONS}
max_client_conn = 200
{"user = nobody" if os.geteuid() == 0 else ""}
"""
    )
    return settings


@pytest.fixture
def pooler() -> Iterator[None]:
    """Every connection of this process goes through PgBouncer, which has two sessions for all of them."""
    folder = Path(tempfile.mkdtemp(prefix="canopy-pooler-"))
    folder.chmod(0o755)
    port = free_port()
    process = subprocess.Popen([CHECKOUT / "bin" / "pgbouncer", configure(folder, port)], stderr=subprocess.PIPE)
    # As docs/operators/deploy.md says: connections end with their request, so that no plan is kept in a shared session.
    behind = {"HOST": "127.0.0.1", "PORT": str(port), "CONN_MAX_AGE": 0}
    former = {name: connection.settings_dict[name] for name in behind}
    try:
        wait_for(port, process)
        connection.close()
        connections.settings["default"].update(behind)
        connection.settings_dict.update(behind)
        yield
    finally:
        connection.close()
        connections.settings["default"].update(former)
        connection.settings_dict.update(former)
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder)


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        if process.poll() is not None:
            assert process.stderr is not None
            pytest.fail(process.stderr.read().decode())
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.5)
    pytest.fail("PgBouncer does not answer")


def in_threads(work: Callable[[int], int]) -> int:
    """The sum of what the threads counted."""

    def one(number: int) -> int:
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(one, range(THREADS)))


@pytest.fixture
def two(acme: Organization, umbrella: Organization, alice: Membership, charlie: Membership) -> list[Organization]:
    for organization, owner in ((acme, alice), (umbrella, charlie)):
        with scope(organization):
            for _number in range(20):
                note(actor=Actor.of(owner), verb=f"tests.happened_at_{organization.slug}")
    return [acme, umbrella]


def test_scopes_of_two_organizations_share_sessions(two: list[Organization], pooler: None) -> None:
    def work(number: int) -> int:
        foreign = 0
        for turn in range(150):
            organization = two[(number + turn) % 2]
            with scope(organization), connection.cursor() as cursor:
                cursor.execute("SELECT organization_id FROM audit_auditentry")
                seen = [pk for (pk,) in cursor.fetchall()]
                assert len(seen) == 20
                foreign += sum(pk != organization.pk for pk in seen)
        return foreign

    assert in_threads(work) == 0


def test_interleaved_requests_of_two_organizations(
    two: list[Organization], alice: Membership, charlie: Membership, sign_in: SignIn, pooler: None
) -> None:
    def work(number: int) -> int:
        foreign = 0
        clients = [sign_in(alice), sign_in(charlie)]
        for turn in range(10):
            mine = (number + turn) % 2
            page = clients[mine].get(f"/o/{two[mine].slug}/studio/audit/").content.decode()
            assert f"Happened at {two[mine].slug}" in page
            foreign += page.count(f"Happened at {two[1 - mine].slug}")
        return foreign

    assert in_threads(work) == 0


def test_a_setting_of_the_whole_session_would_cross(two: list[Organization], pooler: None) -> None:
    """Why it is forbidden, and that these tests would notice: what one client sets is still set for the next."""
    acme, _umbrella = two
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.organization_id', %s, false)", [str(acme.pk)])

    def work(number: int) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(current_setting('app.organization_id', true), '')")
            return int(cursor.fetchone()[0] == str(acme.pk))

    assert in_threads(work) > 0


def test_nothing_is_left_when_a_scope_ends(two: list[Organization], pooler: None) -> None:
    def work(number: int) -> int:
        left = 0
        for _turn in range(50):
            with scope(two[number % 2]):
                AuditEntry.objects.count()
            with connection.cursor() as cursor:
                cursor.execute("SELECT coalesce(current_setting('app.organization_id', true), '')")
                left += cursor.fetchone()[0] != ""
        return left

    assert in_threads(work) == 0
