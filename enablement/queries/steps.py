"""What journeys ask people to read and to know: kinds of steps that are done in the library."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from enablement.models import Content, Progress, RecallItem, RecallVariant, Review
from partners.step_kinds import Place, StepKind
from prm.addresses import address

STEPS_ABOUT_CONTENT = ("content", "quiz")


def content_choices() -> list[tuple[int, str]]:
    """What can be read: published content, by title."""
    return list(Content.objects.published().order_by("title", "pk").values_list("pk", "title"))


def content_places(ids: Collection[int]) -> Mapping[int, Place]:
    rows = Content.objects.filter(pk__in=ids).values_list("pk", "title", "public_id", "minutes", "state")
    return {
        pk: _place(title, public_id, _("Read, %d min") % minutes, is_there=state == Content.State.PUBLISHED)
        for pk, title, public_id, minutes, state in rows
    }


def _place(title: str, public_id: str, hint: str, *, is_there: bool) -> Place:
    if not is_there:
        return Place(title, hint=_("not available at the moment"), is_gone=True)
    return Place(title, address("learn_detail", public_id), hint)


def completed(_now: datetime) -> QuerySet[Any, Any]:
    """Who is through with what."""
    return Progress.objects.filter(completed_at__isnull=False).values_list(
        "membership_id", "content_id", "completed_at"
    )


def quiz_choices() -> list[tuple[int, str]]:
    """Published content that asks questions, by title."""
    rows = Content.objects.published().filter(Exists(_questions(timezone.now()).filter(content=OuterRef("pk"))))
    return list(rows.order_by("title", "pk").values_list("pk", "title"))


def quiz_places(ids: Collection[int]) -> Mapping[int, Place]:
    asked = _questions(timezone.now()).filter(content=OuterRef("pk")).order_by().values("content")
    counted = Coalesce(Subquery(asked.annotate(n=Count("*")).values("n")), 0)
    rows = Content.objects.filter(pk__in=ids).annotate(n=counted)
    return {
        pk: _place(
            title,
            public_id,
            ngettext("%d question", "%d questions", n) % n,
            is_there=n > 0 and state == Content.State.PUBLISHED,
        )
        for pk, title, public_id, n, state in rows.values_list("pk", "title", "public_id", "n", "state")
    }


def answered(now: datetime) -> QuerySet[Any, Any]:
    """Who answered every question that a content asks now, and when the last one."""
    asked = _questions(now).filter(content=OuterRef("item__content")).order_by().values("content")
    rows = Review.objects.filter(item__content__isnull=False, item__in=_questions(now).values("pk"))
    per_person = rows.values("membership_id", "item__content_id").annotate(
        given=Count("item", distinct=True), last=Max("answered_at")
    )
    whole = per_person.filter(given__gte=Subquery(asked.annotate(n=Count("*")).values("n")))
    rows_of: QuerySet[Any, Any] = whole.values_list("membership_id", F("item__content_id"), "last")
    return rows_of


def _questions(now: datetime) -> QuerySet[RecallItem]:
    """Those that somebody who reads is asked: in their time, and with a wording."""
    worded = RecallVariant.objects.filter(item=OuterRef("pk"), is_active=True)
    rows: QuerySet[RecallItem] = RecallItem.objects.askable(now).filter(Exists(worded))
    return rows


STEP_KINDS = (
    StepKind(
        "content",
        gettext_lazy("Read"),
        "book-open",
        gettext_lazy("An article, a file or a link of your library; done when it is read"),
        choices=content_choices,
        places=content_places,
        finished=completed,
        order=20,
    ),
    StepKind(
        "quiz",
        gettext_lazy("Check yourself"),
        "circle-question-mark",
        gettext_lazy("The questions at the end of a content; done when all are answered"),
        choices=quiz_choices,
        places=quiz_places,
        finished=answered,
        order=25,
    ),
)
