"""The library as the studio sees it: the list, one content with who reads it, and the people who may."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Avg, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce, RowNumber
from django.utils.translation import ngettext

from enablement.memory import Share
from enablement.models import Content, ContentAudience, Progress, RecallItem, Topic
from enablement.queries.recall import knowledge_of_content
from partners.models import AudienceMember, PartnerUser
from partners.models.audiences import EVERYONE
from partners.queries.audiences import Reach, partner_users_in, reach
from partners.showcases import Ids, Shown
from prm.addresses import address
from prm.tenancy.prepared import prepared

KIND_ICONS = {Content.Kind.ARTICLE: "file-text", Content.Kind.FILE: "file-down", Content.Kind.LINK: "link"}
SORTS = {"title": ("title", "pk"), "-title": ("-title", "-pk"), "changed": ("updated_at", "pk")}
_NEWEST = ("-updated_at", "-pk")


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to. An empty `state` is everything that is not archived."""

    words: str = ""
    state: str = ""
    kind: str = ""
    topic: str = ""
    sort: str = ""


@dataclass(frozen=True, slots=True)
class ContentRow:
    """A line of the studio's list, ready to be placed. `audiences` is empty where nobody is allowed to see it."""

    url: str
    title: str
    icon: str
    kind: str
    topic: str
    state: str
    state_label: str
    audiences: str
    readers: int
    questions: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Overview:
    """How one content is doing: whom it reaches, who read it, what of it is remembered."""

    reach: Reach
    audiences: list[str]
    opened: int
    completed: int
    minutes_spent: float | None
    knowledge: Share | None


@dataclass(frozen=True, slots=True)
class ReaderRow:
    """A partner's person who may see a content, with how far they got."""

    name: str
    email: str
    partner: str
    opened_at: datetime | None
    completed_at: datetime | None
    reached: int


def contents_for_studio(filters: Filters) -> QuerySet[Content]:
    """The contents that the filters leave, in the order asked for."""
    rows = Content.objects.matching(filters.words).select_related("topic")
    if filters.state in Content.State.values:
        rows = rows.filter(state=filters.state)
    else:
        rows = rows.exclude(state=Content.State.ARCHIVED)
    if filters.kind in Content.Kind.values:
        rows = rows.filter(kind=filters.kind)
    if filters.topic:
        rows = rows.filter(topic__public_id=filters.topic)
    counted = rows.annotate(
        readers=_count_of(Progress.objects.filter(content=OuterRef("pk"))),
        questions=_count_of(RecallItem.objects.active().filter(content=OuterRef("pk"))),
    )
    return counted.order_by(*SORTS.get(filters.sort, _NEWEST))


