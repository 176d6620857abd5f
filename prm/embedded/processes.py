"""Ports, accounts and the life of processes on this machine."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prm.embedded.exceptions import EmbeddedError

# Above this the kernel hands ports to outgoing connections, so that a server's port may be taken at any moment.
HIGHEST_PORT = 32767


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """True when a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(wanted: int, host: str = "127.0.0.1") -> int:
    """The wanted port, or the next free one."""
    for port in range(wanted, min(wanted + 500, HIGHEST_PORT)):
        if port_is_free(port, host):
            return port
    raise EmbeddedError(f"No port is free between {wanted} and {min(wanted + 500, HIGHEST_PORT)} on {host}.")


@dataclass(frozen=True)
class Account:
    """The account of the operating system that a server runs under."""

    name: str
    uid: int
    gid: int

    @property
    def is_self(self) -> bool:
        return self.uid == os.geteuid()

    @property
    def popen_options(self) -> dict[str, Any]:
        """Arguments of subprocess that make a child run as this account."""
        return {} if self.is_self else {"user": self.uid, "group": self.gid, "extra_groups": []}

    def run(self, *command: str | Path) -> "subprocess.CompletedProcess[str]":
        """Runs a short command as this account, in a folder that every account may enter."""
        return subprocess.run(
            [str(part) for part in command],
            cwd="/",
            env=plain_environment(),
            capture_output=True,
            text=True,
            check=False,
            **self.popen_options,
        )

    def launch(self, *command: str | Path, log: Path, is_ready: Callable[[], bool], seconds: float) -> bool:
        """Starts a server that outlives this process; False, and nothing left, when it is not ready in time."""
        with open(log, "wb") as output:
            child = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=plain_environment(),
                start_new_session=True,
                **self.popen_options,
            )
        wait_until(lambda: child.poll() is not None or is_ready(), seconds)
        if child.poll() is None and is_ready():
            return True
        stop(child.pid, gently=signal.SIGTERM, seconds=5)
        return False

    def can_enter(self, folder: Path) -> bool:
        return self.run("/bin/sh", "-c", 'test -x "$1"', "sh", folder).returncode == 0


def plain_environment() -> dict[str, str]:
    """An environment without what a person may have set for other servers of the same kind."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def account_by_uid(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return Account(str(uid), uid, os.getegid() if uid == os.geteuid() else uid)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def unprivileged_account() -> Account:
    """The present account; for root, `canopy` (made when there is a useradd), else `nobody`."""
    if os.geteuid() != 0:
        return account_by_uid(os.geteuid())
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")
    if useradd and not _account_named("canopy"):
        options = ["--system", "--no-create-home", "--shell", "/usr/sbin/nologin"]
        subprocess.run([useradd, *options, "canopy"], capture_output=True, check=False)
    account = _account_named("canopy") or _account_named("nobody")
    if not account:
        raise EmbeddedError("Postgres refuses to run as root, and no other account (canopy, nobody) is there.")
    return account


def _account_named(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def is_alive(pid: int) -> bool:
    """True while the process runs; one that ended but was not yet collected by its parent does not count."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    if not is_listed(pid):
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return not Path("/proc/self").exists()


def is_listed(pid: int) -> bool:
    """True as well for a process that ended and was not yet collected by its parent: its number is still taken."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Asks until the condition holds; False when it did not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def stop(*pids: int, gently: signal.Signals, seconds: float = 30) -> None:
    """Ends processes, first gently, then by force."""
    for sent in (gently, signal.SIGKILL):
        left = [pid for pid in pids if is_alive(pid)]
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sent)
        if wait_until(lambda: not any(is_alive(pid) for pid in pids), seconds):
            return


def works_in(pid: int, folder: Path) -> bool:
    """True when this is the process's working folder: how a server is known again whatever its pid file says."""
    return _link(f"/proc/{pid}/cwd") == str(folder.resolve())


def working_in(folder: Path) -> list[int]:
    return [pid for pid in all_pids() if works_in(pid, folder)]


def carrying(variable: str, value: str) -> list[int]:
    """The processes, except this one, that were started with this variable in their environment."""
    entry = f"{variable}={value}".encode()
    return [pid for pid in all_pids() if pid != os.getpid() and entry in _environment(pid)]


def all_pids() -> Iterator[int]:
    folder = Path("/proc")
    if folder.is_dir():
        yield from (int(item.name) for item in folder.iterdir() if item.name.isdigit())


def _link(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""


def _environment(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []
