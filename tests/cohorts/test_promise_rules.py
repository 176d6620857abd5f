"""Rules about programs and the way in, as tables; no database."""

from datetime import date

import pytest

from cohorts.models import Prerequisite, Program, ProgramGoal, Subject
from cohorts.rules import (
    Moment,
    ProgramFacts,
    Signs,
    Standing,
    balanced,
    benefit,
    changed_expectations,
    colleague_problems,
    expectations_at,
    fitness,
    goal_problems,
    prerequisite_problems,
    prerequisite_words,
    proposing_problems,
    subject_problems,
)
from cohorts.rules import (
    testimonial_problems as problems_of_words,
)
from partners.models import Group, Product, Tier

FIT = {
    "promise": "You have led two conversations with customers of your own.",
    "stumbling_blocks": "They explain too early.",
    "homework_title": "One call",
}
FACTS = ProgramFacts(subjects=4, capacities=(12,))


@pytest.mark.parametrize(
    ("changes", "facts", "wanting"),
    [
        ({}, FACTS, []),
        ({"promise": ""}, FACTS, ["promise", "one_topic"]),
        ({"promise": "You sell more."}, FACTS, ["promise"]),
        ({"promise": "After four weeks you understand how customers think about safety."}, FACTS, ["promise"]),
        ({"promise": "You have a plan and a price and a page and a customer, all written down."}, FACTS, ["one_topic"]),
        ({"stumbling_blocks": " "}, FACTS, ["basic"]),
        ({}, ProgramFacts(4, (), (7,)), ["capacity"]),
        ({}, ProgramFacts(4, (), (8, 15)), []),
        ({}, ProgramFacts(4, (), (12, 16)), ["capacity"]),
        ({"homework_title": ""}, FACTS, ["homework"]),
        ({}, ProgramFacts(0), ["syllabus"]),
        ({}, ProgramFacts(4, ("Start", "End")), ["content"]),
    ],
)
def test_what_a_program_still_wants(changes: dict[str, str], facts: ProgramFacts, wanting: list[str]) -> None:
    checks = fitness(Program(**{**FIT, **changes}), facts)
    assert [check.code for check in checks if not check.is_met] == wanting
    assert len(checks) == 7
    assert all(check.label for check in checks)


def test_the_advice_names_what_is_missing() -> None:
    checks = {check.code: check.advice for check in fitness(Program(**FIT), ProgramFacts(4, ("Start", "End"), (40,)))}
    assert "“Start”, “End”" in checks["content"]
    assert "40" in checks["capacity"]


def asked(**ids: int) -> list[Prerequisite]:
    """One prerequisite of each kind that is named, with names that tell them apart."""
    rows = []
    for kind, pk in ids.items():
        match kind.rstrip("2"):
            case "group":
                rows.append(Prerequisite(group=Group(pk=pk, name=f"Group {pk}")))
            case "tier":
                rows.append(Prerequisite(tier=Tier(pk=pk, rank=pk, ladder_id=1, name=f"Tier {pk}")))
            case "certificate":
                rows.append(Prerequisite(certificate=Program(pk=pk, title=f"Program {pk}")))
            case "product":
                rows.append(Prerequisite(product=Product(pk=pk, name=f"Product {pk}")))
    return rows


EVERYTHING = asked(group=1, tier=2, certificate=3, product=4)


@pytest.mark.parametrize(
    ("rows", "standing", "codes"),
    [
        ([], Standing(), []),
        (EVERYTHING, Standing(), ["needs_group", "needs_tier", "needs_certificate", "needs_product"]),
        (
            EVERYTHING,
            Standing(frozenset({1}), {1: 2}, frozenset({3}), frozenset({4})),
            [],
        ),
        (asked(tier=2), Standing(ranks={1: 3}), []),
        (asked(tier=2), Standing(ranks={1: 1}), ["needs_tier"]),
        # The same rank on another ladder is another thing.
        (asked(tier=2), Standing(ranks={9: 5}), ["needs_tier"]),
        # Of one kind any is enough.
        (asked(group=1, group2=7), Standing(groups=frozenset({7})), []),
        (asked(group=1, product=4), Standing(groups=frozenset({1})), ["needs_product"]),
    ],
)
def test_who_lacks_what(rows: list[Prerequisite], standing: Standing, codes: list[str]) -> None:
    problems = prerequisite_problems(rows, standing)
    assert [problem.code for problem in problems] == codes
    assert {problem.level for problem in problems} <= {"warning"}


def test_what_is_needed_is_told_by_name() -> None:
    assert prerequisite_words(asked(group=1, group2=7, tier=2)) == [
        "Partners of Group 1 or Group 7",
        "Partners from Tier 2 on",
    ]
    (problem,) = prerequisite_problems(asked(certificate=3), Standing())
    assert problem.message == "It builds on the certificate of Program 3, which you do not have yet."


SAID = Program(
    weekly_minutes=90, expectations="A customer.", gains="A page.", treatment="It stays here.", misses="Say so."
)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (Moment.APPLYING, ["about 90 minutes", "A customer.", "A page.", "It stays here.", "Say so."]),
        (Moment.ACCEPTED, ["about 90 minutes", "A customer.", "Say so."]),
        (Moment.ORIENTATION, ["about 90 minutes", "A customer.", "A page.", "It stays here.", "Say so."]),
        (Moment.REMINDER, ["A customer.", "Say so."]),
        (Moment.FIRST_MINUTE, ["It stays here.", "A customer."]),
        (Moment.RECAP, ["about 90 minutes", "A customer."]),
        (Moment.GRADUATED, ["It stays here.", "A page."]),
    ],
)
def test_each_moment_tells_what_matters_then(moment: Moment, words: list[str]) -> None:
    told = expectations_at(SAID, moment)
    assert [line for _label, line in told.lines] == words
    assert told.heading


