"""Questions that staff write: what may be asked, what counts as an answer, how it is shown."""

from typing import Any

import pytest

from cohorts.forms.questions import QuestionForm, QuestionsForm, initial_answers
from cohorts.questions import (
    MOST_QUESTIONS,
    FileAnswer,
    Kind,
    Question,
    answer_problems,
    asked,
    kept_questions,
    keyed_options,
    move_question,
    question_problems,
    questions_of,
    remove_question,
    restore_question,
    save_question,
    shown_answer,
    shown_answers,
)

OPTIONS = (("emea", "EMEA"), ("apac", "APAC"))
TEXT = Question("t", "Why?", Kind.LONG, is_required=True)
ALL = [
    TEXT,
    Question("s", "Name", Kind.SHORT, most=20, least=3),
    Question("c", "Region", Kind.CHOICE, options=OPTIONS),
    Question("m", "Regions", Kind.MULTI, options=OPTIONS, most=1),
    Question("p", "How sure?", Kind.SCALE, least=0, most=10, low="not at all", high="very"),
    Question("n", "People", Kind.NUMBER, least=1, most=50),
    Question("f", "Plan", Kind.FILE),
]
FILE = {"public_id": "abc", "name": "plan.pdf"}


def test_a_form_is_kept_as_plain_values_and_read_back() -> None:
    assert questions_of(kept_questions(ALL)) == ALL


def test_what_a_later_version_adds_to_a_kept_question_is_ignored() -> None:
    assert Question.of({**TEXT.kept(), "color": "red"}) == TEXT


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        (Question("", "New?"), set()),
        (Question("", " "), {"label"}),
        (Question("", "why?"), {"twice"}),
        (Question("", "New?", Kind.CHOICE), {"options"}),
        (Question("", "New?", Kind.MULTI, options=(("a", "A"),)), {"options"}),
        (Question("", "New?", Kind.MULTI, options=OPTIONS, least=3), {"limits"}),
        (Question("", "New?", Kind.CHOICE, options=(("a", "x" * 121), ("b", "B"))), {"options"}),
        (Question("", "New?", Kind.SCALE), set()),
        (Question("", "New?", Kind.SCALE, least=1, most=1), {"limits"}),
        (Question("", "New?", Kind.SCALE, least=0, most=11), {"limits"}),
        (Question("", "New?", Kind.NUMBER, least=5, most=4), {"limits"}),
        (Question("", "New?", Kind.SHORT, least=201), {"limits"}),
    ],
)
def test_what_may_be_asked(question: Question, codes: set[str]) -> None:
    assert {problem.code for problem in question_problems(question, [TEXT])} == codes


def test_a_form_does_not_grow_for_ever_and_removed_questions_do_not_count() -> None:
    many = [Question(str(number), f"Question {number}") for number in range(MOST_QUESTIONS)]
    new = Question("", "One more")
    assert {problem.code for problem in question_problems(new, many)} == {"too_many"}
    assert not question_problems(new, remove_question(many, "3", is_answered=True))


@pytest.mark.parametrize(
    ("key", "value", "is_right"),
    [
        ("s", "Lena", True),
        ("s", "Le", False),
        ("s", "x" * 21, False),
        ("s", 3, False),
        ("c", "emea", True),
        ("c", "mars", False),
        ("c", ["emea"], False),
        ("m", ["apac"], True),
        ("m", ["emea", "apac"], False),
        ("m", "emea", False),
        ("p", 0, True),
        ("p", 10, True),
        ("p", 11, False),
        ("p", True, False),
        ("n", 1, True),
        ("n", 2.5, True),
        ("n", 0, False),
        ("n", 51, False),
        ("n", "12", False),
        ("f", FILE, True),
        ("f", "plan.pdf", False),
    ],
)
def test_what_counts_as_an_answer(key: str, value: Any, is_right: bool) -> None:
    problems = answer_problems(ALL, {"t": "Because.", key: value})
    assert [problem.field for problem in problems] == ([] if is_right else [key])


@pytest.mark.parametrize("empty", [None, "", "  ", []])
def test_what_is_needed_must_be_answered_and_the_rest_may_be_left_out(empty: Any) -> None:
    problems = answer_problems(ALL, {"t": empty})
    assert [(problem.code, problem.field) for problem in problems] == [("required", "t")]


