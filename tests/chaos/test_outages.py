"""A whole site, as `make run` starts it, whose Valkey and Postgres go away and come back, under visitors."""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from prm.embedded import processes
from prm.embedded.postgres import Postgres
from prm.embedded.valkey import Valkey
from tests.chaos.rig import Sink, wait_until
from tests.chaos.site import Load, Site, Visitor

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

STUDIO = "/o/stratus/studio/"
PAGES = (STUDIO, f"{STUDIO}partners/", f"{STUDIO}cohorts/", f"{STUDIO}messages/", "/")


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    sink = Sink()
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture(scope="module")
def site(sink: Sink) -> Iterator[Site]:
    top = Path(tempfile.mkdtemp(prefix="canopy-outage-"))
    top.chmod(0o755)
    site = Site(top / "home", sink.port)
    try:
        site.start()
        yield site
    finally:
        site.destroy()


@pytest.fixture(scope="module")
def alice(site: Site) -> Visitor:
    return site.signed_in("alice")


def send_test_mail(visitor: Visitor, organization: str = "stratus") -> None:
    """There is at most one for each person and minute."""
    page = f"/o/{organization}/studio/settings/mail/"
    assert visitor.post(f"{page}test/", {}, form_at=page).status_code == 303


def _arrives(sink: Sink, visitor: Visitor) -> bool:
    send_test_mail(visitor)
    return len(sink.taken) > 2


def is_ready(site: Site) -> bool:
    return site.readiness()[0]


def test_without_valkey_pages_answer_sign_in_is_refused_and_mail_waits(site: Site, sink: Sink, alice: Visitor) -> None:
    grace, stranger = site.signed_in("grace"), Visitor(site.address)
    assert not sink.taken
    with site.hold(Valkey):
        ready, parts = site.readiness()
        assert not ready
        assert {name: part["ok"] for name, part in parts.items() if name in {"database", "broker"}} == {
            "database": True,
            "broker": False,
        }
        assert [alice.get(page).status_code for page in PAGES] == [200] * len(PAGES)
        send_test_mail(alice)
        send_test_mail(grace, "ferrum")
        person = site.person("bob")
        sent = {"login": person["email"], "password": person["password"]}
        refused = stranger.post("/accounts/login/", sent, form_at="/accounts/login/")
        assert (refused.status_code, "Retry-After" in refused.headers) == (429, True)
        assert not sink.taken
    wait_until(lambda: len(sink.taken) == 2, 60)
    wait_until(lambda: is_ready(site), 90)
    assert stranger.post("/accounts/login/", sent, form_at="/accounts/login/").status_code == 302
    time.sleep(12)  # longer than a lease: what was sent is not sent again
    assert list(sink.taken.values()) == [1, 1]


def test_after_a_restart_of_postgres_no_request_fails(site: Site, sink: Sink, alice: Visitor) -> None:
    # So many that each process and thread of the web server holds a connection that will be cut.
    for page in PAGES * 4:
        assert alice.get(page).status_code == 200
    with site.hold(Postgres):
        ready, parts = site.readiness()
        assert not ready
        assert not parts["database"]["ok"]
        assert parts["broker"]["ok"]
        assert Visitor(site.address).get("/healthz").status_code == 200
        broken = alice.get(f"{STUDIO}partners/")
        assert (broken.status_code, "Something broke on our side" in broken.text) == (500, True)
    assert [alice.get(page).status_code for page in PAGES * 4] == [200] * len(PAGES) * 4
    wait_until(lambda: _arrives(sink, alice), 90)
    wait_until(lambda: is_ready(site), 90)


def test_killed_servers_are_brought_back(site: Site, alice: Visitor) -> None:
    for server in (Postgres(site.home), Valkey(site.home)):
        kill_and_await(server)
    wait_until(lambda: is_ready(site), 90)
    assert [alice.get(page).status_code for page in PAGES] == [200] * len(PAGES)


def kill_and_await(server: Postgres | Valkey) -> None:
    killed = pids_of(server)
    assert killed
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: server.is_running() and pids_of(server) != killed, 60)


def pids_of(server: Postgres | Valkey) -> list[int]:
    if isinstance(server, Valkey):
        return processes.working_in(server.folder)
    return [int((server.data / "postmaster.pid").read_text().split("\n")[0])]


def test_migrating_and_restarting_the_web_processes_fails_no_request(site: Site, alice: Visitor) -> None:
    with Load(alice, f"{STUDIO}partners/", per_second=5) as calm:
        time.sleep(3)
    with Load(alice, f"{STUDIO}partners/", per_second=5) as load:
        migrated = site.manage("migrate", "--verbosity", "0")
        assert migrated.returncode == 0, migrated.stderr
        site.part("gunicorn prm.wsgi").send_signal(signal.SIGHUP)
        time.sleep(8)
    assert len(load.statuses) > 20
    assert set(load.statuses) == {200}
    # On a machine that others use as well, even a calm page may take a second.
    assert load.longest < max(3, 6 * calm.longest)


def test_everything_ends_with_ctrl_c(site: Site) -> None:
    assert site.stop() in {0, 130}
    assert not Postgres(site.home).is_running()
    assert not Valkey(site.home).is_running()
