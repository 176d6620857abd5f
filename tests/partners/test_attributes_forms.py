"""Fields of attributes: what is typed becomes the value, what is wrong is told beside the field."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django import forms

from partners.forms.attributes import attribute_field
from partners.models import Attribute

CHOICES = [{"key": "cloud", "label": "Cloud"}, {"key": "old", "label": "Mainframe", "is_retired": True}]


def form_of(kind: str, held: Any = None, **data: Any) -> forms.Form:
    attribute = Attribute(pk=7, public_id="abc", name="Focus", kind=kind, choices=CHOICES)
    form = type("F", (forms.Form,), {"value": attribute_field(attribute, held=held)})
    return form(data or None)


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("text", "Kiel", "Kiel"),
        ("number", "12,5", Decimal("12.5")),
        ("date", "2026-05-31", date(2026, 5, 31)),
        ("yes_no", "yes", True),
        ("yes_no", "no", False),
        ("yes_no", "", None),
        ("choice", "cloud", "cloud"),
        ("choices", ["cloud"], ["cloud"]),
        ("choices", [], None),
    ],
)
def test_what_is_typed_becomes_the_value(kind: str, typed: Any, value: Any) -> None:
    form = form_of(kind, value=typed)
    assert form.is_valid()
    assert form.cleaned_data == {"value": value}


@pytest.mark.parametrize(("kind", "held", "shown"), [("number", Decimal("12.5000"), "12.5"), ("yes_no", False, "no")])
def test_the_present_value_is_shown_and_unchanged(kind: str, held: Any, shown: str) -> None:
    field = form_of(kind, held).fields["value"]
    assert field.prepare_value(held) == shown
    assert not field.has_changed(held, shown)
    assert field.has_changed(held, "")


def test_what_is_wrong_is_told() -> None:
    form = form_of("number", value="many")
    assert form.errors == {"value": ["“many” is not a number."]}


def test_a_retired_choice_is_offered_only_where_it_is_held() -> None:
    assert "Mainframe" not in str(form_of("choice")["value"])
    form = form_of("choice", "old", value="old")
    assert "Mainframe" in str(form["value"])
    assert form.is_valid()
    assert not form_of("choice", value="old").is_valid()
