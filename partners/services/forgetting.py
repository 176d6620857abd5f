"""Applications are forgotten in time: what is about people is erased, what is counted stays."""

from datetime import datetime, timedelta

from django.db import transaction

from partners.models import PartnerApplication
from partners.queries.applications import forgettable
from partners.services.applying import DRAFT_DAYS
from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.outbox.models import Message

_MONTH = timedelta(days=30)
_BATCH = 500
_MAILS = "partners.application_"


def plan_forgetting(now: datetime) -> datetime | None:
    """The planner: throw away drafts that nobody came back to, erase what is due, and say when the next is."""
    with transaction.atomic():
        old = now - timedelta(days=DRAFT_DAYS)
        drafts = PartnerApplication.objects.filter(state=PartnerApplication.State.DRAFT, sent_at__lte=old)
        for draft in list(drafts[:_BATCH]):
            _forget_mails(draft)
            draft.delete()
        rows = list(forgettable(now).select_for_update(skip_locked=True, of=("self",))[:_BATCH])
        for row in rows:
            if _due_at(row) <= now:
                erase_application(actor=Actor.system("retention"), application=row, now=now)
    ahead = [_due_at(row) for row in forgettable(now)[:_BATCH]]
    return min(ahead, default=None)


def _due_at(application: PartnerApplication) -> datetime:
    assert application.ended_at is not None
    return application.ended_at + application.call.keep_months * _MONTH


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
