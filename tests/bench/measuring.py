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
from urllib.parse import urlencode

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpRequest
from django.test import override_settings
from django.urls import ResolverMatch

from prm.web.stack import with_room

DEFAULT_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

_CSRF = "c" * 32


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
        return self._ask("GET", path)

    def post(self, path: str, form: dict[str, str]) -> tuple[int, bytes]:
        """Send a form as a page would, and go where the answer leads."""
        return self._ask("POST", path, urlencode({**form, "csrfmiddlewaretoken": _CSRF}).encode())

    def _ask(self, method: str, path: str, sent: bytes = b"") -> tuple[int, bytes]:
        answered: list[tuple[str, list[tuple[str, str]]]] = []

        def start(line: str, headers: list[tuple[str, str]], problem: Any = None) -> Any:
            answered.append((line, headers))

        response = self.handler(self._environ(method, path, sent), start)
        body = b"".join(response)
        close = getattr(response, "close", None)
        if close:
            close()
        line, headers = answered[0]
        location = dict(headers).get("Location", "")
        if method != "POST" or not location:
            return int(line.split(" ")[0]), body
        given = [value.partition(";")[0] for name, value in headers if name == "Set-Cookie"]
        return Browser(self.handler, "; ".join([self.cookie, *given])).get(location)

    def _environ(self, method: str, path: str, sent: bytes) -> dict[str, Any]:
        path_info, _, query = path.partition("?")
        return {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path_info,
            "QUERY_STRING": query,
            "CONTENT_TYPE": "application/x-www-form-urlencoded" if sent else "",
            "CONTENT_LENGTH": str(len(sent)),
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost",
            "HTTP_COOKIE": f"{self.cookie}; {settings.CSRF_COOKIE_NAME}={_CSRF}",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(sent),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }


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
    _warm_up(name, call)
    return measure_call(name, call, rounds)


def measure_call(name: str, call: Callable[[], tuple[int, bytes]], rounds: int = 40) -> Figure:
    """Times, processor time and statements of a call; `bytes` is the length of what it returns."""
    _status, body = call()
    queries = count_queries(call)
    gc.collect()
    return _figure(name, [_timed(call) for _ in range(rounds)], queries, body)


def measure_beside(
    name: str, call: Callable[[], tuple[int, bytes]], yardstick: Callable[[], tuple[int, bytes]], rounds: int = 40
) -> Figure:
    """`measure` with a ratio: each round of the page is followed by one of the yardstick, so that both have the same
    machine, however busy it is. The larger of the two ratios, of time and of processor time, is the page's.
    """
    _warm_up(name, call)
    _warm_up("yardstick", yardstick)
    _status, body = call()
    queries = count_queries(call)
    gc.collect()
    rows = [(_timed(call), _timed(yardstick)) for _ in range(rounds)]
    figure = _figure(name, [page for page, _yard in rows], queries, body)
    beside = _figure("yardstick", [yard for _page, yard in rows], 0, b"")
    figure.ratio = round(max(figure.p50_ms / beside.p50_ms, figure.cpu_ms / beside.cpu_ms), 3)
    return figure


def _warm_up(name: str, call: Callable[[], tuple[int, bytes]]) -> None:
    status, _body = call()
    if status != 200:
        raise SystemExit(f"{name} answers {status}")


def _timed(call: Callable[[], Any]) -> tuple[float, float]:
    """Time and processor time of a call, in milliseconds."""
    started, cpu_started = time.perf_counter(), time.process_time()
    call()
    cpu = time.process_time() - cpu_started
    return (time.perf_counter() - started) * 1000, cpu * 1000


def _figure(name: str, rounds: list[tuple[float, float]], queries: int, body: bytes) -> Figure:
    times = [taken for taken, _cpu in rounds]
    return Figure(
        name=name,
        p50_ms=round(statistics.median(times), 2),
        p95_ms=round(statistics.quantiles(times, n=20)[18], 2) if len(times) > 1 else 0.0,
        cpu_ms=round(statistics.median(cpu for _taken, cpu in rounds), 2),
        queries=queries,
        bytes=len(body),
    )


class _YardstickHandler(WSGIHandler):
    """Has addresses of its own in each request: another ROOT_URLCONF would empty what Django knows about addresses, and
    the page after it would pay for that.
    """

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        request.urlconf = "tests.bench.yardstick"  # type: ignore[attr-defined]
        return super().resolve_request(request)


def yardstick_call() -> Callable[[], tuple[int, bytes]]:
    """Opens the yardstick as plain Django answers it, at its best.

    It is given room for the frames of its templates as the pages are (prm.web.stack). Without that it takes 34 or 55 ms
    depending on nothing but the depth of the calls above it: a ratio to it would say where it happened to stand. With
    it the depth makes no difference, and the yardstick is the shorter of the two.
    """
    with override_settings(MIDDLEWARE=DEFAULT_MIDDLEWARE):
        browser = Browser(with_room(_YardstickHandler()))
    return lambda: browser.get("/yardstick/")


def wait_for(port: int) -> None:
    """Until a server listens on this port of the machine's own."""
    for _attempt in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"nothing listens on port {port}")
