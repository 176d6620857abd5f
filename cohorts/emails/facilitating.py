"""Mails to colleagues about leading a cohort, with what their calendars need."""

from datetime import datetime

from django.utils.translation import gettext as _

from cohorts.emails.words import farewells, greeting, invitations, moment, recipient_of, sessions_ahead
from cohorts.models import Cohort, CohortFacilitator
from cohorts.queries.calendars import keeps_sessions
from prm.addresses import address
from prm.outbox.kinds import Mail
from prm.outbox.models import Message


def facilitating(message: Message) -> Mail:
    """To who leads a cohort from now on: every session that is ahead, for the calendar."""
    cohort = Cohort.objects.get(pk=message.subject_id)
    sessions = sessions_ahead(cohort.pk, message.created_at)
    return Mail(
        template="cohorts/emails/facilitating",
        context={
            "greeting": greeting(recipient_of(message)),
            "cohort": cohort.title,
            "first": moment(sessions[0].starts_at),
            "count": str(len(sessions)),
        },
        button=(_("Open the cohort"), address("cohort_detail", cohort.public_id, absolute=True)),
        attachments=invitations(sessions, message),
    )


def leads_sessions_ahead(message: Message, now: datetime) -> bool:
    """Without a session there is nothing for a calendar: each that is added later is told by itself."""
    leads = CohortFacilitator.objects.filter(cohort=message.subject_id, membership=message.recipient_id)
    return leads.exists() and bool(sessions_ahead(message.subject_id, max(now, message.created_at)))


def facilitating_ended(message: Message) -> Mail:
    """To who no longer leads a cohort: its sessions go from the calendar."""
    cohort, reader = Cohort.objects.get(pk=message.subject_id), recipient_of(message)
    return Mail(
        template="cohorts/emails/facilitating_ended",
        context={
            "greeting": greeting(reader),
            "cohort": cohort.title,
            "takes_part": "yes" if keeps_sessions(cohort.pk, reader) else "",
        },
        attachments=farewells(cohort, message),
    )


def leads_no_more(message: Message, now: datetime) -> bool:
    leads = CohortFacilitator.objects.filter(cohort=message.subject_id, membership=message.recipient_id)
    return not leads.exists() and bool(sessions_ahead(message.subject_id, message.created_at))
