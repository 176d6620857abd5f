"""When the present scope's organization is woken, as far as its transaction knows."""

from datetime import datetime

from prm.tenancy.models import Wakeup
from prm.tenancy.scope import current_organization, write_last_words


def woken_at(queue: str) -> datetime:
    """When the queue is due; the row is otherwise written at the end of the scope."""
    write_last_words()
    return Wakeup.objects.get(organization=current_organization(), queue=queue).due_at
