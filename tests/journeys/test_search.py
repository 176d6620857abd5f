"""Finding one's way by the keyboard at a desk, and by a finger on a phone."""

from collections.abc import Callable

import pytest

from partners.services.partners import PartnerDetails, create_partner
from partners.services.people import add_person
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.factories import NOW, member
from tests.journeys.conftest import Visitor

type Arrive = Callable[..., Visitor]

BOX, FIELD = "#search-box", "#find-q"
FIRST = f"{BOX} .cn-find-hit >> nth=0"


@pytest.fixture
def stocked(acme: Organization, alice: Membership, lena: Membership) -> None:
    actor = Actor.of(alice)
    with scope(acme):
        for name in ("Nordwind GmbH", "Nordlicht Systems", "Kestrel"):
            partner = create_partner(actor=actor, details=PartnerDetails(name=name), now=NOW)
            if name == "Nordwind GmbH":
                add_person(actor=actor, partner=partner, membership=lena, now=NOW)
                tom = member(acme, "tom@nordwind.example", "Tom Weiß")
                add_person(actor=actor, partner=partner, membership=tom, now=NOW)


def typed(who: Visitor, text: str, expected: str) -> None:
    """Type letter by letter, and wait until this is what the first line says."""
    who.page.locator(FIELD).fill("")
    who.page.keyboard.type(text, delay=15)
    who.page.locator(FIRST).get_by_text(expected, exact=True).wait_for()


def focused(who: Visitor) -> str:
    return str(who.page.evaluate("document.activeElement.innerText || document.activeElement.id"))


def test_by_keyboard(visitor: Arrive, alice: Membership, stocked: None) -> None:
    owner = visitor(alice).open("/o/acme/studio/partners/")
    _opens_and_closes(owner)
    _walks(owner)
    _mends_what_was_typed(owner)
    _goes_to_a_page(owner)


def _opens_and_closes(owner: Visitor) -> None:
    page = owner.page
    page.get_by_role("link", name="Groups").first.focus()
    page.keyboard.press("/")
    page.locator(FIRST).get_by_text("Add a partner", exact=True).wait_for()
    assert focused(owner) == "find-q"
    owner.look()
    page.keyboard.press("Escape")
    assert not page.locator(BOX).is_visible()
    assert focused(owner) == "Groups", "the focus is where it was"
    page.locator("#search-q").focus()
    page.keyboard.press("/")
    assert page.locator("#search-q").input_value() == "/", "in a field it is a letter"
    page.keyboard.press("Control+k")
    assert page.locator(BOX).is_visible()
    page.locator(BOX).get_by_role("button", name="Close").click()
    page.get_by_role("link", name="Search", exact=True).click()
    assert page.locator(BOX).is_visible()


def _walks(owner: Visitor) -> None:
    page = owner.page
    typed(owner, "nord", "Nordwind GmbH")
    page.locator("[data-find-status]", has_text="4 results").wait_for(state="attached")
    owner.look()
    page.keyboard.press("ArrowDown")
    assert focused(owner).startswith("Nordwind GmbH")
    page.keyboard.press("ArrowDown")
    assert focused(owner).startswith("Nordlicht Systems")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert focused(owner) == "find-q"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("w")
    assert page.locator(FIELD).input_value() == "nordw", "whoever goes on typing means the field"


def _mends_what_was_typed(owner: Visitor) -> None:
    typed(owner, "kestrle", "Kestrel")
    owner.sees("Nothing is called “kestrle”. This comes close:").look()
    owner.page.keyboard.press("Enter")
    owner.page.wait_for_url("**/studio/partners/*/")
    owner.sees("Kestrel")


def _goes_to_a_page(owner: Visitor) -> None:
    owner.page.keyboard.press("Control+k")
    typed(owner, "import", "Import partners")
    owner.page.keyboard.press("Enter")
    owner.page.wait_for_url("**/studio/partners/import/")
    owner.page.keyboard.press("/")
    owner.page.locator(FIELD).fill("xqzzwq")
    owner.page.get_by_text("Nothing found for “xqzzwq”").wait_for()
    owner.look()
    owner.page.keyboard.press("Enter")
    owner.page.wait_for_url("**/studio/search/?q=xqzzwq")
    owner.look()
    owner.page.keyboard.press("Control+k")
    assert focused(owner) == "find-q", "on the page itself it is the page's own field"


def test_by_finger(visitor: Arrive, lena: Membership, stocked: None) -> None:
    partner = visitor(lena, phone=True).open("/o/acme/")
    page = partner.page
    page.get_by_role("link", name="Search", exact=True).tap()
    page.locator(FIRST).wait_for()
    box = page.locator(BOX).bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"]) == (0, 0, page.viewport_size["width"] if page.viewport_size else 0)
    assert all(
        height >= 44
        for height in page.eval_on_selector_all(
            f"{BOX} :is(.cn-find-hit,.cn-find-input,.cn-icon-button)",
            "all => all.map((one) => one.getBoundingClientRect().height)",
        )
    )
    partner.look()
    typed(partner, "tmo", "Tom Weiß")
    partner.look()
    page.locator(FIRST).tap()
    page.wait_for_url("**/o/acme/people/*/")
    partner.sees("Tom Weiß")


def test_without_scripts(visitor: Arrive, alice: Membership, stocked: None) -> None:
    owner = visitor(alice)
    owner.page.route("**/*.js", lambda route: route.abort())
    owner.page.goto(f"{owner.address}/o/acme/studio/")
    owner.page.get_by_role("link", name="Search", exact=True).click()
    owner.page.wait_for_url("**/studio/search/")
    owner.page.locator(FIELD).fill("nordlihct")
    owner.page.keyboard.press("Enter")
    owner.page.get_by_role("link", name="Nordlicht Systems").click()
    owner.page.wait_for_url("**/studio/partners/*/")
