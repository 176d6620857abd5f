"""What the search answers within, typed well and badly."""

from collections.abc import Iterator
from functools import partial
from urllib.parse import urlencode

from prm.wsgi import application
from tests.bench.measuring import Browser, Figure, measure
from tests.bench.pages import QUERIES, cookie_of

MOST_MS = 100
ASKED = (
    ("search: while typing", "bob", "nord"),
    ("search: two letters swapped", "bob", "nordwnid"),
    ("search: words of thousands", "bob", "nimbus consulting"),
    ("search: a name, badly typed", "bob", "aoife rosi"),
    ("search: nothing found", "bob", "xqzzwqjk vkqqz"),
    ("search: portal", "lena", "jonsa"),
)


def measure_search(people: dict[str, str], rounds: int, suffix: str = "") -> Iterator[Figure]:
    """Whole pages, signed in; `suffix` says at what scale."""
    for name, who, query in ASKED:
        face = "studio/" if who == "bob" else ""
        path = f"/o/stratus/{face}search/?{urlencode({'q': query})}"
        browser = Browser(application, cookie_of(people[who]))
        figure = measure(f"{name}{suffix}", partial(browser.get, path), rounds)
        figure.target = f"p50 ≤ {MOST_MS} ms, ≤ {QUERIES} queries"
        figure.ok = figure.p50_ms <= MOST_MS and figure.queries <= QUERIES
        yield figure
