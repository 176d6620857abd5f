"""Who is told when a session is added, changed or canceled, or when somebody's place begins or ends, so that calendars
follow; and the address at which a calendar program reads along."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from cohorts.models import CalendarFeed, CalendarTurn, Cohort, Session
from cohorts.queries.people import confirmed_members, facilitating_members
from prm.accounts.models import Membership
from prm.accounts.tokens import new_nonce
from prm.outbox.services import post


def tell_people(*, kind: str, session: Session, now: datetime) -> None:
    """Send everybody in the session's cohort this kind of message, once for each of its calendar sequences."""
    for member in _everybody(session.cohort):
        post(kind=kind, subject_id=session.pk, slot=str(session.sequence), recipient=member, now=now)


def tell_series(*, kind: str, alone: str, sessions: Sequence[Session], now: datetime) -> None:
    """Send everybody in the sessions' cohort one message about all of them; about a single one the kind `alone`.

    What it says of each is dropped where the session has a higher sequence by then: that change has its own message.
    """
    if len(sessions) < 2:
        for session in sessions:
            tell_people(kind=alone, session=session, now=now)
        return
    cohort = sessions[0].cohort
    told = [[session.pk, session.sequence] for session in sessions]
    slot = f"{sessions[0].pk} {sessions[-1].pk} {sum(session.sequence for session in sessions)}"
    for member in _everybody(cohort):
        post(kind=kind, subject_id=cohort.pk, slot=slot, recipient=member, parameters={"sessions": told}, now=now)


def _everybody(cohort: Cohort) -> Iterable[Membership]:
    """Who takes part in the cohort or leads it, each once."""
    people = {member.pk: member for member in confirmed_members(cohort)}
    people |= {member.pk: member for member in facilitating_members(cohort)}
    return people.values()


def leave_calendar(*, cohort: Cohort, membership: Membership) -> int:
    """The cohort goes from somebody's calendar: what is sent next has a higher sequence. Returns the turn."""
    row, is_new = CalendarTurn.objects.get_or_create(cohort=cohort, membership=membership, defaults={"turns": 1})
    return 1 if is_new else _turn(row)


def enter_calendar(*, cohort: Cohort, membership: Membership) -> int:
    """The cohort comes into somebody's calendar; for the first time that is turn 0, with a row only from then on."""
    row = CalendarTurn.objects.filter(cohort=cohort, membership=membership).first()
    return 0 if row is None else _turn(row)


def _turn(row: CalendarTurn) -> int:
    CalendarTurn.objects.filter(pk=row.pk).update(turns=F("turns") + 1)
    row.refresh_from_db(fields=["turns"])
    return row.turns


def tell_facilitators(
    *, cohort: Cohort, joined: Iterable[Membership], left: Iterable[Membership], now: datetime
) -> None:
    """Put the sessions into the calendars of who leads the cohort from now on, and out of who no longer does."""
    for member in joined:
        turn = enter_calendar(cohort=cohort, membership=member)
        post(kind="cohorts.facilitating", subject_id=cohort.pk, slot=str(turn), recipient=member, now=now)
    for member in left:
        turn = leave_calendar(cohort=cohort, membership=member)
        post(kind="cohorts.facilitating_ended", subject_id=cohort.pk, slot=str(turn), recipient=member, now=now)


@transaction.atomic
def renew_feed(*, membership: Membership, now: datetime) -> bool:
    """Make the member's secret address, or a new one; returns whether there was one that answers nobody any more."""
    feed, is_new = CalendarFeed.objects.get_or_create(membership=membership, defaults={"renewed_at": now})
    if not is_new:
        feed.nonce, feed.renewed_at = new_nonce(), now
        feed.save(update_fields=["nonce", "renewed_at"])
    return not is_new
