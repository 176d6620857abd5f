"""Mails about what participants do: homework, comments on it, graduation."""

from datetime import datetime

from django.utils.translation import gettext as _

from cohorts.emails.words import expectations, greeting, moment, recipient_of
from cohorts.models import Cohort, Graduation, Homework, Seat, Submission, SubmissionComment
from cohorts.rules import Moment
from cohorts.walltime import occasion
from prm.addresses import address
from prm.outbox.kinds import Mail
from prm.outbox.models import Message


def homework_reminder(message: Message) -> Mail:
    """To a participant who has handed nothing in: what is due, until when, or since when it is late."""
    homework = Homework.objects.select_related("cohort").get(pk=message.subject_id)
    return Mail(
        template="cohorts/emails/homework_reminder",
        context={
            "greeting": greeting(recipient_of(message)),
            "homework": homework.title,
            "cohort": homework.cohort.title,
            "until": moment(homework.due_at),
            "late": "yes" if _days(message) < 0 else "",
        },
        button=(_("Hand it in"), _page(homework)),
    )


def is_homework_open(message: Message, now: datetime) -> bool:
    """Due at the moment that was planned for, nothing handed in, and the recipient still takes part."""
    homework = Homework.objects.filter(pk=message.subject_id).first()
    if homework is None or message.slot.partition(" ")[2] != occasion(homework.due_at):
        return False
    if (homework.due_at > now) != (_days(message) >= 0):
        return False
    member = message.recipient_id
    if Submission.objects.filter(homework=homework, membership=member).exists():
        return False
    seats = Seat.objects.confirmed().filter(cohort=homework.cohort_id, membership=member)
    return seats.filter(cohort__state__in=Cohort.UNDER_WAY).exists()


def _days(message: Message) -> int:
    """How many days before the due date this reminder is of; below zero it came after."""
    return int(message.slot.partition(" ")[0])


def homework_commented(message: Message) -> Mail:
    """To whoever handed it in: who said what."""
    comment = SubmissionComment.objects.select_related("submission__homework__cohort", "author__person").get(
        pk=message.subject_id
    )
    homework = comment.submission.homework
    author = comment.author.person
    return Mail(
        template="cohorts/emails/homework_commented",
        context={
            "greeting": greeting(recipient_of(message)),
            "author": str(author),
            "homework": homework.title,
            "body": comment.body,
        },
        button=(_("Read and answer"), _page(homework)),
        from_name=str(author),
    )


def comment_exists(message: Message, now: datetime) -> bool:
    return SubmissionComment.objects.filter(pk=message.subject_id).exists()


def graduated(message: Message) -> Mail:
    """To a graduate: congratulations, certificate and badge."""
    graduation = Graduation.objects.select_related("cohort__program").get(pk=message.subject_id)
    return Mail(
        template="cohorts/emails/graduated",
        context={
            "greeting": greeting(recipient_of(message)),
            "program": graduation.program_title,
            "cohort": graduation.cohort.title,
            "promise": graduation.cohort.program.promise,
            **expectations(graduation.cohort.program, Moment.GRADUATED),
            "badge": address("badge_detail", graduation.token, absolute=True),
        },
        button=(_("Open my certificate"), address("certificate_detail", graduation.token, absolute=True)),
    )


def is_still_graduate(message: Message, now: datetime) -> bool:
    return Graduation.objects.valid().filter(pk=message.subject_id).exists()


def _page(homework: Homework) -> str:
    return address("homework_answer", homework.cohort.public_id, homework.public_id, absolute=True)
