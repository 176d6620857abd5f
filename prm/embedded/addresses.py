"""Where browsers reach this machine."""

import os
import socket

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
EVERYWHERE = {"0.0.0.0", "::"}  # nosec B104: compared with, and bound to only when asked for


def web_addresses(host: str, port: int) -> dict[str, str]:
    """PUBLIC_BASE_URL and what goes with it; a PUBLIC_BASE_URL in the environment wins.

    A server that listens everywhere is announced by its address in the local network, so that links in mails and the
    printed address work on a phone beside it.
    """
    name = "localhost" if host in LOOPBACK else lan_address() if host in EVERYWHERE else host
    names = list(dict.fromkeys([name, "localhost", "127.0.0.1"]))
    return {
        "PUBLIC_BASE_URL": os.environ.get("PUBLIC_BASE_URL") or f"http://{name}:{port}",
        "ALLOWED_HOSTS": ",".join(names),
        "CSRF_TRUSTED_ORIGINS": ",".join(f"http://{each}:{port}" for each in names),
    }


def lan_address() -> str:
    """The address of the interface that leads out of this machine. Nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"
