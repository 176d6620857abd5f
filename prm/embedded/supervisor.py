"""Web, worker and scheduler as one foreground command with prefixed lines."""

import os
import shlex
import signal
import sys
from pathlib import Path

import honcho.manager

from prm.embedded.home import CHECKOUT, Home

# Where gunicorn keeps its heartbeats: a folder on a disk may stall them.
SHARED_MEMORY = Path("/dev/shm")  # nosec B108: gunicorn makes its files there itself, unlinked at once
QUEUES = "interactive,messages,planning,analytics"
# A task of ordinary length ends by itself in this time; a longer one is taken up again by the next start.
SECONDS_TO_STOP = 15
STOPPED_BY_HAND = {128 + signal.SIGINT, 128 + signal.SIGTERM}


class Signals:
    """Ends a program by a signal to its main process, which knows how to end its children; by force, all of them."""

    def terminate(self, pid: int) -> None:
        try:
            os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:
            return

    def kill(self, pid: int) -> None:
        try:
            os.killpg(pid, signal.SIGKILL)
        except ProcessLookupError:
            return


def supervise(home: Home, environment: dict[str, str], *, host: str, port: int) -> int:
    """Runs all parts until a signal, which is 0, or until one of them ends: then all are stopped and it is named."""
    honcho.manager.KILL_WAIT = SECONDS_TO_STOP
    manager = honcho.manager.Manager()
    manager._procmgr = Signals()
    environment = {**environment, "PYTHONUNBUFFERED": "1"}
    for name, command in commands(host, port).items():
        manager.add_process(name, "exec " + shlex.join(command), env=environment, cwd=str(CHECKOUT))
    signal.signal(signal.SIGHUP, lambda _number, _frame: os.kill(os.getpid(), signal.SIGTERM))
    manager.loop()
    code = int(manager.returncode or 0)
    if code in STOPPED_BY_HAND:
        return 0
    print(f"\nOne part ended by itself (code {code}), so all were stopped; its last lines stand above.", flush=True)
    return code or 1


def commands(host: str, port: int) -> dict[str, list[str]]:
    """Name → command of each part."""
    # As root on one's own machine, Celery's warning about root tells nothing new.
    calm = ["-W", "ignore:You're running the worker with superuser privileges"]
    celery = [sys.executable, *calm, "-m", "celery", "--app", "prm.celery", "--quiet"]
    gunicorn = [sys.executable, "-m", "gunicorn", "prm.wsgi", "--no-control-socket", "--preload"]
    if SHARED_MEMORY.is_dir():
        gunicorn += ["--worker-tmp-dir", str(SHARED_MEMORY)]
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    threads = ["--worker-class", "gthread", "--workers", "2", "--threads", "4"]
    return {
        "web": [*gunicorn, *threads, "--bind", bind, "--log-level", "warning"],
        "worker": [*celery, "worker", "--queues", QUEUES, "--concurrency", "2", "--loglevel", "WARNING"],
        "beat": [*celery, "beat", "--pidfile=", "--loglevel", "WARNING"],
        "canopy": [sys.executable, "-m", "prm.embedded", "watch", "--host", host, "--port", str(port)],
    }
