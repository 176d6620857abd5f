"""The bell: lines inside the application, beside or instead of mails."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from prm.accounts.models import Membership
from prm.outbox.kinds import message_kinds
from prm.outbox.models import Message, Notification, Preference
from prm.tenancy.prepared import prepared

SHOWN_AS_MANY = 99


def notify(*, membership: Membership, kind: str, title: str, url: str, now: datetime) -> None:
    """Put one line behind a member's bell. `url` is the path of what it is about.

    Where `kind` is a kind of message whose category the member turned off, nothing is put there.
    """
    if not _is_turned_off(membership, kind):
        Notification.objects.create(membership=membership, kind=kind, title=title[:200], url=url[:300], created_at=now)


def ring_instead(*, message: Message, member: Membership, title: str, url: str, now: datetime) -> None:
    """Put what a mail would have said behind the bell, unless whoever stored it did so in the same moment."""
    lines = Notification.objects.filter(membership=member, kind=message.kind)
    if not lines.filter(created_at=message.created_at).exists():
        Notification.objects.create(
            membership=member, kind=message.kind, title=title[:200], url=url[:300], created_at=now
        )


def notify_many(*, lines: Iterable[tuple[int, str]], kind: str, url: str, now: datetime) -> None:
    """`notify` for many by two statements; each line is a membership's id and its title."""
    listed = list(lines)
    off: set[int] = set()
    if kind in message_kinds and not message_kinds.get(kind).mandatory:
        said = Preference.objects.filter(membership__in={member_id for member_id, _title in listed})
        turned_off = said.filter(category=message_kinds.get(kind).category, choice=Preference.Choice.OFF)
        off = set(turned_off.values_list("membership", flat=True))
    Notification.objects.bulk_create(
        (
            Notification(membership_id=member_id, kind=kind, title=title[:200], url=url[:300], created_at=now)
            for member_id, title in listed
            if member_id not in off
        ),
        batch_size=2000,
    )


def _is_turned_off(membership: Membership, kind: str) -> bool:
    if kind not in message_kinds or message_kinds.get(kind).mandatory:
        return False
    return bool(_turned_off(membership.pk, message_kinds.get(kind).category))


@prepared
def _turned_off(membership_id: int, category: str) -> QuerySet[Preference, int]:
    said = Preference.objects.filter(membership=membership_id, category=category, choice=Preference.Choice.OFF)
    return said.values_list("pk", flat=True)[:1]


def unread_count(membership: Membership) -> int:
    """How many lines wait, counted up to one more than is shown."""
    return len(_unread(membership.pk))


@prepared
def _unread(membership_id: int) -> QuerySet[Notification, int]:
    unread = Notification.objects.filter(membership=membership_id).unread()
    return unread.values_list("pk", flat=True)[: SHOWN_AS_MANY + 1]


def notifications_of(membership: Membership, start: int, stop: int) -> list[Notification]:
    """The member's lines, newest first, from one place of the list to another."""
    return _lines(membership.pk, start=start, stop=stop)


@prepared
def _lines(membership_id: int, *, start: int, stop: int) -> QuerySet[Notification]:
    rows: QuerySet[Notification] = Notification.objects.filter(membership=membership_id).newest_first()
    return rows[start:stop]


def notification_of(membership: Membership, public_id: str) -> Notification | None:
    found: Notification | None = Notification.objects.of(membership).filter(public_id=public_id).first()
    return found


def mark_read(*, membership: Membership, public_id: str = "", now: datetime) -> int:
    """Mark one line, or without `public_id` every line of the member, as read; returns how many changed."""
    unread = Notification.objects.of(membership).unread()
    if public_id:
        unread = unread.filter(public_id=public_id)
    return int(unread.update(read_at=now))
