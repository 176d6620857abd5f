"""Figures for the studio's home page: what is read."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Expression, OuterRef, Q, QuerySet

from enablement.models import Content, ContentAudience, Progress, Review
from prm.addresses import address
from prm.tenancy.numbers import number_of
from prm.tenancy.prepared import prepared


@dataclass(frozen=True, slots=True)
class MostRead:
    title: str
    url: str
    readers: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened since a moment: `readers` are members who had something open, `answers` their recall answers.

    `published` counts what partners can find now, `hidden` what is published but open to nobody.
    """

    published: int
    hidden: int
    readers: int
    answers: int
    most_read: list[MostRead]


def reading_numbers(since: datetime) -> dict[str, Expression]:
    """The figures that are counts, as parts of one query."""
    published = Content.objects.published()
    is_open = Exists(ContentAudience.objects.filter(content=OuterRef("pk")))
    return {
        "published": number_of(published),
        "hidden": number_of(published.exclude(is_open)),
        "readers": number_of(Progress.objects.filter(last_at__gt=since), Count("membership", distinct=True)),
        "answers": number_of(Review.objects.filter(answered_at__gt=since)),
    }


def most_read(since: datetime) -> list[MostRead]:
    """The three contents that most members had open; one query."""
    return [MostRead(title, address("content_detail", key), count) for title, key, count in _most_read(since)]


@prepared
def _most_read(since: datetime) -> QuerySet[Content, tuple[str, str, int]]:
    readers = Count("progress", filter=Q(progress__last_at__gt=since))
    rows = Content.objects.published().annotate(readers=readers).filter(readers__gt=0).order_by("-readers", "title")
    found: QuerySet[Content, tuple[str, str, int]] = rows.values_list("title", "public_id", "readers")[:3]
    return found
