"""Whatever color an organization chooses, its pages can be read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prm.colors import DARK_SURFACE, LIGHT_SURFACE, WHITE, brand, contrast, stylesheet
from tests.prm.contrast import channels

COLORS = st.integers(min_value=0, max_value=0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#123456", "#123456", 1.0)]
)
def test_contrast_is_that_of_the_guidelines(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01) == contrast(other, one)


@given(COLORS)
@settings(max_examples=300, deadline=None)
def test_every_color_becomes_readable(color: str) -> None:
    mended = brand(color)
    for palette, surface in ((mended.light, LIGHT_SURFACE), (mended.dark, DARK_SURFACE)):
        assert contrast(palette.fill, palette.on_fill) >= 4.5
        assert contrast(palette.text, surface) >= 4.5
        assert contrast(palette.shape, surface) >= 3
        assert contrast(palette.shape, WHITE) >= 3


@pytest.mark.parametrize("color", ["#3b3fb6", "#1d4ed8", "#0a2540"])
def test_color_that_can_be_read_stays_what_it_is(color: str) -> None:
    assert brand(color).light.fill == color
    assert brand(color).light.on_fill == WHITE


def test_pale_color_keeps_its_hue_and_gets_dark_words() -> None:
    gold = brand("#e8a400").light
    assert gold.fill == "#e8a400"
    assert gold.on_fill != WHITE
    red, green, blue = channels(gold.text)
    assert red > green > blue


@pytest.mark.parametrize("wrong", ["", "#fff", "red", "#12345g", "#3b3fb6;}body{display:none"])
def test_what_is_no_color_gives_the_house_color(wrong: str) -> None:
    assert brand(wrong) == brand("#4653c4")
    assert stylesheet(wrong) == stylesheet("#4653c4")


def test_stylesheet_holds_pairs_for_light_and_dark() -> None:
    css = stylesheet("#3b3fb6", ".cn-brand-3b3fb6")
    assert css.startswith(".cn-brand-3b3fb6{--tblr-primary:light-dark(#3b3fb6,")
    assert css.count("light-dark(") == 4
