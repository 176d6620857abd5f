"""Measuring one page or action in this process: time, processor time, queries, bytes, and its ratio to the
yardstick.
"""

import gc
import io
import socket
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import override_settings

DEFAULT_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


@dataclass
class Figure:
    """One row of the table. Times in milliseconds, `ratio` to the yardstick's p50 of the same run, `rate` in rows/s."""

    name: str
    p50_ms: float = 0.0
    p95_ms: float = 0.0
    cpu_ms: float = 0.0
    queries: int = 0
    bytes: int = 0
    ratio: float = 0.0
    rate: float = 0.0
    target: str = ""
    ok: bool = True

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Browser:
    """Calls the WSGI application as a server would, with the cookies of one signed-in person."""

    def __init__(self, handler: Callable[..., Any], cookie: str = "") -> None:
        self.handler = handler
        self.cookie = cookie

    def get(self, path: str) -> tuple[int, bytes]:
        path_info, _, query = path.partition("?")
        status: list[str] = []
        environ = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": path_info,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost",
            "HTTP_COOKIE": self.cookie,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }

        def start(line: str, headers: Any, problem: Any = None) -> Any:
            status.append(line)

        response = self.handler(environ, start)
        body = b"".join(response)
        close = getattr(response, "close", None)
        if close:
            close()
        return int(status[0].split(" ")[0]), body


def count_queries(call: Callable[[], Any]) -> int:
    """Statements other than BEGIN, COMMIT and savepoints, which Django's wrapper does not show."""
    seen = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal seen
        seen += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        call()
    return seen


def measure(name: str, call: Callable[[], tuple[int, bytes]], rounds: int = 40) -> Figure:
    """Run a page `rounds` times after a warm-up; anything but 200 stops the run, since its speed would mean nothing."""
    status, _body = call()
    if status != 200:
        raise SystemExit(f"{name} answers {status}")
    return measure_call(name, call, rounds)


def measure_call(name: str, call: Callable[[], tuple[int, bytes]], rounds: int = 40) -> Figure:
    """Times, processor time and statements of a call; `bytes` is the length of what it returns."""
    _status, body = call()
    queries = count_queries(call)
    times, cpu = [], []
    gc.collect()
    for _ in range(rounds):
        started, cpu_started = time.perf_counter(), time.process_time()
        call()
        cpu.append(time.process_time() - cpu_started)
        times.append(time.perf_counter() - started)
    return Figure(
        name=name,
        p50_ms=round(statistics.median(times) * 1000, 2),
        p95_ms=round(statistics.quantiles(times, n=20)[18] * 1000, 2) if rounds > 1 else 0.0,
        cpu_ms=round(statistics.median(cpu) * 1000, 2),
        queries=queries,
        bytes=len(body),
    )


def yardstick_handler() -> WSGIHandler:
    with override_settings(MIDDLEWARE=DEFAULT_MIDDLEWARE):
        return WSGIHandler()


def measure_yardstick(handler: WSGIHandler, rounds: int = 40) -> Figure:
    with override_settings(ROOT_URLCONF="tests.bench.yardstick"):
        return measure("yardstick", lambda: Browser(handler).get("/yardstick/"), rounds)


def wait_for(port: int) -> None:
    """Until a server listens on this port of the machine's own."""
    for _attempt in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"nothing listens on port {port}")
