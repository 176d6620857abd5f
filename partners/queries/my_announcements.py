"""Announcements as partners' people find them in the portal."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject, NullIf

from partners.models import Announcement, AnnouncementAudience, AnnouncementReader, AudienceMember
from partners.models.audiences import EVERYONE
from partners.queries.announcements import moment_words
from partners.queries.people import partner_user_of
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.numbers import asked_at_once

# So long what nobody opened stands on the home page.
_NEW = timedelta(days=60)
_REMEMBERED = "_canopy_announcements"
MOST = 50


@dataclass(frozen=True, slots=True)
class MyAnnouncement:
    """An announcement in ready strings. `asks` says that it is to be confirmed still, `is_new` that it is not read, or
    not confirmed, and was sent lately.
    """

    subject: str
    url: str
    topic: str
    writer: str
    when: str
    changed: str
    is_read: bool
    asks: bool
    is_new: bool


def my_announcements(member: Membership, now: datetime) -> list[MyAnnouncement]:
    """What is for this person, the newest first; asked once a request, or by a page together with other things."""
    if not hasattr(member, _REMEMBERED):
        part: Any = announcement_part(*who(member, now))
        remember(member, asked_at_once({"rows": part})["rows"], now)
    found: list[MyAnnouncement] = getattr(member, _REMEMBERED)
    return found


def remember(member: Membership, rows: list[dict[str, Any]], now: datetime) -> list[MyAnnouncement]:
    """What a page found for `announcement_part`."""
    found = [_mine(row, now) for row in rows]
    setattr(member, _REMEMBERED, found)
    return found


def announcement_part(membership_id: int, partner_id: int | None, is_lead: bool, now: datetime) -> ArraySubquery:
    """The announcements of a person, as a part of a query."""
    names = ("subject", "public_id", "topic", "asks", "sent_at", "changed_at", "opened_at", "acknowledged_at")
    writer = Coalesce(NullIf("written_by__person__name", Value("")), "written_by__person__email")
    rows = shown_to(membership_id, partner_id, is_lead, now)
    return ArraySubquery(rows.values(row=JSONObject(writer=writer, **{name: name for name in names}))[:MOST])


def announcement_for(member: Membership, public_id: str, now: datetime) -> Any:
    """One of them by its public id, with `opened_at` and `acknowledged_at`; None where it is not for this person."""
    membership_id, partner_id, is_lead, at = who(member, now)
    rows = shown_to(membership_id, partner_id, is_lead, at)
    return rows.select_related("written_by__person").filter(public_id=public_id).first()


def who(member: Membership, now: datetime) -> tuple[int, int | None, bool, datetime]:
    """What `announcement_part` stands on."""
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


def _mine(row: dict[str, Any], now: datetime) -> MyAnnouncement:
    is_read, asks = row["opened_at"] is not None, row["asks"] and row["acknowledged_at"] is None
    sent_at = datetime.fromisoformat(row["sent_at"])
    topic = Announcement.Topic(row["topic"])
    return MyAnnouncement(
        subject=row["subject"],
        url=address("my_announcement_detail", row["public_id"]),
        topic="" if topic == Announcement.Topic.MESSAGE else str(topic.label),
        writer=row["writer"],
        when=moment_words(sent_at),
        changed=moment_words(datetime.fromisoformat(row["changed_at"])) if row["changed_at"] else "",
        is_read=is_read,
        asks=asks,
        is_new=(asks or not is_read) and sent_at > now - _NEW,
    )


def people_to_confirm(_now: datetime) -> QuerySet[Any, Any]:
    """Those who were sent something that they are asked to confirm and have not."""
    waits = AnnouncementReader.objects.filter(announcement__state=Announcement.State.SENT, announcement__asks=True)
    return waits.filter(acknowledged_at=None).order_by().values("membership")
