"""The monthly letter: its moment, the month that it tells of, and what it tells one person."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from partners.days import beginning_of, day_of
from partners.models import Announcement, Milestone, PartnerUser
from partners.queries.announcements import CATEGORY
from partners.queries.milestones import milestone_row
from partners.queries.my_announcements import shown_to, who
from prm.accounts.models import Membership
from prm.outbox.clocks import local_moment
from prm.outbox.models import Preference
from prm.tenancy.scope import current_organization

_AT = time(9)
_MOST = 20


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the organization's calendar, from its first moment until before the next one's."""

    first: date

    @property
    def begins_at(self) -> datetime:
        return beginning_of(self.first)

    @property
    def ends_at(self) -> datetime:
        return beginning_of(self.following.first)

    @property
    def following(self) -> "Month":
        return Month((self.first + timedelta(days=32)).replace(day=1))

    @property
    def before(self) -> "Month":
        return Month((self.first - timedelta(days=1)).replace(day=1))

    @property
    def slot(self) -> str:
        return f"{self.first:%Y-%m}"

    def letter_at(self) -> datetime:
        """Nine o'clock on the first working day after it."""
        day = self.following.first
        day += timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
        return local_moment(day, _AT, ZoneInfo(current_organization().zone))

    @classmethod
    def last(cls, now: datetime) -> "Month":
        return cls(day_of(now).replace(day=1)).before


def news_of(month: Month) -> QuerySet[Announcement]:
    """What was announced as news in it."""
    rows: QuerySet[Announcement] = Announcement.objects.sent().exclude(topic=Announcement.Topic.MESSAGE)
    return rows.filter(sent_at__gte=month.begins_at, sent_at__lt=month.ends_at)


def _told_in(month: Month) -> QuerySet[Milestone]:
    rows = Milestone.objects.since(month.begins_at).told().filter(reached_at__lt=month.ends_at)
    found: QuerySet[Milestone] = rows.filter(partner__is_test=False).latest_first()
    return found


def readers_of_letter(month: Month) -> QuerySet[Any]:
    """Partners' people who have not turned it off; nobody for a month in which nothing was told."""
    off = Preference.objects.filter(membership=OuterRef("membership"), category=CATEGORY)
    off = off.filter(choice=Preference.Choice.OFF)
    something = Q(Exists(news_of(month))) | Q(Exists(_told_in(month).order_by()))
    return PartnerUser.objects.real().filter(something, ~Exists(off))


def letter_lines(member: Membership, month: Month, now: datetime) -> list[str]:
    """What the letter tells this person: news that are for them, then what other partners reached."""
    membership_id, partner_id, is_lead, at = who(member, now)
    mine = shown_to(membership_id, partner_id, is_lead, at).filter(pk__in=news_of(month).values("pk"))
    lines = [f"{row.get_topic_display()}: {row.subject}" for row in mine[:_MOST]]
    others = (
        _told_in(month)
        .exclude(partner=partner_id)
        .select_related("partner", "membership__person", "congratulated_by__person")
    )
    rows = [milestone_row(row) for row in others[:_MOST]]
    return lines + [f"{row.partner}: {row.title}" for row in rows]
