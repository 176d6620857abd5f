"""Planning: what is due follows from the present state, asked again at each tick.

A planner runs inside one organization's scope, inserts the messages that are due by one INSERT … SELECT with an
anti-join (`prm.outbox.services.post_due`), and says when it wants to be asked again. Nothing is scheduled far ahead, so
moving or cancelling what a message is about just works.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, zip_longest

from django.db import connection, transaction

from prm.outbox.sender.accounts import are_account_mails_due
from prm.outbox.services.accounts import ring_for_account_mails
from prm.registry import Registry
from prm.tenancy.doorbells import ring
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from prm.tenancy.wakeups import due

logger = logging.getLogger(__name__)

QUEUES = ("plan", "outbox", "jobs", "follow")
_TICK_LOCK = 7_312_001

# Every organization is asked at least so often, whatever its planners said; one that failed sooner.
AT_LEAST_EVERY = timedelta(hours=24)
AFTER_FAILURE = timedelta(minutes=5)


@dataclass(frozen=True)
class Planner:
    """`plan(now)` returns the next moment at which it has something to do, or None: nothing ahead.

    It must be asked as often as one likes: planning twice changes nothing.
    """

    name: str
    plan: Callable[[datetime], datetime | None]
    order: int = 0


planners: Registry[Planner] = Registry("planner")


def plan_organization(organization: Organization, now: datetime) -> datetime:
    """Ask every planner, each in a scope of its own; returns when to ask again. One that fails stops no other."""
    wanted = [now + AT_LEAST_EVERY]
    for planner in planners.all():
        try:
            with scope(organization):
                next_at = planner.plan(now)
        except Exception:
            logger.exception("planner %s failed for organization %s", planner.name, organization.pk)
            next_at = now + AFTER_FAILURE
        if next_at is not None:
            wanted.append(next_at)
    return min(wanted)


def ring_for_what_is_due(now: datetime) -> int:
    """Ring for every organization that has something due, queue by queue in turn; returns how often.

    Of two schedulers one does it: the other finds the lock taken and leaves.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_TICK_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        _remember_newcomers(now)
        waiting = [[(queue, organization.pk) for organization in due(queue, now)] for queue in QUEUES]
        in_turn = [bell for bell in chain.from_iterable(zip_longest(*waiting)) if bell is not None]
        for queue, organization_id in in_turn:
            ring(queue, organization_id)
    if are_account_mails_due(now):
        ring_for_account_mails()
    return len(in_turn)


def _remember_newcomers(now: datetime) -> None:
    """An organization that nothing woke yet is planned for too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tenancy_wakeup (organization_id, queue, due_at)"
            " SELECT id, 'plan', %s FROM tenancy_organization AS newcomer WHERE NOT EXISTS ("
            "  SELECT FROM tenancy_wakeup WHERE organization_id = newcomer.id AND queue = 'plan')"
            " ON CONFLICT DO NOTHING",
            [now],
        )
