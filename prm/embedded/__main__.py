"""`python -m prm.embedded COMMAND`: Postgres, Valkey and all of Canopy on this machine."""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable

from prm.embedded import running, servers
from prm.embedded.addresses import web_addresses
from prm.embedded.exceptions import EmbeddedError
from prm.embedded.home import Home
from prm.embedded.testing import ensure_test_servers
from prm.embedded.watching import watch

WEB_PORT = 8000


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m prm.embedded", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("up", help="start Postgres and Valkey and leave them running")
    commands.add_parser("down", help="stop them, and whatever a killed run left behind")
    commands.add_parser("reset", help="delete all data; servers that were up are started again, empty")
    commands.add_parser("status", help="tell what runs and where")
    commands.add_parser("prepare", help="a part of run")
    for name, what in (("run", "start everything and stay until Ctrl-C"), ("watch", "a part of run")):
        run = commands.add_parser(name, help=what)
        run.add_argument("--host", default="127.0.0.1")
        run.add_argument("--port", type=int, default=WEB_PORT)
    for name, which in (("with-servers", "the servers"), ("with-test-servers", "the test servers")):
        within = commands.add_parser(name, help=f"run a command with {which} up")
        within.add_argument("program", nargs="+")
    options = parser.parse_args()
    try:
        return HANDLERS[options.command](Home.from_environment(), options)
    except EmbeddedError as error:
        print(f"\n{error}\n", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _up(home: Home, options: argparse.Namespace) -> int:
    servers.check_own_addresses()
    servers.start(home, keep=True)
    _write_addresses(home)
    return _status(home, options)


def _down(home: Home, _options: argparse.Namespace) -> int:
    running.end_leftovers(home)
    servers.stop(home)
    print("Stopped.")
    return 0


def _reset(home: Home, options: argparse.Namespace) -> int:
    was_kept = servers.is_kept(home)
    servers.reset(home)
    print(f"All data under {home.path} is gone.")
    return _up(home, options) if was_kept else 0


def _status(home: Home, _options: argparse.Namespace) -> int:
    for server in servers.own_servers(home):
        place = f"127.0.0.1:{server.settings.get('port')}, log {server.log}" if server.is_running() else "not running"
        print(f"{server.label:<9}{place}")
    print(f"Settings {home.env_file}")
    return 0


def _run(home: Home, options: argparse.Namespace) -> int:
    return running.run(home, host=options.host, port=options.port)


def _prepare(home: Home, _options: argparse.Namespace) -> int:
    from prm.embedded.preparing import prepare

    prepare(home)
    return 0


def _watch(home: Home, options: argparse.Namespace) -> int:
    watch(home, host=options.host, port=options.port)
    return 0


def _with_servers(home: Home, options: argparse.Namespace) -> int:
    servers.check_own_addresses()
    with servers.used(home):
        _write_addresses(home)
        return subprocess.call(options.program, env={**os.environ, "CANOPY_HOME": str(home.path)})


def _with_test_servers(_home: Home, options: argparse.Namespace) -> int:
    return subprocess.call(options.program, env={**os.environ, **ensure_test_servers()})


def _write_addresses(home: Home) -> None:
    """Where a run has said its address before, that one stays."""
    known = "PUBLIC_BASE_URL" in home.read_env()
    servers.write_environment(home, {} if known else web_addresses("127.0.0.1", WEB_PORT))


HANDLERS: dict[str, Callable[[Home, argparse.Namespace], int]] = {
    "up": _up,
    "down": _down,
    "run": _run,
    "reset": _reset,
    "status": _status,
    "prepare": _prepare,
    "watch": _watch,
    "with-servers": _with_servers,
    "with-test-servers": _with_test_servers,
}

if __name__ == "__main__":
    sys.exit(main())
