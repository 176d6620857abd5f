"""Following the stream: what depends on facts (groups by rule, tiers, journeys) learns of every change within a minute.

    followers.register(Follower("partners.group_rules", reconsider))        # in the app's registry.py

`record` wakes the queue "follow"; each follower then gets what happened since it last looked, from its own place in the
stream. A follower that fails keeps its place and is asked again, and stops no other.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from prm.activity.models import StreamReader
from prm.registry import Registry
from prm.tenancy.models import Organization
from prm.tenancy.scope import current_organization, scope

logger = logging.getLogger(__name__)

# More partners than this are not listed: the follower looks at all of them, set by set.
MOST_PARTNERS = 2000
# How much of the stream is read at once.
_STRETCH = 200_000
# What a transaction that is still running holds back is looked for again after this.
UNSETTLED = timedelta(seconds=15)
AFTER_FAILURE = timedelta(minutes=5)
_READ = """
WITH settled AS MATERIALIZED (
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + activity_stream_offset() AS position
), fresh AS MATERIALIZED (
    SELECT stream_position, id, partner_id, kind FROM activity_fact
    WHERE organization_id = %(organization)s AND (stream_position, id) > (%(position)s, %(fact)s)
      AND stream_position < (SELECT position FROM settled)
    ORDER BY stream_position, id LIMIT %(stretch)s
), last AS (
    SELECT stream_position, id FROM fresh ORDER BY stream_position DESC, id DESC LIMIT 1
)
SELECT ARRAY(SELECT DISTINCT partner_id FROM fresh WHERE partner_id IS NOT NULL LIMIT %(most)s),
       ARRAY(SELECT DISTINCT kind FROM fresh),
       (SELECT stream_position FROM last), (SELECT id FROM last), (SELECT count(*) FROM fresh),
       EXISTS (SELECT FROM activity_fact WHERE organization_id = %(organization)s
               AND stream_position >= (SELECT position FROM settled))
"""
_END = """
SELECT stream_position, id FROM activity_fact WHERE organization_id = %s
AND stream_position < pg_snapshot_xmin(pg_current_snapshot())::text::bigint + activity_stream_offset()
ORDER BY stream_position DESC, id DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened: to which partners (None: more than can be listed, or everything is to be looked at), and what."""

    partner_ids: frozenset[int] | None
    kinds: frozenset[str] = frozenset()

    @property
    def concerns_all(self) -> bool:
        return self.partner_ids is None


@dataclass(frozen=True)
class Follower:
    """`follow(changes, now)` runs in the organization's scope, in the transaction that moves its place on.

    It may be handed the same change again and must then change nothing. The first time it is handed everything.
    """

    name: str
    follow: Callable[[Changes, datetime], None]
    order: int = 100


followers: Registry[Follower] = Registry("followers")


def follow_stream(organization: Organization, now: datetime) -> datetime | None:
    """Tell every follower what happened since it last looked; returns when there is more to tell, None for later."""
    wanted = []
    for follower in followers.all():
        try:
            with scope(organization):
                has_more = _tell(follower, now)
        except Exception:
            logger.exception("follower %s failed for organization %s", follower.name, organization.pk)
            wanted.append(now + AFTER_FAILURE)
        else:
            if has_more:
                wanted.append(now + UNSETTLED)
    return min(wanted, default=None)


def _tell(follower: Follower, now: datetime) -> bool:
    """One follower's turn; whether facts are left that it has not been told of."""
    reader, is_new = StreamReader.objects.get_or_create(name=follower.name)
    # Of two workers the second one waits here, and goes on from where the first one came to.
    reader = StreamReader.objects.select_for_update(no_key=True).get(pk=reader.pk)
    if is_new:
        reader.position, reader.fact_id = _end_of_stream()
        changes, has_more = Changes(None), False
    else:
        changes, has_more = _read_on(reader)
    if changes.concerns_all or changes.partner_ids or changes.kinds:
        follower.follow(changes, now)
        reader.save(update_fields=["position", "fact_id"])
    return has_more


def _read_on(reader: StreamReader) -> tuple[Changes, bool]:
    """What stands in the stream after the reader's place, which is moved behind it."""
    values = {
        "organization": current_organization().pk,
        "position": reader.position,
        "fact": reader.fact_id,
        "stretch": _STRETCH,
        "most": MOST_PARTNERS + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_READ, values)
        partner_ids, kinds, position, fact_id, count, is_unsettled = cursor.fetchone()
    if count:
        reader.position, reader.fact_id = position, fact_id
    listed = frozenset(partner_ids) if len(partner_ids) <= MOST_PARTNERS else None
    return Changes(listed, frozenset(kinds)), is_unsettled or count == _STRETCH


def _end_of_stream() -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(_END, [current_organization().pk])
        return cursor.fetchone() or (0, 0)
