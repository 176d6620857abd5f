"""Sessions as calendar programs understand them (RFC 5545), sent as invitations by mail (RFC 5546).

One object for each session, since an invitation speaks of one UID only; a feed (`sessions_feed`) holds many. The UID
never changes, SEQUENCE rises with each change that calendars must follow and whenever somebody leaves or returns, a
canceling has the method CANCEL.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from icalendar import Calendar, Event, vCalAddress, vText

from cohorts.models import Session

Method = Literal["REQUEST", "CANCEL", "PUBLISH"]
READ_AGAIN = timedelta(hours=1)


@dataclass(frozen=True)
class Party:
    """Somebody in an invitation."""

    name: str
    email: str


@dataclass(frozen=True)
class Entry:
    """One session as it stands in one person's calendar."""

    session: Session
    sequence: int
    summary: str
    description: str
    url: str
    organizer: Party


def session_calendar(entry: Entry, *, method: Method, attendee: Party | None = None, stamped_at: datetime) -> bytes:
    """The bytes of one `.ics` file, with the definition of the session's zone."""
    calendar = _calendar(method)
    calendar.add_component(_event(entry, method, attendee, stamped_at))
    _define_zones(calendar, [entry.session])
    return bytes(calendar.to_ical())


def sessions_feed(entries: Sequence[Entry], *, name: str, stamped_at: datetime) -> bytes:
    """The bytes of a calendar that programs read again and again."""
    calendar = _calendar("PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("name", name)
    calendar.add("refresh-interval", READ_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", READ_AGAIN, parameters={"VALUE": "DURATION"})
    for entry in entries:
        calendar.add_component(_event(entry, "PUBLISH", None, stamped_at))
    _define_zones(calendar, [entry.session for entry in entries])
    return bytes(calendar.to_ical())


def _calendar(method: Method) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Canopy//Cohorts//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def _define_zones(calendar: Calendar, sessions: Sequence[Session]) -> None:
    if sessions:
        around = timedelta(days=366)
        days = [session.starts_on for session in sessions]
        calendar.add_missing_timezones(min(days) - around, max(days) + around)


def uid_of(session: Session) -> str:
    return f"{session.public_id}.{session.organization_id}@canopy"


def _event(entry: Entry, method: Method, attendee: Party | None, stamped_at: datetime) -> Event:
    session = entry.session
    event = Event()
    event.add("uid", uid_of(session))
    event.add("sequence", entry.sequence)
    event.add("dtstamp", stamped_at)
    event.add("dtstart", session.starts_at.astimezone(session.tz))
    event.add("dtend", session.ends_at.astimezone(session.tz))
    event.add("summary", entry.summary)
    for name, value in (("description", entry.description), ("location", session.where)):
        if value:
            event.add(name, value)
    event.add("url", entry.url)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if method == "CANCEL" else "OPAQUE")
    event["organizer"] = _address(entry.organizer)
    if attendee is not None:
        address = _address(attendee)
        address.params["ROLE"] = vText("REQ-PARTICIPANT")
        address.params["PARTSTAT"] = vText("ACCEPTED")
        address.params["RSVP"] = vText("FALSE")
        event.add("attendee", address, encode=False)
    return event


def _address(party: Party) -> vCalAddress:
    address = vCalAddress(f"mailto:{party.email}")
    if party.name:
        address.params["CN"] = vText(party.name)
    return address
