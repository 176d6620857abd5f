"""What an application needs before it starts: tables, demo, static files. In one process, since each start costs."""

import hashlib
import os
from pathlib import Path

import django
from django.core.management import call_command

from prm.embedded.home import CHECKOUT, Home


def prepare(home: Home) -> None:
    """Migrates, loads the demo where there is none, and builds static files where something changed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prm.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("demo", once=True)
    stamp = home.path / "static.stamp"
    digest = static_digest()
    if not (home.path / "static" / "staticfiles.json").exists() or not _holds(stamp, digest):
        print("Building static files …", flush=True)
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(digest)


def static_digest() -> str:
    """Changes when a static file or an installed package changes: collecting takes longer than all other steps."""
    digest = hashlib.sha256((CHECKOUT / "requirements.lock").read_bytes())
    for path in sorted(path for path in (CHECKOUT / "static").rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(CHECKOUT)).encode() + path.read_bytes())
    return digest.hexdigest()


def _holds(stamp: Path, digest: str) -> bool:
    return stamp.exists() and stamp.read_text() == digest
