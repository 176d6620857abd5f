"""Mails of a program's drumbeat."""

from datetime import datetime

from django.utils.translation import gettext as _

from cohorts.emails.words import greeting, home_link, recipient_of
from cohorts.models import Beat, Cohort
from cohorts.parts import Part
from cohorts.queries.drumbeat import readers_of, session_days, told_in, words_of
from prm.accounts.models import Membership
from prm.addresses import address
from prm.outbox.kinds import Mail, Markdown
from prm.outbox.models import Message
from prm.tenancy.scope import current_organization


def beat(message: Message) -> Mail:
    """What staff wrote, with the cohort's own dates."""
    found = Beat.objects.get(pk=message.subject_id)
    cohort = Cohort.objects.get(pk=int(message.slot))
    reader = recipient_of(message)
    (told,) = told_in(cohort, [found], session_days([cohort.pk]).get(cohort.pk, []), reader.zone)
    title, body = words_of(found, cohort, told.anchor)
    is_open = found.stage == Beat.Stage.CLOSING
    url = address("cohort_invitation", cohort.public_id, absolute=True) if is_open else home_link(cohort)
    return Mail(
        template="cohorts/emails/beat",
        context={"greeting": greeting(reader), "cohort": cohort.title, "title": title, "body": Markdown(body)},
        button=(_("Read more") if is_open else _("Open the cohort"), url),
    )


def is_stage_on(message: Message, now: datetime) -> bool:
    """Not past, still switched on, and the reader still one of those whom it is for."""
    found = Beat.objects.filter(pk=message.subject_id, by_mail=True).first()
    cohort = Cohort.objects.under_way().filter(pk=int(message.slot), parts__contains=[Part.DRUMBEAT]).first()
    if found is None or cohort is None or message.recipient_id not in readers_of(cohort, found.stage):
        return False
    reader = Membership.objects.in_organization(current_organization()).with_person().get(pk=message.recipient_id)
    reader.organization = current_organization()
    told = told_in(cohort, [found], session_days([cohort.pk]).get(cohort.pk, []), reader.zone)
    return any(row.is_mailed(now) for row in told)
