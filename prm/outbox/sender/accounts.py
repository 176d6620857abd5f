"""Mails about accounts: at least once, and what they said is erased as soon as they are sent or given up."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.addresses import site_address
from prm.outbox.models import AccountMessage
from prm.outbox.rendering.layout import Look
from prm.outbox.rendering.letters import Envelope, Footer, Letter, make_letter, message_id
from prm.outbox.rendering.wording import word
from prm.outbox.sealing import unseal
from prm.outbox.sender.claims import BATCH, lease_from, retry_at
from prm.outbox.sender.transport import (
    Answer,
    PostOffice,
    Unreachable,
    Verdict,
    note_reachable,
    note_unreachable,
    post_office,
)

logger = logging.getLogger(__name__)

# A code is worth nothing by then.
TOO_LATE = timedelta(hours=1)
KEPT_FOR = timedelta(days=30)
CANOPY = Look(label="Canopy", color="#3b3fb6")
FOLDER = "outbox/emails"


def deliver_account_mails() -> bool:
    """Send what is due; returns whether more may be."""
    rows = _claim()
    if not rows:
        return False
    with post_office() as office:
        try:
            office.open()
        except Unreachable as error:
            note_unreachable(error)
            _put_back(rows)
            return False
        for row in rows:
            _settle(row, _deliver(row, office))
    note_reachable()
    return len(rows) == BATCH


def _claim() -> list[AccountMessage]:
    clock = timezone.now()
    with transaction.atomic():
        due = AccountMessage.objects.filter(state=AccountMessage.State.QUEUED, not_before__lte=clock)
        rows = list(due.order_by("not_before").select_for_update(skip_locked=True)[:BATCH])
        # The lease is a moment before which nobody else looks at the row.
        held = AccountMessage.objects.filter(pk__in=[row.pk for row in rows])
        held.update(not_before=lease_from(clock))
    return rows


def _deliver(row: AccountMessage, office: PostOffice) -> Answer:
    if timezone.now() - row.created_at > TOO_LATE:
        return Answer(Verdict.NEVER, "not_needed")
    try:
        letter = _letter(row)
    except Exception:
        logger.exception("account mail %s (%s) could not be worded", row.pk, row.template)
        return Answer(Verdict.NEVER, "wording_failed")
    return office.send(letter)


def _letter(row: AccountMessage) -> Letter:
    values = unseal(row.sealed)
    url = values.get("button_url", "")
    envelope = Envelope(row.address, "", CANOPY.label, message_id(f"account.{row.nonce}"))
    footer = Footer(
        _("You get this because somebody used this address at %(site)s.") % {"site": site_address("home")},
    )
    button = (values.get("button_label") or _("Open"), url) if url else None
    return make_letter(envelope, word(f"{FOLDER}/{row.template}", values), CANOPY, footer, button)


def _settle(row: AccountMessage, answer: Answer) -> None:
    now = timezone.now()
    attempts = row.attempts + 1
    again_at = retry_at(attempts, now) if answer.verdict in (Verdict.LATER, Verdict.DOUBT) else None
    if again_at is not None:
        changes: dict[str, object] = {"not_before": again_at}
    else:
        sent = answer.verdict == Verdict.SENT
        changes = {"state": AccountMessage.State.SENT if sent else AccountMessage.State.FAILED}
        changes |= {"sealed": "", "settled_at": now}
    AccountMessage.objects.filter(pk=row.pk, state=AccountMessage.State.QUEUED).update(
        attempts=attempts, reason=answer.reason, **changes
    )


def _put_back(rows: list[AccountMessage]) -> None:
    again_at = timezone.now() + timedelta(seconds=15)
    AccountMessage.objects.filter(pk__in=[row.pk for row in rows]).update(not_before=again_at, reason="unreachable")


def are_account_mails_due(now: datetime) -> bool:
    return AccountMessage.objects.filter(state=AccountMessage.State.QUEUED, not_before__lte=now).exists()


def forget_old_account_mails(now: datetime) -> int:
    """Delete what was settled long ago: who asked for codes when is nobody's business for ever."""
    deleted, _rows = AccountMessage.objects.filter(settled_at__lt=now - KEPT_FOR).delete()
    return deleted
