"""Mails about the survey at the end of a cohort."""

from datetime import datetime

from django.utils.translation import gettext as _

from cohorts.emails.words import greeting, moment, recipient_of
from cohorts.models import ClosingSurvey, Cohort
from cohorts.queries.closing import Window, asked_in, seats_without_answer, window_of
from cohorts.walltime import occasion
from prm.addresses import address
from prm.outbox.kinds import Mail
from prm.outbox.models import Message


def closing_asked(message: Message) -> Mail:
    """To every participant when the last session is over: how many questions, until when."""
    return _about(message, "cohorts/emails/closing_asked")


def closing_reminder(message: Message) -> Mail:
    """To who has not answered, once, before it closes."""
    return _about(message, "cohorts/emails/closing_reminder")


def _about(message: Message, template: str) -> Mail:
    survey = _survey(message)
    cohort: Cohort = survey.cohort
    return Mail(
        template=template,
        context={
            "greeting": greeting(recipient_of(message)),
            "cohort": cohort.title,
            "questions": str(len(asked_in(survey))),
            "until": moment(window_of(survey, cohort).until),
        },
        button=(_("Answer"), address("closing_answer", cohort.public_id, absolute=True)),
    )


def is_answer_wanted(message: Message, now: datetime) -> bool:
    """The survey still asks, is open because of the session that it was planned for, and the recipient is silent."""
    survey = (
        ClosingSurvey.objects.asking().with_opening().select_related("cohort").filter(pk=message.subject_id).first()
    )
    if survey is None or survey.cohort.state in (Cohort.State.DRAFT, Cohort.State.CANCELLED):
        return False
    window: Window = window_of(survey, survey.cohort)
    if window.opens_at is None or not window.is_open(now) or message.slot != occasion(window.opens_at):
        return False
    return seats_without_answer(survey.cohort).filter(membership=message.recipient_id).exists()


def _survey(message: Message) -> ClosingSurvey:
    rows = ClosingSurvey.objects.with_opening().select_related("cohort")
    found: ClosingSurvey = rows.get(pk=message.subject_id)
    return found
