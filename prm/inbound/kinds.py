"""What takes in replies: apps register a receiver for what one can answer by mail.

reply_receivers.register(ReplyReceiver("c", accept=take_in_reply, labels=reply_labels, url=…))
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from prm.accounts.models import Membership
from prm.inbound.reading import Received
from prm.registry import Registry


@dataclass(frozen=True)
class Reply:
    """A mail to an address that was made for `member` to answer `subject_id` (a public id).

    Where a colleague vouched for it, `placed_by` is who, and `sender` the address that it came from.
    """

    mail: Received
    subject_id: str
    member: Membership
    now: datetime
    sender: str = ""
    placed_by: Membership | None = None


@dataclass(frozen=True)
class ReplyReceiver:
    """`name` is one small letter, a part of every address it is for.

    `accept` enters the reply and returns "", or why it cannot, as a key of `InboundMail.Reason`. `labels` says in a few
    words what is answered, by public id, of those that are still there; `url` is where a colleague reads it.
    """

    name: str
    accept: Callable[[Reply], str]
    labels: Callable[[Sequence[str]], Mapping[str, str]]
    url: Callable[[str], str]
    order: int = 0


reply_receivers: Registry[ReplyReceiver] = Registry("receiver of replies")
