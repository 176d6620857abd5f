from prm.outbox.models.account import AccountMessage
from prm.outbox.models.message import Message
from prm.outbox.models.notification import Notification
from prm.outbox.models.preference import Preference, QuietHours
from prm.outbox.models.pulse import Attention, Heartbeat
from prm.outbox.models.wording import OwnWording

__all__ = [
    "AccountMessage",
    "Attention",
    "Heartbeat",
    "Message",
    "Notification",
    "OwnWording",
    "Preference",
    "QuietHours",
]
