"""Finding: the entries that may fit, in two or three statements, then in order.

First come words that begin with what was asked for. Where that gives little, words with a letter wrong; where that
gives nothing, words with two, and names in which the blanks stand elsewhere. Policies allow indexes for comparisons of
whole columns only: each statement walks ranges of words from the rarest of them, and looks at the other words in the
entry.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.db import connection

from prm.accounts.models import Membership
from prm.search.models import Entry
from prm.search.ranking import Candidate, Ranked, Ranking, distance, tolerance
from prm.search.sources import Hit, Reach, SearchSource, search_sources
from prm.search.terms import STEMS, Term, asked_terms, divided_terms, far_keys, near_keys
from prm.tenancy.scope import current_organization

LONGEST_QUERY = 100
# With fewer than these found exactly, what is spelled a little differently is shown after them.
FEW = 3
_MOST_CANDIDATES = 200
_MOST_FAR = 600
_MOST_HELD = 2000
_MOST_WALKED = 20_000
_MOST_WALKED_FAR = 60
_MOST_COUNTED = 2000
_MOST_STEMS = 40
_AFTER_ALL = "\U0010ffff"

# How many words begin so, of each kind and term, counted no further than is needed to tell rare from common.
_COUNT = """
SELECT asked.kind, asked.term, sum(words.number)
FROM unnest(%s::text[], %s::int[], %s::text[], %s::text[]) AS asked (kind, term, low, high)
CROSS JOIN LATERAL (
    SELECT count(*) AS number FROM (
        SELECT FROM search_posting AS posting
        WHERE posting.organization_id = %s AND posting.kind = asked.kind
            AND posting.word >= asked.low AND posting.word < asked.high
        LIMIT %s
    ) AS begun
) AS words
GROUP BY asked.kind, asked.term
"""
# LIMIT 1 keeps the entry a look-up by its key: no estimate of how rare the other words are makes it a loop in a loop.
_CANDIDATES = """
(SELECT entry.kind, entry.object_id, entry.words, entry.is_last
FROM unnest(%s::text[], %s::text[]) AS asked (low, high)
CROSS JOIN LATERAL (
    SELECT posting.object_id FROM search_posting AS posting
    WHERE posting.organization_id = %s AND posting.kind = %s AND posting.word >= asked.low AND posting.word < asked.high
    ORDER BY posting.word, posting.weight, posting.object_id
    LIMIT %s
) AS found
CROSS JOIN LATERAL (
    SELECT * FROM search_entry AS known
    WHERE known.organization_id = %s AND known.kind = %s AND known.object_id = found.object_id
    LIMIT 1
) AS entry
WHERE true {narrowed}
LIMIT %s)
"""
_STEMS = "SELECT DISTINCT stem FROM search_spelling WHERE organization_id = %s AND key = ANY(%s)"


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind, the best first."""

    source: SearchSource
    hits: Sequence[Hit]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Found:
    """`is_close` says that nothing is called so, and what is shown is only spelled alike."""

    groups: Sequence[Group]
    is_close: bool = False

    @property
    def total(self) -> int:
        return sum(len(group.hits) for group in self.groups)


def find(member: Membership, query: str, most: int) -> Found:
    """What this member may see that fits the words, up to `most` of each kind, best first."""
    reached = {source.name: reach for source in search_sources.all() if (reach := source.reach(member)) is not None}
    ranked = _ranked(reached, query[:LONGEST_QUERY]) if query.strip() else []
    groups = [
        group
        for source in search_sources.all()
        if (group := _group(member, source, [row for row in ranked if row.kind == source.name], most)) is not None
    ]
    return Found(groups, is_close=bool(ranked) and ranked[0].mistakes > 0)


def _group(member: Membership, source: SearchSource, ranked: list[Ranked], most: int) -> Group | None:
    if not ranked:
        return None
    keys = [row.object_id for row in ranked[:most]]
    hits = source.hits(member, keys)
    shown = [hits[key] for key in keys if key in hits]
    return Group(source, shown, len(ranked) > most) if shown else None


def _ranked(reached: Mapping[str, Reach], query: str) -> list[Ranked]:
    """Everything that fits, by kind and quality mixed: the first one says how well the best fits."""
    asked = asked_terms(query)
    found = _looked_up(reached, asked)
    if not found and (divided := divided_terms(query)) != asked:
        found = _looked_up(reached, divided)
    return sorted(found)


def _looked_up(reached: Mapping[str, Reach], terms: list[Term]) -> list[Ranked]:
    if not terms:
        return []
    held = _held(reached)
    search = _Search({kind: reach for kind, reach in reached.items() if not reach.holder_id}, terms)
    exact = Ranking(terms, 0).best([*held, *search.exact()])
    if len(exact) >= FEW:
        return exact
    near = Ranking(terms, 1).best([*held, *search.near()])
    if exact or near:
        return _merged(exact, near)
    return Ranking(terms, 2, is_lenient=True).best([*held, *search.far()])


def _merged(first: list[Ranked], then: list[Ranked]) -> list[Ranked]:
    known = {(row.kind, row.object_id) for row in first}
    return first + [row for row in then if (row.kind, row.object_id) not in known]


