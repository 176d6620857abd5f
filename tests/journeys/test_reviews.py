"""Reviewers on their own, then all together: Frida sets it up, Bob on his phone and Ana at a desk give points."""

from collections.abc import Callable, Iterator

import pytest
import time_machine

from cohorts.models import Application, Cohort, Decision, Review
from prm.accounts.models import Membership
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts import factories
from tests.factories import NOW, staff
from tests.journeys.conftest import Visitor
from tests.partners.factories import PartnerFactory, partner_user

type Arrive = Callable[..., Visitor]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW) as traveller:
        yield traveller


@pytest.fixture
def studio(acme: Organization, frida: Membership, lena: Membership, paul: Membership) -> str:
    """The address of a cohort that selects among Lena and Paul."""
    with scope(acme):
        cohort = factories.cohort("selecting", facilitator=frida, parts=["reviews"], title="Winter 2026")
        for name, who in (("Nordwind", lena), ("Kestrel", paul)):
            partner_user(PartnerFactory.create(name=name, domain=f"{name.lower()}.example"), membership=who)
            factories.application(cohort, who)
        return f"/o/acme/studio/cohorts/{cohort.public_id}/"


def give(visitor: Visitor, *points: int) -> None:
    for place, number in enumerate(points):
        visitor.page.locator(".co-points").nth(place).get_by_label(str(number), exact=True).check()


@pytest.mark.xdist_group("browser-cohort")
@pytest.mark.timeout(300)
def test_points_are_given_alone_and_compared_together(
    visitor: Arrive, acme: Organization, frida: Membership, bob: Membership, studio: str
) -> None:
    with scope(acme):
        ana = staff(acme, "ana@acme.example", "Ana Lutz", "analyst")
    desk = visitor(frida).open(f"{studio}reviews/").sees("Nobody reviews yet").click("Name reviewers", "link")
    for name in ("Bob Keller", "Ana Lutz"):
        desk.page.get_by_text(name, exact=True).click()
    desk.page.get_by_label("Names are hidden from reviewers").check()
    desk.click("Save").sees("How far we are")

    phone = visitor(bob, phone=True).open("/o/acme/studio/").click("Give points to 2 applications", "link")
    assert not phone.reads("Lena")
    phone.page.locator(".cn-row-link").first.click()
    phone.click("Keep my points").sees("Give points for this, or abstain.")
    give(phone, 5, 5, 5)
    phone.click("Keep my points").sees("This is the next one")
    phone.page.get_by_text("Rather not give any").click()
    phone.click("Abstain").sees("Nothing waits for you")

    other = visitor(ana).open(f"{studio}reviews/")
    for points in ((1, 2, 1), (4, 4, 4)):
        if points == (1, 2, 1):
            other.page.locator(".cn-row-link").first.click()
            other.page.wait_for_load_state("load")
            other.sees("You read what the others gave once your own points are kept.")
        give(other, *points)
        other.click("Keep my points")
    other.sees("Nothing waits for you")

    desk.open(f"{studio}applications/").click("Reviews", "link").click("Open all points").sees("All points are open")
    desk.click("Applications", "link").sees("They disagree")
    with scope(acme):
        assert Review.objects.written().count() == 3
        undecided = list(Application.objects.longest_waiting_first())
    desk.click(f"Yes: {undecided[0].membership.person}").sees("Release 1 decision")
    with scope(acme):
        assert Decision.objects.get().kind == "accept"
        assert Cohort.objects.get().seats_taken == 0
