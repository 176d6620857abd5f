"""What waits for later: when an organization is woken, and followers that have not been told yet."""

import time
from datetime import datetime

from prm.activity.following import follow_stream
from prm.tenancy.models import Organization, Wakeup
from prm.tenancy.scope import current_organization, write_last_words


def woken_at(queue: str) -> datetime:
    """When the queue is due; the row is otherwise written at the end of the scope."""
    write_last_words()
    return Wakeup.objects.get(organization=current_organization(), queue=queue).due_at


def follow_to_the_end(organization: Organization, now: datetime) -> None:
    """Tell the followers everything that has happened.

    The stream is read up to the oldest transaction of the whole cluster: those of other tests may hold it back.
    """
    until = time.monotonic() + 60
    while follow_stream(organization, now) is not None:
        assert time.monotonic() < until, "followers have not come to the end of the stream"
        time.sleep(0.1)
