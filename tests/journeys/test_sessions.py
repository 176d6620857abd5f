"""A session is planned at a desk by two at once, and a participant finds everything on the phone."""

from collections.abc import Callable

import pytest

from cohorts.models import AgendaItem, Cohort, Session, SessionMaterial
from prm.accounts.models import Membership
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts import factories
from tests.factories import NOW
from tests.journeys.conftest import Visitor
from tests.partners.factories import PartnerFactory, partner_user

type Arrive = Callable[..., Visitor]
PARTS = ["launch", "needs", "recordings"]


@pytest.fixture
def planned(acme: Organization, frida: Membership, lena: Membership) -> str:
    """The address of the first session's pages below /studio/ and below the portal."""
    with scope(acme):
        partner_user(PartnerFactory.create(name="Nordwind", domain="nordwind.example"), membership=lena)
        cohort = factories.cohort(
            "running", facilitator=frida, parts=PARTS, room_rule="Stays here.", room_rule_version=1
        )
        factories.seat(cohort, lena)
        session = Session.objects.get(cohort=cohort, number=1)
        for title in ("Hello", "In pairs", "Somebody shows"):
            factories.item(session, title, say="Welcome.", kind="pairs")
        SessionMaterial.objects.create(session=session, kind="b_slides", link="https://x.example/s", added_at=NOW)
        return f"/cohorts/{cohort.public_id}/sessions/{session.public_id}/"


def order(acme: Organization) -> list[str]:
    with scope(acme):
        return [item.title for item in AgendaItem.objects.in_order()]


@pytest.mark.xdist_group("browser-cohort")
@pytest.mark.timeout(300)
def test_an_agenda_is_dragged_pressed_and_not_overwritten(
    visitor: Arrive, acme: Organization, frida: Membership, planned: str
) -> None:
    desk = visitor(frida).open(f"/o/acme/studio{planned}agenda/")
    other = Visitor(desk.context, desk.address).open(desk.page.url)
    rows = desk.page.locator(".ca-item")
    rows.nth(2).locator(".ca-grip").drag_to(rows.nth(0), target_position={"x": 80, "y": 4})
    desk.page.locator(".ca-item").first.get_by_text("Somebody shows").wait_for()
    assert order(acme) == ["Somebody shows", "Hello", "In pairs"]
    other.click("Move “Hello” down").sees("Somebody changed this agenda meanwhile")
    other.click("Move “Hello” down")
    assert order(acme) == ["Somebody shows", "In pairs", "Hello"]
    assert other.page.evaluate("document.activeElement.id").startswith(("down-", "")), "the keyboard stays where it was"
    desk.page.reload()
    desk.click("Add “Opening step, done together”")
    desk.page.locator(".ca-item").nth(3).get_by_text("Opening step").wait_for()
    assert order(acme)[3] == "Opening step, done together"
    entry = desk.page.locator("[data-key=pulse]")
    entry.locator(".ca-grip").drag_to(desk.page.locator(".ca-item").nth(1), target_position={"x": 80, "y": 4})
    desk.page.locator(".ca-item").nth(1).get_by_text("Where are we?").wait_for()
    # What is added by its button afterwards comes last again.
    desk.click("Add “In pairs: what are you working on?”")
    desk.page.locator(".ca-item").nth(5).get_by_text("In pairs: what").wait_for()
    desk.look()
    assert order(acme)[1] == "Where are we?"
    assert order(acme)[5] == "In pairs: what are you working on?"
    phone = visitor(frida, phone=True).open(f"/o/acme/studio{planned}agenda/").click("Move “Hello” up")
    phone.open(f"/o/acme/studio{planned}guide/").sees("Welcome.").sees("Stays here.")
    desk.open("/o/acme/studio/agenda-items/").sees("Walk and talk, by phone")
    desk.open(f"/o/acme/studio{planned}materials/").sees("Slides")
    other.page.close()


@pytest.mark.xdist_group("browser-cohort")
@pytest.mark.timeout(300)
def test_a_participant_finds_everything_on_one_page(
    visitor: Arrive, acme: Organization, lena: Membership, planned: str
) -> None:
    home = f"/o/acme{planned.split('sessions')[0]}home/"
    phone = visitor(lena, phone=True).open(home).sees("Read the room's rule").click("I accept it")
    phone.sees("You accepted it").click("Yes, they may").sees("cut out of any of them").sees("Slides")
    phone.sees("Write down your goal").click("Write it", "link")
    phone.fill(goal="Three conversations of my own.", commitment="I ask before I advise.").click("Keep it")
    phone.sees("Three conversations of my own.").sees("Next session")
    phone.click("What we need", "link").fill(text="An opening question").click("Put it on the board")
    phone.sees("1 person needs it").open(home).click("Faces and logos", "link")
    with scope(acme):
        Cohort.objects.update(state="finished")
    phone.open(home).sees("May the others still find you?").click("Yes, they may find me").sees("find you here")
