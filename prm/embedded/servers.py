"""The embedded servers together: start, stop, and the environment that leads to them."""

import fcntl
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from prm.embedded import postgres, valkey
from prm.embedded.exceptions import EmbeddedError
from prm.embedded.home import Home
from prm.embedded.postgres import Postgres
from prm.embedded.valkey import Valkey
from prm.tenancy.roles import APP, BACKUP, MIGRATE

Say = Callable[[str], None]


def own_servers(home: Home) -> list[Postgres | Valkey]:
    """The servers that Canopy runs itself: those that the environment does not name."""
    servers: list[Postgres | Valkey] = []
    if not os.environ.get("DATABASE_URL"):
        servers.append(Postgres(home))
    if not os.environ.get("REDIS_URL"):
        servers.append(Valkey(home))
    return servers


def start(home: Home, *, keep: bool, say: Say = print) -> dict[str, str]:
    """Starts what is not running and returns the environment for it; with `keep` only `down` stops it again."""
    with home.locked():
        for server in own_servers(home):
            was_running = server.is_running()
            server.start()
            if not was_running:
                _say_other_port(server, home, say)
        if keep:
            home.remember(kept=True)
        return environment(home)


@contextmanager
def used(home: Home, *, say: Say = print) -> Iterator[dict[str, str]]:
    """Servers for as long as the block lasts; the last of several users stops them, unless `up` started them."""
    home.prepare()
    with open(home.path / "users.lock", "w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield start(home, keep=False, say=say)
        finally:
            if not is_kept(home) and _is_last(users):
                stop(home)


def _is_last(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def stop(home: Home) -> None:
    """Stops every embedded server of this home, whoever started it."""
    if not home.path.exists():
        return
    with home.locked():
        for server in (Valkey(home), Postgres(home)):
            server.stop()
        home.remember(kept=False)


def is_kept(home: Home) -> bool:
    """True when somebody asked for servers that outlive the present command."""
    return bool(home.state().get("kept"))


def environment(home: Home) -> dict[str, str]:
    """The variables that settings need to reach the servers; the user's own addresses are left out."""
    secret = home.state().get("secret_key") or secrets.token_urlsafe(50)
    home.remember(secret_key=secret)
    values = {"SECRET_KEY": str(secret)}
    for server in own_servers(home):
        if isinstance(server, Postgres):
            values["DATABASE_URL"] = server.url(APP)
            values["DATABASE_MIGRATE_URL"] = server.url(MIGRATE)
            values["DATABASE_BACKUP_URL"] = server.url(BACKUP)
        else:
            values["REDIS_URL"] = server.url
    return values


def write_environment(home: Home, addresses: dict[str, str]) -> None:
    """Writes `<CANOPY_HOME>/env`; addresses given now win over those of an earlier start."""
    before = {key: value for key, value in home.read_env().items() if key in WEB_VARIABLES}
    home.write_env({**environment(home), **before, **addresses})


WEB_VARIABLES = ("PUBLIC_BASE_URL", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS")


def reset(home: Home) -> None:
    """Stops the servers and forgets all data, files and mails; ports and secrets stay as they are."""
    stop(home)
    shutil.rmtree(home.state().get("postgres", {}).get("folder", home.path / "postgres"), ignore_errors=True)
    for name in ("valkey", "files", "mail"):
        shutil.rmtree(home.path / name, ignore_errors=True)
    for leftover in (home.path / "demo.json", *home.path.glob("celerybeat-schedule*")):
        leftover.unlink(missing_ok=True)


def _say_other_port(server: Postgres | Valkey, home: Home, say: Say) -> None:
    module = postgres if isinstance(server, Postgres) else valkey
    usual = module.TEST_PORT if home.testing else module.DEFAULT_PORT
    port = server.settings["port"]
    if port != usual:
        say(f"Port {usual} is taken: {server.label} listens on {port}.")


def check_own_addresses() -> None:
    """Refuses a half-named database: without the migration role nothing could be set up."""
    if os.environ.get("DATABASE_URL") and not os.environ.get("DATABASE_MIGRATE_URL"):
        raise EmbeddedError("DATABASE_URL is set, so DATABASE_MIGRATE_URL is needed too (docs/operators/configure.md).")
