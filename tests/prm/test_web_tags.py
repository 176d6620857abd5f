"""The words, times and drawings that templates get from the tags they all have."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone
from django_cotton.compiler_regex import CottonCompiler
from lucide import IconDoesNotExist

from prm.cells import Cell, drawn
from prm.tenancy.models import Organization
from prm.web.states import tone_of
from prm.web.templatetags.canopy import ago, hue, icon, initials, length_over, percent, ring_gap, when

AT = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Europe/Berlin", "25 Oct, 02:30 CET"),
        ("Asia/Kathmandu", "25 Oct, 07:15 +0545"),
        ("America/Los_Angeles", "24 Oct, 18:30 PDT"),
    ],
)
def test_moment_is_shown_in_the_zone_with_the_zone(zone: str, shown: str) -> None:
    assert when(AT, zone, "short") == f'<time datetime="2026-10-25T01:30:00+00:00">{shown}</time>'


def test_moment_without_a_zone_is_shown_in_the_viewers() -> None:
    with timezone.override("Australia/Lord_Howe"):
        assert "12:30" in when(AT, style="time")


def test_hour_before_the_clocks_go_back_is_told_apart() -> None:
    before = AT - timedelta(hours=1)
    assert "02:30 CEST" in when(before, "Europe/Berlin")
    assert "02:30 CET" in when(AT, "Europe/Berlin")


def test_day_and_nothing() -> None:
    assert when(date(2026, 11, 24)) == '<time datetime="2026-11-24">24 November 2026</time>'
    assert when(None) == ""


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(5, "just now"), (125, "2 min ago"), (7300, "2 h ago"), (2 * 86400, "2 d ago"), (30 * 86400, "25 Sep 2026")],
)
def test_how_long_ago(seconds: int, told: str) -> None:
    assert ago(AT - timedelta(seconds=seconds), AT) == told


def test_never_is_told_as_nothing() -> None:
    assert ago(None, AT) == ""


@pytest.mark.parametrize(("share", "told"), [(0, "0%"), (0.624, "62%"), (1, "100%"), ("0.5", "50%"), (None, "")])
def test_percent(share: float | str | None, told: str) -> None:
    assert percent(share) == told


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Lena Vogt", "LV"), ("lena", "L"), ("Ana Maria de Sá", "AS"), ("lena@nordwind.de", "LN"), ("", "?"), ("!", "?")],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_color_of_a_name_is_steady() -> None:
    assert hue("Lena Vogt") == hue("Lena Vogt")
    assert {hue(f"person {number}") for number in range(50)} == set(range(1, 9))


@pytest.mark.parametrize(
    ("share", "dashes"), [(0.5, "50.0 50.0"), (-1, "0.0 100.0"), (7, "100.0 0.0"), ("", "0.0 100.0")]
)
def test_ring_is_never_overdrawn(share: float | str, dashes: str) -> None:
    assert ring_gap(share) == dashes


def test_those_who_do_not_fit_are_counted() -> None:
    assert length_over(["a", "b", "c"], 2) == 1
    assert length_over([], 4) == 0


def test_icons_are_silent_for_screen_readers() -> None:
    drawn = icon("users", 18)
    assert 'aria-hidden="true"' in drawn
    assert 'width="18"' in drawn


def test_icon_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(IconDoesNotExist):
        icon("no-such-icon")


@pytest.mark.parametrize(
    ("state", "tone"),
    [("Active", "success"), ("at risk", "warning"), ("at-risk", "warning"), ("failed", "danger"), ("draft", "neutral")],
)
def test_state_has_one_color(state: str, tone: str) -> None:
    assert tone_of(state) == tone


def draw(source: str, **values: object) -> str:
    return Template(source).render(Context(values))


def test_address_tag_stays_in_the_organization(in_acme: Organization) -> None:
    assert draw("{% address 'studio_home' %}") == "/o/acme/studio/"


def test_brand_is_found_by_color_alone(acme: Organization, umbrella: Organization) -> None:
    acme.brand_color, umbrella.brand_color = "#aa0000", "#00aa00"
    assert draw("{% brand_stylesheet o %}", o=acme) == "/brand/aa0000.css"
    assert draw("{{ o|brand_class }}", o=umbrella) == "cn-brand-00aa00"


@pytest.mark.parametrize(
    "use",
    [
        '<c-card title="{{ evil }}">{{ evil }}</c-card>',
        '<c-card :title="evil">{{ evil }}</c-card>',
        '<c-empty :title="evil" :text="evil" />',
        '<c-phone :sender="evil" subject="{{ evil }}">{{ evil }}</c-phone>',
        '<c-button url="/" data-x="{{ evil }}">{{ evil }}</c-button>',
    ],
)
def test_words_passed_to_components_are_escaped(use: str) -> None:
    drawn = draw(CottonCompiler().process(use), evil="<script>alert('x')</script>\"")
    assert "<script>" not in drawn
    assert "&lt;script&gt;" in drawn


def test_cells_are_drawn_escaped() -> None:
    cells = [Cell("Name", "<b>Acme</b>"), Cell('A "label"', "12", is_number=True), Cell("State", "R&D", tone="info")]
    assert drawn(cells) == (
        '<td data-label="Name">&lt;b&gt;Acme&lt;/b&gt;</td>'
        '<td class="cn-number" data-label="A &quot;label&quot;">12</td>'
        '<td data-label="State"><span class="cn-badge is-info">R&amp;D</span></td>'
    )
