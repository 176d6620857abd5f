"""Keeping what can be found true: in the transaction that changes a name, and by passes that mend what was missed."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from prm.search.models import Entry, Posting, Progress
from prm.search.sources import SearchSource, Text, search_sources
from prm.search.terms import SEPARATOR, entry_words, keys, stems
from prm.tenancy.scope import at_end_of_scope, current_organization, last_word
from prm.tenancy.wakeups import wake

# More objects than these are left to the planner: whoever changes many at once does not wait for their words.
MOST_AT_ONCE = 200
BATCH = 5_000
# What one pass of the planner looks at: some ten seconds where everything is new.
PIECE = 100_000
CHECKED_EVERY = timedelta(days=1)

# Each word of an entry with its weight: of those that have it the ones with the shortest names are found first, then
# those that have it in a domain or address only, the archived ones last.
_POSTINGS = f"""
    SELECT told.object_id, split.word,
        least(coalesce(told.bar - 1, cardinality(told.words)), 9)
        + CASE WHEN split.place > told.bar THEN 4 ELSE 0 END + CASE WHEN told.is_last THEN 20 ELSE 0 END AS weight
    FROM (
        SELECT object_id, is_last, string_to_array(words, ' ') AS words,
            array_position(string_to_array(words, ' '), '{SEPARATOR}') AS bar
        FROM {{}}
    ) AS told
    CROSS JOIN LATERAL unnest(told.words) WITH ORDINALITY AS split (word, place)
    WHERE split.word <> '{SEPARATOR}'
"""  # nosec B608: a constant
_WRITE = f"""
WITH wanted AS (
    SELECT * FROM unnest(%(ids)s::bigint[], %(holders)s::bigint[], %(lasts)s::boolean[], %(words)s::text[])
        AS wanted (object_id, holder_id, is_last, words)
), former AS (
    SELECT object_id, is_last, words FROM search_entry
    WHERE organization_id = %(organization)s AND kind = %(kind)s AND object_id = ANY (%(known)s::bigint[])
), changed AS (
    UPDATE search_entry AS entry SET words = wanted.words, holder_id = wanted.holder_id, is_last = wanted.is_last
    FROM wanted
    WHERE entry.organization_id = %(organization)s AND entry.kind = %(kind)s AND entry.object_id = wanted.object_id
        AND entry.object_id = ANY (%(known)s::bigint[])
    RETURNING entry.object_id, entry.is_last, entry.words
), made AS (
    INSERT INTO search_entry (organization_id, kind, object_id, holder_id, is_last, words)
    SELECT %(organization)s, %(kind)s, wanted.* FROM wanted WHERE object_id <> ALL (%(known)s::bigint[])
    ON CONFLICT DO NOTHING
    RETURNING object_id, is_last, words
), gone AS (
    DELETE FROM search_entry
    WHERE organization_id = %(organization)s AND kind = %(kind)s AND object_id = ANY (%(gone)s::bigint[])
), present AS (
    SELECT * FROM changed UNION ALL SELECT * FROM made
), before AS ({_POSTINGS.format("former")}), after AS ({_POSTINGS.format("present")}), dropped AS (
    DELETE FROM search_posting AS posting USING (SELECT * FROM before EXCEPT SELECT * FROM after) AS old
    WHERE posting.organization_id = %(organization)s AND posting.kind = %(kind)s AND posting.word = old.word
        AND posting.weight = old.weight AND posting.object_id = old.object_id
)
INSERT INTO search_posting (organization_id, kind, word, weight, object_id)
SELECT %(organization)s, %(kind)s, word, weight, object_id FROM (SELECT * FROM after EXCEPT SELECT * FROM before) AS new
ON CONFLICT DO NOTHING
"""  # nosec B608: constants
# The anti-join first: most stems are there already, and one that is being written by somebody else is waited for.
_SPELL = """
INSERT INTO search_spelling (organization_id, key, stem)
SELECT %(organization)s, wanted.key, wanted.stem
FROM unnest(%(keys)s::int[], %(stems)s::text[]) AS wanted (key, stem)
WHERE NOT EXISTS (
    SELECT FROM search_spelling AS spelling
    WHERE spelling.organization_id = %(organization)s AND spelling.key = wanted.key AND spelling.stem = wanted.stem
)
ORDER BY wanted.key, wanted.stem
ON CONFLICT DO NOTHING
"""
# Whoever writes stems shares this lock, whoever forgets them has it alone: none is forgotten that is just being used.
_SHARE, _HAVE = "SELECT pg_advisory_xact_lock_shared(7312005, %s)", "SELECT pg_advisory_xact_lock(7312005, %s)"
_FORGET = """
DELETE FROM search_spelling WHERE organization_id = %(organization)s AND stem IN (
    SELECT known.stem FROM (
        SELECT DISTINCT stem FROM search_spelling WHERE organization_id = %(organization)s
    ) AS known
    WHERE NOT EXISTS (
        SELECT FROM unnest(%(kinds)s::text[]) AS one (kind)
        CROSS JOIN LATERAL (
            SELECT FROM search_posting AS posting
            WHERE posting.organization_id = %(organization)s AND posting.kind = one.kind
                AND posting.word >= known.stem AND posting.word < known.stem || %(after_all)s
            LIMIT 1
        ) AS word
    )
)
"""
_CALL = """
INSERT INTO search_progress (organization_id, kind, position, calls)
VALUES (%(organization)s, %(kind)s, %(position)s, 1)
ON CONFLICT (organization_id, kind) DO UPDATE SET calls = search_progress.calls + 1,
    position = least(coalesce(search_progress.position, excluded.position), excluded.position)
