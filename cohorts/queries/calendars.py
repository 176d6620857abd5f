"""Sessions as they stand in one person's calendar, and the feed that a calendar program reads."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from cohorts.calendar_events import Entry, Party
from cohorts.models import CalendarFeed, CalendarTurn, Cohort, CohortFacilitator, Seat, Session
from cohorts.queries.agenda import agendas_in_words
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.scope import current_organization

# How far back a feed goes: what was removed from it would vanish from people's calendars.
KEPT = timedelta(days=365)
LONGEST_FEED = 1000


def entries_of(sessions: Iterable[Session], reader: Membership) -> list[Entry]:
    """The sessions, each with its cohort, as this reader's calendar shows them: two queries."""
    listed = list(sessions)
    turns, agendas = _turns(reader, {session.cohort_id for session in listed}), agendas_in_words(listed)
    return [_entry(session, reader, turns.get(session.cohort_id, 0), agendas.get(session.pk, "")) for session in listed]


def _turns(reader: Membership, cohort_ids: set[int]) -> dict[int, int]:
    """How often each of these cohorts left or came back into the reader's calendar."""
    rows = CalendarTurn.objects.filter(membership=reader, cohort__in=cohort_ids)
    return dict(rows.values_list("cohort_id", "turns"))


def _entry(session: Session, reader: Membership, turns: int, agenda: str) -> Entry:
    organization = current_organization()
    bring = _("Bring: %s") % session.bring if session.bring else ""
    told = "\n".join(part for part in (where(session), session.way, bring) if part)
    return Entry(
        session=session,
        sequence=session.sequence + turns,
        summary=f"{session.cohort.title}: {session.title}",
        description="\n\n".join(part for part in (told, agenda) if part),
        url=session_link(session, reader),
        organizer=Party(organization.sender_label(), organization.reply_to or settings.DEFAULT_FROM_EMAIL),
    )


def where(session: Session) -> str:
    """Where it happens, in one line."""
    return session.where or _("The place is told later")


def session_link(session: Session, reader: Membership) -> str:
    """The page of a session that this reader may open."""
    name = "session_edit" if reader.is_staff else "session_detail"
    return address(name, session.cohort.public_id, session.public_id, absolute=True)


def keeps_sessions(cohort_id: int, reader: Membership) -> bool:
    """Whether the cohort's sessions belong into the reader's calendar: for a seat, for leading it, or for both."""
    seats = Seat.objects.confirmed().of_member(reader).filter(cohort=cohort_id)
    return seats.exists() or CohortFacilitator.objects.filter(cohort=cohort_id, membership=reader).exists()


def feed_of(membership: Membership) -> CalendarFeed | None:
    return CalendarFeed.objects.of_member(membership).first()


def feed_by_token(token: str) -> CalendarFeed | None:
    """The feed whose address carries this token, while its member belongs here; None for a token made elsewhere."""
    rows = CalendarFeed.objects.filter(public_id=CalendarFeed.public_id_of(token))
    feed = rows.filter(membership__state=Membership.State.ACTIVE, membership__person__is_active=True).first()
    return feed if feed is not None and feed.proves(token) else None


def feed_entries(reader: Membership, now: datetime) -> list[Entry]:
    """Every session that is still on of the cohorts in which the reader takes part or which they lead."""
    seats = Seat.objects.confirmed().of_member(reader).values("cohort")
    led = CohortFacilitator.objects.filter(membership=reader).values("cohort")
    rows = Session.objects.still_on().ending_after(now - KEPT).filter(Q(cohort__in=seats) | Q(cohort__in=led))
    rows = rows.exclude(cohort__state=Cohort.State.CANCELLED).select_related("cohort").soonest_first()
    return entries_of(rows[:LONGEST_FEED], reader)
