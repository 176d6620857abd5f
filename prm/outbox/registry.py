"""The outbox's own kind of message, and what waits in it."""

from django.utils.translation import gettext_lazy as _

from prm.outbox import emails
from prm.outbox.kinds import AT_LEAST_ONCE, MessageKind, message_kinds
from prm.outbox.services import TEST_MAIL, WORDING_TEST
from prm.outbox.waiting import FAILED
from prm.waiting import waiting

message_kinds.register(
    MessageKind(
        TEST_MAIL,
        _("Test mail"),
        "invitations",
        AT_LEAST_ONCE,
        word=emails.test_mail,
        mandatory=True,
        is_fixed=True,
    ),
    MessageKind(
        WORDING_TEST,
        _("Test of a wording"),
        "invitations",
        AT_LEAST_ONCE,
        word=emails.wording_test,
        mandatory=True,
        is_fixed=True,
    ),
)
waiting.register(FAILED)
