"""What a page costs: queries and bytes, for tests that compare it with few rows and with many."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from prm.addresses import address
from prm.tenancy.models import Organization

# Goals of a page, whatever its organization holds: its queries, those for session, person, membership and scope
# included; and its bytes, where it is a list.
MOST_QUERIES = 12
MOST_BYTES = 60 * 1024
FEW, MANY = 10, 1000
# Opening the scope, which a test may have done before, and what only a test has: a savepoint around the request, the
# former scope put back after it.
_LEFT_OUT = ("SELECT former.value", "SAVEPOINT", "RELEASE SAVEPOINT", "SELECT set_config")
_SCOPE = 1


@dataclass(frozen=True)
class Cost:
    """`queries` are those that a visitor's request makes, but for the one that opens its scope."""

    queries: list[str]
    size: int

    @property
    def number(self) -> int:
        """How many queries, with the one that opens the scope."""
        return len(self.queries) + _SCOPE

    def __str__(self) -> str:
        return "\n".join([f"{self.number} queries, {self.size} bytes", *(sql[:300] for sql in self.queries)])


def plan_for_many_rows() -> None:
    """Keep loops in loops out of plans for the rest of this transaction.

    Autovacuum may have seen the tables empty, between two tests, and cannot see the rows of an open transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")


def cost_of(client: Client, path: str) -> Cost:
    """The cost of a page that was opened before, so that nothing is filled for the first time."""
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
    assert answer.status_code == 200, f"{path} answers {answer.status_code}"
    # Planned statements are shown with their parameters beside them: QUERY = "…" - PARAMS = ….
    queries = [query["sql"].removeprefix("QUERY = ").lstrip("\"'") for query in asked.captured_queries]
    return Cost([sql for sql in queries if not sql.startswith(_LEFT_OUT)], len(answer.content))


def queries_of(client: Client, path: str) -> int:
    return cost_of(client, path).number


def frame_of(client: Client, organization: Organization) -> int:
    """What the frame of the studio costs a member: the page of roles reads nothing of its own."""
    return queries_of(client, address("role_table", organization=organization))


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
        assert many.number == few[name].number, f"{name}: {few[name]}\n{many}"
        assert many.number <= most, f"{name}: {many}"
        assert many.size <= MOST_BYTES, f"{name}: {many.size} bytes"
