"""Real workers and schedulers as processes of their own, a real mail server, and the means to hurt them."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil
import redis
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import connection

CHECKOUT = Path(__file__).resolve().parent.parent.parent
QUEUES = "interactive,messages,planning"
LEASE_SECONDS = 6
# Beside the database 0 that everything else in the tests uses.
REDIS_DATABASE = "9"


class Sink:
    """A mail server that remembers the Message-ID of every mail it took."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._controller: Controller | None = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        self.taken[str(message_from_bytes(content)["Message-ID"])] += 1
        return "250 taken"

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None


class Rig:
    """Starts, kills and restarts the processes. Only what it started itself is ever hurt."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.sink = Sink()
        self.kills = 0
        self.random = random.Random(seed)
        self._folder = folder
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._commands: dict[str, tuple[str, ...]] = {}
        self._environment = self._made_environment()

    def _made_environment(self) -> dict[str, str]:
        database = connection.settings_dict
        login = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
        return {
            **os.environ,
            "CANOPY_TESTING": "0",
            "CANOPY_EMBEDDED": "1",
            "CANOPY_HOME": str(self._folder),
            "SECRET_KEY": settings.SECRET_KEY,
            "DATABASE_URL": f"postgres://{login}/{database['NAME']}",
            "REDIS_URL": self.redis_url,
            "PUBLIC_BASE_URL": settings.PUBLIC_BASE_URL,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.sink.port}",
            "OUTBOX_LEASE_SECONDS": str(LEASE_SECONDS),
            "LOG_LEVEL": "ERROR",
        }

    @property
    def redis_url(self) -> str:
        return urlunsplit(urlsplit(settings.REDIS_URL)._replace(path=f"/{REDIS_DATABASE}"))

    def start(self, workers: int, schedulers: int) -> None:
        self.flush_broker()
        self.sink.start()
        for number in range(workers):
            self._start(f"worker{number}", "worker", "--queues", QUEUES, "--concurrency", "2", "-n", f"w{number}@%h")
        for number in range(schedulers):
            schedule = str(self._folder / f"schedule{number}")
            self._start(f"beat{number}", "beat", "--pidfile=", "--schedule", schedule)

    def _start(self, name: str, *command: str) -> None:
        calm = ["-W", "ignore:You're running the worker with superuser privileges"]
        celery = [sys.executable, *calm, "-m", "celery", "--app", "tests.chaos.worker", "--quiet", *command]
        log = (self._folder / f"{name}.log").open("ab")
        self._processes[name] = subprocess.Popen(
            [*celery, "--loglevel", "ERROR"],
            cwd=CHECKOUT,
            env=self._environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        self._commands[name] = command

    def stop(self) -> None:
        for process in self._processes.values():
            self._kill_group(process)
        self.sink.stop()

    def kill_children(self) -> int:
        """SIGKILL to one pool process, in whatever it does; its parent starts another. Returns how many died."""
        worker = self.random.choice([process for name, process in self._processes.items() if name.startswith("w")])
        try:
            children = psutil.Process(worker.pid).children()
            victim = self.random.choice(children)
            victim.send_signal(signal.SIGKILL)
        except (psutil.NoSuchProcess, IndexError):
            return 0
        self.kills += 1
        return 1

    def kill_whole(self, name: str) -> None:
        """SIGKILL to a worker or scheduler with all its processes, and a new one in its place."""
        self._kill_group(self._processes[name])
        self.kills += 1
        self._start(name, *self._commands[name])

    @staticmethod
    def _kill_group(process: subprocess.Popen[bytes]) -> None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def flush_broker(self) -> None:
        """Everything that Celery knew is gone."""
        with redis.Redis.from_url(self.redis_url) as client:
            client.flushdb()

    def logs(self) -> str:
        return "\n".join(path.read_text(errors="replace")[-3000:] for path in sorted(self._folder.glob("*.log")))


@contextmanager
def running(rig: Rig, *, workers: int, schedulers: int) -> Iterator[Rig]:
    rig.start(workers, schedulers)
    try:
        yield rig
    finally:
        rig.stop()


def wait_until(true: Callable[[], bool], seconds: float) -> float:
    """Seconds until `true()`; raises TimeoutError when they were not enough."""
    began = time.monotonic()
    while not true():
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"not within {seconds} seconds")
        time.sleep(0.5)
    return time.monotonic() - began
