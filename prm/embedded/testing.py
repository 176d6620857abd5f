"""Servers for the test suite: a cluster of its own, quick rather than safe."""

import atexit
import os
from contextlib import ExitStack

from prm.embedded import servers
from prm.embedded.home import Home


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
    if os.environ.get("CANOPY_KEEP_TEST_SERVERS") == "1":
        values = servers.start(home, keep=True)
    else:
        use = ExitStack()
        values = use.enter_context(servers.used(home))
        atexit.register(_leave, use, os.getpid())
    return {
        **values,
        "CANOPY_EMBEDDED": "1",
        "CANOPY_TESTING": "1",
        "CANOPY_HOME": str(home.path),
        "CANOPY_TEST_SERVERS": str(home.path),
        "PUBLIC_BASE_URL": "http://localhost",
    }


def _leave(use: ExitStack, pid: int) -> None:
    """A forked child that ends says nothing about its parent."""
    if os.getpid() == pid:
        use.close()
