"""The library as a member sees it: what they may see, what is new, how far they got, and one content's page."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Exists, OuterRef, QuerySet
from django.template.defaultfilters import filesizeformat
from django.utils.safestring import SafeString

from enablement.models import Content, Progress, Topic
from enablement.models.content import ContentQuerySet
from enablement.queries.checks import Check, checks_of
from enablement.queries.gates import audience_ids_of, visible_to
from enablement.queries.library import KIND_ICONS
from prm.accounts.models import Membership
from prm.addresses import address
from prm.markdown import clean_html
from prm.tenancy.prepared import prepared

# For so long something that was not opened is called new.
NEW_FOR = timedelta(days=30)
SHOWS = ("new", "open", "done")


@dataclass(frozen=True, slots=True)
class LearnRow:
    """A content in the portal's library. `state` is new, started, done or nothing."""

    url: str
    title: str
    summary: str
    icon: str
    kind: str
    minutes: int
    topic: str
    state: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class LearnPage:
    """One content as a member reads it. `html` is harmless."""

    public_id: str
    title: str
    summary: str
    kind: str
    purpose: str
    topic: str
    minutes: int
    html: SafeString
    owner: str
    published_at: datetime
    checked_on: date | None
    is_done: bool
    file_name: str
    file_size: str
    url: str
    host: str
    checks: list[Check]

    @property
    def answered(self) -> int:
        return sum(check.outcome is not None for check in self.checks)


def contents_for_member(
    membership: Membership, now: datetime, show: str = "", topic: str = "", words: str = ""
) -> QuerySet[Content]:
    """What the member may see, newest first: all, `new`, `open` (begun) or `done`; of one topic; with these words."""
    rows = visible_to(membership, now).matching(words)
    mine = Progress.objects.filter(membership=membership, content=OuterRef("pk"))
    if show == "new":
        rows = rows.filter(~Exists(mine), published_at__gt=now - NEW_FOR)
    elif show == "open":
        rows = rows.filter(Exists(mine.filter(completed_at=None)))
    elif show == "done":
        rows = rows.filter(Exists(mine.filter(completed_at__isnull=False)))
    if topic:
        rows = rows.filter(topic__public_id=topic)
    return rows.select_related("topic").newest_first()


def learn_rows(membership: Membership, contents: list[Content], now: datetime) -> list[LearnRow]:
    """The cards for one page of contents, which were read with their topics: one query."""
    progress = {row.content_id: row for row in Progress.objects.filter(membership=membership, content__in=contents)}
    return [_row(content, progress.get(content.pk), now) for content in contents]


def topics_for_member(membership: Membership, now: datetime) -> list[Topic]:
    """The topics of what the member may see, by name."""
    seen = visible_to(membership, now).filter(topic=OuterRef("pk"))
    return list(Topic.objects.filter(Exists(seen)).order_by("name"))


def unread_rows(membership: Membership, now: datetime, limit: int) -> list[LearnRow]:
    """What the member may see and never opened, newest first: one query."""
    unread = _unread(sorted(audience_ids_of(membership, now)), membership.pk, limit=limit)
    return [_row(content, None, now) for content in unread]


@prepared
def _unread(audience_ids: list[int], membership_id: int, *, limit: int) -> QuerySet[Content]:
    mine = Progress.objects.filter(membership=membership_id, content=OuterRef("pk"))
    rows: ContentQuerySet = Content.objects.for_audiences(audience_ids).filter(~Exists(mine))
    return rows.select_related("topic").newest_first()[:limit]


def content_for_member(membership: Membership, public_id: str, now: datetime) -> Content | None:
    """The content with everything on its page, and `is_done`; None where there is none that the member may see."""
    return _content.first(sorted(audience_ids_of(membership, now)), membership.pk, public_id)


@prepared
def _content(audience_ids: list[int], membership_id: int, public_id: str) -> QuerySet[Content]:
    done = Progress.objects.filter(membership=membership_id, content=OuterRef("pk"), completed_at__isnull=False)
    rows: ContentQuerySet = Content.objects.for_audiences(audience_ids).filter(public_id=public_id)
    return rows.select_related("topic", "file", "owner__person").annotate(is_done=Exists(done))


def learn_page(membership: Membership, content: Any, now: datetime) -> LearnPage:
    """The page of a content that `content_for_member` gave."""
    stored = content.file
    return LearnPage(
        public_id=content.public_id,
        title=content.title,
        summary=content.summary,
        kind=content.kind,
        purpose=str(Content.Purpose(content.purpose).label),
        topic=content.topic.name if content.topic else "",
        minutes=content.minutes,
        html=clean_html(content.html),
        owner=str(content.owner.person),
        published_at=content.published_at or content.created_at,
        checked_on=content.checked_on,
        is_done=content.is_done,
        file_name=stored.name if stored else "",
        file_size=filesizeformat(stored.size) if stored else "",
        url=content.url,
        host=(urlsplit(content.url).hostname or "").removeprefix("www."),
        checks=checks_of(membership, content, now),
    )


def _row(content: Content, progress: Progress | None, now: datetime) -> LearnRow:
    return LearnRow(
        url=address("learn_detail", content.public_id),
        title=content.title,
        summary=content.summary,
        icon=KIND_ICONS[Content.Kind(content.kind)],
        kind=str(Content.Kind(content.kind).label),
        minutes=content.minutes,
        topic=content.topic.name if content.topic else "",
        state=_state(content, progress, now),
        published_at=content.published_at or content.created_at,
    )


def _state(content: Content, progress: Progress | None, now: datetime) -> str:
    if progress is None:
        is_new = content.published_at is not None and content.published_at > now - NEW_FOR
        return "new" if is_new else ""
    return "done" if progress.completed_at else "started"
