"""The mathematics of remembering, against the library's own scheduler and in SQL."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from fsrs import Card, Scheduler, State
from fsrs import Rating as FsrsRating
from fsrs.scheduler import DEFAULT_PARAMETERS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enablement import memory
from enablement.memory import Memory, Rating

TOLERATED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]

START = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
ratings = st.sampled_from(list(Rating))
retentions = st.sampled_from([0.75, 0.85, 0.90, 0.95])
# Gaps in seconds: answers of the same day, of the next ones, and of the next years.
gaps = st.one_of(st.integers(0, 86_399), st.integers(0, 30 * 86_400), st.integers(0, 3 * 365 * 86_400))
histories = st.lists(st.tuples(ratings, gaps), min_size=1, max_size=25)


def library(retention: float) -> Scheduler:
    return Scheduler(
        desired_retention=retention, learning_steps=(), relearning_steps=(), maximum_interval=90, enable_fuzzing=False
    )


@given(histories, retentions)
@settings(max_examples=200, deadline=None)
def test_any_history_ends_where_the_library_ends(history: list[tuple[Rating, int]], retention: float) -> None:
    scheduler, card, ours, now = library(retention), Card(card_id=1), None, START
    for rating, gap in history:
        now += timedelta(seconds=gap)
        expected = scheduler.get_card_retrievability(card, now)
        assert ours is None or memory.retrievability(ours, now) == pytest.approx(expected, rel=1e-12)
        card, _log = scheduler.review_card(card, FsrsRating(rating), now)
        ours = memory.review(ours, rating, now, retention)
        assert (ours.stability, ours.difficulty) == (card.stability, card.difficulty)
        assert ours.last_review_at == card.last_review
        assert memory.due_at(ours, retention) == card.due


def test_the_library_s_own_vector() -> None:
    history = zip((1, 3, 3, 3, 3, 3), (0, 0, 1, 3, 8, 21), strict=True)
    remembered, now = None, datetime(2022, 11, 29, 12, 30, tzinfo=UTC)
    for rating, days in history:
        now += timedelta(days=days)
        remembered = memory.review(remembered, Rating(rating), now)
    assert remembered is not None
    assert remembered.stability == pytest.approx(53.62691, abs=1e-4)
    assert remembered.difficulty == pytest.approx(6.3574867, abs=1e-4)


def test_version_one_of_the_parameters_is_what_the_library_ships() -> None:
    assert memory.PARAMETERS[1] == DEFAULT_PARAMETERS


def test_a_fresh_memory_is_certain_and_fades_to_nine_tenths_at_its_stability() -> None:
    fresh = Memory(stability=10, difficulty=5, last_review_at=START)
    assert memory.retrievability(fresh, START) == 1
    assert memory.retrievability(fresh, START + timedelta(days=10)) == pytest.approx(0.9)
    assert memory.retrievability(fresh, START - timedelta(days=3)) == 1


@pytest.mark.parametrize(("rating", "days"), [(Rating.AGAIN, 1), (Rating.HARD, 2), (Rating.GOOD, 4)])
def test_the_first_rest_lasts_whole_days(rating: Rating, days: int) -> None:
    assert memory.due_at(memory.review(None, rating, START)) == START + timedelta(days=days)


def test_what_must_be_known_is_asked_sooner() -> None:
    kept = memory.review(None, Rating.GOOD, START)
    assert memory.due_at(kept, memory.MUST_KNOW_RETENTION) < memory.due_at(kept, memory.NORMAL_RETENTION)


def test_no_rest_is_longer_than_ninety_days() -> None:
    assert memory.rest_days(5000.0) == memory.LONGEST_DAYS
    assert memory.rest_days(0.001) == 1


@pytest.mark.parametrize("retention", [0.0, 0.749, 0.951, 1.0, 2.0])
def test_an_unfit_retention_is_refused(retention: float) -> None:
    kept = memory.exposed(START)
    with pytest.raises(ValueError, match="desired retention"):
        memory.due_at(kept, retention)
    with pytest.raises(ValueError, match="desired retention"):
        memory.review(kept, Rating.GOOD, START, retention)


def test_meeting_a_claim_counts_as_a_right_first_answer() -> None:
    assert memory.exposed(START) == memory.review(None, Rating.GOOD, START)


def test_a_share_tells_its_range() -> None:
    share = memory.expected_share(questions=20, total=16.0, variance=3.2, answers=29)
    assert share is not None
    assert share.expected == pytest.approx(0.8)
    assert 0.6 < share.low < 0.8 < share.high < 1
    assert not share.is_known_enough
    assert memory.expected_share(0, 0, 0, 0) is None


def test_a_share_stays_between_none_and_all() -> None:
    share = memory.expected_share(questions=1, total=0.95, variance=0.0475, answers=100)
    assert share is not None
    assert share.high == 1
    assert share.is_known_enough


@pytest.mark.django_db
@given(
    st.lists(
        st.tuples(st.floats(0.001, 36_500), st.integers(-86_400 * 2, 86_400 * 2000), st.integers(0, 999_999)),
        min_size=1,
        max_size=40,
    )
)
@settings(max_examples=60, deadline=None, suppress_health_check=TOLERATED)
def test_sql_tells_the_same_recall(rows: list[tuple[float, int, int]]) -> None:
    met = [START - timedelta(seconds=seconds, microseconds=micro) for _s, seconds, micro in rows]
    expected = [memory.retrievability(Memory(row[0], 5, at), START) for row, at in zip(rows, met, strict=True)]
    assert _recall_in_sql([row[0] for row in rows], met, START) == pytest.approx(expected, rel=1e-12)


@pytest.mark.django_db
@pytest.mark.parametrize("now", [datetime(2026, 3, 29, 3, 0, tzinfo=UTC), datetime(2026, 10, 25, 2, 0, tzinfo=UTC)])
def test_sql_counts_days_of_24_hours_when_clocks_change(now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'Europe/Berlin'")
    met = [now - timedelta(hours=hours) for hours in (23, 24, 25, 47, 48, 49)]
    expected = [memory.retrievability(Memory(3, 5, at), now) for at in met]
    assert _recall_in_sql([3.0] * 6, met, now) == pytest.approx(expected, rel=1e-12)


def _recall_in_sql(stabilities: list[float], met: list[datetime], now: datetime) -> list[float]:
    recall = memory.retrievability_sql("stability", "met", "%(now)s::timestamptz")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {recall} FROM unnest(%(stabilities)s::float8[], %(met)s::timestamptz[])"
            " WITH ORDINALITY AS row (stability, met, place) ORDER BY place",
            {"stabilities": stabilities, "met": met, "now": now},
        )
        return [row[0] for row in cursor.fetchall()]


def test_the_library_s_states_do_not_matter_to_what_is_remembered() -> None:
    scheduler, now = library(0.85), START + timedelta(days=9)
    values: dict[str, Any] = {"stability": 4.2, "difficulty": 6.1, "last_review": START}
    learning, _ = scheduler.review_card(Card(card_id=1, state=State.Learning, **values), FsrsRating.Good, now)
    known, _ = scheduler.review_card(Card(card_id=1, state=State.Review, **values), FsrsRating.Good, now)
    assert (learning.stability, learning.difficulty, learning.due) == (known.stability, known.difficulty, known.due)
