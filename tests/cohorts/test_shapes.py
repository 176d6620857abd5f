"""Starter shapes are whole: a promise one could check, agendas one can run, homework, a survey, and what follows."""

import pytest

from cohorts import shapes
from cohorts.models import AgendaKind, Program
from cohorts.rules import ProgramFacts, fitness
from cohorts.services.programs import shape_words
from cohorts.shapes.by_kind import BY_KIND
from cohorts.shapes.lines import NoItem, as_lines, from_lines

READY = [shape for shape in shapes.SHAPES.values() if shape.key != "small"]


def test_there_is_a_shape_for_each_occasion() -> None:
    assert set(shapes.SHAPES) == {
        "small", "new_partner", "launch", "skill", "region", "joint", "leadership", "number",
    }  # fmt: skip


@pytest.mark.parametrize("shape", READY, ids=lambda shape: shape.key)
def test_a_shape_is_fit_to_be_opened_as_it_is(shape: shapes.Shape) -> None:
    program = Program(title=str(shape.title), **shape_words(shape))
    assert [check.code for check in fitness(program, ProgramFacts(len(shape.sessions))) if check.advice] == []
    assert shape.pain
    assert shape.for_whom
    assert shape.example
    assert shape.survey
    assert shape.follows in shapes.SHAPES
    assert shape.follows != shape.key


@pytest.mark.parametrize("shape", shapes.SHAPES.values(), ids=lambda shape: shape.key)
def test_everybody_speaks_early_and_leaves_with_a_next_step(shape: shapes.Shape) -> None:
    for session in shape.sessions:
        begun = 0
        for item in session.items:
            if item.kind == AgendaKind.PAIRS:
                break
            begun += item.minutes
        assert begun < 10, f"{session.title}: in pairs within the first ten minutes"
        assert 45 <= session.minutes <= 90


@pytest.mark.parametrize(
    ("ideas", "count", "more", "spread"),
    [
        ("abcd", 4, "", "abcd"),
        ("abcd", 3, "", "abd"),
        ("abcd", 2, "", "ad"),
        ("abcd", 1, "", "a"),
        ("abcd", 0, "", ""),
        ("abcd", 6, "xy", "abcxyd"),
        ("abcd", 7, "xy", "abcxyxd"),
        ("ab", 4, "", "aaab"),
        ("a", 3, "xy", "axy"),
        ("", 3, "xy", ""),
    ],
)
def test_a_series_of_any_length_keeps_its_beginning_and_its_end(ideas: str, count: int, more: str, spread: str) -> None:
    assert "".join(shapes.spread(list(ideas), count, list(more))) == spread


def test_an_item_of_the_library_brings_its_words() -> None:
    first, second = (shapes.item_plan(item.data()) for item in shapes.SMALL.sessions[0].items[:2])
    assert (first["kind"], first["speaker"], first["is_flexible"]) == ("ritual", "facilitator", False)
    assert (second["minutes"], second["kind"]) == (10, "pairs")
    assert "?" in first["ask"]
    assert "key" not in first


def test_what_is_typed_again_keeps_its_kind() -> None:
    items = [item.data() for item in shapes.SMALL.sessions[0].items]
    typed = as_lines(items).replace("5 What", "7 min: What", 1) + "\n\n20: Something new"
    read = from_lines(typed, items)
    assert (read[0]["minutes"], read[0]["kind"]) == (7, "ritual")
    assert read[1:5] == tuple(items[1:])
    assert read[5] == {
        "minutes": 20, "title": "Something new", "kind": "work", "speaker": "participants", "is_flexible": False,
        "key": "",
    }  # fmt: skip


@pytest.mark.parametrize("line", ["Talk", "0 Talk", "999 Talk", "10", "ten Talk"])
def test_a_line_without_minutes_is_no_item(line: str) -> None:
    with pytest.raises(NoItem, match=line):
        from_lines(f"5 Hello\n{line}")


def test_each_kind_of_partners_begins_with_a_promise_of_its_own() -> None:
    promises = {str(shape.promise) for shape in BY_KIND.values()}
    assert len(promises) == len(BY_KIND) == 5
    assert shapes.proposed_promise("Ten resellers that move").startswith("You have won ten")
    assert shapes.proposed_promise("Something else") == ""
    assert shapes.shape_for_kind("unheard of").key == "new_partner"
