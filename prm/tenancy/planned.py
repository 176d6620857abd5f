"""Statements that Postgres plans once a connection.

Planning a page's longer statements takes it several times what running them does: each connection prepares a statement
once, for as long as it lives. Where connections end with their request (`CONN_MAX_AGE` 0, as behind PgBouncer) nothing
is kept there.
"""

import functools
import itertools
import re
from typing import Any, Self

from psycopg import RawCursor

# Statements that a connection keeps.
_MOST_PLANNED = 500


class _PlannedCursor(RawCursor[Any]):
    """Has each statement planned once a connection: its values travel beside it, not in its text."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        return super().execute(_numbered(query), params, prepare=True, **options)


# psycopg reads placeholders anew in each call of a statement as long as a page's.
@functools.lru_cache(maxsize=_MOST_PLANNED)
def _numbered(sql: str) -> bytes:
    """Django's statement in Postgres's own words: $1, $2 … for its placeholders."""
    numbers = itertools.count(1)
    return re.sub("%[s%]", lambda found: "%" if found[0] == "%%" else f"${next(numbers)}", sql).encode()


def planned_cursor(connection: Any) -> Any:
    """Django's cursor with its wrappers, over one that keeps plans where the connection outlives its request."""
    if connection.settings_dict["CONN_MAX_AGE"] == 0:
        return connection.cursor()
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    session = connection.connection
    session.prepare_threshold, session.prepared_max = 0, _MOST_PLANNED
    with connection.wrap_database_errors:
        return connection._prepare_cursor(_PlannedCursor(session))
