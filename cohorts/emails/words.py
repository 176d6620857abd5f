"""What several mails have in common: moments, greetings, calendar files. Runs in the recipient's language and zone."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from cohorts.calendar_events import Method, Party, session_calendar
from cohorts.models import Cohort, Session
from prm.accounts.models import Membership
from prm.addresses import address
from prm.outbox.kinds import Attachment
from prm.outbox.models import Message
from prm.tenancy.scope import current_organization


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


def where(session: Session) -> str:
    """Where it happens, in one line."""
    return session.where or _("The place is told later")


def session_link(session: Session, reader: Membership) -> str:
    """The page of a session that this reader may open."""
    name = "session_edit" if reader.is_staff else "session_detail"
    return address(name, session.cohort.public_id, session.public_id, absolute=True)


def home_link(cohort: Cohort) -> str:
    return address("cohort_home", cohort.public_id, absolute=True)


def invitations(sessions: Iterable[Session], message: Message, method: Method = "REQUEST") -> list[Attachment]:
    """A calendar file for each session. Mail programs show only one beside the text: that is the first session's."""
    listed = list(sessions)
    later = [_file(session, message, method, "application/ics") for session in listed[1:]]
    first = [_file(session, message, method, f"text/calendar; method={method}") for session in listed[:1]]
    return [*later, *first]


def _file(session: Session, message: Message, method: Method, mime: str) -> Attachment:
    reader = recipient_of(message)
    organization = current_organization()
    sender = organization.reply_to or settings.DEFAULT_FROM_EMAIL
    content = session_calendar(
        session,
        method=method,
        summary=f"{session.cohort.title}: {session.title}",
        description="\n\n".join(part for part in (where(session), session.agenda) if part),
        url=session_link(session, reader),
        organizer=Party(organization.sender_label(), sender),
        attendee=Party(str(reader.person), reader.person.email),
        stamped_at=message.created_at,
    )
    return Attachment(f"session-{session.number}.ics", mime, content)
