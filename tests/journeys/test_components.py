"""The components in a browser: readable in both themes and on a phone, and working without a script where they can."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from prm.accounts.models import Membership
from tests.journeys.conftest import Visitor

type Arrive = Callable[..., Visitor]
GALLERY = "/dev/components/"


@pytest.mark.parametrize("phone", [False, True])
def test_every_component_in_its_states(visitor: Arrive, phone: bool) -> None:
    visitor(phone=phone).open(GALLERY).open(f"{GALLERY}?wrong")


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/accounts/login/code/", "/accounts/password/reset/"])
def test_the_doors(visitor: Arrive, path: str) -> None:
    visitor(phone=True).open(path)


def test_first_wrong_field_has_the_focus(visitor: Arrive) -> None:
    page = visitor().open(f"{GALLERY}?wrong").page
    expect(page.locator("#id_name")).to_be_focused()


def test_dialog_opens_and_closes_by_keyboard(visitor: Arrive) -> None:
    visit = visitor().open(GALLERY)
    page = visit.page
    page.get_by_role("button", name="Dialog").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#share")).to_be_visible()
    visit.look()
    page.keyboard.press("Escape")
    expect(page.locator("#share")).to_be_hidden()
    expect(page.get_by_role("button", name="Dialog")).to_be_focused()


def test_menu_closes_when_one_looks_elsewhere(visitor: Arrive) -> None:
    visit = visitor().open(GALLERY)
    menu = visit.page.locator("details[data-menu]").last
    menu.locator("summary").click()
    expect(menu.locator(".cn-menu-list")).to_be_visible()
    visit.look()
    visit.page.get_by_role("heading", name="Components").click()
    expect(menu.locator(".cn-menu-list")).to_be_hidden()


def test_bulk_bar_counts_what_is_ticked(visitor: Arrive) -> None:
    page = visitor().open(GALLERY).page
    bar = page.locator("[data-bulk]")
    expect(bar).to_be_hidden()
    page.get_by_role("checkbox", name="Nordwind Systems").check()
    expect(bar).to_contain_text("1 selected")
    page.get_by_role("checkbox", name="All on this page").check()
    expect(bar).to_contain_text("4 selected")


def test_theme_changes_at_once_and_stays(visitor: Arrive, alice: Membership) -> None:
    visit = visitor(alice).open("/o/acme/studio/")
    page = visit.page
    page.emulate_media(color_scheme="light")
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.goto(f"{visit.address}/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.get_by_role("button", name="Light").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")


def test_studio_menu_on_a_phone(visitor: Arrive, alice: Membership) -> None:
    visit = visitor(alice, phone=True).open("/o/acme/studio/")
    page = visit.page
    menu = page.get_by_role("navigation", name="Studio")
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(menu).to_be_visible()
    visit.look()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()


@pytest.mark.parametrize("phone", [False, True])
def test_a_menu_opens_below_its_button(visitor: Arrive, alice: Membership, phone: bool) -> None:
    page = visitor(alice, phone=phone).open("/o/acme/studio/").page
    button = page.get_by_role("button", name="Your account")
    button.click()
    above, menu = button.bounding_box(), page.locator("#account-menu").bounding_box()
    assert above
    assert menu
    assert 0 <= menu["y"] - (above["y"] + above["height"]) < 24
    assert abs(menu["x"] + menu["width"] - (above["x"] + above["width"])) < 24


def test_touch_targets_of_the_portal_are_large(visitor: Arrive, lena: Membership) -> None:
    page = visitor(lena, phone=True).open("/o/acme/").page
    sizes: list[Any] = page.eval_on_selector_all(
        "header button, header a, nav a",
        "all => all.filter(e => e.checkVisibility()).map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])",
    )
    small = [html for html, box in sizes if box["height"] < 44 or box["width"] < 44]
    assert sizes
    assert not small


def test_skip_link_comes_first(visitor: Arrive, alice: Membership) -> None:
    page = visitor(alice).open("/o/acme/studio/").page
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.fixture
def without_scripts(browser: Browser, live_server: Any) -> Any:
    """A page in a browser that runs no scripts."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 375, "height": 740})
    page = context.new_page()
    page.goto(f"{live_server.url}{GALLERY}")
    yield page
    context.close()


def test_theme_dialog_and_menu_work_without_scripts(without_scripts: Any) -> None:
    page = without_scripts
    page.get_by_role("button", name="Dialog").click()
    expect(page.locator("#share")).to_be_visible()
    page.locator("#share").get_by_role("button", name="Done").click()
    expect(page.locator("#share")).to_be_hidden()
    page.locator("details[data-menu] summary").last.click()
    expect(page.locator(".cn-menu-list").last).to_be_visible()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert page.url.endswith(GALLERY)
