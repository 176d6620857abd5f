"""Who is told when a session is added, changed or canceled, so that calendars follow."""

from datetime import datetime

from cohorts.models import Session
from cohorts.queries.people import confirmed_members, facilitating_members
from prm.outbox.services import post


def tell_people(*, kind: str, session: Session, now: datetime) -> None:
    """Send everybody in the session's cohort this kind of message, once for each of its calendar sequences."""
    people = {member.pk: member for member in confirmed_members(session.cohort)}
    people |= {member.pk: member for member in facilitating_members(session.cohort)}
    for member in people.values():
        post(kind=kind, subject_id=session.pk, slot=str(session.sequence), recipient=member, now=now)
