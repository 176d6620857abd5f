"""The mail with which a cohort begins."""

from datetime import datetime

from django.utils.translation import gettext as _

from cohorts.emails.words import greeting, home_link, moment, recipient_of
from cohorts.models import Cohort, Launch, Seat
from cohorts.queries.people import first_session_at
from prm.outbox.kinds import Mail, Markdown
from prm.outbox.models import Message


def kickoff(message: Message) -> Mail:
    """To every participant: why this group, what happens first."""
    launch = Launch.objects.select_related("cohort").get(pk=message.subject_id)
    return Mail(
        template="cohorts/emails/kickoff",
        context={
            "greeting": greeting(recipient_of(message)),
            "cohort": launch.cohort.title,
            "body": Markdown(launch.kickoff),
            "first": moment(first_session_at(launch.cohort)),
        },
        button=(_("Open the cohort"), home_link(launch.cohort)),
    )


def is_in(message: Message, now: datetime) -> bool:
    """Whether the recipient still takes part in a cohort that goes on."""
    cohorts = Launch.objects.filter(pk=message.subject_id).values("cohort")
    seats = Seat.objects.confirmed().filter(cohort__in=cohorts, membership=message.recipient_id)
    return seats.filter(cohort__state__in=Cohort.UNDER_WAY).exists()
