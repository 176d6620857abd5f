"""Mails about many sessions at once: a series was added, or moved together."""

from datetime import datetime

from django.utils.translation import gettext as _

from cohorts.emails.sessions import belongs
from cohorts.emails.words import greeting, invitations, moment, recipient_of
from cohorts.models import Cohort, Session
from cohorts.queries.calendars import where
from cohorts.queries.recap_words import escaped
from prm.addresses import address
from prm.outbox.kinds import Mail, Markdown
from prm.outbox.models import Message


def sessions_added(message: Message) -> Mail:
    """To participants and facilitators: further dates, all of them."""
    return _about(message, "cohorts/emails/sessions_added")


def sessions_moved(message: Message) -> Mail:
    """To participants and facilitators: other dates, all of them, and the calendar follows."""
    return _about(message, "cohorts/emails/sessions_moved")


def _about(message: Message, template: str) -> Mail:
    cohort, reader = Cohort.objects.get(pk=message.subject_id), recipient_of(message)
    sessions = _told(message, message.created_at)
    page = "cohort_session_list" if reader.is_staff else "cohort_home"
    return Mail(
        template=template,
        context={
            "greeting": greeting(reader),
            "cohort": cohort.title,
            "count": str(len(sessions)),
            "first": moment(sessions[0].starts_at) if sessions else "",
            "dates": Markdown(_dates(sessions)),
        },
        button=(_("Open the cohort"), address(page, cohort.public_id, absolute=True)),
        attachments=invitations(sessions, message),
    )


def _dates(sessions: list[Session]) -> str:
    """A line for each; where it happens stands once below, if that is the same for all."""
    places = [where(session) for session in sessions]
    is_same = len(set(places)) == 1
    lines = [
        f"- **{escaped(moment(session.starts_at))}**, {_minutes(session)}: {escaped(session.title)}"
        + ("" if is_same else f", {escaped(place)}")
        for session, place in zip(sessions, places, strict=True)
    ]
    return "\n".join([*lines, "", escaped(places[0])] if is_same else lines)


def _minutes(session: Session) -> str:
    return _("%(n)d minutes") % {"n": session.minutes}


def _told(message: Message, since: datetime) -> list[Session]:
    """The sessions that this message is still the newest word about, soonest first."""
    told = dict(message.parameters.get("sessions", []))
    rows = Session.objects.planned().ending_after(since).filter(cohort=message.subject_id, pk__in=told)
    found = rows.select_related("cohort").soonest_first()
    return [session for session in found if session.sequence == told[session.pk]]


def is_newest_word(message: Message, now: datetime) -> bool:
    """Whether it is the newest word about any session that is still ahead, to whoever still belongs to it."""
    return bool(_told(message, now)) and belongs(message, message.subject_id)
