"""What points come to, whom to ask, and who sees what when."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohorts import rules
from cohorts.models import Application, Review, SelectionPlan
from cohorts.rubric import RubricLine, first_rubric, rubric_of, verdict, worth
from cohorts.rules import Asked
from tests.factories import NOW

WORK, FIT = RubricLine("work", "Has something to work on", 3), RubricLine("fit", "Is whom it is for", 1)
RUBRIC = [WORK, FIT]


def test_a_line_that_counts_more_moves_the_mean_more() -> None:
    assert worth(RUBRIC, {"work": 5, "fit": 1}) == 4.0
    assert worth(RUBRIC, {"work": 1, "fit": 5}) == 2.0


def test_what_the_rubric_asks_no_longer_does_not_count_and_what_it_asks_since_is_not_missed() -> None:
    assert worth(RUBRIC, {"work": 4, "gone": 1}) == 4.0
    assert worth(RUBRIC, {"gone": 1}) is None


def test_each_review_counts_the_same_and_what_is_far_apart_is_told() -> None:
    near = verdict(RUBRIC, [{"work": 4, "fit": 4}, {"work": 3, "fit": 3}])
    far = verdict(RUBRIC, [{"work": 5, "fit": 5}, {"work": 3, "fit": 3}, {"work": 3, "fit": 5}])
    assert near is not None
    assert far is not None
    assert (near.mean, near.disagrees) == (3.5, False)
    assert (far.low, far.high, far.reviews, far.disagrees) == (3.0, 5.0, 3, True)
    assert verdict(RUBRIC, []) is None


def test_no_rubric_is_the_houses() -> None:
    assert rubric_of([]) == first_rubric()
    assert rubric_of([WORK.kept()]) == [WORK]


@given(st.lists(st.dictionaries(st.sampled_from(["work", "fit"]), st.integers(1, 5), min_size=1), min_size=1))
def test_a_verdict_is_never_outside_what_was_given(reviews: list[dict[str, int]]) -> None:
    found = verdict(RUBRIC, reviews)
    assert found is not None
    given_points = [value for review in reviews for value in review.values()]
    assert min(given_points) <= found.low <= found.mean + 1e-9
    assert found.mean <= found.high + 1e-9 <= max(given_points) + 2e-9


# ── Whom to ask ─────────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.integers(1, 40), st.integers(1, 7), st.integers(1, 5))
def test_work_is_spread_evenly(applications: int, reviewers: int, wanted: int) -> None:
    people = list(range(100, 100 + reviewers))
    asked = rules.spread([Asked(n) for n in range(applications)], reviewers=people, wanted=wanted, loads={})
    assert len(asked) == len(set(asked)) == applications * min(wanted, reviewers)
    loads = [sum(1 for _application, who in asked if who == one) for one in people]
    assert max(loads) - min(loads) <= 1


def test_opinions_mix_instead_of_forming_pairs() -> None:
    asked = rules.spread([Asked(n) for n in range(6)], reviewers=[1, 2, 3, 4], wanted=2, loads={})
    pairs = {tuple(sorted(who for application, who in asked if application == n)) for n in range(6)}
    assert len(pairs) == 6


def test_who_is_too_near_or_abstained_is_not_asked_and_who_wrote_counts() -> None:
    near = Asked(1, shunned=frozenset({7}))
    gone = Asked(2, gone=frozenset({7}))
    half = Asked(3, counted=frozenset({7}))
    full = Asked(4, counted=frozenset({7, 8}))
    asked = rules.spread([near, gone, half, full], reviewers=[7, 8], wanted=2, loads={})
    assert asked == [(1, 8), (2, 8), (3, 8)]


def test_whoever_has_most_already_is_asked_last() -> None:
    assert rules.spread([Asked(1)], reviewers=[7, 8], wanted=1, loads={7: 3, 8: 1}) == [(1, 8)]


# ── Who sees what ───────────────────────────────────────────────────────────────────────────────────────────────────

BEFORE, AFTER = NOW - timedelta(days=1), NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("plan", "is_reviewer", "own", "sees_reviews", "sees_names"),
    [
        # Each alone: only one's own points open the others'.
        ({"is_blind": True}, True, "", False, True),
        ({"is_blind": True}, True, "asked", False, True),
        ({"is_blind": True}, True, "abstained", False, True),
        ({"is_blind": True}, True, "written", True, True),
        ({"is_blind": True}, False, "", False, True),
        ({"is_blind": False}, True, "asked", True, True),
        ({"is_blind": False}, False, "", True, True),
        # Names are hidden from reviewers until all is open, also after their own points.
        ({"hides_names": True}, True, "asked", False, False),
        ({"hides_names": True}, True, "written", True, False),
        ({"hides_names": True}, False, "", False, True),
        ({"hides_names": True, "compare_at": BEFORE}, True, "asked", True, True),
        ({"is_blind": True, "compare_at": BEFORE}, False, "", True, True),
        # The very moment opens; a moment ahead does not.
        ({"is_blind": True, "compare_at": NOW}, False, "", True, True),
        ({"is_blind": True, "compare_at": AFTER}, False, "", False, True),
    ],
)
def test_sight(plan: dict[str, object], is_reviewer: bool, own: str, sees_reviews: bool, sees_names: bool) -> None:
    seen = rules.sight(plan=SelectionPlan(**plan), is_reviewer=is_reviewer, own_state=own, now=NOW)
    assert (seen.sees_reviews, seen.sees_names) == (sees_reviews, sees_names)


def test_why_points_are_not_kept() -> None:
    submitted, decided = Application(state="submitted"), Application(state="decided")

    def codes(application: Application, points: dict[str, int], *, is_reviewer: bool = True) -> list[tuple[str, str]]:
        found = rules.writing_problems(application=application, is_reviewer=is_reviewer, rubric=RUBRIC, points=points)
        return [(problem.code, problem.field) for problem in found]

    assert codes(submitted, {"work": 1, "fit": 5}) == []
    assert codes(submitted, {"work": 1}) == [("required", "points_fit")]
    assert codes(submitted, {"work": 6, "fit": 0}) == [("required", "points_work"), ("required", "points_fit")]
    assert codes(decided, {"work": 1, "fit": 5}) == [("decided", "")]
    assert codes(submitted, {"work": 1, "fit": 5}, is_reviewer=False) == [("not_reviewer", "")]


def test_a_rubric_says_something_and_nothing_twice() -> None:
    assert rules.rubric_problems(RUBRIC) == []
    assert [problem.code for problem in rules.rubric_problems([])] == ["empty"]
    twice = rules.rubric_problems([WORK, RubricLine("x", "has something to work on ")])
    assert [(problem.code, problem.field) for problem in twice] == [("twice", "label_1")]
    many = [RubricLine(str(n), f"Line {n}") for n in range(9)]
    assert [problem.code for problem in rules.rubric_problems(many)] == ["too_many"]


def test_states_of_a_review_are_the_machines() -> None:
    assert set(Review.State.values) == {"asked", "written", "abstained"}
