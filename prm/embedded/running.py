"""`make run`: everything on one machine, from an empty folder to an address to open, until Ctrl-C."""

import fcntl
import os
import signal
import subprocess
import sys
from types import FrameType
from typing import IO

from prm.embedded import processes, servers
from prm.embedded.addresses import web_addresses
from prm.embedded.exceptions import EmbeddedError
from prm.embedded.home import CHECKOUT, Home
from prm.embedded.supervisor import supervise

# Marks every process of a run, so that the next one finds what a killed one left behind.
RUN_MARK = "CANOPY_RUN"


def run(home: Home, *, host: str, port: int) -> int:
    """Starts everything and stays; returns the code to exit with. Nothing that it started is left running."""
    servers.check_own_addresses()
    home.prepare()
    with open(home.path / "run.lock", "a+") as lock:
        _claim(home, lock)
        for terminal_signal in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(terminal_signal, _leave)
        end_leftovers(home)
        try:
            with servers.used(home):
                return _run_alone(home, host, port)
        except KeyboardInterrupt:
            return 130
        finally:
            print("Stopped.", flush=True)


def _claim(home: Home, lock: IO[str]) -> None:
    """One run for each home. Children of a killed run still hold its lock: they are ended first."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        runner = int(lock.read() or 0)
        if runner and processes.is_alive(runner):
            address = home.read_env().get("PUBLIC_BASE_URL", "")
            raise EmbeddedError(f"Canopy already runs from {home.path}: {address}") from None
        end_leftovers(home)
        fcntl.flock(lock, fcntl.LOCK_EX)
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()


def _run_alone(home: Home, host: str, port: int) -> int:
    free = processes.free_port(port, host)
    if free != port:
        print(f"Port {port} is taken: the web server listens on {free}.", flush=True)
    servers.write_environment(home, web_addresses(host, free))
    environment = {**os.environ, "CANOPY_EMBEDDED": "1", "CANOPY_HOME": str(home.path), RUN_MARK: str(home.path)}
    try:
        _prepare_application(environment)
        return supervise(home, environment, host=host, port=free)
    finally:
        for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(ignored, signal.SIG_IGN)
        end_leftovers(home)


def end_leftovers(home: Home) -> None:
    """Ends what a run that was killed left behind."""
    processes.stop(*processes.carrying(RUN_MARK, str(home.path)), gently=signal.SIGTERM, seconds=15)


def _prepare_application(environment: dict[str, str]) -> None:
    code = subprocess.call([sys.executable, "-m", "prm.embedded", "prepare"], cwd=CHECKOUT, env=environment)
    if code < 0 or code == 130:
        raise KeyboardInterrupt
    if code:
        raise EmbeddedError("The application could not be prepared; the lines above tell why.")


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
