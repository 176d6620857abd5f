"""Account mails: stored like every other message, but for no organization and never kept."""

import logging
from collections.abc import Mapping
from datetime import datetime

from celery import current_app
from django.db import transaction

from prm.accounts.models import normalize_email
from prm.outbox.models import AccountMessage
from prm.outbox.sealing import seal

logger = logging.getLogger(__name__)


def post_account_mail(*, template: str, address: str, values: Mapping[str, str], now: datetime) -> None:
    """Store a mail about an account in the caller's transaction; the worker sends it after commit.

    `template` names templates/outbox/emails/<template>.md; `values` are sealed at once and erased when it is sent.
    """
    AccountMessage.objects.create(
        address=normalize_email(address), template=template, sealed=seal(values), not_before=now, created_at=now
    )
    transaction.on_commit(ring_for_account_mails, robust=True)


def ring_for_account_mails() -> None:
    """Tell Celery that account mails wait. With the broker down the next tick finds them."""
    try:
        current_app.send_task("outbox.deliver_account_mails", retry=False)
    except Exception as error:
        logger.warning("doorbell for account mails not heard: %s", type(error).__name__)
