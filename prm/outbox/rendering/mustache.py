"""Words that staff write for a mail, with places for what differs from one to the next. Pure.

A subset of Mustache (mustache.5): `{{name}}` places a value, `{{#name}} … {{/name}}` says what is between only where
there is one, `{{^name}} … {{/name}}` only where there is none. Nothing else has a meaning, and names are only those
that the mail knows: whatever is written, it reads no more than the mail was given.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from django.utils.translation import gettext as _

_TAG = re.compile(r"\{\{\s*([#^/]?)\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")
_STRAY = re.compile(r"\{\{|\}\}|\{%|%\}")
# A tag of a section that has its line to itself goes with that line.
_ALONE = re.compile(r"^[ \t]*(\{\{\s*[#^/]\s*\w+\s*\}\})[ \t]*(?:\n|\Z)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Misfit:
    """What cannot stay in a wording, and in which line of it (from 1)."""

    line: int
    text: str

    def __str__(self) -> str:
        return _("Line %(line)d: %(text)s") % {"line": self.line, "text": self.text}


@dataclass(frozen=True, slots=True)
class _Tag:
    sign: str
    name: str
    start: int
    end: int


def misfits(source: str, known: Collection[str]) -> list[Misfit]:
    """Everything that is wrong with these words; `known` are the names that the mail has values for."""
    tags = _tags(source)
    found = [_unknown(source, tag, known) for tag in tags if tag.name not in known]
    found += [Misfit(_line(source, at), text) for at, text in _unbalanced(tags)]
    # What is left where all tags are taken out: a brace that belongs to none.
    blank = _TAG.sub(lambda tag: " " * len(tag[0]), source)
    found += [
        Misfit(_line(source, stray.start()), _("“%s” belongs to nothing. A place is written {{name}}.") % stray[0])
        for stray in _STRAY.finditer(blank)
    ]
    return sorted(found, key=lambda misfit: misfit.line)


def names_in(source: str) -> set[str]:
    return {tag.name for tag in _tags(source)}


def fill(source: str, values: Mapping[str, str], place: Callable[[str], str] = str) -> str:
    """The words with each value at its place, drawn by `place`. What is unknown counts as empty, also wrong tags."""
    return _filled(_ALONE.sub(r"\1", source), values, place)


def _filled(source: str, values: Mapping[str, str], place: Callable[[str], str]) -> str:
    drawn: list[str] = []
    # For each section that is open: its name, and whether what is in it is said.
    open_sections: list[tuple[str, bool]] = []
    at = 0
    for tag in _tags(source):
        is_said = all(said for _name, said in open_sections)
        if is_said:
            drawn.append(source[at : tag.start])
        value = values.get(tag.name) or ""
        if tag.sign in ("#", "^"):
            open_sections.append((tag.name, bool(value) == (tag.sign == "#")))
        elif tag.sign == "/":
            if open_sections and open_sections[-1][0] == tag.name:
                open_sections.pop()
        elif is_said and value:
            drawn.append(place(value))
        at = tag.end
    if all(said for _name, said in open_sections):
        drawn.append(source[at:])
    return "".join(drawn)


def _tags(source: str) -> list[_Tag]:
    return [_Tag(found[1], found[2], found.start(), found.end()) for found in _TAG.finditer(source)]


def _unknown(source: str, tag: _Tag, known: Collection[str]) -> Misfit:
    like = get_close_matches(tag.name, sorted(known), 1)
    words = {"name": "{{" + tag.name + "}}"}
    text = _("%(name)s is not known here.") % words
    if like:
        text = _("%(name)s is not known here. Did you mean %(like)s?") % {**words, "like": "{{" + like[0] + "}}"}
    return Misfit(_line(source, tag.start), text)


def _unbalanced(tags: list[_Tag]) -> list[tuple[int, str]]:
    """(where, what) of sections that do not end, or end without having begun."""
    found: list[tuple[int, str]] = []
    begun: list[_Tag] = []
    for tag in tags:
        if tag.sign in ("#", "^"):
            begun.append(tag)
        elif tag.sign == "/" and begun and begun[-1].name == tag.name:
            begun.pop()
        elif tag.sign == "/":
            found.append((tag.start, _("{{/%s}} ends what has not begun.") % tag.name))
    found += [(tag.start, _("{{%(sign)s%(name)s}} has no {{/%(name)s}}.") % _said(tag)) for tag in begun]
    return found


def _said(tag: _Tag) -> dict[str, str]:
    return {"sign": tag.sign, "name": tag.name}


def _line(source: str, at: int) -> int:
    return source.count("\n", 0, at) + 1
