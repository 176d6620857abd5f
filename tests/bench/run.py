"""Everything that is measured, in order, and the table of it."""

from collections.abc import Iterator

from prm.tenancy.models import Organization
from tests.bench.announcing import measure_announcing
from tests.bench.cohorts import measure_cohorts
from tests.bench.data import prepare
from tests.bench.measuring import Figure
from tests.bench.messages import measure_messages
from tests.bench.pages import measure_pages, with_burdened
from tests.bench.processes import measure_processes
from tests.bench.reminding import measure_reminders
from tests.bench.rules import measure_rules
from tests.bench.searching import measure_search
from tests.bench.writing import measure_writing

ROUNDS = 30
GROWTH = {10: 1.15, 100: 1.5}
_HEAD = ("what", "p50 ms", "p95 ms", "cpu ms", "queries", "bytes", "ratio", "rate/s", "goal", "")


def run(scale: int, larger: int = 0) -> list[Figure]:
    """Measure at `scale` thousand partners, and how much slower the pages are at `larger` times as many."""
    figures = []
    print("{:34} {:>8} {:>8} {:>8} {:>8} {:>9} {:>7} {:>9}  {:34} {}".format(*_HEAD))
    for figure in _measured(scale, larger):
        figures.append(figure)
        print(_line(figure), flush=True)
    print(f"\n{sum(figure.ok for figure in figures)} of {len(figures)} goals reached")
    return figures


def _measured(scale: int, larger: int) -> Iterator[Figure]:
    people = with_burdened(prepare(scale))
    small = list(measure_pages(people, ROUNDS))
    yield from small
    yield from measure_search(people, ROUNDS)
    yield from measure_cohorts(people, ROUNDS)
    yield from measure_rules()
    yield from measure_messages()
    yield measure_announcing(Organization.objects.get(slug="stratus"))
    yield from measure_reminders(Organization.objects.get(slug="stratus"))
    yield from measure_writing()
    yield from measure_processes(people)
    if larger:
        people = with_burdened(prepare(scale * larger))
        grown = list(measure_pages(people, ROUNDS))
        yield from measure_search(people, ROUNDS, f", {larger} ×")
        yield from measure_rules()
        yield from (_growth(before, after, larger) for before, after in zip(small[1:], grown[1:], strict=True))


def _growth(before: Figure, after: Figure, times: int) -> Figure:
    """A page at `times` the data: its figures there, and as its ratio how much it grew beside the yardstick."""
    growth = after.ratio / before.ratio
    after.name = f"{before.name}, {times} ×"[:34]
    after.ratio, after.target = round(growth, 2), f"≤ {GROWTH[times]} × as slow, equal queries"
    after.ok = growth <= GROWTH[times] and after.queries == before.queries
    return after


def _line(row: Figure) -> str:
    return (
        f"{row.name:34} {row.p50_ms:8.1f} {row.p95_ms:8.1f} {row.cpu_ms:8.1f} {row.queries:8} {row.bytes:9}"
        f" {row.ratio:7.2f} {row.rate:9.0f}  {row.target:34} {'ok' if row.ok else 'MISSED'}"
    )
