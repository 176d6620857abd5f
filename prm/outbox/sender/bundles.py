"""From what is ready to the letters that go out: several things for one person in one, and no more than their week has
room for."""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched

from django.db import connection

from prm.outbox.models import Attention, Message
from prm.outbox.queries import WEEK
from prm.outbox.rendering.letters import Letter
from prm.outbox.rendering.merging import merged_letter
from prm.outbox.rules import has_room
from prm.outbox.sender.wordings import Ready
from prm.tenancy.scope import current_organization

logger = logging.getLogger(__name__)

_BUDGET_LOCK = 7_312_003
# More than this in one mail nobody reads; the rest makes a second one.
MOST_IN_ONE = 10


@dataclass
class Bundle:
    """One letter, with every message that it tells, the one that gives it its Message-ID first."""

    rows: Sequence[Ready]
    letter: Letter
    attention: list[Attention] = field(default_factory=list)

    @property
    def keys(self) -> set[int]:
        return {row.message.pk for row in self.rows}

    @property
    def is_budgeted(self) -> bool:
        return all(row.kind.is_budgeted for row in self.rows)

    def merged_with(self) -> int | None:
        return self.rows[0].message.pk if len(self.rows) > 1 else None


def grouped(messages: Sequence[Message], size: int) -> list[list[Message]]:
    """The messages in their order and in groups of at most `size`, with what one mail may tell in one group.

    No more than a group is in doubt after a crash.
    """
    together: dict[object, list[Message]] = {}
    for message in messages:
        definition = message.definition
        may_be_merged = definition is not None and definition.may_be_merged and message.recipient_id is not None
        together.setdefault(message.recipient_id if may_be_merged else (message.pk,), []).append(message)
    groups: list[list[Message]] = [[]]
    for rows in together.values():
        rows.sort(key=lambda message: (message.not_before, message.pk))
        for some in batched(rows, min(size, MOST_IN_ONE)):
            if groups[-1] and len(groups[-1]) + len(some) > size:
                groups.append([])
            groups[-1] += some
    return groups


def bundled(ready: Iterable[Ready], now: datetime) -> tuple[list[Bundle], list[Ready]]:
    """The letters to send, and what was only taken along and waits for its own moment since nothing else is due."""
    letters: list[Bundle] = []
    by_person: dict[tuple[int | None, str], list[Ready]] = {}
    for row in ready:
        if row.part is None:
            letters.append(Bundle([row], row.letter))
        else:
            by_person.setdefault((row.message.recipient_id, row.address), []).append(row)
    early: list[Ready] = []
    for (_recipient, address), rows in by_person.items():
        rows.sort(key=lambda row: (row.message.not_before, row.message.pk))
        if rows[0].message.not_before > now:
            early += rows
            continue
        for some in batched(rows, MOST_IN_ONE):
            letters += _one_letter(some, address)
    letters.sort(key=lambda bundle: (bundle.rows[0].message.not_before, bundle.rows[0].message.pk))
    return letters, early


def _one_letter(rows: Sequence[Ready], address: str) -> list[Bundle]:
    if len(rows) == 1:
        return [Bundle(rows, rows[0].letter)]
    try:
        return [Bundle(rows, merged_letter([row.part for row in rows if row.part is not None], address))]
    except Exception:
        # Each could be worded alone: better several mails than none.
        logger.exception("messages %s could not be told in one mail", [row.message.pk for row in rows])
        return [Bundle([row], row.letter) for row in rows]


def within_budget(bundles: Sequence[Bundle], now: datetime) -> tuple[list[Bundle], list[tuple[Bundle, datetime]]]:
    """Those that may go now, and those that wait, with the moment at which to ask again.

    A mail is counted before it goes, under a lock on its reader, so that two organizations never both take the last
    place; `uncount` takes back what did not go.
    """
    people = sorted({pk for bundle in bundles if (pk := _person_of(bundle)) is not None})
    if not people:
        return list(bundles), []
    _lock(people)
    weeks = _weeks_of(people, now)
    may_go: list[Bundle] = []
    wait: list[tuple[Bundle, datetime]] = []
    for bundle in bundles:
        person = _person_of(bundle)
        week = weeks.get(person) if person is not None else None
        if week is not None and bundle.is_budgeted and not week.has_room:
            wait.append((bundle, max(week.asks_again_at, now)))
            continue
        may_go.append(bundle)
        if week is not None:
            week.sent[current_organization().pk] += 1
    _count(may_go, now)
    return may_go, wait


def uncount(bundles: Iterable[Bundle]) -> None:
    pks = [line.pk for bundle in bundles for line in bundle.attention]
    if pks:
        Attention.objects.filter(pk__in=pks).delete()


@dataclass
class _Week:
    """What a person was sent in the last seven days."""

    most: int
    organizations: int
    asks_again_at: datetime
    sent: Counter[int | None] = field(default_factory=Counter)

    @property
    def has_room(self) -> bool:
        return has_room(
            most=self.most,
            sent=self.sent,
            organization_id=current_organization().pk,
            organizations=self.organizations,
        )


def _person_of(bundle: Bundle) -> int | None:
    """Whose attention the letter takes; nobody's for service mails and for who is no member."""
    row = bundle.rows[0]
    member = row.message.recipient
    return None if row.kind.mandatory or member is None else member.person_id


def _lock(people: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, person) FROM unnest(%s::int[]) AS people (person)",
            [_BUDGET_LOCK, [pk % 2**31 for pk in people]],
        )


def _weeks_of(people: Sequence[int], now: datetime) -> dict[int, _Week]:
    weeks: dict[int, _Week] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person.id, person.mails_a_week, count(*) FROM accounts_person AS person"
            " JOIN accounts_membership AS member ON member.person_id = person.id AND member.state = 'active'"
            " WHERE person.id = ANY(%s) GROUP BY person.id",
            [list(people)],
        )
        for person, most, organizations in cursor.fetchall():
            weeks[person] = _Week(most, organizations, now + WEEK)
    rows = Attention.objects.filter(person__in=people, is_letter=True, at__gt=now - WEEK)
    for person, organization, at in rows.values_list("person", "organization", "at"):
        if person in weeks:
            weeks[person].sent[organization] += 1
            weeks[person].asks_again_at = min(weeks[person].asks_again_at, at + WEEK)
    return weeks


def _count(bundles: Sequence[Bundle], now: datetime) -> None:
    """One letter each, and a line for each further category that it is about."""
    organization = current_organization()
    lines: list[Attention] = []
    for bundle in bundles:
        person = _person_of(bundle)
        if person is None:
            continue
        told = dict.fromkeys(row.kind.category for row in bundle.rows)
        bundle.attention = [
            Attention(person_id=person, organization=organization, at=now, category=category, is_letter=number == 0)
            for number, category in enumerate(told)
        ]
        lines += bundle.attention
    Attention.objects.bulk_create(lines)
