"""The questions at the end of a content, as one member sees them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from enablement.models import Content, Memory, RecallItem, RecallVariant, Review
from enablement.queries.questions import (
    Outcome,
    Question,
    by_item,
    next_wording,
    outcome_of,
    question_of,
    wordings_of,
)
from prm.accounts.models import Membership
from prm.tenancy.prepared import prepared


@dataclass(frozen=True, slots=True)
class Check:
    """One question of a content: to be answered (`question`), or answered before (`outcome`).

    `turn` counts the answers there were when it was shown, `variant_id` says which wording it is; the form sends both
    back.
    """

    item_id: str
    variant_id: str
    turn: int
    question: Question | None
    outcome: Outcome | None


def seed_of(membership: Membership, item: RecallItem, turn: int) -> str:
    """What the order of the options follows from."""
    return f"check:{membership.pk}:{item.pk}:{turn}"


def checks_of(membership: Membership, content: Content, now: datetime) -> list[Check]:
    """The content's questions in their order, each with the member's last answer where there is one. Three queries."""
    variants = by_item(_wordings(content.pk, now))
    if not variants:
        return []
    items = sorted((asked[0].item for asked in variants.values()), key=lambda item: (item.position, item.pk))
    asked = [item.pk for item in items]
    memories = {row.item_id: row for row in _memories(membership.pk, asked)}
    reviews = {row.item_id: row for row in _last_answers(membership.pk, asked)}
    checks = []
    for item in items:
        review, memory = reviews.get(item.pk), memories.get(item.pk)
        turn = memory.answers if memory else 0
        wording = next_wording(variants[item.pk], turn)
        if review is None:
            question = question_of(wording, seed_of(membership, item, turn))
            checks.append(Check(item.public_id, wording.public_id, turn, question, None))
        else:
            seed = seed_of(membership, item, review.number - 1)
            outcome = outcome_of(item, review.variant, seed, review, memory)
            checks.append(Check(item.public_id, wording.public_id, turn, None, outcome))
    return checks


@prepared
def _wordings(content_id: int, now: datetime) -> QuerySet[RecallVariant]:
    return wordings_of(RecallItem.objects.askable(now).filter(content=content_id).values("pk"))


@prepared
def _memories(membership_id: int, item_ids: list[int]) -> QuerySet[Memory]:
    rows: QuerySet[Memory] = Memory.objects.filter(membership=membership_id, item__in=item_ids)
    return rows


@prepared
def _last_answers(membership_id: int, item_ids: list[int]) -> QuerySet[Review]:
    rows: QuerySet[Review] = Review.objects.filter(membership=membership_id, item__in=item_ids)
    return rows.select_related("variant").order_by("item", "-number").distinct("item")
