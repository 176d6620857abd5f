"""Asking partners for what is missing: one action, one mail for each lead, one reminder."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import CharField, DateTimeField, Value
from django.utils.translation import gettext as _

from partners.emails import DATA_ASKED
from partners.models import AskedPartner, DataRequest, PartnerUser
from partners.queries.questions import ask_preview, labels_of, questions_named, still_asked
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.services import note
from prm.outbox.services import post_due
from prm.problems import Problem, Refused

REMINDER_MAIL = "partners.data_reminder"


@transaction.atomic
def ask_partners(
    *,
    actor: Actor,
    asker: Membership,
    fields: Sequence[str],
    partner_ids: Collection[int] | None = None,
    note_text: str = "",
    now: datetime,
) -> DataRequest:
    """Ask those of the partners (all where none are named) that lack one of the fields, each lead by one mail.

    Partners that were asked for the same lately are left out, and those with nobody who could answer. Raises `Refused`:
    no_question where partners cannot tell any of the fields, nobody_to_ask.
    """
    asked = [question.field for question in questions_named(fields)]
    if not asked:
        raise Refused(Problem("no_question", _("Partners cannot be asked for this: colleagues keep it.")))
    found = ask_preview(asked, partner_ids, now)
    keys = list(found.partners.values_list("pk", flat=True))
    if not keys:
        raise Refused(Problem("nobody_to_ask", _("There is nobody left to ask for this.")))
    request: DataRequest = DataRequest.objects.create(
        fields=asked, note=note_text.strip()[:500], asked_by=asker, asked_at=now
    )
    rows = [AskedPartner(request=request, partner_id=key) for key in keys]
    AskedPartner.objects.bulk_create(rows, batch_size=2000)
    _post(DATA_ASKED, request, now)
    counted = {"partners": [0, len(keys)]}
    note(actor=actor, verb="partners.data_asked", obj=request, label=labels_of(asked), changes=counted)
    return request


@transaction.atomic
def remind(*, actor: Actor, request: DataRequest, now: datetime) -> int:
    """Ask once more those who have not answered; returns how many mails that are. Raises `Refused`: reminded."""
    if not DataRequest.objects.filter(pk=request.pk, reminded_at=None).update(reminded_at=now):
        raise Refused(Problem("reminded", _("They were reminded already. Once is enough.")))
    request.reminded_at = now
    mails = _post(REMINDER_MAIL, request, now)
    note(actor=actor, verb="partners.data_reminded", obj=request, label=labels_of(request.fields))
    return mails


def _post(kind: str, request: DataRequest, now: datetime) -> int:
    leads = PartnerUser.objects.active().filter(role=PartnerUser.Role.LEAD)
    leads = leads.filter(partner__in=still_asked(request).values("partner"))
    subject = Value(request.pk)
    slot, at = Value("", output_field=CharField()), Value(now, output_field=DateTimeField())
    return post_due(kind=kind, due=leads.order_by().values_list("membership_id", subject, slot, at), now=now)
