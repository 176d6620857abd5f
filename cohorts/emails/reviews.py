"""Mails to colleagues who give points to applications."""

from datetime import datetime

from django.utils.translation import gettext as _

from cohorts.emails.words import greeting, moment, recipient_of
from cohorts.models import Cohort, Review
from cohorts.parts import Part
from cohorts.queries.selection_plans import plan_of
from prm.addresses import address
from prm.outbox.kinds import Mail
from prm.outbox.models import Message


def review_asked(message: Message) -> Mail:
    """To a reviewer: how many applications wait for their points, until when, and how long that takes."""
    return _mail(message, "cohorts/emails/review_asked")


def review_reminder(message: Message) -> Mail:
    """To a reviewer who still owes points on the day before all of them are opened."""
    return _mail(message, "cohorts/emails/review_reminder")


def _mail(message: Message, template: str) -> Mail:
    cohort = Cohort.objects.get(pk=message.subject_id)
    until = plan_of(cohort).compare_at
    return Mail(
        template=template,
        context={
            "greeting": greeting(recipient_of(message)),
            "cohort": cohort.title,
            "waiting": str(_owed(message)),
            "until": moment(until),
        },
        button=(_("Give points"), address("review_list", cohort.public_id, absolute=True)),
    )


def is_review_owed(message: Message, now: datetime) -> bool:
    cohort = Cohort.objects.filter(pk=message.subject_id, state__in=Cohort.UNDER_WAY).first()
    return cohort is not None and cohort.uses(Part.REVIEWS) and _owed(message) > 0


def is_still_closed(message: Message, now: datetime) -> bool:
    """Whether points are owed, and the moment that the reminder is about is still ahead."""
    cohort = Cohort.objects.filter(pk=message.subject_id).first()
    until = plan_of(cohort).compare_at if cohort else None
    return until is not None and until > now and f"{until:%Y%m%d%H%M}" == message.slot and is_review_owed(message, now)


def _owed(message: Message) -> int:
    return Review.objects.to_write().filter(cohort=message.subject_id, membership=message.recipient_id).count()
