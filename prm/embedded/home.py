"""The folder of an embedded installation: what stands where, and the file that settings read."""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Home:
    """Where the data, logs and secrets of one installation are. `testing` trades crash safety for speed."""

    path: Path
    testing: bool = False

    @classmethod
    def from_environment(cls) -> "Home":
        """CANOPY_HOME, or `.canopy` in the checkout."""
        return cls(Path(os.environ.get("CANOPY_HOME") or CHECKOUT / ".canopy").resolve())

    @property
    def test_home(self) -> "Home":
        """A home of the tests' own beside this one's data, so that a test can never touch it."""
        return Home(self.path / "test", testing=True)

    @property
    def env_file(self) -> Path:
        return self.path / "env"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def digest(self) -> str:
        """A short name for this folder, the same at every start."""
        return hashlib.sha256(os.fsencode(self.path)).hexdigest()[:12]

    def prepare(self) -> None:
        """Makes the folder. Others may pass through it (Postgres may run under another account) but not list it."""
        self.path.mkdir(parents=True, exist_ok=True)
        if self.path.stat().st_uid == os.geteuid():
            self.path.chmod(0o711)
        self.logs.mkdir(mode=0o700, exist_ok=True)

    @contextmanager
    def locked(self, name: str = "servers") -> Iterator[None]:
        """Waits until no other process holds the lock of this name."""
        self.prepare()
        with open(self.path / f"{name}.lock", "w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def state(self) -> dict[str, Any]:
        """What earlier starts chose: ports, passwords, folders."""
        try:
            loaded: dict[str, Any] = json.loads((self.path / "servers.json").read_text())
        except FileNotFoundError:
            return {}
        return loaded

    def remember(self, **changes: Any) -> None:
        write_private(self.path / "servers.json", json.dumps({**self.state(), **changes}, indent=1))

    def write_env(self, values: dict[str, str]) -> None:
        """The environment that settings read in the embedded set-up."""
        lines = ["# Written at each start by prm.embedded; only this account may read it."]
        lines += [f"{key}={value}" for key, value in values.items()]
        write_private(self.env_file, "\n".join(lines) + "\n")

    def read_env(self) -> dict[str, str]:
        try:
            text = self.env_file.read_text()
        except FileNotFoundError:
            return {}
        return dict(line.split("=", 1) for line in text.splitlines() if line and not line.startswith("#"))


def write_private(path: Path, text: str) -> None:
    """Replaces a file at once, readable by its owner alone."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        handle.write(text)
    draft.replace(path)
