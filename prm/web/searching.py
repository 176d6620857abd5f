"""What a search shows: what was found in the organization, and the pages that are called so."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.addresses import address, is_known
from prm.search.queries import LONGEST_QUERY, find
from prm.search.ranking import Candidate, Ranking
from prm.search.sources import Hit
from prm.search.terms import SEPARATOR, asked_terms, entry_words
from prm.web import shell
from prm.web.places import Face, search_places

_MOST_PLACES, _SHOWN_FIRST = 4, 8


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the navigation, or something to begin."""

    icon: str
    hit: Hit
    synonyms: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """Results of one kind. `more_url` leads to all of them."""

    name: str
    label: Any
    icon: str
    hits: Sequence[Hit]
    more_url: str = ""


@dataclass(frozen=True, slots=True)
class Results:
    """What is shown for a query; without one the places that people go to most. `page_url` shows more of each kind."""

    query: str
    url: str
    places: Sequence[Place]
    groups: Sequence[Lines]
    is_close: bool

    @property
    def total(self) -> int:
        return len(self.places) + sum(len(group.hits) for group in self.groups)

    @property
    def page_url(self) -> str:
        return f"{self.url}?{urlencode({'q': self.query})}"


def searched(request: Request, face: Face, query: str, most: int) -> Results:
    """What this member may see that fits the words, at most so many of each kind."""
    query = " ".join(query.replace("\0", " ").split())[:LONGEST_QUERY]
    url = address(f"{face}_search")
    places = list(_places(request, face))
    if not query:
        return Results("", url, places[:_SHOWN_FIRST], (), is_close=False)
    found = find(request.membership, query, most)
    groups = [
        Lines(
            group.source.name,
            group.source.label,
            group.source.icon,
            group.hits,
            _more(group.source.more_url_name, query) if group.has_more and not found.is_close else "",
        )
        for group in found.groups
    ]
    called, is_called_so = _called(query, places)
    if found.total and not found.is_close and not is_called_so:
        called = []
    return Results(query, url, called, groups, is_close=bool(called or groups) and found.is_close and not is_called_so)


def _more(url_name: str, query: str) -> str:
    return f"{address(url_name)}?{urlencode({'q': query})}" if url_name else ""


def _places(request: Request, face: Face) -> Iterator[Place]:
    """What this member may open: first what they may begin, then the navigation."""
    for place in search_places.all():
        allowed = not place.permission or may(request.membership, place.permission)
        if place.face == face and allowed and is_known(place.url_name):
            yield Place(place.icon, Hit(str(place.label), address(place.url_name)), str(place.synonyms))
    for entry in shell.entries(request, face):
        yield Place(entry.icon, Hit(str(entry.label), entry.url))
        for child in entry.children:
            yield Place(child.icon, Hit(str(child.label), child.url, hint=str(entry.label)))


def _called(query: str, places: Sequence[Place]) -> tuple[list[Place], bool]:
    """The pages that are called so, the best first; else those whose name is spelled alike, with False."""
    terms = asked_terms(query)
    candidates = [_candidate(key, place) for key, place in enumerate(places)]
    exact = Ranking(terms, 0).best(candidates)
    found = exact or Ranking(terms, 2).best(candidates)
    return [places[row.object_id] for row in found[:_MOST_PLACES]], bool(exact)


def _candidate(key: int, place: Place) -> Candidate:
    names, _other = entry_words(place.hit.label, "")
    others, _other = entry_words(f"{place.synonyms} {place.hit.hint}", "")
    return Candidate("places", key, " ".join([*names, SEPARATOR, *others]), is_last=False)
