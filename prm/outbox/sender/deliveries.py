"""The loop: claim, word, send, settle, for one organization at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import batched

from django.conf import settings
from django.utils import timezone

from prm.outbox.models import Attention, Message
from prm.outbox.queries import audience_of
from prm.outbox.sender import claims
from prm.outbox.sender.claims import Claim
from prm.outbox.sender.transport import (
    REST,
    Answer,
    PostOffice,
    Unreachable,
    Verdict,
    is_open_for_mail,
    is_resting,
    note_reachable,
    note_unreachable,
    post_office,
)
from prm.outbox.sender.wordings import Broken, Dropped, Held, Outlook, Ready, look_at
from prm.tenancy.doorbells import ring
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from prm.tenancy.wakeups import settle, take, wake

type Clock = Callable[[], datetime]


@dataclass
class Report:
    """How many of an organization's messages went which way, and whether more are due."""

    counts: dict[str, int] = field(default_factory=dict)
    handled: int = 0
    more: bool = False
    is_unreachable: bool = False

    def add(self, state: str, number: int) -> None:
        if number:
            self.counts[state] = self.counts.get(state, 0) + number

    @property
    def sent(self) -> int:
        return self.counts.get(Message.State.SENT, 0)


def answer_wakeup(organization: Organization) -> None:
    """Send one batch of what is due for an organization whose outbox was woken, and say when to look again.

    Where more is due than one batch, the next one is rung for at once, behind what other organizations have rung for:
    another worker may take it while this one still sends.
    """
    clock = timezone.now()
    rest_until = clock + REST
    if not is_open_for_mail() or is_resting(clock):
        if take("outbox", organization, clock):
            settle("outbox", organization, rest_until)
        return
    with scope(organization):
        if not take("outbox", organization, clock):
            return
        held = _claim(clock)
        if held.more:
            wake("outbox", clock)
    report = _send(organization, held, timezone.now)
    with scope(organization):
        next_at = claims.next_due()
    if next_at and report.is_unreachable:
        next_at = max(next_at, rest_until)
    settle("outbox", organization, next_at)
    if next_at and next_at <= timezone.now() and not held.more:
        ring("outbox", organization.pk)


def deliver(organization: Organization, clock: Clock = timezone.now) -> Report:
    """Send one batch of what is due. `clock` says what counts as now; leases always run by the real clock."""
    with scope(organization):
        held = _claim(clock())
    return _send(organization, held, clock)


def _claim(now: datetime) -> Claim:
    claims.recover()
    return claims.claim(now)


def _send(organization: Organization, held: Claim, clock: Clock) -> Report:
    """What is held, and more until it makes a batch. No scope, and so no transaction, is open during SMTP."""
    report = Report()
    with post_office() as office:
        while held.messages:
            _send_claim(organization, held, office, clock, report)
            if not report.more or report.is_unreachable or report.handled >= claims.BATCH:
                break
            with scope(organization):
                held = _claim(clock())
    if report.sent:
        note_reachable()
    return report


def _send_claim(organization: Organization, held: Claim, office: PostOffice, clock: Clock, report: Report) -> None:
    report.more = held.more
    report.handled += len(held.messages)
    for group in batched(held.messages, claims.GROUP):
        if report.is_unreachable or _is_late(held):
            _put_back(organization, group, held, "unreachable" if report.is_unreachable else "")
            report.more = True
        else:
            _deliver_group(organization, group, held, office, clock, report)


def _is_late(held: Claim) -> bool:
    """Whether so much of the lease is gone that another group might not finish within it."""
    return timezone.now() > held.lease_until - timedelta(seconds=settings.OUTBOX_LEASE_SECONDS / 2)


def _put_back(organization: Organization, group: Sequence[Message], held: Claim, reason: str) -> None:
    with scope(organization):
        claims.put_back([message.pk for message in group], held, reason=reason)


def _deliver_group(
    organization: Organization, group: Sequence[Message], held: Claim, office: PostOffice, clock: Clock, report: Report
) -> None:
    try:
        office.open()
    except Unreachable as error:
        note_unreachable(error)
        report.is_unreachable = True
        _put_back(organization, group, held, "unreachable")
        return
    now = clock()
    with scope(organization):
        audience = audience_of(group)
        outlooks = [look_at(message, audience, now) for message in group]
        _settle_unsent(outlooks, held, now, report)
        ready = [outlook for outlook in outlooks if isinstance(outlook, Ready)]
        if not ready:
            return
        ours, lease_until = claims.mark_sending([(row.message, row.address, row.copy) for row in ready], held)
    answers = [(row, office.send(row.letter)) for row in ready if row.message.pk in ours]
    with scope(organization):
        _settle_sent(answers, lease_until, clock(), report)


def _settle_unsent(outlooks: Sequence[Outlook], held: Claim, now: datetime, report: Report) -> None:
    for outlook in outlooks:
        pks = [outlook.message.pk]
        if isinstance(outlook, Dropped):
            claims.put_back(pks, held, state=Message.State.SUPPRESSED, reason=outlook.reason, settled_at=now)
            report.add(Message.State.SUPPRESSED, 1)
        elif isinstance(outlook, Held):
            claims.put_back(pks, held, not_before=outlook.until, reason="quiet_hours")
        elif isinstance(outlook, Broken):
            claims.put_back(pks, held, **_another_try(outlook.message, "wording_failed", now, report))


def _another_try(message: Message, reason: str, now: datetime, report: Report) -> dict[str, object]:
    attempts = message.attempts + 1
    again_at = claims.retry_at(attempts, now)
    if again_at is None:
        report.add(Message.State.FAILED, 1)
        return {"state": Message.State.FAILED, "attempts": attempts, "reason": reason, "settled_at": now}
    return {"state": Message.State.QUEUED, "attempts": attempts, "reason": reason, "not_before": again_at}


def _settle_sent(answers: Sequence[tuple[Ready, Answer]], lease: datetime, now: datetime, report: Report) -> None:
    sent = [(row, answer) for row, answer in answers if answer.verdict == Verdict.SENT]
    if sent:
        pks = [row.message.pk for row, _answer in sent]
        claims.settle(pks, lease, state=Message.State.SENT, settled_at=now, reason=sent[0][1].reason)
        _count_attention([row.message for row, _answer in sent], now)
        report.add(Message.State.SENT, len(sent))
    for row, answer in answers:
        if answer.verdict != Verdict.SENT:
            claims.settle([row.message.pk], lease, **_consequence(row.message, answer, now, report))


def _consequence(message: Message, answer: Answer, now: datetime, report: Report) -> dict[str, object]:
    """What a letter that did not simply go out does to its message."""
    if answer.verdict == Verdict.NEVER:
        state = Message.State.FAILED
    elif answer.verdict == Verdict.DOUBT and message.is_at_most_once:
        state = Message.State.UNKNOWN
    else:
        return _another_try(message, answer.reason, now, report)
    report.add(state, 1)
    return {"state": state, "reason": answer.reason, "settled_at": now, "attempts": message.attempts + 1}


def _count_attention(messages: Sequence[Message], now: datetime) -> None:
    """Remember for each person that they were written to, whatever the organization."""
    rows = [
        Attention(person_id=message.recipient.person_id, at=now, category=kind.category)
        for message in messages
        if message.recipient is not None and (kind := message.definition) is not None and not kind.mandatory
    ]
    if rows:
        Attention.objects.bulk_create(rows)
