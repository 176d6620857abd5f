"""One message to the leads of many partners."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import BigIntegerField, DateTimeField, QuerySet, Value
from django.utils.translation import gettext as _

from partners.models import Announcement, PartnerUser
from partners.models.partners import PartnerQuerySet
from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.outbox.services.messages import post_due
from prm.problems import Problem, Refused

ANNOUNCEMENT_MAIL = "partners.announcement"
# So long it can be taken back.
UNDO_TIME = timedelta(minutes=2)


def leads_of(partners: PartnerQuerySet) -> "QuerySet[PartnerUser]":
    """Whom a message to these partners goes to: every lead that can come in, test partners left out."""
    leads = PartnerUser.objects.active().filter(role=PartnerUser.Role.LEAD)
    return leads.filter(partner__in=partners.listed().filter(is_test=False).order_by().values("pk"))


@transaction.atomic
def announce(
    *, actor: Actor, partners: PartnerQuerySet, told: str, subject: str, body: str, now: datetime
) -> Announcement:
    """Write to the leads of these partners, each once, two minutes from now; `withdraw` stops it until then.

    `told` is what the partners were chosen by, in words. Raises `Refused` with `nobody` where none of them has a lead.
    """
    row: Announcement = Announcement.objects.create(
        subject=" ".join(subject.split())[:120],
        body=body.strip(),
        told=told[:300],
        written_by_id=actor.membership_id,
        written_at=now,
        due_at=now + UNDO_TIME,
    )
    due = leads_of(partners).annotate(
        subject=Value(row.pk, BigIntegerField()),
        occasion=Value(""),
        not_before=Value(row.due_at, DateTimeField()),
    )
    row.sent_to = post_due(
        kind=ANNOUNCEMENT_MAIL, due=due.values_list("membership_id", "subject", "occasion", "not_before"), now=now
    )
    if not row.sent_to:
        raise Refused(Problem("nobody", _("None of these partners has a lead who could read it. Invite people first.")))
    row.save(update_fields=["sent_to"])
    note(actor=actor, verb="partners.announced", obj=row, changes={"mails": [0, row.sent_to]})
    return row


@transaction.atomic
def withdraw(*, actor: Actor, announcement: Announcement, now: datetime) -> None:
    """Take back a message that is not on its way yet. Raises `Refused` with `sent`. Twice is once."""
    rows = Announcement.objects.filter(pk=announcement.pk, withdrawn_at=None)
    if rows.filter(due_at__gt=now).update(withdrawn_at=now):
        note(actor=actor, verb="partners.announcement_withdrawn", obj=announcement)
    elif rows.exists():
        raise Refused(Problem("sent", _("It is too late: this message is on its way.")))
