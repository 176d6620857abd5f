"""Storing messages, and what staff do with them. Nothing here talks to a mail server: see prm.outbox.sender."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.validators import validate_email
from django.db import connection
from django.db.models import QuerySet

from prm.accounts.actors import Actor
from prm.accounts.models import Membership, normalize_email
from prm.audit.services import note
from prm.outbox.kinds import message_kinds
from prm.outbox.models import Message
from prm.outbox.models.message import MACHINE
from prm.outbox.rendering.escaping import clean_line
from prm.tenancy.scope import current_organization
from prm.tenancy.wakeups import wake

TEST_MAIL = "outbox.test_mail"


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
    KeyError for an unknown kind, ValueError where nobody is named, ValidationError for what is no address.
    """
    message_kinds.get(kind)
    if recipient is None and not address:
        raise ValueError("a message needs a recipient or an address")
    if address:
        address = normalize_email(address)
        validate_email(address)
    due_at = max(not_before or now, now)
    message = Message(
        recipient=recipient,
        address=address,
        name=clean_line(name)[:120],
        kind=kind,
        subject_id=subject_id,
        slot=slot,
        parameters=dict(parameters or {}),
        not_before=due_at,
        created_at=now,
    )
    Message.objects.bulk_create([message], ignore_conflicts=True)
    wake("outbox", due_at)


@dataclass(frozen=True)
class Due:
    """What is due, as a statement: `select` yields the four columns that `post_due` names."""

    select: str
    parameters: Sequence[Any]


def post_due(*, kind: str, due: QuerySet[Any, Any] | Due, now: datetime, anew: bool = False) -> int:
    """Store a message for each row of `due` that has none yet, by one statement; returns how many were new.

    `due` yields four columns: membership id, subject id, slot, and the moment before which it must not be sent. The
    anti-join makes a pass in which all exist cheap; the constraint has the last word.

    With `anew`, one that was dropped when it was to be sent is queued again as soon as `due` names it again and what
    it was dropped for is over: it was never sent. No row may then come twice in `due`.
    """
    definition = message_kinds.get(kind)
    organization_id = current_organization().pk
    select, parameters = (due.select, due.parameters) if isinstance(due, Due) else due.query.sql_with_params()
    said = [organization_id, kind, now, now, *parameters, organization_id, kind]
    statement = _INSERT_DUE % {"due": select, "or": "", "conflict": "DO NOTHING"}
    if anew:
        statement = _INSERT_DUE % {"due": select, "or": _DROPPED_IN_VAIN, "conflict": _QUEUE_AGAIN}
        said.append(definition.category)
    with connection.cursor() as cursor:
        cursor.execute(statement, said)
        stored = int(cursor.rowcount)
    if stored:
        wake("outbox", now)
    return stored


_INSERT_DUE = """
INSERT INTO outbox_message (organization_id, public_id, recipient_id, address, name, channel, kind, subject_id, slot,
    parameters, nonce, state, reason, not_before, attempts, crashes, created_at, sent_to, subject, copy)
SELECT %%s, left(replace(gen_random_uuid()::text, '-', ''), 12), due.recipient, '', '', 1, %%s, due.subject, due.slot,
    '{}', replace(gen_random_uuid()::text, '-', ''), 'queued', '', greatest(due.not_before, %%s), 0, 0, %%s, '', '',
    '{}'
FROM (%(due)s) AS due (recipient, subject, slot, not_before)
WHERE NOT EXISTS (
    SELECT FROM outbox_message AS known
    WHERE known.organization_id = %%s AND known.recipient_id = due.recipient AND known.address = ''
        AND known.kind = %%s AND known.subject_id = due.subject AND known.slot = due.slot AND known.channel = 1%(or)s
)
ON CONFLICT ON CONSTRAINT outbox_message_occasion %(conflict)s
"""
# Not among the known ones: what was dropped for a reason that no longer holds.
_DROPPED_IN_VAIN = """
        AND NOT (known.state = 'suppressed' AND CASE known.reason
            WHEN 'not_needed' THEN true
            WHEN 'no_member' THEN EXISTS (
                SELECT FROM accounts_membership AS member
                WHERE member.id = due.recipient AND member.state = 'active')
            WHEN 'turned_off' THEN NOT EXISTS (
                SELECT FROM outbox_preference AS said
                WHERE said.organization_id = known.organization_id AND said.membership_id = due.recipient
                    AND said.category = %s AND said.choice = 'off')
            ELSE false END)"""
_QUEUE_AGAIN = """DO UPDATE SET state = 'queued', reason = '', not_before = excluded.not_before, attempts = 0,
    settled_at = NULL WHERE outbox_message.state = 'suppressed'"""


def post_test_mail(*, membership: Membership, now: datetime) -> None:
    """A mail to oneself; at most one a minute."""
    post(kind=TEST_MAIL, subject_id=membership.pk, slot=f"{now:%Y-%m-%dT%H:%M}", recipient=membership, now=now)


def retry_message(*, actor: Actor, message: Message, now: datetime) -> None:
    """Send once more what failed or is in doubt. Raises `Refused` where it is neither."""
    before = message.state
    MACHINE.move(message, "retry", attempts=0, crashes=0, lease_until=None, not_before=now, settled_at=None, reason="")
    note(actor=actor, verb="outbox.message_retried", obj=message, changes={"state": [before, message.state]})
    wake("outbox", now)


def cancel_message(*, actor: Actor, message: Message, now: datetime) -> None:
    """Keep a queued message from being sent. Raises `Refused` when it is on its way or further."""
    MACHINE.move(message, "cancel", settled_at=now, reason="by_staff", lease_until=None)
    note(actor=actor, verb="outbox.message_cancelled", obj=message, changes={"state": ["queued", message.state]})
