"""Practice: rounds begun and their questions answered; the questions at the end of a content."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from enablement import memory as remembering
from enablement import rules
from enablement.models import Content, Memory, Nudge, RecallItem, RecallVariant, Review, Round, RoundQuestion
from enablement.queries import checks
from enablement.queries.practice import due_for, open_round, seed_of
from enablement.queries.questions import next_wording, variants_by_item
from enablement.services.answers import Answer, store_answer
from enablement.services.reading import complete_content, credit_steps
from prm.accounts.models import Membership
from prm.problems import Problem, Refused


def start_round(*, membership: Membership, now: datetime) -> Round:
    """The member's open round, or a new one of up to five questions that are due, the weakest memories first.

    Raises `Refused` (nothing_due). Of two clicks at once both get the same round.
    """
    found: Round | None = open_round(membership, now)
    if found is not None and found.questions.filter(review__isnull=True).exists():
        return found
    try:
        with transaction.atomic():
            Round.objects.unfinished().filter(membership=membership, nudge__isnull=True).update(finished_at=now)
            return _new_round(membership, None, rules.ROUND_SIZE, now)
    except IntegrityError:
        return Round.objects.unfinished().get(membership=membership, nudge__isnull=True)


@transaction.atomic
def start_round_after_nudge(*, membership: Membership, nudge: Nudge, now: datetime) -> Round:
    """Up to two more questions behind the link of a mail that was answered; once for each nudge.

    Raises `Refused` (nothing_due).
    """
    known = Round.objects.filter(nudge=nudge).first()
    return known or _new_round(membership, nudge, rules.ROUND_SIZE_BY_MAIL, now)


def answer_in_round(
    *,
    membership: Membership,
    questions: Sequence[RoundQuestion],
    position: int,
    shown: str,
    guessed: bool,
    now: datetime,
) -> None:
    """Answer the question at `position` of a round with the option shown as number `shown` ("0": not sure).

    The last answer finishes the round. An answer that is there already stays: a second click changes nothing. Raises
    `Refused` (no_choice) for what is no option.
    """
    asked = next((row for row in questions if row.position == position), None)
    if asked is None:
        raise Refused(Problem("no_question", _("This question is not part of the round.")))
    if asked.review_id is None:
        answer = Answer(
            variant=asked.variant,
            choice=_choice(asked.variant, seed_of(asked), shown),
            number=asked.memory.answers + 1,
            channel=Review.Channel.MAIL if asked.round.nudge_id else Review.Channel.PRACTICE,
            guessed=guessed,
            predicted=asked.predicted,
            asked_by=asked,
        )
        store_answer(membership=membership, item=asked.memory.item, before=asked.memory, answer=answer, now=now)
    if all(row.review_id is not None for row in questions if row is not asked):
        Round.objects.unfinished().filter(pk=asked.round_id).update(finished_at=now)


def answer_check(
    *,
    membership: Membership,
    content: Content,
    item: RecallItem,
    variant: RecallVariant,
    turn: int,
    shown: str,
    guessed: bool,
    now: datetime,
) -> None:
    """Answer one of a content's own questions. The first answer is a first exposure and enrols.

    `turn` is how many answers there were when the question was shown: another answer meanwhile makes this one void.
    When every question of the content has an answer, the content is completed. Raises `Refused` (no_choice).
    """
    before = Memory.objects.filter(membership=membership, item=item).first()
    answers = before.answers if before else 0
    choice = _choice(variant, checks.seed_of(membership, item, turn), shown)
    if answers != turn:
        return
    known = remembering.Memory(before.stability, before.difficulty, before.last_review_at) if before else None
    answer = Answer(
        variant=variant,
        choice=choice,
        number=answers + 1,
        channel=Review.Channel.CHECK,
        guessed=guessed,
        predicted=remembering.retrievability(known, now) if known else None,
    )
    store_answer(membership=membership, item=item, before=before, answer=answer, now=now)
    if not _unanswered(membership, content, now) and not complete_content(
        membership=membership, content=content, now=now
    ):
        # It was read before; its questions are answered only now.
        credit_steps(membership=membership, content=content, now=now)


def _unanswered(membership: Membership, content: Content, now: datetime) -> bool:
    answered = Review.objects.filter(membership=membership, item__content=content).values("item")
    asked = RecallItem.objects.askable(now).filter(content=content, variants__is_active=True)
    return asked.exclude(pk__in=answered).exists()


def _choice(variant: RecallVariant, seed: str, shown: str) -> int | None:
    try:
        return rules.choice_of(variant, seed, shown)
    except ValueError:
        raise Refused(Problem("no_choice", _("Choose an answer, or say that you are not sure."), "choice")) from None


def _new_round(membership: Membership, nudge: Nudge | None, size: int, now: datetime) -> Round:
    due = due_for(membership, now).select_related("item")
    if nudge is not None:
        due = due.exclude(item=nudge.item_id)
    memories = list(due[:size])
    variants = variants_by_item([memory.item_id for memory in memories])
    askable = [memory for memory in memories if variants.get(memory.item_id)]
    if not askable:
        raise Refused(Problem("nothing_due", _("Nothing is due now. Well kept!")))
    started = Round.objects.create(membership=membership, nudge=nudge, started_at=now)
    RoundQuestion.objects.bulk_create(
        RoundQuestion(
            round=started,
            position=position,
            memory=memory,
            variant=next_wording(variants[memory.item_id], memory.answers),
            predicted=memory.recall,  # type: ignore[attr-defined]
        )
        for position, memory in enumerate(askable)
    )
    return started
