"""What several mails have in common: moments, greetings, calendar files. Runs in the recipient's language and zone."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from cohorts.calendar_events import Entry, Method, Party, session_calendar
from cohorts.models import Cohort, Program, Session
from cohorts.queries.calendars import entries_of, keeps_sessions
from cohorts.rules import Moment, expectations_at
from prm.accounts.models import Membership
from prm.addresses import address
from prm.outbox.kinds import Attachment, Markdown
from prm.outbox.models import Message


def moment(at: datetime | None) -> str:
    """A moment in the reader's zone, with the zone: "Tuesday 8 December 2026, 10:00 CET"."""
    return "" if at is None else formats.date_format(timezone.localtime(at), "l j F Y, H:i T")


def clock(at: datetime) -> str:
    """The time of day in the reader's zone: "10:00 CET"."""
    return formats.date_format(timezone.localtime(at), "H:i T")


def recipient_of(message: Message) -> Membership:
    member: Membership | None = message.recipient
    if member is None:
        raise ValueError(f"a message of kind {message.kind} goes to a member")
    return member


def greeting(member: Membership) -> str:
    return _("Hello %(name)s,") % {"name": member.person.first_name}


def home_link(cohort: Cohort) -> str:
    return address("cohort_home", cohort.public_id, absolute=True)


def expectations(program: Program, at: Moment) -> dict[str, str]:
    """What is expected, in the words of this moment: `expected` is its heading, `expectations` its lines."""
    told = expectations_at(program, at)
    return {"expected": told.heading, "expectations": Markdown(told.markdown)}


def invitations(sessions: Iterable[Session], message: Message, method: Method = "REQUEST") -> list[Attachment]:
    """A calendar file for each session. Mail programs show only one beside the text: that is the first session's."""
    entries = entries_of(sessions, recipient_of(message))
    later = [_file(entry, message, method, "application/ics") for entry in entries[1:]]
    first = [_file(entry, message, method, f"text/calendar; method={method}") for entry in entries[:1]]
    return [*later, *first]


def farewells(cohort: Cohort, message: Message) -> list[Attachment]:
    """What takes the sessions ahead out of the reader's calendar: nothing for who still leads the cohort, or is in."""
    if keeps_sessions(cohort.pk, recipient_of(message)):
        return []
    return invitations(sessions_ahead(cohort.pk, message.created_at), message, "CANCEL")


def sessions_ahead(cohort_id: int, since: datetime) -> list[Session]:
    rows = Session.objects.planned().ending_after(since).filter(cohort=cohort_id)
    return list(rows.select_related("cohort").soonest_first())


def _file(entry: Entry, message: Message, method: Method, mime: str) -> Attachment:
    reader = recipient_of(message)
    content = session_calendar(
        entry,
        method=method,
        attendee=Party(str(reader.person), reader.person.email),
        stamped_at=message.created_at,
    )
    return Attachment(f"session-{entry.session.number}.ics", mime, content)
