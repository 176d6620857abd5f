"""How long a sign-in lasts: without use three hours, and one day at most.

Partner people who want to may stay signed in on their device: two weeks without use, sixty days at most. Whoever is
staff anywhere may not, from the moment they are.
"""

from datetime import UTC, datetime, timedelta

from django.contrib.sessions.backends.base import SessionBase

from prm.accounts.models import Membership, Person

IDLE, ABSOLUTE = timedelta(hours=3), timedelta(hours=24)
STAYING_IDLE, STAYING_ABSOLUTE = timedelta(days=14), timedelta(days=60)
# Use is written down this often at most; so much earlier an unused session may end.
EVERY = timedelta(minutes=5)
_BEGAN, _UNTIL, _STAYS = "signed_in_at", "signed_in_until", "stays_signed_in"


def begin(session: SessionBase, person: Person, now: datetime, *, stays: bool) -> None:
    """Somebody has just signed in; `stays` is what they ticked."""
    session[_BEGAN] = now.timestamp()
    session[_STAYS] = stays and _may_stay(person)
    session.pop(_UNTIL, None)
    extend(session, person, now)


def extend(session: SessionBase, person: Person, now: datetime) -> None:
    """The session was used at `now`. Its row and cookie end by themselves at the moment that is set here."""
    began = datetime.fromtimestamp(session.setdefault(_BEGAN, now.timestamp()), UTC)
    until = _until(began, now, stays=bool(session.get(_STAYS)))
    if _is_worth_writing(session, until):
        if session.get(_STAYS) and not _may_stay(person):
            session[_STAYS] = False
            until = _until(began, now, stays=False)
        session[_UNTIL] = until.timestamp()
        session.set_expiry(until)


def _until(began: datetime, now: datetime, *, stays: bool) -> datetime:
    idle, absolute = (STAYING_IDLE, STAYING_ABSOLUTE) if stays else (IDLE, ABSOLUTE)
    return min(now + idle, began + absolute)


def _is_worth_writing(session: SessionBase, until: datetime) -> bool:
    # Signing in with a password sets a length of its own.
    is_ours = isinstance(session.get("_session_expiry"), str)
    return not is_ours or until.timestamp() - session.get(_UNTIL, 0) >= EVERY.total_seconds()


def _may_stay(person: Person) -> bool:
    return not person.is_staff and not Membership.objects.for_person(person).active().staff().exists()
