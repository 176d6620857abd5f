"""Lists as Postgres writes arrays, for `%s::bigint[]` and `%s::text[]`.

Many times faster than having the driver adapt thousands of items one by one, and the planner sees a constant.
"""

from collections.abc import Iterable


def int_array(numbers: Iterable[int]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"


def text_array(texts: Iterable[str]) -> str:
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return "{" + ",".join(f'"{text}"' for text in quoted) + "}"
