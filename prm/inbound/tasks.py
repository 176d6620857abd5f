"""Celery shell: one look into the mailbox. It may run late or twice: a mail is taken in once."""

import imaplib
import logging
from typing import Any

from celery import shared_task
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from prm.inbound.mailbox import fetch_mails

logger = logging.getLogger(__name__)
_HELD_FOR = 240


@shared_task(name="inbound.fetch")
def fetch(**_later: Any) -> None:
    if not settings.INBOUND_IMAP_URL or not cache.add("inbound.fetch", 1, timeout=_HELD_FOR):
        return
    try:
        fetch_mails(timezone.now)
    except (OSError, imaplib.IMAP4.error) as error:
        logger.warning("the mailbox cannot be read: %s", type(error).__name__)
    finally:
        cache.delete("inbound.fetch")
