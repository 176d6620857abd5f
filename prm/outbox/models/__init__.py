from prm.outbox.models.account import AccountMessage
from prm.outbox.models.message import Message
from prm.outbox.models.notification import Notification
from prm.outbox.models.preference import Preference, QuietHours
from prm.outbox.models.pulse import Attention, Heartbeat

__all__ = ["AccountMessage", "Attention", "Heartbeat", "Message", "Notification", "Preference", "QuietHours"]
