"""Items of an agenda as lines that somebody types: minutes first, then what happens."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from cohorts.models.agenda import AgendaKind, Speaker

_LINE = re.compile(r"(\d{1,3})(?:\s*min)?[\s:.–-]+(\S.*)")
MOST_MINUTES = 480
_UNSAID = {"kind": AgendaKind.WORK.value, "speaker": Speaker.PARTICIPANTS.value, "is_flexible": False, "key": ""}


class NoItem(ValueError):
    """A line that does not begin with minutes; `args[0]` is the line."""


def as_lines(items: Iterable[Mapping[str, Any]]) -> str:
    return "\n".join(f"{item['minutes']} {item['title']}" for item in items)


def from_lines(text: str, known: Iterable[Mapping[str, Any]] = ()) -> tuple[dict[str, Any], ...]:
    """The items of these lines; one whose title is `known` keeps what else it says.

    Raises `NoItem`.
    """
    before = {item["title"]: item for item in known}
    found = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        match = _LINE.fullmatch(line)
        if match is None or not 0 < int(match[1]) <= MOST_MINUTES:
            raise NoItem(line)
        minutes, title = int(match[1]), match[2].strip()
        found.append({**_UNSAID, **before.get(title, {}), "minutes": minutes, "title": title})
    return tuple(found)
