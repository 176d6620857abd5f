"""Practice: what is due, the round that is open, its questions and what came of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from enablement.models import Nudge, Round, RoundQuestion
from enablement.models.memory import MemoryQuerySet
from enablement.queries.gates import memories_open_to
from enablement.queries.questions import Outcome, Question, outcome_of, question_of
from enablement.rules import ROUND_SIZE
from prm.accounts.models import Membership

# A round that was left longer ago is put aside: by now other questions are due.
ROUND_LASTS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a member stands: questions due now, questions kept alive in all, the next one's moment, an open round."""

    due: int
    kept: int
    next_at: datetime | None
    open_round: str
    open_left: int

    @property
    def offered(self) -> int:
        """How many questions the next round has."""
        return min(self.due, ROUND_SIZE)


@dataclass(frozen=True, slots=True)
class RoundPage:
    """A round as a page shows it: the question to answer, or what came of the one before, or how all of it went."""

    public_id: str
    total: int
    answered: int
    right: int
    position: int
    question: Question | None
    outcome: Outcome | None

    @property
    def is_finished(self) -> bool:
        return self.answered == self.total

    @property
    def number(self) -> int:
        return self.position + 1


def due_for(membership: Membership, now: datetime) -> MemoryQuerySet:
    """What is to be asked of the member now, the weakest first, each with `recall`."""
    return memories_open_to(membership, now).due(now).with_recall(now).weakest_first()


def due_count(membership: Membership, now: datetime) -> int:
    return memories_open_to(membership, now).due(now).count()


def standing_of(membership: Membership, now: datetime) -> Standing:
    """Where the member stands, in two queries, whatever the number of memories."""
    counted = memories_open_to(membership, now).aggregate(
        kept=Count("*"), due=Count("due_at", filter=Q(due_at__lte=now)), next_at=Min("due_at", filter=Q(due_at__gt=now))
    )
    found = open_round(membership, now)
    left = found.left if found else 0
    return Standing(
        due=counted["due"],
        kept=counted["kept"],
        next_at=counted["next_at"],
        open_round=found.public_id if found and left else "",
        open_left=left,
    )


def open_round(membership: Membership, now: datetime) -> Any:
    """The member's round in the portal that is not finished and not too old to go on with; `left` counts its questions
    without an answer. None where there is none.
    """
    rounds = Round.objects.unfinished().filter(membership=membership, nudge__isnull=True)
    left = Count("questions", filter=Q(questions__review=None))
    return rounds.filter(started_at__gt=now - ROUND_LASTS).annotate(left=left).first()


def questions_of(membership: Membership, public_id: str) -> list[RoundQuestion]:
    """The questions of a member's round in the portal, in their order; none where there is no such round."""
    return _questions(RoundQuestion.objects.filter(round__membership=membership, round__nudge=None), public_id)


def questions_after(nudge: Nudge) -> list[RoundQuestion]:
    """The questions of the round behind a nudge's link, in their order; none before it has begun."""
    return _questions(RoundQuestion.objects.filter(round__nudge=nudge))


def _questions(rows: QuerySet[RoundQuestion], public_id: str = "") -> list[RoundQuestion]:
    if public_id:
        rows = rows.filter(round__public_id=public_id)
    return list(rows.select_related("round", "memory__item", "variant", "review").order_by("position"))


def round_page(rows: Sequence[RoundQuestion], after: int | None = None) -> RoundPage:
    """With `after`, what came of the question at that place; else the next question, if any is left."""
    answered = [row for row in rows if row.review is not None]
    shown = next((row for row in answered if row.position == after), None)
    waiting = next((row for row in rows if row.review is None), None)
    outcome = None
    if shown is not None and shown.review is not None:
        outcome = outcome_of(shown.memory.item, shown.variant, seed_of(shown), shown.review, shown.memory)
    current = shown or waiting
    return RoundPage(
        public_id=rows[0].round.public_id,
        total=len(rows),
        answered=len(answered),
        right=sum(row.review.rating > 1 for row in answered if row.review is not None),
        position=current.position if current else len(rows),
        question=question_of(waiting.variant, seed_of(waiting)) if waiting and outcome is None else None,
        outcome=outcome,
    )


def seed_of(question: RoundQuestion) -> str:
    """What the order of the options follows from."""
    return f"round:{question.pk}"
