"""The loop: claim, word, send, settle, for one organization at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from prm.outbox.models import Message
from prm.outbox.notifications import ring_instead
from prm.outbox.queries import audience_of
from prm.outbox.rules import BELL_ONLY
from prm.outbox.sender import claims
from prm.outbox.sender.bundles import Bundle, bundled, grouped, uncount, within_budget
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
from prm.outbox.sender.wordings import Broken, Dropped, Held, Outlook, Ready, Rung, look_at
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
    for group in grouped(held.messages, claims.GROUP):
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
        # What was only taken along is left as it is unless it goes: its own moment has not come.
        ahead = [row for row in outlooks if row.message.not_before > now and not isinstance(row, Ready)]
        claims.put_back([row.message.pk for row in ahead], held)
        _settle_unsent([row for row in outlooks if row.message.not_before <= now], held, now, report)
        bundles, early = bundled([outlook for outlook in outlooks if isinstance(outlook, Ready)], now)
        claims.put_back([row.message.pk for row in early], held)
        bundles, waiting = within_budget(bundles, now)
        for bundle, until in waiting:
            claims.put_back(bundle.keys, held, not_before=until, reason="budget")
        if not bundles:
            return
        bundles, lease_until = _mark_sending(bundles, held)
    answers = [(bundle, office.send(bundle.letter)) for bundle in bundles]
    with scope(organization):
        uncount(bundle for bundle, answer in answers if answer.verdict in (Verdict.NEVER, Verdict.LATER))
        _settle_sent(answers, lease_until, clock(), report)


def _mark_sending(bundles: Sequence[Bundle], held: Claim) -> tuple[list[Bundle], datetime]:
    """Those that are wholly ours, and the lease that proves it: a letter that would tell what is not is not sent."""
    rows = [(row.message, row.address, row.copy, bundle.merged_with()) for bundle in bundles for row in bundle.rows]
    ours, lease_until = claims.mark_sending(rows, held)
    torn = [bundle for bundle in bundles if not bundle.keys <= ours]
    claims.hand_back({pk for bundle in torn for pk in bundle.keys & ours}, lease_until)
    uncount(torn)
    return [bundle for bundle in bundles if bundle.keys <= ours], lease_until


def _settle_unsent(outlooks: Sequence[Outlook], held: Claim, now: datetime, report: Report) -> None:
    for outlook in outlooks:
        pks = [outlook.message.pk]
        if isinstance(outlook, Dropped):
            claims.put_back(pks, held, state=Message.State.SUPPRESSED, reason=outlook.reason, settled_at=now)
            report.add(Message.State.SUPPRESSED, 1)
        elif isinstance(outlook, Rung):
            changes = {"state": Message.State.SUPPRESSED, "reason": BELL_ONLY, "settled_at": now}
            if claims.put_back(pks, held, **changes):
                ring_instead(
                    message=outlook.message, member=outlook.member, title=outlook.title, url=outlook.url, now=now
                )
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


def _settle_sent(answers: Sequence[tuple[Bundle, Answer]], lease: datetime, now: datetime, report: Report) -> None:
    sent = [(bundle, answer) for bundle, answer in answers if answer.verdict == Verdict.SENT]
    for is_merged in (False, True):
        alike = [(bundle, answer) for bundle, answer in sent if (len(bundle.rows) > 1) is is_merged]
        pks = [pk for bundle, _answer in alike for pk in bundle.keys]
        if pks:
            reason = alike[0][1].reason or ("merged" if is_merged else "")
            claims.settle(pks, lease, state=Message.State.SENT, settled_at=now, reason=reason)
            report.add(Message.State.SENT, len(pks))
    for bundle, answer in answers:
        if answer.verdict != Verdict.SENT:
            for row in bundle.rows:
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
