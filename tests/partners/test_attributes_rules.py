"""What values are and what is refused about attributes, without a database."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from partners import rules
from partners.models import Attribute

CHOICES = [
    {"key": "cloud", "label": "Cloud"},
    {"key": "sec", "label": "Security, identity"},
    {"key": "old", "label": "Mainframe", "is_retired": True},
]


def attribute(kind: str, **fields: Any) -> Attribute:
    return Attribute(pk=7, public_id="abc", name="Focus", kind=kind, choices=CHOICES, **fields)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("text", "  Cloud first ", "Cloud first"),
        ("text", "   ", None),
        ("number", "12", Decimal(12)),
        ("number", "12,5", Decimal("12.5")),
        ("number", "1.234,50", Decimal("1234.5")),
        ("number", "1,234.50", Decimal("1234.5")),
        ("number", "1,234", Decimal(1234)),
        ("number", "0,125", Decimal("0.125")),
        ("number", "1.234.567", Decimal(1234567)),
        ("number", "1 234", Decimal(1234)),
        ("number", "1'234", Decimal(1234)),
        ("number", "12 people", Decimal(12)),
        ("number", "0.30000000000000004", Decimal("0.3")),
        ("number", "-4", Decimal(-4)),
        ("date", "2026-05-31", date(2026, 5, 31)),
        ("date", "2026-05-31 00:00:00", date(2026, 5, 31)),
        ("date", "31.05.2026", date(2026, 5, 31)),
        ("date", "31.5.26", date(2026, 5, 31)),
        ("date", "3/4/2026", date(2026, 4, 3)),
        ("date", "5/31/2026", date(2026, 5, 31)),
        ("date", "31 May 2026", date(2026, 5, 31)),
        ("date", "May 31, 2026", date(2026, 5, 31)),
        ("yes_no", "Yes", True),
        ("yes_no", "JA", True),
        ("yes_no", "oui", True),
        ("yes_no", "x", True),
        ("yes_no", "1", True),
        ("yes_no", "✓", True),
        ("yes_no", "Sí", True),
        ("yes_no", "nein", False),
        ("yes_no", "0", False),
        ("yes_no", "-", False),
        ("choice", "cloud", "cloud"),
        ("choice", " SECURITY, Identity ", "sec"),
        ("choices", "security, identity", ["sec"]),
        ("choices", "Security, identity; cloud", ["cloud", "sec"]),
        ("choices", "cloud, cloud", ["cloud"]),
        ("choices", "cloud\ncloud", ["cloud"]),
    ],
)
def test_text_is_read(kind: str, text: str, value: Any) -> None:
    assert rules.clean_text(attribute(kind, unit="people" if kind == "number" else ""), text) == value


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("text", "a\0b", "Null characters"),
        ("text", "a" * 501, "longer than 500"),
        ("number", "many", "not a number"),
        ("number", "NaN", "not a number"),
        ("number", "1e99", "not a number"),
        ("date", "31.02.2026", "not a day"),
        ("date", "soon", "not a day"),
        ("date", "99999-01-01", "not a day"),
        ("yes_no", "perhaps", "neither yes nor no"),
        ("choice", "Mainframe", "“Mainframe” is not offered for Focus. There are: Cloud, Security, identity."),
        ("choices", "cloud; fog", "“fog” is not offered"),
    ],
)
def test_text_that_means_nothing_is_refused(kind: str, text: str, words: str) -> None:
    with pytest.raises(ValueError, match=r".") as error:
        rules.clean_text(attribute(kind), text)
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", 5),
        ("number", "5"),
        ("number", True),
        ("number", Decimal("1e15")),
        ("number", Decimal("NaN")),
        ("date", datetime(2026, 5, 31)),  # noqa: DTZ001 - a moment is no day
        ("date", date(9500, 1, 1)),
        ("yes_no", 1),
        ("choice", "old"),
        ("choice", ["cloud"]),
        ("choices", "cloud"),
        ("choices", ["cloud", "fog"]),
    ],
)
def test_values_of_another_type_are_refused(kind: str, value: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        rules.clean_value(attribute(kind), value)


def test_what_is_no_longer_offered_may_stay_where_it_is() -> None:
    assert rules.clean_value(attribute("choice"), "old", held="old") == "old"
    assert rules.clean_value(attribute("choices"), ["old", "cloud"], held=["old"]) == ["cloud", "old"]


@pytest.mark.parametrize("nothing", [None, "", [], ()])
@pytest.mark.parametrize("kind", Attribute.Kind.values)
def test_nothing_is_nothing(kind: str, nothing: Any) -> None:
    assert rules.clean_value(attribute(kind), nothing) is None


@pytest.mark.parametrize(
    ("kind", "value", "words", "kept"),
    [
        ("text", "Cloud", "Cloud", "Cloud"),
        ("number", Decimal("12.5000"), "12.5 people", "12.5"),
        ("number", Decimal(120000), "120,000 people", "120000"),
        ("number", Decimal("0.0000"), "0 people", "0"),
        ("date", date(2026, 5, 31), "31 May 2026", "2026-05-31"),
        ("yes_no", True, "Yes", True),
        ("yes_no", False, "No", False),
        ("choice", "old", "Mainframe", "old"),
        ("choices", ["cloud", "sec"], "Cloud, Security, identity", ["cloud", "sec"]),
    ],
)
def test_values_are_told_and_kept(kind: str, value: Any, words: str, kept: Any) -> None:
    asked = attribute(kind, unit="people" if kind == "number" else "")
    assert rules.display(asked, value) == words
    assert rules.as_json(value) == kept
    assert rules.from_json(asked, kept) == value


@pytest.mark.parametrize(
    ("before", "after", "value", "wanted"),
    [
        ("text", "number", "12,5", Decimal("12.5")),
        ("text", "number", "a dozen", None),
        ("text", "choice", "CLOUD", "cloud"),
        ("text", "choices", "Cloud; Security, identity", ["cloud", "sec"]),
        ("number", "text", Decimal("12.5000"), "12.5"),
        ("date", "text", date(2026, 5, 31), "2026-05-31"),
        ("choice", "choices", "cloud", ["cloud"]),
        ("choices", "choice", ["cloud"], "cloud"),
        ("choices", "choice", ["cloud", "sec"], None),
        ("choices", "text", ["cloud", "sec"], "Cloud, Security, identity"),
        ("yes_no", "text", True, "Yes"),
    ],
)
def test_values_turn_into_another_kind(before: str, after: str, value: Any, wanted: Any) -> None:
    assert rules.converted(attribute(before), attribute(after), value) == wanted


@pytest.mark.parametrize(
    ("kind", "wanted", "standard", "has_values", "codes"),
    [
        ("text", "number", "", True, []),
        ("number", "date", "", True, ["not_convertible"]),
        ("number", "date", "", False, []),
        ("number", "number", "capacity", True, []),
        ("number", "text", "capacity", False, ["standard_kind"]),
    ],
)
def test_kinds_that_an_attribute_can_become(
    kind: str, wanted: str, standard: str, has_values: bool, codes: list[str]
) -> None:
    problems = rules.kind_problems(attribute(kind, standard=standard), wanted, has_values)
    assert [problem.code for problem in problems] == codes


def test_keys_are_told_by_labels_and_never_the_same_twice() -> None:
    assert rules.new_key("Public sector & health", []) == "public-sect"
    assert rules.new_key("Public sector", ["public-sect"]) == "public-sec-2"
    assert rules.new_key("日本", []) == "c"
