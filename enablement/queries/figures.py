"""Figures for the studio's home page: what is read."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from enablement.models import Content, ContentAudience, Progress, Review
from prm.addresses import address


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


def reading_figures(since: datetime) -> Figures:
    """Four queries, whatever the size."""
    found = Content.objects.published()
    is_open = Exists(ContentAudience.objects.filter(content=OuterRef("pk")))
    counted = found.aggregate(published=Count("*"), hidden=Count("pk", filter=~Q(is_open)))
    read = Progress.objects.filter(last_at__gt=since)
    best = (
        found.annotate(readers=Count("progress", filter=Q(progress__last_at__gt=since)))
        .filter(readers__gt=0)
        .order_by("-readers", "title")
        .values_list("title", "public_id", "readers")[:3]
    )
    return Figures(
        published=counted["published"],
        hidden=counted["hidden"],
        readers=read.aggregate(n=Count("membership", distinct=True))["n"],
        answers=Review.objects.filter(answered_at__gt=since).count(),
        most_read=[MostRead(title, address("content_detail", key), count) for title, key, count in best],
    )
