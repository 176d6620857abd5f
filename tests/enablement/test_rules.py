"""What may be published, asked and answered; and the order in which options are shown."""

from datetime import timedelta

import pytest

from enablement import rules
from enablement.memory import Rating
from enablement.models import Content, Nudge, RecallItem, RecallVariant
from enablement.rules import Wording
from tests.enablement.factories import OPTIONS
from tests.factories import NOW

FOUR = ("One", "Two", "Three", "Four")
VARIANT = RecallVariant(pk=1, question="How many?", options=OPTIONS)


def good(question: str = "How many?", options: tuple[str, ...] = FOUR, correct: int | None = 0) -> Wording:
    return Wording(question, options, correct)


@pytest.mark.parametrize(
    ("content", "audiences", "codes"),
    [
        (Content(kind="article", body="Text"), 1, []),
        (Content(kind="article", body=" \n"), 1, ["no_text"]),
        (Content(kind="article", body=""), 0, ["no_text", "nobody"]),
        (Content(kind="file", file_id=7), 1, []),
        (Content(kind="file"), 1, ["no_file"]),
        (Content(kind="link", url="https://acme.example"), 1, []),
        (Content(kind="link"), 1, ["no_address"]),
        (Content(kind="link", url="https://acme.example"), 0, ["nobody"]),
    ],
)
def test_what_is_missing_before_publishing(content: Content, audiences: int, codes: list[str]) -> None:
    problems = rules.publish_problems(content, audiences)
    assert [problem.code for problem in problems] == codes
    assert {problem.level for problem in problems if problem.code == "nobody"} <= {"warning"}


@pytest.mark.parametrize(
    ("claim", "wordings", "found"),
    [
        ("A claim.", [good()], []),
        ("A claim.", [good(), good("And else?")], []),
        ("A claim.", [good(options=(*FOUR, "Five", "Six"))], []),
        (" ", [good()], [("no_claim", "claim")]),
        ("A claim.", [], [("no_question", "0-question")]),
        ("A claim.", [good(" ")], [("no_question", "0-question")]),
        ("A claim.", [good(options=FOUR[:3])], [("too_few_options", "0-options")]),
        ("A claim.", [good(options=tuple("ABCDEFG"))], [("too_many_options", "0-options")]),
        ("A claim.", [good(options=("One", "one!", "Two", "Three"))], [("same_option", "0-options")]),
        ("A claim.", [good(options=("+", "-", "=", "!"))], []),
        ("A claim.", [good(correct=None)], [("no_correct", "0-options")]),
        ("A claim.", [good(correct=4)], [("no_correct", "0-options")]),
        ("A claim.", [good(correct=-1)], [("no_correct", "0-options")]),
        ("A claim.", [good(), good("how many")], [("same_question", "1-question")]),
        ("A claim.", [good(f"Question {number}?") for number in range(5)], [("too_many", "4-question")]),
    ],
)
def test_what_is_wrong_with_an_item(claim: str, wordings: list[Wording], found: list[tuple[str, str]]) -> None:
    assert [(problem.code, problem.field) for problem in rules.item_problems(claim, wordings)] == found


def test_what_must_be_known_is_kept_at_nine_in_ten() -> None:
    assert rules.retention_of(RecallItem(criticality="must_know")) == 0.90
    assert rules.retention_of(RecallItem()) == 0.85


def test_options_are_shown_in_an_order_that_stays_and_differs() -> None:
    orders = {tuple(rules.shown_order(VARIANT, f"seed {number}")) for number in range(40)}
    assert len(orders) > 10
    assert all(sorted(order) == [0, 1, 2, 3] for order in orders)
    assert rules.shown_order(VARIANT, "seed 1") == rules.shown_order(VARIANT, "seed 1")


@pytest.mark.parametrize(
    ("choice", "guessed", "rating"),
    [
        (0, False, Rating.GOOD),
        (0, True, Rating.HARD),
        (1, False, Rating.AGAIN),
        (3, True, Rating.AGAIN),
        (None, False, Rating.AGAIN),
        (None, True, Rating.AGAIN),
    ],
)
def test_an_answer_is_rated_by_what_was_said_alone(choice: int | None, guessed: bool, rating: Rating) -> None:
    assert rules.rating_of(VARIANT, choice, guessed) == rating


def test_a_shown_number_leads_back_to_its_option() -> None:
    order = rules.shown_order(VARIANT, "seed")
    assert [rules.choice_of(VARIANT, "seed", str(number)) for number in range(1, 5)] == order
    assert rules.choice_of(VARIANT, "seed", "0") is None


@pytest.mark.parametrize("shown", ["", "5", "-1", "10", "x", " 1", "1 ", "²", "١", "0x1", "\0"])
def test_anything_else_is_no_choice(shown: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - what was typed is all there is to say
        rules.choice_of(VARIANT, "seed", shown)


@pytest.mark.parametrize(
    ("answered", "state", "askable", "lasts", "code"),
    [
        (False, "active", True, 1, None),
        (True, "active", True, 1, "used"),
        (True, "retired", False, -1, "used"),
        (False, "retired", True, 1, "withdrawn"),
        (False, "active", False, 1, "withdrawn"),
        (False, "active", True, 0, "expired"),
        (False, "active", True, -1, "expired"),
    ],
)
def test_why_a_mail_s_question_is_closed(
    answered: bool, state: str, askable: bool, lasts: int, code: str | None
) -> None:
    nudge = Nudge(expires_at=NOW + timedelta(days=lasts), answered_at=NOW if answered else None)
    problem = rules.nudge_problem(nudge, RecallItem(state=state), askable, NOW)
    assert (problem.code if problem else None) == code