def test_what_a_program_does_not_say_is_not_told() -> None:
    assert not expectations_at(Program(treatment=" "), Moment.FIRST_MINUTE)
    assert expectations_at(Program(expectations="One\n\ntwo"), Moment.REMINDER).markdown == "- **You bring:** One two"


def test_moments_have_words_of_their_own() -> None:
    assert len({expectations_at(SAID, moment).heading for moment in Moment}) == len(Moment)


def test_what_has_changed_is_named_before_and_after() -> None:
    after = Program(weekly_minutes=120, expectations="A customer.", gains="A page.", treatment="", misses="Say so.")
    assert changed_expectations(SAID, after) == [
        ("Each week", "about 90 minutes", "about 120 minutes"),
        ("How we treat what is said", "It stays here.", ""),
    ]
    assert changed_expectations(SAID, SAID) == []


@pytest.mark.parametrize(
    ("is_lead", "has_graduated", "used", "quota", "codes"),
    [
        (True, False, 0, 3, []),
        (False, True, 2, 3, []),
        (False, False, 0, 3, ["not_a_nominator"]),
        (True, True, 3, 3, ["quota"]),
        (True, False, 4, 3, ["quota"]),
        (True, False, 0, 0, ["no_quota"]),
    ],
)
def test_who_may_propose_how_many(is_lead: bool, has_graduated: bool, used: int, quota: int, codes: list[str]) -> None:
    found = proposing_problems(is_lead=is_lead, has_graduated=has_graduated, used=used, quota=quota)
    assert [problem.code for problem in found] == codes


@pytest.mark.parametrize(
    ("email", "is_colleague", "is_refused"),
    [
        ("mia@nordwind.example", None, False),
        ("mia@nordwind.example", True, False),
        ("mia@elsewhere.example", True, False),
        ("mia@nordwind.example", False, True),
        ("mia@elsewhere.example", None, True),
        ("mia@elsewhere.example", False, True),
    ],
)
def test_only_colleagues_are_named(email: str, is_colleague: bool | None, is_refused: bool) -> None:
    found = colleague_problems(email=email, domains=frozenset({"nordwind.example"}), is_colleague=is_colleague)
    assert bool(found) == is_refused


def test_known_and_unknown_addresses_elsewhere_get_one_answer() -> None:
    answers = [
        colleague_problems(email="a@elsewhere.example", domains=frozenset({"x.example"}), is_colleague=known)
        for known in (None, False)
    ]
    assert answers[0] == answers[1]


def test_the_more_gaps_the_more_benefit() -> None:
    done = benefit(Signs(has_certificate=True, company_has_graduate=True))
    gap = benefit(Signs(company_has_graduate=False, is_active=True, tier_share=0.72, next_tier="Gold"))
    assert (done.score, done.reasons) == (0, ())
    assert gap.score > benefit(Signs()).score > done.score
    assert gap.reasons[-1] == "72 % of the way to Gold"
    assert "Gold" not in " ".join(map(str, benefit(Signs(tier_share=0.1, next_tier="Gold")).reasons))


def test_levels_take_turns() -> None:
    weighed = [(9, "a", "new"), (8, "b", "new"), (7, "c", "new"), (1, "d", "senior"), (2, "e", "senior")]
    assert balanced(weighed, 4) == ["a", "e", "b", "d"]
    assert balanced(weighed, 9) == ["a", "e", "b", "d", "c"]
    assert balanced([], 3) == []


TODAY = date(2026, 11, 23)
GOAL = ProgramGoal(kind="graduates", due_on=date(2027, 1, 1), target=5)


@pytest.mark.parametrize(
    ("kind", "product", "due_on", "codes"),
    [
        ("graduates", None, date(2027, 2, 1), []),
        ("certified", None, date(2027, 2, 1), ["no_product"]),
        ("certified", Product(pk=1), date(2027, 2, 1), []),
        ("companies", None, TODAY, []),
        ("companies", None, date(2026, 11, 22), ["past"]),
        ("graduates", None, date(2027, 1, 1), ["same"]),
        ("companies", None, date(2027, 1, 1), []),
    ],
)
def test_goals_lie_ahead_and_are_set_once(kind: str, product: Product | None, due_on: date, codes: list[str]) -> None:
    found = goal_problems(kind=kind, product=product, due_on=due_on, today=TODAY, others=[GOAL])
    assert [problem.code for problem in found] == codes


def test_a_day_of_the_syllabus_is_taken_once() -> None:
    others = [Subject(day_offset=0), Subject(day_offset=7)]
    assert [problem.field for problem in subject_problems(others=others, day_offset=7)] == ["day_offset"]
    assert subject_problems(others=others, day_offset=8) == []
    many = [Subject(day_offset=day) for day in range(26)]
    assert [problem.code for problem in subject_problems(others=many, day_offset=99)] == ["too_many"]


@pytest.mark.parametrize(
    ("has_graduated", "words", "agrees", "codes"),
    [
        (True, "It was work.", True, []),
        (True, "", False, []),
        (True, " ", True, ["required"]),
        (False, "It was work.", True, ["not_graduated"]),
    ],
)
def test_words_for_others_come_from_graduates(has_graduated: bool, words: str, agrees: bool, codes: list[str]) -> None:
    found = problems_of_words(has_graduated=has_graduated, words=words, agrees=agrees)
    assert [problem.code for problem in found] == codes
