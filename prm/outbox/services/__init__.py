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
from prm.outbox.services.wordings import (
    WORDING_TEST,
    post_wording_test,
    put_wording_back,
    save_wording,
    use_wording_again,
)

__all__ = [
    "TEST_MAIL",
    "WORDING_TEST",
    "Due",
    "cancel_message",
    "post",
    "post_account_mail",
    "post_due",
    "post_test_mail",
    "post_wording_test",
    "put_wording_back",
    "resubscribe",
    "retry_message",
    "save_wording",
    "set_mails_a_week",
    "set_preferences",
    "set_quiet_hours",
    "told_with",
    "unsubscribe",
    "use_wording_again",
]
