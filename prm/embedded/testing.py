"""Servers for the test suite: a cluster of its own, quick rather than safe."""

import atexit
import fcntl
import os
from typing import IO

from prm.embedded import servers
from prm.embedded.home import Home

_held: list[IO[str]] = []


def ensure_test_servers() -> dict[str, str]:
    """Starts or reuses the test servers and returns the environment that leads to them.

    Call it before settings are loaded and put the result into `os.environ`; pytest-xdist's workers then find it there
    and start nothing. DATABASE_URL and REDIS_URL of your own are left as they are. The last process that uses the
    servers stops them at its end, unless CANOPY_KEEP_TEST_SERVERS=1.
    """
    if ready := os.environ.get("CANOPY_TEST_SERVERS"):
        return {"CANOPY_TEST_SERVERS": ready}
    servers.check_own_addresses()
    home = Home.from_environment().test_home
    home.prepare()
    users = open(home.path / "users.lock", "w")  # noqa: SIM115  (held until this process ends)
    fcntl.flock(users, fcntl.LOCK_SH)
    _held.append(users)
    values = servers.start(home, keep=False)
    atexit.register(_leave, home, users, os.getpid())
    return {
        **values,
        "CANOPY_EMBEDDED": "1",
        "CANOPY_TESTING": "1",
        "CANOPY_HOME": str(home.path),
        "CANOPY_TEST_SERVERS": str(home.path),
        "PUBLIC_BASE_URL": "http://localhost",
    }


def _leave(home: Home, users: IO[str], pid: int) -> None:
    """Stops the servers when nobody else holds them; a forked child that ends says nothing about its parent."""
    if os.getpid() != pid or os.environ.get("CANOPY_KEEP_TEST_SERVERS") == "1":
        return
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    servers.stop(home)
