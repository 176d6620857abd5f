"""Which messages a worker holds. Everything here runs inside the organization's scope, in short transactions.

A claimed message stays queued under a lease. Just before its letter goes to the mail server it is marked as sending, a
few at a time and committed: so after a crash only those few are in doubt, and the rest go on as if nothing had been.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F, Min, Q
from django.utils import timezone

from prm.outbox.kinds import Delivery, message_kinds
from prm.outbox.models import Message
from prm.tenancy.scope import current_organization
from prm.tenancy.wakeups import wake

BATCH = 100
GROUP = 10
# What is due for one person within so long becomes one mail.
MERGED_WITHIN = timedelta(hours=3)
_CLAIM_LOCK = 7_312_002

# How many are claimed at once: those whose worker died are taken up a few at a time, then alone, so that one that kills
# its workers takes nobody along; after this many deaths it is given up.
COMPANY = (BATCH, 10, 1)
POISONED_AFTER = 5
ATTEMPTS = 5
BACKOFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))


@dataclass(frozen=True)
class Claim:
    """Messages in this worker's hands until `lease_until`, which also proves that they still are; `more` are due."""

    messages: Sequence[Message]
    lease_until: datetime
    more: bool


def lease_from(clock: datetime) -> datetime:
    return clock + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)


def claim(now: datetime) -> Claim:
    """Take what is due at `now`, longest waiting first, and for the same people what is due soon and may go along.

    One at a time in an organization, so that nobody's messages are torn between two workers. Should this one die, a
    wakeup follows the lease.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_CLAIM_LOCK, current_organization().pk % 2**31])
    clock = timezone.now()
    lease_until = lease_from(clock)
    waiting = Message.objects.due(now).free(clock).select_for_update(skip_locked=True)
    rows = list(waiting[:BATCH])
    if not rows:
        return Claim([], lease_until, more=False)
    worst = len(COMPANY) - 1
    suspicion = min(rows[0].crashes, worst)
    chosen = [row for row in rows if min(row.crashes, worst) == suspicion][: COMPANY[suspicion]]
    left = len(rows) - len(chosen)
    if suspicion == 0:
        chosen += _company(chosen, now, clock)
    held = Message.objects.filter(pk__in=[row.pk for row in chosen])
    held.update(lease_until=lease_until, crashes=F("crashes") + 1)
    wake("outbox", lease_until)
    return Claim(chosen, lease_until, more=left > 0 or len(rows) == BATCH)


def _company(chosen: Sequence[Message], now: datetime, clock: datetime) -> list[Message]:
    """What else the recipients of `chosen` are to be told within a few hours and one mail may tell."""
    kinds = [kind.name for kind in message_kinds.all() if kind.may_be_merged]
    recipients = {row.recipient_id for row in chosen if row.recipient_id and row.kind in kinds}
    if not recipients:
        return []
    soon = Message.objects.due(now + MERGED_WITHIN).free(clock).filter(recipient__in=recipients, kind__in=kinds)
    known = {row.pk for row in chosen}
    return list(soon.exclude(pk__in=known).filter(crashes=0).select_for_update(skip_locked=True)[: 5 * BATCH])


def recover() -> None:
    """Settle what dead workers held: in doubt where sending twice is worse than not at all, else queued again."""
    clock = timezone.now()
    lost = list(Message.objects.abandoned(clock).values_list("pk", "kind", "state", "crashes")[: 10 * BATCH])
    if not lost:
        return
    again = {kind.name for kind in message_kinds.all() if kind.delivery == Delivery.AT_LEAST_ONCE}
    sending = [row for row in lost if row[2] == Message.State.SENDING]
    doubtful = [pk for pk, kind, _state, _crashes in sending if kind not in again]
    repeated = [pk for pk, kind, _state, _crashes in sending if kind in again]
    poisoned = [pk for pk, _kind, state, crashes in lost if state == Message.State.QUEUED and crashes >= POISONED_AFTER]
    held = Message.objects.abandoned(clock)
    held.filter(pk__in=doubtful).update(state=Message.State.UNKNOWN, reason="worker_ended", settled_at=clock)
    held.filter(pk__in=repeated).update(state=Message.State.QUEUED, reason="worker_ended")
    held.filter(pk__in=poisoned).update(
        state=Message.State.FAILED, reason="poisoned", settled_at=clock, lease_until=None
    )


def mark_sending(rows: Sequence[tuple[Message, str, str, int | None]], held: Claim) -> tuple[set[int], datetime]:
    """Say that these go to the mail server now; rows are (message, address, copy as JSON, message it is merged with).

    Returns the keys of those that are really ours, and the lease that proves it: one that was cancelled meanwhile or
    whose lease ran out is not among them.
    """
    lease_until = lease_from(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outbox_message AS row SET state = 'sending', lease_until = %s, sent_to = told.address,"
            " subject = told.subject, copy = told.copy::jsonb, merged_with = told.merged_with"
            " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::bigint[])"
            " AS told (id, address, subject, copy, merged_with)"
            " WHERE row.organization_id = %s AND row.id = told.id AND row.state = 'queued' AND row.lease_until = %s"
            " RETURNING row.id",
            [
                lease_until,
                [message.pk for message, *_rest in rows],
                [address for _message, address, *_rest in rows],
                [message.subject for message, *_rest in rows],
                [copy for _message, _address, copy, _merged in rows],
                [merged for *_rest, merged in rows],
                current_organization().pk,
                held.lease_until,
            ],
        )
        return {pk for (pk,) in cursor.fetchall()}, lease_until


def settle(pks: Iterable[int], lease_until: datetime, **changes: object) -> None:
    """Write what became of messages that were sending under this lease, if nobody else has settled them since."""
    mine = Message.objects.filter(pk__in=list(pks), lease_until=lease_until)
    mine.filter(state__in=[Message.State.SENDING, Message.State.UNKNOWN]).update(lease_until=None, crashes=0, **changes)


def hand_back(pks: Iterable[int], lease_until: datetime) -> None:
    """Let go of messages that were marked as sending and whose letter did not go to the mail server."""
    mine = Message.objects.filter(pk__in=list(pks), lease_until=lease_until, state=Message.State.SENDING)
    mine.update(state=Message.State.QUEUED, lease_until=None, crashes=0, sent_to="", merged_with=None)


def put_back(pks: Iterable[int], held: Claim, **changes: object) -> int:
    """Let go of claimed messages that were not sent; without `changes` they are due as before. Returns how many."""
    mine = Message.objects.filter(pk__in=list(pks), state=Message.State.QUEUED, lease_until=held.lease_until)
    return int(mine.update(lease_until=None, crashes=0, **changes))


def retry_at(attempts: int, clock: datetime) -> datetime | None:
    """When to try again after this many attempts; None when it is time to give up."""
    return None if attempts >= ATTEMPTS else clock + BACKOFF[min(attempts, len(BACKOFF)) - 1]


def next_due() -> datetime | None:
    """The earliest moment at which this organization's outbox has something to do."""
    due = Message.objects.in_hand().aggregate(
        queued=Min("not_before", filter=Q(state=Message.State.QUEUED, lease_until=None)), leased=Min("lease_until")
    )
    return min((moment for moment in due.values() if moment is not None), default=None)
