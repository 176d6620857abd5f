"""Announcements as the studio lists them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from partners.models import Announcement
from prm.addresses import address


@dataclass(frozen=True, slots=True)
class AnnouncementRow:
    subject: str
    body: str
    told: str
    sent_to: int
    writer: str
    when: str
    state: str
    tone: str
    withdraw_url: str


def announcements() -> QuerySet[Announcement]:
    """The latest first."""
    return Announcement.objects.select_related("written_by__person").order_by("-written_at", "-pk")


def announcement_row(row: Announcement, now: datetime) -> AnnouncementRow:
    if row.withdrawn_at:
        state, tone = _("Taken back"), "neutral"
    elif row.due_at > now:
        state, tone = _("Leaves in a moment"), "info"
    else:
        state, tone = _("Sent"), "success"
    is_open = row.withdrawn_at is None and row.due_at > now
    return AnnouncementRow(
        subject=row.subject,
        body=row.body,
        told=row.told,
        sent_to=row.sent_to,
        writer=str(row.written_by.person),
        when=date_format(localtime(row.written_at), "j M Y, H:i"),
        state=state,
        tone=tone,
        withdraw_url=address("announcement_withdraw", row.public_id) if is_open else "",
    )