def _count_of(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("content").annotate(n=Count("*")).values("n")
    return Coalesce(Subquery(counted), 0)


def content_rows(contents: Sequence[Any]) -> list[ContentRow]:
    """The lines for one page of what `contents_for_studio` gave: one query, whatever the number."""
    audiences = _audience_labels([content.pk for content in contents])
    return [
        ContentRow(
            url=address("content_detail", content.public_id),
            title=content.title,
            icon=KIND_ICONS[Content.Kind(content.kind)],
            kind=str(Content.Kind(content.kind).label),
            topic=content.topic.name if content.topic else "",
            state=content.state,
            state_label=str(Content.State(content.state).label),
            audiences=", ".join(audiences.get(content.pk, ())),
            readers=content.readers,
            questions=content.questions,
            changed_at=content.updated_at,
        )
        for content in contents
    ]


def topics_in_use() -> list[Topic]:
    """The topics that some content has, by name."""
    used = Content.objects.exclude(state=Content.State.ARCHIVED).filter(topic=OuterRef("pk"))
    return list(Topic.objects.filter(Exists(used)).order_by("name"))


def topic_names() -> list[str]:
    return list(Topic.objects.order_by("name").values_list("name", flat=True)[:200])


def overview_of(content: Content, now: datetime) -> Overview:
    """How `content` is doing at `now`."""
    audiences = {rule.audience_id: str(rule.audience) for rule in content.rules.select_related("audience")}
    read = Progress.objects.filter(content=content).aggregate(
        opened=Count("*"), completed=Count("completed_at"), spent=Avg("seconds")
    )
    return Overview(
        reach=reach(audiences.keys(), now),
        audiences=sorted(audiences.values(), key=str.casefold),
        opened=read["opened"],
        completed=read["completed"],
        minutes_spent=read["spent"] / 60 if read["spent"] else None,
        knowledge=knowledge_of_content(content.pk, now),
    )


def audience_ids(content: Content) -> list[int]:
    return list(content.rules.order_by("audience").values_list("audience_id", flat=True))


def readers_in(audiences: Collection[int], now: datetime) -> QuerySet[PartnerUser]:
    """The partners' people in any of these audiences at `now`, by company and name; test partners included."""
    users = partner_users_in(audiences, now).select_related("membership__person", "partner")
    return users.order_by("partner__normalized_name", "membership__person__name", "pk")


def reader_rows(content: Content, users: Collection[PartnerUser]) -> list[ReaderRow]:
    members = [user.membership_id for user in users]
    progress = {row.membership_id: row for row in Progress.objects.filter(content=content, membership__in=members)}
    return [_reader_row(user, progress.get(user.membership_id)) for user in users]


def items_of(content: Content) -> list[RecallItem]:
    """The content's recall items in their order, retired ones last, each with `wordings`: how many are asked."""
    asked = Count("variants", filter=Q(variants__is_active=True))
    rows = RecallItem.objects.filter(content=content).annotate(wordings=asked)
    return sorted(rows.order_by("position", "pk"), key=lambda item: item.state == RecallItem.State.RETIRED)


def shown_to(audience_ids: Ids, now: datetime, limit: int) -> tuple[int, list[Shown]]:
    """How much published content is open to any of these audiences, and the newest of it."""
    newest: list[Any] = _shown_to(list(audience_ids), limit=limit)
    return (newest[0].total if newest else 0), [_shown(content) for content in newest]


@prepared
def _shown_to(audience_ids: list[int], *, limit: int) -> QuerySet[Content]:
    rows = Content.objects.for_audiences(audience_ids).annotate(total=Window(Count("*")))
    return rows.newest_first()[:limit]


def shown_to_each(audience_ids: Collection[int], now: datetime, limit: int) -> dict[int, tuple[int, list[Shown]]]:
    """The same for every audience by itself; those that nothing is open to are left out."""
    of_audience: dict[str, Any] = {"partition_by": F("audience")}
    rows = ContentAudience.objects.filter(audience__in=audience_ids, content__state=Content.State.PUBLISHED)
    rows = rows.select_related("content").annotate(
        total=Window(Count("*"), **of_audience),
        place=Window(RowNumber(), order_by=["-content__published_at", "-content"], **of_audience),
    )
    found: dict[int, tuple[int, list[Shown]]] = {}
    for row in rows.filter(place__lte=limit).order_by("audience", "place"):
        found.setdefault(row.audience_id, (row.total, []))[1].append(_shown(row.content))
    return found


def _shown(content: Content) -> Shown:
    minutes = ngettext("%(n)d min", "%(n)d min", content.minutes) % {"n": content.minutes}
    return Shown(content.title, minutes, address("content_detail", content.public_id))


def has_useful_thing() -> Exists:
    """Whether partners find anything at all: published, and open to somebody."""
    return Exists(ContentAudience.objects.filter(content__state=Content.State.PUBLISHED))


def _audience_labels(content_ids: list[int]) -> dict[int, list[str]]:
    rules = ContentAudience.objects.filter(content__in=content_ids).select_related("audience")
    labels: dict[int, list[str]] = {}
    for rule in rules:
        labels.setdefault(rule.content_id, []).append(str(rule.audience))
    return {content: sorted(names, key=str.casefold) for content, names in labels.items()}


def _reader_row(user: PartnerUser, progress: Progress | None) -> ReaderRow:
    person = user.membership.person
    return ReaderRow(
        name=str(person),
        email=person.email,
        partner=user.partner.name,
        opened_at=progress.opened_at if progress else None,
        completed_at=progress.completed_at if progress else None,
        reached=progress.reached if progress else 0,
    )


def partners_losing_content(partner_ids: Ids, audience_id: int, now: datetime) -> set[int]:
    """The partners among these that could no longer open something published, were they not in this audience."""
    asked = set(partner_ids)
    gated = Content.objects.published().filter(rules__audience=audience_id)
    losing = set(gated.values_list("pk", flat=True))
    if not losing:
        return set()
    others = ContentAudience.objects.filter(content__in=losing, audience__closed_at=None).exclude(audience=audience_id)
    open_to_all = set(others.filter(audience__kind=EVERYONE).values_list("content", flat=True))
    losing -= open_to_all
    members = AudienceMember.objects.present(now).filter(
        audience=OuterRef("audience"), partner__in=asked, partner__isnull=False
    )
    kept = others.filter(content__in=losing).annotate(partners=ArraySubquery(members.values("partner")))
    keeps: dict[int, set[int]] = {content_id: set() for content_id in losing}
    for content_id, partners in kept.values_list("content", "partners"):
        keeps[content_id].update(partners)
    return {partner_id for partner_id in asked if any(partner_id not in partners for partners in keeps.values())}
