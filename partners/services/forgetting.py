"""Applications are forgotten in time: what is about people is erased, what is counted stays."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from partners.models import PartnerApplication
from partners.queries.applications import forgettable, stale_drafts
from partners.rules.recruitment import DRAFT_DAYS
from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.outbox.models import Message
from prm.problems import Problem, Refused

_BATCH = 500
_MAILS = "partners.application_"


def plan_forgetting(now: datetime) -> datetime | None:
    """The planner: throw away drafts that nobody came back to, erase what is due, and say when the next is."""
    with transaction.atomic():
        for draft in list(stale_drafts(now - timedelta(days=DRAFT_DAYS)).select_for_update(skip_locked=True)[:_BATCH]):
            drop_draft(draft)
        rows = forgettable().filter(forget_at__lte=now).select_for_update(skip_locked=True, of=("self",))
        for row in list(rows[:_BATCH]):
            erase_application(actor=Actor.system("retention"), application=row, now=now)
    following: datetime | None = forgettable().values_list("forget_at", flat=True).first()
    return following


def drop_draft(draft: PartnerApplication) -> None:
    """Throw a draft away, with the mails about it."""
    _forget_mails(draft)
    draft.delete()


def forget_application(*, actor: Actor, application: PartnerApplication, now: datetime) -> None:
    """Erase an ended application before its time, because somebody asked for it. Raises `Refused`: still_running."""
    if not PartnerApplication.objects.filter(pk=application.pk, state__in=PartnerApplication.ENDED).exists():
        raise Refused(Problem("still_running", _("Decide on it first: its applicant waits for an answer.")))
    erase_application(actor=actor, application=application, now=now)


@transaction.atomic
def erase_application(*, actor: Actor, application: PartnerApplication, now: datetime) -> None:
    """Forget who applied and what they said. Stage, reason, source and days stay for figures. Twice is once."""
    blank = {"email": "", "contact_name": "", "company": "", "domain": "", "searchable": "", "wording": ""}
    gone = {"answers": {}, "score_parts": [], "done": [], "nonce": "", "token_digest": "", "erased_at": now}
    if not PartnerApplication.objects.filter(pk=application.pk, erased_at=None).update(**blank, **gone):
        return
    _forget_mails(application)
    application.comments.all().delete()
    application.asked.all().delete()
    application.reviewers.all().delete()
    note(actor=actor, verb="partners.application_erased", obj=application, label=application.public_id)


def _forget_mails(application: PartnerApplication) -> None:
    """The outbox keeps that mails were sent, and no longer to whom and with which words."""
    asked = list(application.asked.values_list("pk", flat=True))
    about = Message.objects.filter(kind__startswith=_MAILS)
    for rows in (
        about.exclude(kind="partners.application_asked").filter(subject_id=application.pk),
        about.filter(kind="partners.application_asked", subject_id__in=asked),
    ):
        rows.update(address="", name="", sent_to="", subject="", copy={})
