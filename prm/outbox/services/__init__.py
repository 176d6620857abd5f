from prm.outbox.services.accounts import post_account_mail
from prm.outbox.services.messages import TEST_MAIL, Due, cancel_message, post, post_due, post_test_mail, retry_message
from prm.outbox.services.preferences import (
    resubscribe,
    set_mails_a_week,
    set_preferences,
    set_quiet_hours,
    told_with,
    unsubscribe,
)

__all__ = [
    "TEST_MAIL",
    "Due",
    "cancel_message",
    "post",
    "post_account_mail",
    "post_due",
    "post_test_mail",
    "resubscribe",
    "retry_message",
    "set_mails_a_week",
    "set_preferences",
    "set_quiet_hours",
    "told_with",
    "unsubscribe",
]
