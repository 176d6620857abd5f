"""Mails about sessions: invitations to the calendar and their changes, reminders, recaps."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.emails.words import clock, expectations, greeting, home_link, invitations, moment, recipient_of
from cohorts.models import Attendance, Cohort, CohortFacilitator, Recap, Seat, Session
from cohorts.models.reminders import MINUTES_OF_A_DAY
from cohorts.queries.calendars import session_link, where
from cohorts.queries.recaps import catch_up
from cohorts.rules import Moment
from cohorts.walltime import occasion
from prm.accounts.models import Membership
from prm.addresses import address
from prm.outbox.kinds import Mail, Markdown
from prm.outbox.models import Message

_LAST_HOUR = timedelta(hours=1)


def session_added(message: Message) -> Mail:
    """To participants and facilitators: one more date."""
    return _about_session(message, "cohorts/emails/session_added")


def session_moved(message: Message) -> Mail:
    """To participants and facilitators: time, place or title changed, and so does the calendar."""
    return _about_session(message, "cohorts/emails/session_moved")


def _about_session(message: Message, template: str) -> Mail:
    session = _session(message)
    reader = recipient_of(message)
    return Mail(
        template=template,
        context=_session_words(session, reader),
        button=(_("Open the session"), session_link(session, reader)),
        attachments=invitations([session], message),
    )


def is_newest_plan(message: Message, now: datetime) -> bool:
    """Only the newest word about a session that is still ahead is worth sending, to whoever still belongs to it."""
    session = Session.objects.planned().ending_after(now).filter(pk=message.subject_id).first()
    return session is not None and message.slot == str(session.sequence) and belongs(message, session.cohort_id)


def session_cancelled(message: Message) -> Mail:
    """To participants and facilitators: it does not take place."""
    session = _session(message)
    reader = recipient_of(message)
    return Mail(
        template="cohorts/emails/session_cancelled",
        context={**_session_words(session, reader), "reason": session.cancel_reason},
        button=None if reader.is_staff else (_("Open the cohort"), home_link(session.cohort)),
        attachments=invitations([session], message, "CANCEL"),
    )


def session_reminder(message: Message) -> Mail:
    """Days before: when and where in the reader's zone, what it takes, and a way to say that one cannot come."""
    session = _session(message)
    reader = recipient_of(message)
    words = {**_session_words(session, reader), "absence": _absence_link(session, reader)}
    return Mail(
        template="cohorts/emails/session_reminder",
        context={
            **words,
            "day": _day(session.starts_at, max(message.not_before, message.created_at)),
            **expectations(session.cohort.program, Moment.REMINDER),
        },
        button=(_("Open the session"), session_link(session, reader)),
    )


def _day(at: datetime, now: datetime) -> str:
    """Which day that is, seen from now, in the reader's zone."""
    days = (timezone.localdate(at) - timezone.localdate(now)).days
    if days < 2:
        return _("tomorrow") if days == 1 else _("today")
    return ngettext("in %(n)d day", "in %(n)d days", days) % {"n": days}


def session_starts_soon(message: Message) -> Mail:
    """The hour before: the way in."""
    session = _session(message)
    reader = recipient_of(message)
    button = (_("Join"), session.link) if session.link else (_("Open the session"), session_link(session, reader))
    return Mail(
        template="cohorts/emails/session_starts_soon",
        context={
            **_session_words(session, reader),
            "absence": _absence_link(session, reader),
            **expectations(session.cohort.program, Moment.FIRST_MINUTE),
        },
        button=button,
        page=session_link(session, reader),
    )


def is_reminder_due(message: Message, now: datetime) -> bool:
    """A reminder holds for the moment it was planned for, while the session is ahead and the reader means to come.

    One of days before is of no use any more when the last hour has begun.
    """
    minutes, _space, moment_told = message.slot.partition(" ")
    latest = now + _LAST_HOUR if int(minutes) >= MINUTES_OF_A_DAY else now
    session = Session.objects.planned().filter(pk=message.subject_id, starts_at__gt=latest).first()
    if session is None or moment_told != occasion(session.starts_at) or not _takes_part(message, session.cohort_id):
        return False
    excused = Attendance.objects.filter(
        session=session, membership=message.recipient_id, state=Attendance.State.EXCUSED
    )
    return not excused.exists()


def recap(message: Message) -> Mail:
    """To participants: what happened and what comes next; who missed it reads what to catch up on."""
    found = Recap.objects.select_related("session__cohort__program").get(pk=message.subject_id)
    session = found.session
    reader = recipient_of(message)
    missed = (
        Attendance.objects.filter(session=session, membership=reader).exclude(state=Attendance.State.PRESENT).exists()
    )
    return Mail(
        template="cohorts/emails/recap_missed" if missed else "cohorts/emails/recap",
        context={
            "greeting": greeting(reader),
            "cohort": session.cohort.title,
            "session": session.title,
            "body": Markdown(found.body),
            **expectations(session.cohort.program, Moment.RECAP),
            "steps": Markdown(catch_up(session, reader)) if missed else "",
        },
        button=(_("Catch up") if missed else _("Open the session"), session_link(session, reader)),
    )


def is_still_participant(message: Message, now: datetime) -> bool:
    found = Recap.objects.filter(pk=message.subject_id).values_list("session__cohort_id", flat=True).first()
    return found is not None and belongs(message, found)


def _session(message: Message) -> Session:
    found: Session = Session.objects.select_related("cohort__program").get(pk=message.subject_id)
    return found


def _session_words(session: Session, reader: Membership) -> dict[str, str]:
    return {
        "greeting": greeting(reader),
        "cohort": session.cohort.title,
        "session": session.title,
        "at": moment(session.starts_at),
        "clock": clock(session.starts_at),
        "minutes": str(session.minutes),
        "where": where(session),
    }


def _absence_link(session: Session, reader: Membership) -> str:
    if reader.is_staff:
        return ""
    return address("session_excuse", session.cohort.public_id, session.public_id, absolute=True)


def _takes_part(message: Message, cohort_id: int) -> bool:
    return belongs(message, cohort_id) and Cohort.objects.under_way().filter(pk=cohort_id).exists()


def belongs(message: Message, cohort_id: int) -> bool:
    """Whether the recipient is (still) a participant or a facilitator of a cohort that goes on."""
    member = message.recipient_id
    seats = Seat.objects.confirmed().filter(cohort=cohort_id, membership=member, cohort__state__in=Cohort.UNDER_WAY)
    return seats.exists() or CohortFacilitator.objects.filter(cohort=cohort_id, membership=member).exists()
