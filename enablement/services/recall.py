"""Who is to remember what."""

from collections import Counter
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from enablement import facts, memory, rules
from enablement.models import Content, Memory, RecallItem
from enablement.queries.people import identities_of
from prm.activity.services import NewFact, record_many
from prm.tenancy.scope import current_organization
from prm.tenancy.wakeups import wake

# How strong a first memory is does not depend on when it was made.
_FIRST = memory.exposed(datetime(2000, 1, 1, tzinfo=UTC))

_COLUMNS = (
    "(organization_id, membership_id, item_id, cause, state, first_exposed_at, stability, difficulty, last_review_at,"
    " due_at, answers)"
)

_ENROL = f"""
INSERT INTO enablement_memory {_COLUMNS}
SELECT %(organization)s, member, item.id, %(cause)s, 'active', %(now)s, %(stability)s, %(difficulty)s, %(now)s,
    %(now)s + make_interval(hours => 24 * item.rest), 0
FROM unnest(%(members)s::bigint[]) AS member
CROSS JOIN unnest(%(items)s::bigint[], %(rests)s::int[]) AS item (id, rest)
WHERE NOT EXISTS (
    SELECT FROM enablement_memory AS known
    WHERE known.organization_id = %(organization)s AND known.membership_id = member AND known.item_id = item.id
        AND known.state = 'active'
)
ON CONFLICT (organization_id, membership_id, item_id) DO UPDATE SET state = 'active'
    WHERE enablement_memory.state = 'retired'
RETURNING membership_id
"""  # nosec B608: made of constants

_ENROL_READERS = f"""
INSERT INTO enablement_memory {_COLUMNS}
SELECT %(organization)s, reader.membership_id, item.id, reader.cause, 'active', reader.first_exposed_at,
    %(stability)s, %(difficulty)s, reader.first_exposed_at,
    reader.first_exposed_at + CASE item.criticality WHEN 'must_know' THEN %(must_know_rest)s ELSE %(rest)s END, 0
FROM (
    SELECT DISTINCT ON (known.membership_id) known.membership_id, known.cause, known.first_exposed_at
    FROM enablement_memory AS known
    JOIN enablement_recallitem AS met ON met.organization_id = known.organization_id AND met.id = known.item_id
    WHERE known.organization_id = %(organization)s AND met.content_id = %(content)s AND known.state = 'active'
    ORDER BY known.membership_id, known.first_exposed_at
) AS reader
JOIN enablement_recallitem AS item
    ON item.organization_id = %(organization)s AND item.content_id = %(content)s AND item.state = 'active'
WHERE NOT EXISTS (
    SELECT FROM enablement_memory AS known
    WHERE known.organization_id = %(organization)s AND known.membership_id = reader.membership_id
        AND known.item_id = item.id
)
ON CONFLICT DO NOTHING
RETURNING membership_id
"""  # nosec B608: made of constants


@transaction.atomic
def enrol(
    *,
    membership_ids: Collection[int],
    item_ids: Collection[int] = (),
    content_ids: Collection[int] = (),
    cause: str,
    now: datetime,
) -> int:
    """Have these members remember these items and all active items of these contents, which they meet at `now`.

    Whoever knows an item already keeps that memory; a retired one comes back as it was. `cause` is one of
    `Memory.Cause`. Returns how many memories were made or brought back. Two statements, whatever the numbers, and one
    for the facts.
    """
    items = RecallItem.objects.active().filter(Q(pk__in=item_ids) | Q(content__in=content_ids))
    rests = {item.pk: memory.rest_days(_FIRST.stability, rules.retention_of(item)) for item in items}
    if not rests or not membership_ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            _ENROL,
            {
                **_first_memory(now),
                "members": sorted(set(membership_ids)),
                "items": list(rests),
                "rests": list(rests.values()),
                "cause": Memory.Cause(cause),
            },
        )
        enrolled = [member for (member,) in cursor.fetchall()]
    _record_enrolments(enrolled, now)
    if enrolled:
        wake("plan", now + timedelta(days=min(rests.values())))
    return len(enrolled)


@transaction.atomic
def enrol_readers_in_new_items(*, content: Content, now: datetime) -> int:
    """Have those who remember something of this content remember its new items too, met when they first met it."""
    if content.state != Content.State.PUBLISHED:
        return 0
    rest: dict[str, Any] = {
        name: timedelta(days=memory.rest_days(_FIRST.stability, retention))
        for name, retention in (("rest", memory.NORMAL_RETENTION), ("must_know_rest", memory.MUST_KNOW_RETENTION))
    }
    with connection.cursor() as cursor:
        cursor.execute(_ENROL_READERS, {**_first_memory(now), **rest, "content": content.pk})
        enrolled = [member for (member,) in cursor.fetchall()]
    _record_enrolments(enrolled, now)
    if enrolled:
        wake("plan", now)
    return len(enrolled)


def retire(
    *, membership_ids: Collection[int], item_ids: Collection[int] = (), content_ids: Collection[int] = ()
) -> int:
    """Ask these members no longer for these items, or for any of these contents. Enrolling again brings it back."""
    affected = Memory.objects.active().filter(membership__in=membership_ids)
    affected = affected.filter(Q(item__in=item_ids) | Q(item__content__in=content_ids))
    return affected.update(state=Memory.State.RETIRED)


def _first_memory(now: datetime) -> dict[str, Any]:
    return {
        "organization": current_organization().pk,
        "stability": _FIRST.stability,
        "difficulty": _FIRST.difficulty,
        "now": now,
    }


def _record_enrolments(membership_ids: list[int], now: datetime) -> None:
    """One fact a member, with the number of questions as its amount."""
    people = identities_of(set(membership_ids))
    counted = Counter(membership_ids).items()
    record_many(
        NewFact(facts.RECALL_ENROLLED, now, people[pk].partner_id, people[pk].person_id, amount=questions)
        for pk, questions in counted
    )
