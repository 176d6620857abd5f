"""Questions and their outcomes as pages show them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from enablement import rules
from enablement.models import Memory, Nudge, RecallItem, RecallVariant, Review


@dataclass(frozen=True, slots=True)
class Option:
    """`number` (from 1) is its place on the page and its key on the keyboard."""

    number: int
    text: str
    is_correct: bool = False
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A question to be answered; `preselected` is the number of the option that a mail's link named, 0 for none."""

    text: str
    options: tuple[Option, ...]
    preselected: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answered question, with everything there is to learn from it. `comes_back_at` is when it is due again."""

    text: str
    options: tuple[Option, ...]
    is_right: bool
    was_guessed: bool
    was_unsure: bool
    claim: str
    explanation: str
    answered_at: datetime
    comes_back_at: datetime | None


def question_of(variant: RecallVariant, seed: str, preselected: int | None = None) -> Question:
    return Question(variant.question, _options(variant, seed), preselected)


def outcome_of(
    item: RecallItem, variant: RecallVariant, seed: str, review: Review, memory: Memory | None = None
) -> Outcome:
    """What came of `review`, with the options in the order in which they were shown under the same seed."""
    return Outcome(
        text=variant.question,
        options=_options(variant, seed, review),
        is_right=review.rating != Review.Rating.AGAIN,
        was_guessed=review.rating == Review.Rating.HARD,
        was_unsure=review.choice is None,
        claim=item.claim,
        explanation=item.explanation,
        answered_at=review.answered_at,
        comes_back_at=memory.due_at if memory else None,
    )


def seed_of_nudge(nudge: Nudge) -> str:
    """What the order of a mail's options follows from: the same in the mail, behind its link and afterwards."""
    return f"nudge:{nudge.pk}"


def variants_by_item(item_ids: Collection[int] | QuerySet[RecallItem, Any]) -> dict[int, list[RecallVariant]]:
    """The wordings that are asked, in their order, of each of these items; each comes with its item."""
    return by_item(wordings_of(item_ids))


def wordings_of(item_ids: Collection[int] | QuerySet[RecallItem, Any]) -> QuerySet[RecallVariant]:
    """The same as a query, in the order of items and wordings."""
    rows: QuerySet[RecallVariant] = RecallVariant.objects.filter(item__in=item_ids, is_active=True)
    return rows.select_related("item").order_by("item", "position", "pk")


def by_item(variants: Iterable[RecallVariant]) -> dict[int, list[RecallVariant]]:
    """The wordings of `wordings_of` under their items."""
    found: dict[int, list[RecallVariant]] = {}
    for variant in variants:
        found.setdefault(variant.item_id, []).append(variant)
    return found


def next_wording(variants: Sequence[RecallVariant], answers: int) -> RecallVariant:
    """The wordings take turns, so that nobody learns the sentence instead of the claim."""
    return variants[answers % len(variants)]


def _options(variant: RecallVariant, seed: str, review: Review | None = None) -> tuple[Option, ...]:
    order = rules.shown_order(variant, seed)
    if review is None:
        return tuple(Option(number, variant.options[place]["text"]) for number, place in enumerate(order, 1))
    return tuple(
        Option(number, variant.options[place]["text"], variant.options[place]["correct"], place == review.choice)
        for number, place in enumerate(order, 1)
    )
