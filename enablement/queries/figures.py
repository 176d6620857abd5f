"""Figures for the studio's home page: what is read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from enablement.models import Content, ContentAudience, Progress, Review
from prm.addresses import address
from prm.tenancy.models import Organization
from prm.tenancy.scope import current_organization


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
    """Two queries, whatever the size."""
    published = Content.objects.published()
    is_open = Exists(ContentAudience.objects.filter(content=OuterRef("pk")))
    best = (
        published.annotate(readers=Count("progress", filter=Q(progress__last_at__gt=since)))
        .filter(readers__gt=0)
        .order_by("-readers", "title")
        .values_list("title", "public_id", "readers")[:3]
    )
    counts = {
        "published": _number_of(published),
        "hidden": _number_of(published.exclude(is_open)),
        "readers": _number_of(Progress.objects.filter(last_at__gt=since), Count("membership", distinct=True)),
        "answers": _number_of(Review.objects.filter(answered_at__gt=since)),
    }
    here = Organization.objects.filter(pk=current_organization().pk)
    return Figures(
        **here.annotate(**counts).values(*counts).get(),
        most_read=[MostRead(title, address("content_detail", key), count) for title, key, count in best],
    )


def _number_of(rows: QuerySet[Any], count: Count | None = None) -> Coalesce:
    """The number of rows as a part of another query."""
    counted = rows.order_by().values("organization").annotate(n=count or Count("*")).values("n")
    return Coalesce(Subquery(counted), 0)
