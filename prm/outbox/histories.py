"""What became of a message, as a timeline."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prm.outbox.models import Message
from prm.outbox.rules import explain

_ENDS = {
    Message.State.SENT: ("send", "success"),
    Message.State.FAILED: ("circle-x", "danger"),
    Message.State.UNKNOWN: ("circle-question-mark", "warning"),
    Message.State.SUPPRESSED: ("bell-off", ""),
    Message.State.CANCELLED: ("ban", ""),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A moment of a message's life; `at` is None for what has not happened yet or has no moment of its own."""

    icon: str
    title: str
    at: datetime | None = None
    text: str = ""
    tone: str = ""


def history_of(message: Message) -> list[Step]:
    """Oldest first, ending with where it is now."""
    steps = [Step("pencil-line", _("Stored"), message.created_at)]
    if message.attempts and message.state in Message.IN_HAND:
        tried = ngettext("Tried %(n)d time", "Tried %(n)d times", message.attempts) % {"n": message.attempts}
        steps.append(Step("rotate-cw", tried, text=explain(message.reason), tone="warning"))
    if message.state in _ENDS:
        icon, tone = _ENDS[Message.State(message.state)]
        steps.append(Step(icon, _end_title(message), message.settled_at, explain(message.reason), tone))
    elif message.state == Message.State.SENDING:
        steps.append(Step("send", _("Being sent"), tone="info"))
    else:
        waits = explain(message.reason) if not message.attempts else ""
        steps.append(Step("clock", _("Not before"), message.not_before, waits, "info"))
    return steps


def _end_title(message: Message) -> str:
    if message.state == Message.State.SENT:
        return _("Sent to %(address)s") % {"address": message.sent_to}
    if message.state == Message.State.FAILED and message.attempts > 1:
        failed = ngettext("Failed after %(n)d attempt", "Failed after %(n)d attempts", message.attempts)
        return failed % {"n": message.attempts}
    return str(message.get_state_display())
