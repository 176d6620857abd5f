"""What a page costs: queries and bytes, for tests that compare it with few rows and with many."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

# Goals of a page, whatever its organization holds: twelve statements with the one that opens its scope, which is not
# counted here since a test may have opened it before; the bytes are those of a list.
MOST_QUERIES = 11
MOST_BYTES = 60 * 1024
FEW, MANY = 10, 1000
# Opening the scope, and what only a test has: a savepoint around the request, the former scope put back after it.
_LEFT_OUT = ("SELECT former.value", "SAVEPOINT", "RELEASE SAVEPOINT", "SELECT set_config")


@dataclass(frozen=True)
class Cost:
    queries: list[str]
    size: int

    def __str__(self) -> str:
        return "\n".join([f"{len(self.queries)} queries, {self.size} bytes", *(sql[:300] for sql in self.queries)])


def plan_for_many_rows() -> None:
    """Keep loops in loops out of plans for the rest of this transaction.

    Autovacuum may have seen the tables empty, between two tests, and cannot see the rows of an open transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")


def cost_of(client: Client, path: str) -> Cost:
    """The cost of opening a page that was open before, without what opens and closes its scope."""
    assert client.get(path).status_code == 200, path
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
    queries = [query["sql"] for query in asked.captured_queries]
    return Cost([sql for sql in queries if not sql.startswith(_LEFT_OUT)], len(answer.content))


def assert_same_cost(
    client: Client, paths: Mapping[str, str], grow: Callable[[int], None], most: int = MOST_QUERIES
) -> None:
    """Every page costs as many queries with a thousand rows more, no more than `most`, and its HTML has a limit."""
    plan_for_many_rows()
    grow(FEW)
    few = {name: cost_of(client, path) for name, path in paths.items()}
    grow(MANY)
    for name, path in paths.items():
        many = cost_of(client, path)
        assert len(many.queries) == len(few[name].queries), f"{name}: {few[name]}\n{many}"
        assert len(many.queries) <= most, f"{name}: {many}"
        assert many.size <= MOST_BYTES, f"{name}: {many.size} bytes"
