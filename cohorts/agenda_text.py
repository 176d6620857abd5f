"""Agendas that somebody wrote as text, read into items: "- **5 min** What worked" is five minutes of "What worked".

Nothing that was written is lost: what says no minutes becomes an item of none, what is too long for a title goes to
the notes as well. No Django, so that migrations can use it for good.
"""

import re
from dataclasses import dataclass

LONGEST_TITLE = 160
_BULLET = re.compile(r"^\s*(?:[-*+•]|\d+[.)])\s+")
_MINUTES = re.compile(
    r"^\W{0,4}(?:(?P<first>\d{1,3})\s*(?:min(?:ute)?s?\.?|')\W{0,4}\s*(?P<rest>\S.*)"
    r"|(?P<before>\S.*?)[\s(,:–-]+(?P<last>\d{1,3})\s*(?:min(?:ute)?s?\.?|')\W{0,3})$",
    re.IGNORECASE,
)
MOST_MINUTES = 480


@dataclass(frozen=True)
class TextItem:
    title: str
    minutes: int = 0
    notes: str = ""


def items_of(text: str) -> list[TextItem]:
    """The items of a Markdown agenda. Where no line says minutes, the whole text is one item."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    found: list[TextItem] = []
    if not any(_timed(line) for line in lines):
        return [_named(text.strip(), 0)] if text.strip() else []
    for line in lines:
        if not line.strip():
            continue
        timed = _timed(line)
        found.append(_named(*timed) if timed else _named(_BULLET.sub("", line).strip(), 0))
    return found


def _timed(line: str) -> tuple[str, int] | None:
    said = _MINUTES.match(_BULLET.sub("", line).strip())
    if said is None:
        return None
    minutes = int(said["first"] or said["last"])
    title = (said["rest"] or said["before"]).strip().strip("*_").strip()
    return (title, minutes) if title and minutes <= MOST_MINUTES else None


def _named(words: str, minutes: int) -> TextItem:
    """An item with these words as its title; where they are too many or on several lines, the whole is in the notes."""
    first = words.strip().splitlines()[0]
    plain = _BULLET.sub("", first).lstrip("#").strip() or first
    if plain == words and len(words) <= LONGEST_TITLE:
        return TextItem(words, minutes)
    title = plain if len(plain) <= LONGEST_TITLE else plain[: LONGEST_TITLE - 1].rstrip() + "…"
    return TextItem(title, minutes, words)
