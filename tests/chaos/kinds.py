"""What is sent in the chaos tests: one kind of each delivery class."""

from prm.outbox.kinds import AT_LEAST_ONCE, AT_MOST_ONCE, Mail, MessageKind, message_kinds
from prm.outbox.models import Message

NUDGE, DECISION = "chaos.nudge", "chaos.decision"


def word(message: Message) -> Mail:
    return Mail("outbox/emails/test_mail", {"organization": f"Chaos {message.subject_id}", "reply_to": ""})


message_kinds.register(
    MessageKind(NUDGE, "Nudge", "recall", AT_MOST_ONCE, word=word, keeps_quiet=False),
    MessageKind(DECISION, "Decision", "sessions", AT_LEAST_ONCE, word=word),
)
