"""The bell: lines inside the application, beside or instead of mails."""

from datetime import datetime

from prm.accounts.models import Membership
from prm.outbox.models import Notification


def notify(*, membership: Membership, kind: str, title: str, url: str, now: datetime) -> None:
    """Put one line behind a member's bell. `url` is the path of what it is about; `kind` a message kind, whose category
    the member may have turned off."""
    Notification.objects.create(membership=membership, kind=kind, title=title[:200], url=url[:300], created_at=now)
