"""`make run` as its users have it: the real command in a folder of its own, visitors, and servers that go away."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import requests

from prm.embedded import processes, servers
from prm.embedded.home import Home
from prm.embedded.postgres import Postgres
from prm.embedded.valkey import Valkey
from tests.chaos.rig import CHECKOUT, wait_until

OWN = ("DATABASE_URL", "DATABASE_MIGRATE_URL", "DATABASE_BACKUP_URL", "REDIS_URL", "CACHE_URL", "CANOPY_TEST_SERVERS")
# A site makes its tables and loads the demo when it starts for the first time: minutes, on a slow machine.
SECONDS_TO_START = 540


class Visitor:
    """A browser without JavaScript: keeps cookies, sends forms with their token, follows no redirect by itself."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.session = requests.Session()

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.address + path, timeout=30, allow_redirects=False)

    def post(self, path: str, data: dict[str, Any], *, form_at: str) -> requests.Response:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(form_at).text)
        assert token is not None, f"no form at {form_at}"
        sent = {**data, "csrfmiddlewaretoken": token[1]}
        return self.session.post(self.address + path, sent, timeout=30, allow_redirects=False)


class Site:
    """The whole of Canopy, run by its supervisor; only the processes of this very site are ever touched."""

    def __init__(self, folder: Path, mail_port: int) -> None:
        self.home = Home(folder)
        self.port = processes.free_port(26000)
        self.address = f"http://localhost:{self.port}"
        self.log = folder.with_suffix(".log")
        self._mail_port = mail_port
        self._process: subprocess.Popen[bytes] | None = None

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in OWN}
        return {
            **kept,
            "CANOPY_TESTING": "0",
            "CANOPY_EMBEDDED": "1",
            "CANOPY_HOME": str(self.home.path),
            "PUBLIC_BASE_URL": self.address,
            "EMAIL_URL": f"smtp://127.0.0.1:{self._mail_port}",
            "OUTBOX_LEASE_SECONDS": "10",
            "LOG_LEVEL": "WARNING",
        }

    def start(self) -> None:
        command = [sys.executable, "-m", "prm.embedded", "run", "--port", str(self.port)]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command, cwd=CHECKOUT, env=self.environment(), stdout=log, stderr=log, start_new_session=True
            )
        wait_until(self._is_up, SECONDS_TO_START)

    def _is_up(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text()
        return "Canopy is ready" in self.log.read_text() and self.readiness()[0]

    def stop(self) -> int:
        """As Ctrl-C does; the code that the command ended with."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(60)

    def destroy(self) -> None:
        if self._process is not None and self._process.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                self.stop()
        servers.reset(self.home)

    def part(self, words: str) -> psutil.Process:
        """The main process of a part, by words of its command."""
        assert self._process is not None
        for child in psutil.Process(self._process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if words in " ".join(child.cmdline()):
                    return child
        raise LookupError(words)

    def manage(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=CHECKOUT,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )

    # ── What a visitor sees ─────────────────────────────────────────────────────────────────────────────────────────
    def readiness(self) -> tuple[bool, dict[str, dict[str, Any]]]:
        answer = requests.get(f"{self.address}/readyz", timeout=20)
        return answer.status_code == 200, answer.json()["parts"]

    def signed_in(self, key: str) -> Visitor:
        visitor = Visitor(self.address)
        assert visitor.post("/dev/sign-in/", {"person": key}, form_at="/").status_code == 303
        return visitor

    def person(self, key: str) -> dict[str, str]:
        people = json.loads((self.home.path / "demo.json").read_text())["people"]
        return next(person for person in people if person["key"] == key)

    # ── What hurts ──────────────────────────────────────────────────────────────────────────────────────────────────
    def hold(self, server: type[Postgres] | type[Valkey]) -> "Outage":
        """A server is away for as long as the block lasts; whoever would bring it back sleeps meanwhile."""
        return Outage(self, server(self.home))


class Outage:
    def __init__(self, site: Site, server: Postgres | Valkey) -> None:
        self._watcher = site.part("prm.embedded watch")
        self._server = server

    def __enter__(self) -> None:
        self._watcher.suspend()
        self._server.stop()

    def __exit__(self, *_: object) -> None:
        self._watcher.resume()
        wait_until(self._server.is_running, 60)


class Load:
    """Requests of one visitor at a steady pace, in a thread of its own: the statuses and the longest wait."""

    def __init__(self, visitor: Visitor, path: str, per_second: float) -> None:
        self.statuses: list[int] = []
        self.longest = 0.0
        self._visitor, self._path, self._pause = visitor, path, 1 / per_second
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while not self._end.wait(self._pause):
            began = time.monotonic()
            try:
                self.statuses.append(self._visitor.get(self._path).status_code)
            except requests.ConnectionError:
                self.statuses.append(0)
            self.longest = max(self.longest, time.monotonic() - began)

    def __enter__(self) -> "Load":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join(60)
