"""What is still remembered, and what can be remembered: figures for pages of this floor and of those above."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Avg, Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from enablement.memory import Share, expected_share, retrievability_sql
from enablement.models import Content, Memory, RecallItem
from enablement.models.memory import Retrievability
from prm.tenancy.scope import current_organization


@dataclass(frozen=True, slots=True)
class Part:
    """The share that is expected to be remembered of one content or topic; `id` is its key."""

    id: int
    label: str
    share: Share


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What some members together would answer correctly now: in all, each of them, by content and by topic.

    `overall` is None where they have no questions. Figures that rest on few answers say so (`Share.is_known_enough`)
    and are shown greyed.
    """

    overall: Share | None = None
    of_member: dict[int, Share] = field(default_factory=dict)
    contents: list[Part] = field(default_factory=list)
    topics: list[Part] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ContentChoice:
    """Published content that something can be built on; `questions` is how many recall items it has."""

    id: int
    label: str
    kind: str
    questions: int


def content_choices() -> list[ContentChoice]:
    """All published content by title."""
    asked = Count("recall_items", filter=Q(recall_items__state=RecallItem.State.ACTIVE))
    rows = Content.objects.published().annotate(questions=asked).order_by("title", "pk")
    return [
        ContentChoice(pk, title, kind, questions)
        for pk, title, kind, questions in rows.values_list("pk", "title", "kind", "questions")
    ]


def knowledge_of(membership_ids: Collection[int], now: datetime) -> Knowledge:
    """What these members are expected to remember at `now`. One query."""
    overall: Share | None = None
    of_member: dict[int, Share] = {}
    contents: list[Part] = []
    topics: list[Part] = []
    for level, member, content, topic, label, questions, total, variance, answers in _sums(membership_ids, now):
        share = expected_share(questions, total or 0.0, variance or 0.0, answers or 0)
        if share is None:
            continue
        if level == _OVERALL:
            overall = share
        elif level == _BY_MEMBER and member is not None:
            of_member[member] = share
        elif level == _BY_CONTENT and content is not None:
            contents.append(Part(content, label, share))
        elif level == _BY_TOPIC and topic is not None:
            topics.append(Part(topic, label, share))
    return Knowledge(overall, of_member, _weakest_first(contents), _weakest_first(topics))


def knowledge_of_content(content_id: int, now: datetime) -> Share | None:
    """What all who remember something of a content would answer correctly about it at `now`."""
    memories = Memory.objects.active().filter(item__content=content_id, item__state=RecallItem.State.ACTIVE)
    recall = Retrievability(now)
    sums = memories.annotate(recall=recall).aggregate(
        questions=Count("*"), total=Sum("recall"), variance=Sum(F("recall") * (1 - F("recall"))), answers=Sum("answers")
    )
    return expected_share(sums["questions"], sums["total"] or 0.0, sums["variance"] or 0.0, sums["answers"] or 0)


@dataclass(frozen=True, slots=True)
class WeakSpot:
    """A topic (or a content without one) of which members of a group remember little; `people` is how many they are."""

    label: str
    expected: float
    people: int


def weak_spots(
    members: "QuerySet[Any, Any]", contents: "QuerySet[Any, Any]", now: datetime, *, below: float, people: int
) -> "QuerySet[Any, Any]":
    """What of these contents is expected to be remembered to less than the share `below`, weakest first: one query,
    whose rows are the fields of a `WeakSpot`.

    Nothing that rests on fewer than `people` members: it would tell of single persons.
    """
    rows = Memory.objects.active().filter(
        membership__in=members, item__state=RecallItem.State.ACTIVE, item__content__in=contents
    )
    told = (
        rows.with_recall(now)
        .annotate(label=Coalesce("item__content__topic__name", "item__content__title"))
        .values("label")
        .annotate(expected=Avg("recall"), people=Count("membership", distinct=True))
        .filter(expected__lt=below, people__gte=people)
    )
    found: QuerySet[Any, Any] = told.order_by("expected", "label").values("label", "expected", "people")
    return found


# Which columns a row is summed over, as Postgres' grouping() tells it: a bit for each column that is summed away.
_OVERALL, _BY_MEMBER, _BY_CONTENT, _BY_TOPIC = 0b111, 0b011, 0b101, 0b110

_SUMS = f"""
SELECT grouping(membership_id, content_id, topic_id), membership_id, content_id, topic_id, coalesce(title, topic),
    count(*), sum(recall), sum(recall * (1 - recall)), sum(answers)
FROM (
    SELECT memory.membership_id, item.content_id, content.topic_id, memory.answers, content.title, topic.name AS topic,
        {retrievability_sql("memory.stability", "memory.last_review_at", "%(now)s::timestamptz")} AS recall
    FROM enablement_memory AS memory
    JOIN enablement_recallitem AS item
        ON item.organization_id = memory.organization_id AND item.id = memory.item_id
    LEFT JOIN enablement_content AS content
        ON content.organization_id = item.organization_id AND content.id = item.content_id
    LEFT JOIN enablement_topic AS topic
        ON topic.organization_id = content.organization_id AND topic.id = content.topic_id
    WHERE memory.organization_id = %(organization)s AND memory.membership_id = ANY(%(members)s)
        AND memory.state = 'active' AND item.state = 'active'
) AS known
GROUP BY GROUPING SETS ((), (membership_id), (content_id, title), (topic_id, topic))
"""  # nosec B608: made of constants

type _Sum = tuple[int, int | None, int | None, int | None, str, int, float | None, float | None, int | None]


def _sums(membership_ids: Collection[int], now: datetime) -> list[_Sum]:
    if not membership_ids:
        return []
    with connection.cursor() as cursor:
        parameters: dict[str, Any] = {
            "organization": current_organization().pk,
            "members": list(membership_ids),
            "now": now,
        }
        cursor.execute(_SUMS, parameters)
        rows: list[_Sum] = cursor.fetchall()
    return rows


def _weakest_first(parts: list[Part]) -> list[Part]:
    return sorted(parts, key=lambda part: (part.share.expected, part.label))
