"""The grammar of wordings, and the house's words said in it."""

import random

import pytest

from prm.outbox.rendering.defaults import Words, default_words, known_names
from prm.outbox.rendering.mustache import fill, misfits
from prm.outbox.rendering.wording import word
from prm.outbox.variables import sample_of, variable_of
from prm.outbox.wordings import editables, wording_problems

VALUES = {"name": "Lena", "note": "", "cohort": "Winter"}
# These say one thing of one and another of several; staff write one sentence for all.
OF_NUMBERS = {
    "cohorts/emails/closing_asked",
    "cohorts/emails/closing_reminder",
    "partners/emails/our_steps_due",
    "partners/emails/steps_due",
}
# Other tests make up kinds of their own.
TEMPLATES = sorted(one.template for one in editables() if not one.template.startswith(("chaos/", "tests/")))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Hello {{name}},", "Hello Lena,"),
        ("Hello {{ name }},", "Hello Lena,"),
        ("{{#name}}There{{/name}}{{^name}}Missing{{/name}}", "There"),
        ("{{#note}}There{{/note}}{{^note}}Missing{{/note}}", "Missing"),
        ("{{#name}}{{#note}}a{{/note}}b{{/name}}", "b"),
        ("{{#note}}{{#name}}a{{/name}}b{{/note}}c", "c"),
        ("A\n{{#note}}\n> {{note}}\n{{/note}}\nB", "A\nB"),
        ("A\n{{#name}}\n> {{name}}\n{{/name}}\nB", "A\n> Lena\nB"),
        ("{{unknown}}!", "!"),
        ("{% now %} {{{name}}}", "{% now %} {Lena}"),
    ],
)
def test_values_and_sections(source: str, expected: str) -> None:
    assert fill(source, VALUES) == expected


def test_a_value_is_never_read_as_a_place() -> None:
    assert fill("{{name}} {{note}}", {"name": "{{note}}", "note": "secret"}) == "{{note}} secret"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Hello {{name}}", []),
        ("Hello\n\n{{nmae}}", ["Line 3: {{nmae}} is not known here. Did you mean {{name}}?"]),
        ("{{xyzzy}}", ["Line 1: {{xyzzy}} is not known here."]),
        ("{{#note}}x", ["Line 1: {{#note}} has no {{/note}}."]),
        ("x\n{{/note}}", ["Line 2: {{/note}} ends what has not begun."]),
        ("{{name", ["Line 1: “{{” belongs to nothing. A place is written {{name}}."]),
        ("{% if name %}", [
            "Line 1: “{%” belongs to nothing. A place is written {{name}}.",
            "Line 1: “%}” belongs to nothing. A place is written {{name}}.",
        ]),
        ("{{#name}}{{#note}}{{/name}}{{/note}}", ["crossed"]),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_with_its_line(source: str, expected: list[str]) -> None:
    found = [str(misfit) for misfit in misfits(source, VALUES)]
    if expected == ["crossed"]:
        assert found
    else:
        assert found == expected


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_houses_words_say_the_same_in_the_editors_grammar(template: str) -> None:
    """Whatever is there and whatever is missing."""
    names, words = known_names(template), default_words(template)
    chance = random.Random(template)
    for turn in range(12):
        share = 1.0 if turn == 0 else 0.0 if turn == 1 else 0.5
        values = {name: sample_of(name) if chance.random() < share else "" for name in names}
        if template in OF_NUMBERS:
            values |= dict.fromkeys(("number", "questions"), "3")
        house, own = word(template, values), word(template, values, words)
        assert (own.subject, own.preheader) == (house.subject, house.preheader)
        assert own.source.split() == house.source.split()


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_value_is_told_and_the_houses_words_fit(template: str) -> None:
    assert not wording_problems(template, default_words(template))
    assert all(str(variable_of(name).label) for name in known_names(template))


def test_values_stay_text_whatever_they_hold() -> None:
    words = Words("About {{cohort}}", "", "Hello **{{greeting}}**")
    said = word("cohorts/emails/recap", {"cohort": "<b>", "greeting": "*[x](javascript:1)*"}, words)
    assert said.subject == "About <b>"
    assert "<a" not in said.html
    assert "*[x](javascript:1)*" in said.html
