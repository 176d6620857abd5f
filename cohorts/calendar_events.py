"""Sessions as calendar programs understand them (RFC 5545), sent as invitations by mail (RFC 5546).

One object for each session, since an invitation speaks of one UID only. The UID never changes, SEQUENCE rises with each
change that calendars must follow, a canceling has the method CANCEL.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from icalendar import Calendar, Event, vCalAddress, vText

from cohorts.models import Session

Method = Literal["REQUEST", "CANCEL", "PUBLISH"]


@dataclass(frozen=True)
class Party:
    """Somebody in an invitation."""

    name: str
    email: str


def session_calendar(
    session: Session,
    *,
    method: Method,
    summary: str,
    description: str,
    url: str,
    organizer: Party,
    attendee: Party | None = None,
    stamped_at: datetime,
) -> bytes:
    """The bytes of one `.ics` file, with the definition of the session's zone."""
    calendar = Calendar()
    calendar.add("prodid", "-//Canopy//Cohorts//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_event(session, method, summary, description, url, organizer, attendee, stamped_at))
    around = timedelta(days=366)
    calendar.add_missing_timezones(session.starts_on - around, session.starts_on + around)
    return bytes(calendar.to_ical())


def uid_of(session: Session) -> str:
    return f"{session.public_id}.{session.organization_id}@canopy"


def _event(
    session: Session,
    method: Method,
    summary: str,
    description: str,
    url: str,
    organizer: Party,
    attendee: Party | None,
    stamped_at: datetime,
) -> Event:
    zone = session.tz
    event = Event()
    event.add("uid", uid_of(session))
    event.add("sequence", session.sequence)
    event.add("dtstamp", stamped_at)
    event.add("dtstart", session.starts_at.astimezone(zone))
    event.add("dtend", session.ends_at.astimezone(zone))
    event.add("summary", summary)
    event.add("description", description)
    event.add("location", session.where)
    event.add("url", url)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if method == "CANCEL" else "OPAQUE")
    event["organizer"] = _address(organizer)
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
