"""Mails that went out before the demo was loaded: worded by the sender's own hand, then kept instead of sent."""

import json
from datetime import datetime

from django.db.models import F

from prm.outbox.models import Message, Notification
from prm.outbox.queries import audience_of
from prm.outbox.sender.wordings import Ready, look_at


def read_old_notifications(before: datetime) -> None:
    """Whoever was rung for before that moment has looked."""
    Notification.objects.filter(created_at__lt=before, read_at=None).update(read_at=F("created_at"))


def keep_letters(moment: datetime) -> None:
    """Settle what waits in the outbox at `moment` of the past, as if it had been delivered then."""
    waiting = list(Message.objects.filter(state=Message.State.QUEUED, not_before__lte=moment))
    audience = audience_of(waiting)
    for message in waiting:
        outlook = look_at(message, audience, moment)
        if isinstance(outlook, Ready):
            message.state, message.sent_to = Message.State.SENT, outlook.address
            message.copy, message.settled_at = json.loads(outlook.copy), moment
            message.save(update_fields=["state", "sent_to", "copy", "settled_at", "subject"])
