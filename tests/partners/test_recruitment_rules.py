"""How a fit is weighed, and what is refused: tables, without a database."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from partners import rules
from partners.models import PartnerApplication, RecruitmentCall
from partners.models.recruitment import APPLICATION_STAGES
from partners.recruiting import scoring
from partners.recruiting.questions import Question, first_questions, shown_answer
from partners.recruiting.scoring import Criterion, Gaps, Test, score, why
from partners.recruiting.wordings import decline_words
from partners.services.applying import clean_source

DAY = date(2026, 11, 29)
QUESTIONS = [
    Question("name", "Company", "short", is_required=True, target="name"),
    Question("country", "Country", "choice", target="country"),
    Question("skills", "Skills", "choices", choices=(("ai", "AI"), ("db", "Databases"))),
    Question("hours", "Hours", "number"),
    Question("about", "About", "long"),
    Question("signed", "Signed?", "yes_no"),
]


def share(test: str, answer: Any, question: str = "country", gaps: Any = None, **fields: Any) -> float | None:
    criterion = Criterion("c", "C", question, test, **fields)
    answers = {} if answer is None else {question: answer}
    return score([criterion], QUESTIONS, answers, gaps or Gaps()).parts[0].share


@pytest.mark.parametrize(
    ("test", "question", "answer", "fields", "expected"),
    [
        ("one_of", "country", "DE", {"wanted": ("DE", "AT")}, 1),
        ("one_of", "country", "FR", {"wanted": ("DE", "AT")}, 0),
        ("one_of", "skills", ["db", "ai"], {"wanted": ("ai",)}, 1),
        ("one_of", "country", None, {"wanted": ("DE",)}, None),
        ("at_least", "hours", 8, {"number": 8}, 1),
        ("at_least", "hours", 7.9, {"number": 8}, 0),
        ("bandwidth", "hours", 4, {"number": 16}, 0.25),
        ("bandwidth", "hours", 40, {"number": 16}, 1),
        ("bandwidth", "hours", None, {"number": 16}, None),
        ("contains", "about", "We run CLOUDS, and hospitals", {"wanted": ("clouds", "banks")}, 0.5),
        ("contains", "about", "nothing of it", {"wanted": ("thin",)}, 0),
        ("yes", "signed", True, {}, 1),
        ("yes", "signed", False, {}, 0),
        ("filled", "about", "x", {}, 1),
        ("filled", "about", None, {}, 0),
        ("filled", "gone", None, {}, None),
    ],
)
def test_a_criterion_has_its_share(
    test: str, question: str, answer: Any, fields: dict[str, Any], expected: float | None
) -> None:
    assert share(test, answer, question, **fields) == expected


@pytest.mark.parametrize(("count", "expected"), [(0, 1), (1, 1), (3, 0.5), (5, 0), (90, 0)])
def test_a_gap_closes_with_the_partners_that_have_it(count: int, expected: float) -> None:
    gaps = Gaps(answers={"country": {"de": count}})
    assert share("gap", "DE", gaps=gaps, few=1, many=5) == expected


def test_a_score_leaves_out_what_nobody_answered() -> None:
    criteria = [
        Criterion("a", "A", "country", Test.ONE_OF, 3, wanted=("DE",)),
        Criterion("b", "B", "hours", Test.BANDWIDTH, 5, number=10),
        Criterion("c", "C", "signed", Test.YES, 2),
    ]
    full = score(criteria, QUESTIONS, {"country": "DE", "hours": 5, "signed": False}, Gaps())
    assert (full.total, [part.points for part in full.parts]) == (55, [3, 2.5, 0])
    half = score(criteria, QUESTIONS, {"hours": 5}, Gaps())
    assert (half.total, [part.points for part in half.parts]) == (50, [None, 2.5, None])
    assert score(criteria, QUESTIONS, {}, Gaps()).total is None
    assert why(half.parts[0]) == "Not answered: it counts neither for nor against"
    assert [why(part) for part in full.parts] == ["Fits", "Fits in part", "Does not fit"]


def test_gaps_are_asked_only_of_what_can_be_counted() -> None:
    assert {question.key for question in QUESTIONS if Test.GAP in scoring.tests_for(question)} == {"country"}
    assert Test.GAP in scoring.tests_for(Question("x", "X", "choices", target="attribute:abc"))


CELL = Criterion("x-gap", "Skills: a gap", "skills", Test.CELL, 5, few=0, many=3)
COVERED = [
    Question("skills", "Skills", "choices", target="attribute:abc", choices=(("ai", "AI"), ("db", "Databases"))),
    Question("region", "Region", "short", target="region"),
]


@pytest.mark.parametrize(
    ("answers", "share", "words"),
    [
        ({"skills": ["ai"], "region": "nordics "}, 1, "Nordics × AI has 0 partners; you want 3"),
        ({"skills": ["db"], "region": "Nordics"}, 0.333, "Nordics × Databases has 2 partners; you want 3"),
        ({"skills": ["ai", "db"], "region": "South"}, 0.667, "South × Databases has 1 partner; you want 3"),
        ({"skills": ["db"], "region": "Nordisc"}, None, "“Nordisc” is none of your regions: it counts neither for nor"),
        ({"skills": ["db"]}, None, "Not answered: it counts neither for nor against"),
        ({"region": "Nordics"}, None, "Not answered: it counts neither for nor against"),
    ],
)
def test_a_cell_of_the_coverage_grid_is_told_by_name(answers: dict[str, Any], share: float | None, words: str) -> None:
    cells = {("nordics", "db"): 2, ("south", "ai"): 4, ("south", "db"): 1}
    gaps = Gaps(cells={"attribute:abc": cells}, regions={"nordics": "Nordics", "south": "South"})
    (part,) = score([CELL], COVERED, answers, gaps).parts
    assert part.share == share
    assert why(part, COVERED).startswith(words)
    assert scoring.Part.of(part.kept()) == part


def test_a_gap_of_coverage_needs_a_region() -> None:
    assert rules.ideal_problems([CELL], COVERED) == []
    (problem,) = rules.ideal_problems([CELL], COVERED[:1])
    assert (problem.code, problem.field) == ("no_region", "skills_counted")
    assert [problem.code for problem in rules.removal_of_question_problems(COVERED[1], [CELL])] == ["is_weighed"]


@pytest.mark.parametrize(
    ("question", "before", "codes"),
    [
        (Question("n", "Ask", "short"), None, []),
        (Question("n", "Ask", "choice"), None, ["no_choices"]),
        (Question("n", "Ask", "short", target="country"), None, ["target_taken"]),
        (Question("n", "Ask", "long"), Question("n", "Ask", "short"), ["kind_fixed"]),
        (replace(QUESTIONS[0], is_required=False), QUESTIONS[0], ["is_name"]),
        (replace(QUESTIONS[0], target=""), QUESTIONS[0], ["is_name"]),
    ],
)
def test_questions_that_cannot_stand(question: Question, before: Question | None, codes: list[str]) -> None:
    others = [row for row in QUESTIONS if before is None or row.key != before.key]
    assert [problem.code for problem in rules.question_problems(question, others, before)] == codes


def test_questions_that_are_needed_stay() -> None:
    weighed = [Criterion("c", "Hours", "hours", Test.BANDWIDTH, number=3)]
    problems = [rules.removal_of_question_problems(row, weighed) for row in QUESTIONS]
    assert [[problem.code for problem in found] for found in problems] == [["is_name"], [], [], ["is_weighed"], [], []]


@pytest.mark.parametrize(
    ("criterion", "code", "field"),
    [
        (Criterion("c", "C", "country", Test.ONE_OF), "nothing_wanted", "country_wanted"),
        (Criterion("c", "C", "about", Test.CONTAINS), "nothing_wanted", "about_wanted"),
        (Criterion("c", "C", "hours", Test.BANDWIDTH), "no_number", "hours_number"),
        (Criterion("c", "C", "country", Test.GAP, few=3, many=3), "no_gap", "country_many"),
        (Criterion("c", "C", "hours", Test.YES), "no_question", ""),
        (Criterion("c", "C", "gone", Test.FILLED), "no_question", ""),
    ],
)
def test_profiles_that_make_no_sense(criterion: Criterion, code: str, field: str) -> None:
    assert [(found.code, found.field) for found in rules.ideal_problems([criterion], QUESTIONS)] == [(code, field)]


@pytest.mark.parametrize(
    ("call", "earlier", "codes"),
    [
        ({"state": "open"}, None, []),
        ({"state": "draft"}, None, ["closed"]),
        ({"state": "closed"}, None, ["closed"]),
        ({"state": "open", "opens_on": date(2026, 11, 30)}, None, ["closed"]),
        ({"state": "open", "closes_on": date(2026, 11, 28)}, None, ["closed"]),
        ({"state": "open", "opens_on": DAY, "closes_on": DAY}, None, []),
        ({"state": "open"}, {"state": "screening"}, ["already"]),
        ({"state": "open"}, {"state": "accepted"}, ["already"]),
        ({"state": "open"}, {"state": "withdrawn"}, []),
        ({"state": "open"}, {"state": "declined"}, []),
        ({"state": "open"}, {"state": "declined", "reapply_on": date(2026, 11, 30)}, ["too_early"]),
        ({"state": "open"}, {"state": "declined", "reapply_on": DAY}, []),
    ],
)
def test_who_may_begin(call: dict[str, Any], earlier: dict[str, Any] | None, codes: list[str]) -> None:
    last = PartnerApplication(**earlier) if earlier else None
    assert [found.code for found in rules.beginning_problems(RecruitmentCall(**call), last, DAY)] == codes


def test_what_a_no_needs() -> None:
    assert not rules.decline_problems("overlap", "Kind words", None, DAY)
    assert [found.code for found in rules.decline_problems("whim", " ", DAY, DAY)] == [
        "no_reason",
        "no_words",
        "too_early",
    ]


def test_what_must_be_answered() -> None:
    found = rules.completeness_problems(first_questions(), " ", {"company": "X", "country": "DE", "about": ""})
    assert [(problem.code, problem.field) for problem in found] == [
        ("no_contact", "contact_name"),
        ("no_answer", "answer_about"),
        ("no_answer", "answer_people"),
    ]


def test_stages_lead_where_they_may() -> None:
    assert sorted({source for source, verb, _target in APPLICATION_STAGES.arrows() if verb == "accept"}) == [
        "new",
        "question",
        "screening",
    ]
    assert not [verb for source, verb, _target in APPLICATION_STAGES.arrows() if source in PartnerApplication.ENDED]


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("yes_no", True, "Yes"),
        ("yes_no", False, "No"),
        ("date", "2026-12-05", "5 December 2026"),
        ("choices", ["ai", "gone"], "AI, gone"),
        ("number", 1200.5, "1200.5"),
        ("short", "", ""),
    ],
)
def test_answers_are_read_by_people(kind: str, value: Any, shown: str) -> None:
    assert shown_answer(Question("q", "Q", kind, choices=(("ai", "AI"),)), value) == shown


def test_declines_have_words_for_each_reason() -> None:
    assert decline_words("overlap", {"overlap": "Ours"}) == "Ours"
    said = {decline_words(reason, {}) for reason in ("too_small", "other_region", "no_capacity", "overlap", "skills")}
    assert len(said) == 5
    assert all(len(words) > 80 for words in said)


@pytest.mark.parametrize(("word", "kept"), [("Fair 2026!", "fair-2026"), ("  ", ""), ("<b>x</b>", "b-x-b"), ("-", "")])
def test_a_source_is_one_plain_word(word: str, kept: str) -> None:
    assert clean_source(word) == kept
