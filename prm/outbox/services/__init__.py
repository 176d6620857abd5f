from prm.outbox.services.accounts import post_account_mail
from prm.outbox.services.messages import cancel_message, post, post_due, retry_message
from prm.outbox.services.preferences import set_preferences, set_quiet_hours, unsubscribe

__all__ = [
    "cancel_message",
    "post",
    "post_account_mail",
    "post_due",
    "retry_message",
    "set_preferences",
    "set_quiet_hours",
    "unsubscribe",
]
