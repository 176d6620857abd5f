"""What a strict checker (libical) finds wrong with calendar files; see `bin/itip`."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings


def complaints(folder: Path, files: Iterable[bytes]) -> str:
    """Empty when every file is what RFC 5545 and RFC 5546 ask for. Fails where there is no checker."""
    paths = []
    for number, content in enumerate(files):
        path = folder / f"{number}.ics"
        path.write_bytes(content)
        paths.append(str(path))
    assert paths
    checker = Path(settings.BASE_DIR) / "bin" / "itip"
    done = subprocess.run([checker, *paths], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode in (0, 1), f"{done.returncode}: {done.stderr}"
    return done.stdout
