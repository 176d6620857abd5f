"""Beside the running parts: says when the site answers, and brings back an embedded server that died."""

import http.client
import json
import time
from typing import Any

from prm.embedded import servers
from prm.embedded.addresses import EVERYWHERE, LOOPBACK
from prm.embedded.exceptions import EmbeddedError
from prm.embedded.home import Home

SECONDS_BETWEEN_LOOKS = 2
PATIENCE = 120


def watch(home: Home, *, host: str, port: int) -> None:
    """Runs until it is stopped; raises EmbeddedError when the site does not come up or a server cannot be restarted."""
    _wait_for_site("127.0.0.1" if host in LOOPBACK | EVERYWHERE else host, port)
    for line in welcome(home):
        print(line, flush=True)
    while True:
        time.sleep(SECONDS_BETWEEN_LOOKS)
        for server in servers.own_servers(home):
            if not server.is_running():
                print(f"{server.label} ended; starting it again.", flush=True)
                servers.start(home, keep=servers.is_kept(home))


def welcome(home: Home) -> list[str]:
    """What a person should read once all is up."""
    lines = ["", f"Canopy is ready: {home.read_env().get('PUBLIC_BASE_URL', '')}", ""]
    people = demo_people(home)
    if people:
        lines.append("Sign in as one of the demo people, or press a button on the first page:")
        width = max(len(str(person.get("email", ""))) for person in people)
        for person in people:
            place = ", ".join(str(person[key]) for key in ("role", "partner", "organization") if person.get(key))
            lines.append(f"  {person.get('email', ''):<{width}}  {person.get('password', '')}  {place}")
        lines.append("")
    return [*lines, "Ctrl-C stops everything; the data stays.", ""]


def demo_people(home: Home) -> list[dict[str, Any]]:
    """The people that `manage.py demo` wrote down; none when there is no demo."""
    try:
        people: list[dict[str, Any]] = json.loads((home.path / "demo.json").read_text())["people"]
    except (FileNotFoundError, KeyError, ValueError):
        return []
    return people


def _wait_for_site(host: str, port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection(host, port, timeout=10)
        try:
            connection.request("GET", "/healthz", headers={"Host": "localhost"})
            if connection.getresponse().status < 500:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.3)
    raise EmbeddedError(f"The site did not answer on {host}:{port} within {PATIENCE} seconds.")
