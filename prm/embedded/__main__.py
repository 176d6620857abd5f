"""`python -m prm.embedded up|down|run|reset|status`."""

import argparse
import os
import sys

from prm.embedded import servers
from prm.embedded.exceptions import EmbeddedError
from prm.embedded.home import Home


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m prm.embedded", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="start Postgres and Valkey and leave them running")
    commands.add_parser("down", help="stop them, and whatever a killed `run` left behind")
    commands.add_parser("reset", help="stop them and delete all data")
    commands.add_parser("status", help="tell what runs and where")
    run = commands.add_parser("run", help="start everything and stay until Ctrl-C")
    run.add_argument("--host", default=os.environ.get("HOST") or "127.0.0.1")
    run.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
    options = parser.parse_args()
    home = Home.from_environment()
    try:
        return HANDLERS[options.command](home, options)
    except EmbeddedError as error:
        print(f"\n{error}\n", file=sys.stderr)
        return 1


def up(home: Home, _options: argparse.Namespace) -> int:
    servers.check_own_addresses()
    servers.start(home, keep=True)
    servers.write_environment(home, {} if "PUBLIC_BASE_URL" in home.read_env() else local_addresses(8000))
    return status(home, _options)


def local_addresses(port: int) -> dict[str, str]:
    return {
        "PUBLIC_BASE_URL": f"http://localhost:{port}",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "CSRF_TRUSTED_ORIGINS": f"http://localhost:{port},http://127.0.0.1:{port}",
    }


def down(home: Home, _options: argparse.Namespace) -> int:
    servers.stop(home)
    print("Stopped.")
    return 0


def reset(home: Home, _options: argparse.Namespace) -> int:
    kept = servers.is_kept(home)
    servers.reset(home)
    print(f"All data under {home.path} is gone.")
    return up(home, _options) if kept else 0


def status(home: Home, _options: argparse.Namespace) -> int:
    for server in servers.own_servers(home):
        place = f"127.0.0.1:{server.settings.get('port')}, log {server.log}" if server.is_running() else "not running"
        print(f"{server.label:<9}{place}")
    print(f"Settings {home.env_file}")
    return 0


HANDLERS = {"up": up, "down": down, "reset": reset, "status": status}

if __name__ == "__main__":
    sys.exit(main())
