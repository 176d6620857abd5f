"""The real web server and a real worker under load: throughput at 8 clients against 1, and what they keep in memory."""

import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psutil
from django.conf import settings

from prm.embedded.supervisor import commands
from tests.bench.data import database_url
from tests.bench.measuring import Figure, wait_for
from tests.bench.pages import cookie_of, pages

PORT = 18926
SECONDS = 12
CLIENTS = 8
WEB_MB, WORKER_MB = 130, 160


def measure_processes(people: dict[str, str]) -> Iterator[Figure]:
    """Two web processes and one worker, as `make run` starts them."""
    wanted = [_request(page.path, cookie_of(people[page.who])) for page in pages()]
    with _running() as (web, worker):
        for request in wanted * 2:
            _open(request)
        one = _load(wanted, clients=1)
        many = _load(wanted, clients=CLIENTS)
        yield _throughput(one, many)
        yield _memory("memory: a web process", web, WEB_MB)
        yield _memory("memory: a worker process", worker, WORKER_MB)


@contextmanager
def _running() -> Iterator[tuple[psutil.Process, psutil.Process]]:
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(os.environ["DATABASE_URL"]),
        "PUBLIC_BASE_URL": "http://localhost",
    }
    wanted = commands("127.0.0.1", PORT)
    started = [
        subprocess.Popen(wanted[name], env=environment, cwd=settings.BASE_DIR, stderr=subprocess.DEVNULL)
        for name in ("web", "worker")
    ]
    try:
        wait_for(PORT)
        yield psutil.Process(started[0].pid), psutil.Process(started[1].pid)
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(30)


def _request(path: str, cookie: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n".encode()


def _open(request: bytes) -> float:
    """Seconds from connecting to the last byte; written on a bare socket, so that the client costs next to nothing."""
    started = time.perf_counter()
    with socket.create_connection(("127.0.0.1", PORT), 30) as connection:
        connection.sendall(request)
        head = connection.recv(65536)
        while connection.recv(262144):
            pass
    if not head.startswith(b"HTTP/1.1 200"):
        sys.exit(f"under load: {head[:40]!r}")
    return time.perf_counter() - started


def _load(wanted: list[bytes], clients: int) -> list[float]:
    until = time.monotonic() + SECONDS

    def visit(number: int) -> list[float]:
        times, at = [], number * 3
        while time.monotonic() < until:
            times.append(_open(wanted[at % len(wanted)]))
            at += 1
        return times

    with ThreadPoolExecutor(clients) as pool:
        return [seconds for times in pool.map(visit, range(clients)) for seconds in times]


def _throughput(one: list[float], many: list[float]) -> Figure:
    gain = len(many) / len(one)
    return Figure(
        f"all pages, {CLIENTS} clients against 1",
        p50_ms=round(statistics.median(many) * 1000, 1),
        p95_ms=round(statistics.quantiles(many, n=20)[18] * 1000, 1),
        rate=round(len(many) / SECONDS),
        ratio=round(gain, 2),
        target="≥ 1.8 × the pages of one client",
        ok=gain >= 1.8,
    )


def _memory(name: str, parent: psutil.Process, goal: int) -> Figure:
    """The largest process of those that do the work, in MB; `bytes` holds bytes."""
    resident = max(process.memory_info().rss for process in parent.children())
    return Figure(name, bytes=resident, target=f"≤ {goal} MB", ok=resident <= goal * 1_000_000)