def test_what_is_asked_no_longer_is_neither_needed_nor_judged() -> None:
    assert not answer_problems(remove_question(ALL, "t", is_answered=True), {"c": "emea"})


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [("c", "apac", "APAC"), ("m", ["emea", "gone"], "EMEA, gone"), ("p", 7, "7 of 10"), ("f", FILE, "plan.pdf")],
)
def test_answers_in_words(key: str, value: Any, words: str) -> None:
    question = next(row for row in ALL if row.key == key)
    assert shown_answer(question, value) == words
    assert shown_answer(question, None) == ""


def test_answers_to_removed_questions_are_shown_last_and_marked() -> None:
    form = remove_question(ALL, "t", is_answered=True)
    rows = shown_answers(form, {"t": "Because.", "s": "Lena", "f": FILE})
    assert [(row.key, row.is_removed) for row in rows] == [("s", False), ("f", False), ("t", True)]
    assert rows[1].file == FileAnswer("abc", "plan.pdf")
    assert [row.key for row in shown_answers(form, {"t": "x", "s": "Lena"}, hide={"t"})] == ["s"]


def test_a_question_that_nobody_answered_goes_without_a_trace_and_another_comes_back() -> None:
    assert [row.key for row in remove_question(ALL, "f", is_answered=False)] == list("tscmpn")
    gone = remove_question(ALL, "f", is_answered=True)
    assert [row.key for row in asked(gone)] == list("tscmpn")
    assert restore_question(gone, "f") == ALL


def test_questions_move_among_those_that_are_asked() -> None:
    form = remove_question(ALL, "s", is_answered=True)
    assert "".join(row.key for row in asked(move_question(form, "c", is_up=True))) == "ctmpnf"
    assert "".join(row.key for row in asked(move_question(form, "t", is_up=True))) == "tcmpnf"
    assert "".join(row.key for row in asked(move_question(form, "f", is_up=False))) == "tcmpnf"


def test_saving_replaces_the_question_with_its_key_or_adds_one() -> None:
    mended = save_question(ALL, Question("s", "Your name"))
    assert [row.label for row in mended][1] == "Your name"
    added = save_question(ALL, Question("", "New?"))[-1]
    assert added.label == "New?"
    assert len(added.key) == 12


def test_options_keep_their_keys_when_labels_move_and_new_ones_get_their_own() -> None:
    known = keyed_options(["EMEA", "Asia & Pacific"])
    assert [key for key, _label in known] == ["emea", "asia-pacific"]
    assert keyed_options(["Asia & Pacific", "  EMEA ", "EMEA", ""], known) == (known[1], known[0])
    # A new label that folds into a key which another label has does not take over its answers.
    assert keyed_options(["emea"], known) != (known[0],)


@pytest.mark.usefixtures("in_acme")
def test_a_form_of_questions_takes_each_kind(in_acme: object) -> None:
    data: dict[str, Any] = {"t": "Because.", "s": "Lena", "c": "emea", "m": ["apac"], "p": "7", "n": "2.50"}
    form = QuestionsForm(data, questions=ALL)
    assert form.is_valid(), form.errors
    assert form.values() == {"t": "Because.", "s": "Lena", "c": "emea", "m": ["apac"], "p": 7, "n": 2.5}
    assert form.uploads() == {}
    assert initial_answers(ALL, {**form.values(), "f": FILE, "old": 1}) == form.values()


@pytest.mark.parametrize(
    ("key", "value"), [("p", "eleven"), ("n", "many"), ("c", "mars"), ("s", "x\x00y"), ("n", "1e400"), ("n", "NaN")]
)
def test_what_no_field_takes(in_acme: object, key: str, value: str) -> None:
    form = QuestionsForm({"t": "Because.", key: value}, questions=ALL)
    assert list(form.errors) == [key]


def test_staff_write_a_question_and_its_kind_stays(in_acme: object) -> None:
    form = QuestionForm({"label": " Which\n region? ", "kind": "choice", "options": "EMEA\nAPAC\n", "most": "3"})
    assert form.is_valid(), form.errors
    question = form.question()
    assert (question.label, question.options, question.most) == ("Which region?", OPTIONS, None)
    again = QuestionForm({"label": "Region?", "kind": "long", "options": "APAC\nEMEA"}, before=question)
    assert again.is_valid()
    assert again.question().kind == "choice"
    assert again.question().options == (OPTIONS[1], OPTIONS[0])
