"""Storing messages. Nothing here talks to a mail server: see prm.outbox.sender."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from prm.accounts.models import Membership, normalize_email
from prm.outbox.kinds import message_kinds
from prm.outbox.models import Message
from prm.tenancy.wakeups import wake


def post(
    *,
    kind: str,
    subject_id: int,
    slot: str = "",
    recipient: Membership | None = None,
    address: str = "",
    name: str = "",
    parameters: Mapping[str, Any] | None = None,
    not_before: datetime | None = None,
    now: datetime,
) -> None:
    """Store one message in the caller's transaction; it is sent after commit, not before `not_before`.

    The occasion (recipient or address, kind, subject, slot) makes it unique: posting it again changes nothing. Raises
    KeyError for an unknown kind and ValueError where nobody is named.
    """
    message_kinds.get(kind)
    if recipient is None and not address:
        raise ValueError("a message needs a recipient or an address")
    due_at = max(not_before or now, now)
    message = Message(
        recipient=recipient,
        address=normalize_email(address),
        name=name,
        kind=kind,
        subject_id=subject_id,
        slot=slot,
        parameters=dict(parameters or {}),
        not_before=due_at,
        created_at=now,
    )
    Message.objects.bulk_create([message], ignore_conflicts=True)
    wake("outbox", due_at)
