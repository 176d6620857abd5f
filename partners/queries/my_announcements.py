"""Announcements as partners' people find them in the portal."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from partners.models import Announcement, AnnouncementAudience, AnnouncementReader, AudienceMember
from partners.models.audiences import EVERYONE
from partners.queries.announcements import moment_words
from partners.queries.people import partner_user_of
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.prepared import prepared

# So long what nobody opened stands on the home page.
_NEW = timedelta(days=60)
_REMEMBERED = "_canopy_announcements"
MOST = 50


@dataclass(frozen=True, slots=True)
class MyAnnouncement:
    """An announcement in ready strings. `is_open` says that it is not read, or not confirmed although that is asked."""

    subject: str
    body: str
    url: str
    topic: str
    writer: str
    when: str
    changed: str
    is_read: bool
    is_open: bool
    asks: bool
    is_new: bool


def my_announcements(member: Membership, now: datetime) -> list[MyAnnouncement]:
    """What is for this person, the newest first; asked once a request."""
    if not hasattr(member, _REMEMBERED):
        setattr(member, _REMEMBERED, [_mine(row, now) for row in _rows(*_who(member, now), limit=MOST)])
    found: list[MyAnnouncement] = getattr(member, _REMEMBERED)
    return found


def announcement_for(member: Membership, public_id: str, now: datetime) -> Any:
    """One of them by its public id, with `opened_at` and `acknowledged_at`; None where it is not for this person."""
    membership_id, partner_id, is_lead, at = _who(member, now)
    rows = shown_to(membership_id, partner_id, is_lead, at)
    return rows.select_related("written_by__person").filter(public_id=public_id).first()


def _who(member: Membership, now: datetime) -> tuple[int, int | None, bool, datetime]:
    user = partner_user_of(member)
    return member.pk, user.partner_id if user else None, user is not None and user.is_lead, now


def shown_to(membership_id: int, partner_id: int | None, is_lead: bool, now: datetime) -> QuerySet[Any]:
    """What reached a person, and what was sent to audiences that they are in by now."""
    reached = AnnouncementReader.objects.filter(announcement=OuterRef("pk"), membership=membership_id)
    present = AudienceMember.objects.present(now).filter(audience=OuterRef("audience"))
    rules = AnnouncementAudience.objects.filter(announcement=OuterRef("pk"), audience__closed_at=None)
    mine = Q(Exists(reached)) | Q(Exists(rules.filter(Exists(present.filter(membership=membership_id)))))
    if partner_id is not None:
        through = Q(Exists(present.filter(partner=partner_id))) | Q(audience__kind=EVERYONE)
        told = Q() if is_lead else Q(readers=Announcement.Readers.EVERYBODY)
        mine |= Q(Exists(rules.filter(through))) & told
    found: QuerySet[Any] = (
        Announcement.objects.sent()
        .filter(mine)
        .annotate(
            opened_at=Subquery(reached.values("opened_at")[:1]),
            acknowledged_at=Subquery(reached.values("acknowledged_at")[:1]),
        )
    )
    return found.order_by("-sent_at", "-pk")


@prepared
def _rows(
    membership_id: int, partner_id: int | None, is_lead: bool, now: datetime, *, limit: int
) -> QuerySet[Announcement]:
    rows = shown_to(membership_id, partner_id, is_lead, now).select_related("written_by__person")
    found: QuerySet[Announcement] = rows[:limit]
    return found


def _mine(row: Any, now: datetime) -> MyAnnouncement:
    is_read = row.opened_at is not None
    is_open = not is_read or (row.asks and row.acknowledged_at is None)
    return MyAnnouncement(
        subject=row.subject,
        body=row.body,
        url=address("my_announcement_detail", row.public_id),
        topic="" if row.topic == Announcement.Topic.MESSAGE else str(row.get_topic_display()),
        writer=str(row.written_by.person),
        when=moment_words(row.sent_at),
        changed=moment_words(row.changed_at) if row.changed_at else "",
        is_read=is_read,
        is_open=is_open,
        asks=row.asks and row.acknowledged_at is None,
        is_new=is_open and row.sent_at > now - _NEW,
    )


def people_to_confirm(_now: datetime) -> QuerySet[Any, Any]:
    """Those who were sent something that they are asked to confirm and have not."""
    waits = AnnouncementReader.objects.filter(announcement__state=Announcement.State.SENT, announcement__asks=True)
    return waits.filter(acknowledged_at=None).order_by().values("membership")
