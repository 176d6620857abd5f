"""How knowledge fades and how answers strengthen it: FSRS-6, by the library `fsrs`, as pure functions.

A memory is its stability (the days after which recall has fallen to 90 %), its difficulty (1 to 10) and the moment it
was last met. Elapsed time counts in whole days. There are no steps of minutes: after each answer the question rests at
least a day and at most `LONGEST_DAYS`. `retrievability_sql` is the same curve for whole sets of rows.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from functools import cache

from fsrs import Card, Scheduler, State
from fsrs import Rating as FsrsRating

ALGORITHM = "fsrs-6"
PARAMETERS_VERSION = 1
# Written down here and not taken from the library: stored answers name this version, so it may never mean another set.
PARAMETERS: dict[int, tuple[float, ...]] = {
    1: (
        0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796,
        1.4835, 0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542,
    )
}  # fmt: skip

NORMAL_RETENTION = 0.85
MUST_KNOW_RETENTION = 0.90
LOWEST_RETENTION, HIGHEST_RETENTION = 0.75, 0.95
LONGEST_DAYS = 90

# With fewer answers than this a figure says more about chance than about anybody's knowledge.
ENOUGH_ANSWERS = 30


class Rating(IntEnum):
    """Never inferred from speed: wrong or "not sure", right but guessed, right."""

    AGAIN = 1
    HARD = 2
    GOOD = 3


@dataclass(frozen=True, slots=True)
class Memory:
    """`stability` in days, `difficulty` from 1 to 10, `last_review_at` aware."""

    stability: float
    difficulty: float
    last_review_at: datetime


@dataclass(frozen=True, slots=True)
class Share:
    """What part of some questions would be answered correctly now.

    `expected` lies between `low` and `high`, the range in which 19 of 20 such rounds would end if the model is right.
    `questions` is how many memories it is about, `answers` how many answers they rest on.
    """

    expected: float
    low: float
    high: float
    questions: int
    answers: int

    @property
    def is_known_enough(self) -> bool:
        return self.answers >= ENOUGH_ANSWERS


def review(
    memory: Memory | None, rating: Rating, now: datetime, retention: float = NORMAL_RETENTION, parameters: int = 1
) -> Memory:
    """The memory after an answer at `now`; None stands for a first one. Raises ValueError for an unfit retention."""
    scheduler = _scheduler(retention, parameters)
    reviewed, _log = scheduler.review_card(_card(memory), FsrsRating(rating), now.astimezone(UTC))
    assert reviewed.stability is not None
    assert reviewed.difficulty is not None
    return Memory(reviewed.stability, reviewed.difficulty, now)


def exposed(now: datetime, parameters: int = PARAMETERS_VERSION) -> Memory:
    """The memory of somebody who met a claim at `now` without being asked: as after a right first answer."""
    return review(None, Rating.GOOD, now, NORMAL_RETENTION, parameters)


def retrievability(memory: Memory, now: datetime, parameters: int = PARAMETERS_VERSION) -> float:
    """The probability, from 0 to 1, that the claim would be recalled at `now`."""
    factor, decay = curve(parameters)
    days = max(0, (now - memory.last_review_at).days)
    return float((1 + factor * days / memory.stability) ** decay)


def rest_days(stability: float, retention: float = NORMAL_RETENTION, parameters: int = PARAMETERS_VERSION) -> int:
    """For how many days recall stays above `retention`: from 1 to `LONGEST_DAYS`. ValueError for an unfit retention."""
    factor, decay = curve(parameters)
    days = stability / factor * (math.pow(_fit(retention), 1 / decay) - 1)
    return min(max(round(days), 1), LONGEST_DAYS)


def due_at(memory: Memory, retention: float = NORMAL_RETENTION, parameters: int = PARAMETERS_VERSION) -> datetime:
    """When the claim is to be asked for again. Raises ValueError for a retention that is unfit."""
    return memory.last_review_at + timedelta(days=rest_days(memory.stability, retention, parameters))


def retrievability_sql(stability: str, last_review_at: str, now: str, parameters: int = PARAMETERS_VERSION) -> str:
    """SQL (Postgres) with the value of `retrievability`, from SQL for its three arguments."""
    factor, decay = curve(parameters)
    days = f"greatest(extract(day from ({now} - {last_review_at})), 0)::float8"
    return f"power(1 + {factor!r}::float8 * {days} / {stability}, {decay!r}::float8)"


def expected_share(questions: int, total: float, variance: float, answers: int) -> Share | None:
    """The share from sums over memories: Σ R and Σ R (1 − R). None where there are no questions."""
    if questions <= 0:
        return None
    expected = total / questions
    margin = 1.96 * math.sqrt(max(variance, 0.0)) / questions
    return Share(expected, max(expected - margin, 0.0), min(expected + margin, 1.0), questions, answers)


@cache
def curve(parameters: int = PARAMETERS_VERSION) -> tuple[float, float]:
    """(factor, decay) of the forgetting curve R(t) = (1 + factor · t / stability) ^ decay."""
    decay = -PARAMETERS[parameters][20]
    return math.pow(0.9, 1 / decay) - 1, decay


def _fit(retention: float) -> float:
    if not LOWEST_RETENTION <= retention <= HIGHEST_RETENTION:
        raise ValueError(f"desired retention {retention} is outside {LOWEST_RETENTION} to {HIGHEST_RETENTION}")
    return retention


@cache
def _scheduler(retention: float, parameters: int) -> Scheduler:
    return Scheduler(
        parameters=PARAMETERS[parameters],
        desired_retention=_fit(retention),
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=LONGEST_DAYS,
        enable_fuzzing=False,
    )


def _card(memory: Memory | None) -> Card:
    # A number of its own would make the library sleep a millisecond for each card.
    if memory is None:
        return Card(card_id=0)
    return Card(
        card_id=0,
        state=State.Review,
        stability=memory.stability,
        difficulty=memory.difficulty,
        last_review=memory.last_review_at.astimezone(UTC),
    )