"""


@dataclass(frozen=True, slots=True)
class _Row:
    """An entry as it is or should be, with its words and their weights."""

    object_id: int
    holder_id: int
    is_last: bool
    words: str

    @classmethod
    def of(cls, text: Text) -> "_Row":
        names, others = entry_words(text.name, text.other)
        words = " ".join([*names, *([SEPARATOR, *others] if others else [])])
        return cls(text.object_id, text.holder_id, text.is_last, words)

    @property
    def stems(self) -> set[str]:
        return {stem for word in self.words.split() for stem in stems(word)}


def refresh(kind: str, object_ids: Iterable[int]) -> None:
    """Make these objects findable as they are now, those that are gone no more; called after they were written.

    More than MOST_AT_ONCE are left to the planner, which begins within seconds.
    """
    ids = sorted(set(object_ids))
    if len(ids) > MOST_AT_ONCE:
        refresh_from(kind, ids[0])
    elif ids:
        _refresh(search_sources.get(kind), ids)


def refresh_from(kind: str, first_id: int) -> None:
    """Have the planner compare every object of this kind from `first_id` on: for whoever makes thousands."""
    organization = current_organization()
    key = f"search {kind}"
    waiting = last_word(key)
    if not isinstance(waiting, _Call) or first_id < waiting.position:
        at_end_of_scope(key, _Call(organization.pk, kind, max(first_id - 1, 0)))
    wake("plan", timezone.now())


@dataclass(frozen=True)
class _Call:
    organization_id: int
    kind: str
    position: int

    def __call__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_CALL, {"organization": self.organization_id, "kind": self.kind, "position": self.position})


def _refresh(source: SearchSource, ids: Sequence[int]) -> None:
    # Locked before the objects are read: of two who write the same entry the second one knows what the first did.
    entries = Entry.objects.filter(kind=source.name, object_id__in=ids).order_by("object_id").select_for_update()
    known = {row.object_id: row for row in _rows(entries)}
    wanted = {row.object_id: row for row in map(_row_of(source), source.rows().filter(pk__in=ids).order_by())}
    rows = [row for key, row in wanted.items() if known.get(key) != row]
    gone = known.keys() - wanted.keys()
    if rows or gone:
        _write(source.name, rows, known=[*(row.object_id for row in rows if row.object_id in known), *gone], gone=gone)


def _row_of(source: SearchSource) -> Callable[[tuple[Any, ...]], _Row]:
    return lambda row: _Row.of(source.text(row))


def _rows(entries: QuerySet[Entry, Entry]) -> list[_Row]:
    return [_Row(*row) for row in entries.values_list("object_id", "holder_id", "is_last", "words")]


def _write(kind: str, rows: Sequence[_Row], known: Collection[int] = (), gone: Collection[int] = ()) -> None:
    """Write entries with their words, over those that are `known`; a new one that somebody else just wrote stays."""
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            {
                "organization": current_organization().pk,
                "kind": kind,
                "ids": [row.object_id for row in rows],
                "holders": [row.holder_id for row in rows],
                "lasts": [row.is_last for row in rows],
                "words": [row.words for row in rows],
                "known": list(known),
                "gone": list(gone),
            },
        )
    _spell(set().union(*(row.stems for row in rows)))


# ── Stems ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _spell(found: set[str]) -> None:
    """Write the stems when the scope ends: many share them, and whoever held one longer would make others wait."""
    waiting = last_word("search stems")
    if isinstance(waiting, _Stems):
        waiting.stems |= found
    else:
        at_end_of_scope("search stems", _Stems(current_organization().pk, found))


@dataclass
class _Stems:
    organization_id: int
    stems: set[str]

    def __call__(self) -> None:
        pairs = sorted((key, stem) for stem in self.stems for key in keys(stem))
        with connection.cursor() as cursor:
            cursor.execute(_SHARE, [self.organization_id % 2**31])
            for some in batched(pairs, BATCH * 10):
                numbers, written = map(list, zip(*some, strict=True))
                cursor.execute(_SPELL, {"organization": self.organization_id, "keys": numbers, "stems": written})


# ── Passes ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def plan_search(now: datetime) -> datetime | None:
    """The planner: compare what was called for, and everything once a day, a piece at a time."""
    known = {row.kind: row for row in Progress.objects.all()}
    left = PIECE
    for source in search_sources.all():
        row = known.get(source.name) or Progress.objects.create(kind=source.name, position=0)
        if row.position is None and (row.checked_at is None or row.checked_at <= now - CHECKED_EVERY):
            row.position = 0
        if row.position is not None:
            left -= _compare_piece(source, row, left, now)
        if left <= 0:
            return now
    return now + CHECKED_EVERY


def _compare_piece(source: SearchSource, row: Progress, most: int, now: datetime) -> int:
    """Go on with a pass; returns how many objects were looked at."""
    looked, position = compare(source, row.position or 0, most)
    # Somebody who called meanwhile is heard at the next pass, which begins where they said.
    uncalled = Progress.objects.filter(pk=row.pk, calls=row.calls)
    if position is not None:
        uncalled.update(position=position)
    elif uncalled.update(position=None, checked_at=now):
        forget_stems()
    return looked


def compare(source: SearchSource, after: int, most: int | None = None) -> tuple[int, int | None]:
    """Bring entries of objects with keys above `after` to what the objects say, `most` of them or all.

    Returns how many were looked at, and the key to go on after, None at the end.
    """
    looked = 0
    while most is None or looked < most:
        rows = list(source.rows().filter(pk__gt=after).order_by("pk")[:BATCH])
        last = rows[-1][0] if rows else None
        span = Q(object_id__gt=after) if last is None else Q(object_id__gt=after, object_id__lte=last)
        known = {row.object_id: row for row in _rows(Entry.objects.filter(span, kind=source.name))}
        wanted = {row.object_id: row for row in map(_row_of(source), rows)}
        new = [row for key, row in wanted.items() if key not in known]
        if new:
            _write(source.name, new)
        stale = [key for key, row in known.items() if wanted.get(key) != row]
        if stale:
            _refresh(source, sorted(stale))
        if last is None:
            return looked, None
        after, looked = last, looked + len(rows)
    return looked, after


def rebuild(kind: str | None = None) -> int:
    """Forget what is known of a kind, or of all, and read it anew; returns how many entries there are then."""
    chosen = [search_sources.get(kind)] if kind else search_sources.all()
    for source in chosen:
        Posting.objects.filter(kind=source.name).delete()
        Entry.objects.filter(kind=source.name).delete()
        compare(source, 0)
        Progress.objects.filter(kind=source.name).update(position=None, calls=F("calls") + 1)
    forget_stems()
    return Entry.objects.filter(kind__in=[source.name for source in chosen]).count()


def forget_stems() -> None:
    """Drop stems that no word begins with any more: names of people who are gone stay nowhere."""
    with connection.cursor() as cursor:
        cursor.execute(_HAVE, [current_organization().pk % 2**31])
        cursor.execute(
            _FORGET,
            {
                "organization": current_organization().pk,
                "kinds": [source.name for source in search_sources.all()],
                "after_all": "\U0010ffff",
            },
        )