def _held(reached: Mapping[str, Reach]) -> list[Candidate]:
    """Everything that a partner holds, where that is what somebody may find: no other partner's words are touched."""
    found = []
    for kind, reach in reached.items():
        if reach.holder_id:
            rows = Entry.objects.filter(kind=kind, holder_id=reach.holder_id)
            found += [Candidate(*row) for row in rows.values_list("kind", "object_id", "words", "is_last")[:_MOST_HELD]]
    return found


class _Search:
    """One query over the kinds that are searched by words, which widens in steps: each returns what may fit."""

    def __init__(self, reached: Mapping[str, Reach], terms: list[Term]) -> None:
        self._reached = reached
        self._terms = [term.text for term in terms if term.needed]
        self._counts: dict[tuple[str, int], int] = {}
        self._near: list[list[str]] = []

    def exact(self) -> list[Candidate]:
        """What has a word that begins with each term."""
        if self._reached and len(self._terms) > 1:
            self._count()
        return self._candidates([[term] for term in self._terms])

    def near(self) -> list[Candidate]:
        """The same where one letter of each term may be wrong."""
        self._near = self._stems(near_keys, 1)
        return self._candidates([[term, *near] for term, near in zip(self._terms, self._near, strict=True)])

    def far(self) -> list[Candidate]:
        """What has a word like any of the terms, with two letters wrong or the same beginning: some of each."""
        far = self._stems(far_keys, 2)
        begun = [term[: STEMS[0]] for term in self._terms]
        beginnings = dict.fromkeys([*self._terms, *chain(*self._near), *chain(*far), *begun])
        # A term may be several words, written together.
        first = {term[:length] for term in self._terms for length in range(2, len(term) - 1)}
        ranges = [*map(_range, beginnings), *map(_exactly, sorted(first))]
        return self._candidates([], ranges, walked=_MOST_WALKED_FAR, most=_MOST_FAR)

    def _count(self) -> None:
        asked = [(kind, place, *_range(term)) for kind in self._reached for place, term in enumerate(self._terms)]
        kinds, places, lows, highs = map(list, zip(*asked, strict=True))
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [kinds, places, lows, highs, current_organization().pk, _MOST_COUNTED])
            self._counts = {(kind, place): int(number) for kind, place, number in cursor.fetchall()}

    def _candidates(
        self,
        beginnings: list[list[str]],
        ranges: list[tuple[str, str]] | None = None,
        walked: int = _MOST_WALKED,
        most: int = _MOST_CANDIDATES,
    ) -> list[Candidate]:
        """Entries of which each term has a word: walked from the rarest term, or by these ranges.

        Of each kind `most` at most, of each range so many as are `walked`.
        """
        if not self._reached:
            return []
        organization, parts, values = current_organization().pk, [], []
        for kind, reach in self._reached.items():
            rarest = self._rarest(kind) if ranges is None else -1
            lows, highs = map(list, zip(*(ranges or map(_range, beginnings[rarest])), strict=True))
            others = [texts for place, texts in enumerate(beginnings) if place != rarest]
            narrowed, narrowing = _narrowed(reach, others)
            parts.append(_CANDIDATES.format(narrowed=narrowed))
            values += [lows, highs, organization, kind, walked, organization, kind, *narrowing, most]
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), values)
            return [Candidate(*row) for row in cursor.fetchall()]

    def _rarest(self, kind: str) -> int:
        """The term to begin with: of those that nothing has, the longest one is most likely badly typed."""
        places = range(len(self._terms))
        return min(places, key=lambda place: (self._counts.get((kind, place), 0), -len(self._terms[place])))

    def _stems(self, keys_of: Callable[[str], set[int]], mistakes: int) -> list[list[str]]:
        """What there is that each term may be meant to begin with, all of them read in one statement."""
        keys = set().union(*(keys_of(term) for term in self._terms if tolerance(term) >= mistakes))
        if not keys or not self._reached:
            return [[] for _ in self._terms]
        with connection.cursor() as cursor:
            cursor.execute(_STEMS, [current_organization().pk, sorted(keys)])
            stems = [stem for (stem,) in cursor.fetchall()]
        return [_alike(term, stems, mistakes) for term in self._terms]


def _alike(term: str, stems: Sequence[str], mistakes: int) -> list[str]:
    """Stems that the term begins with when it has so many mistakes. Short ones tell nothing about a long word."""
    shortest = STEMS[0] + 1 if len(term) >= STEMS[-1] or mistakes > 1 else 0
    if mistakes > tolerance(term):
        return []
    told = [(distance(stem, term, mistakes, begins=True), stem) for stem in stems if len(stem) >= shortest]
    return [stem for wrong, stem in sorted(told) if wrong <= mistakes][:_MOST_STEMS]


def _range(beginning: str) -> tuple[str, str]:
    return beginning, beginning + _AFTER_ALL


def _exactly(word: str) -> tuple[str, str]:
    return word, word + "\x01"


def _narrowed(reach: Reach, others: list[list[str]]) -> tuple[str, list[Any]]:
    """The conditions on an entry: that the other terms have a word too, and that it is within reach."""
    conditions, values = "", list[Any]()
    for texts in others:
        conditions += " AND (' ' || entry.words) LIKE ANY (%s::text[])"
        values.append([f"% {_plain(text)}%" for text in texts])
    if reach.only is not None:
        conditions += " AND entry.object_id = ANY (%s::bigint[])"
        values.append(list(reach.only))
    return conditions, values


def _plain(text: str) -> str:
    """A text as a pattern that fits nothing but itself."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
