"""Wakeups: which organization has something due, and when.

A small global table without content, so that the scheduler finds what is due without looking into any tenant. A service
that makes something due says so in its own transaction; nothing else is needed for it to happen.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection, models, transaction
from django.db.models.functions import Least
from django.utils import timezone

from prm.tenancy.doorbells import ring
from prm.tenancy.scope import at_end_of_scope, current_organization, last_word

if TYPE_CHECKING:
    from prm.tenancy.models import Organization

# A worker that died with a wakeup in its hands is followed by another after this time.
LEASE = timedelta(minutes=2)
_KEY = "wakeup"
NEVER = datetime(9999, 12, 31, tzinfo=UTC)


class Wakeup(models.Model):
    """The earliest moment at which a queue ("plan", "outbox", "jobs", "follow") of an organization has work.

    Taking it sets `due_at` to NEVER and `leased_until`; what is woken for meanwhile brings `due_at` back, so
    nothing that a worker could not see yet is lost when it settles."""

    organization = models.ForeignKey("tenancy.Organization", on_delete=models.CASCADE, related_name="+")
    queue = models.CharField(max_length=20)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "queue"], name="tenancy_wakeup_once")]
        indexes = [models.Index(fields=["queue", "due_at"], name="tenancy_wakeup_due")]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.queue} {self.due_at}"


def wake(queue: str, at: datetime) -> None:
    """Have the current organization's `queue` looked at no later than `at`; rings the worker on commit when that is
    now.

    The row is written when the scope ends: everybody in the organization writes the same one, and whoever held it
    longer would make all others wait.
    """
    organization = current_organization()
    waiting = last_word(_KEY)
    if not isinstance(waiting, _Moments):
        at_end_of_scope(_KEY, waiting := _Moments(organization.pk))
    waiting.at[queue] = min(at, waiting.at.get(queue, at))
    if at <= timezone.now() + timedelta(seconds=1):
        _ring_once(queue, organization.pk)


def _ring_once(queue: str, organization_id: int) -> None:
    """Ring on commit, once, however often a transaction wakes the same queue."""
    bell = _Bell(queue, organization_id)
    if not any(entry[1] == bell for entry in connection.run_on_commit):
        transaction.on_commit(bell, robust=True)


@dataclass(frozen=True)
class _Moments:
    """When each queue is to be looked at."""

    organization_id: int
    at: dict[str, datetime] = field(default_factory=dict)

    def __call__(self) -> None:
        # In the order of their names: two scopes that write the same rows never wait for each other.
        queues = sorted(self.at)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO tenancy_wakeup (organization_id, queue, due_at)"
                " SELECT %s, queue, due_at FROM unnest(%s::text[], %s::timestamptz[]) AS moment (queue, due_at)"
                " ON CONFLICT (organization_id, queue) DO UPDATE SET due_at = excluded.due_at"
                " WHERE tenancy_wakeup.due_at > excluded.due_at",
                [self.organization_id, queues, [self.at[queue] for queue in queues]],
            )


@dataclass(frozen=True)
class _Bell:
    queue: str
    organization_id: int

    def __call__(self) -> None:
        ring(self.queue, self.organization_id)


def _waiting(queue: str, now: datetime) -> "models.QuerySet[Wakeup]":
    return Wakeup.objects.filter(models.Q(due_at__lte=now) | models.Q(leased_until__lte=now), queue=queue)


def due(queue: str, now: datetime, limit: int = 500) -> "list[Organization]":
    """Organizations whose `queue` is due, longest waiting first."""
    rows = _waiting(queue, now).order_by("due_at").select_related("organization")
    return [row.organization for row in rows[:limit]]


def take(queue: str, organization: "Organization", now: datetime) -> bool:
    """Claim an organization's due wakeup for the length of a lease; of two workers one gets it.

    One that a transaction holds at this moment is left alone: that transaction rings when it commits.
    """
    with transaction.atomic():
        mine = _waiting(queue, now).filter(organization=organization).select_for_update(skip_locked=True).first()
        if mine is None:
            return False
        Wakeup.objects.filter(pk=mine.pk).update(due_at=NEVER, leased_until=now + LEASE)
    return True


def settle(queue: str, organization: "Organization", next_at: datetime | None) -> None:
    """Give a claimed wakeup back, due again at `next_at` or when it was woken for meanwhile, whichever is sooner."""
    mine = Wakeup.objects.filter(queue=queue, organization=organization)
    mine.update(due_at=Least("due_at", models.Value(next_at or NEVER)), leased_until=None)
