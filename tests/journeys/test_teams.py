"""A company's team on its way into a cohort: named on a phone, decided in the studio, confirmed by each."""

from collections.abc import Callable

import pytest

from cohorts.models import Cohort
from partners.models import PartnerUser
from prm.accounts.models import Membership
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts import factories
from tests.cohorts.teams import for_teams
from tests.journeys.conftest import Visitor
from tests.partners.factories import PartnerFactory, partner_user

type Arrive = Callable[..., Visitor]


@pytest.mark.timeout(300)
def test_two_colleagues_become_a_team_that_holds_its_seat(
    visitor: Arrive, frida: Membership, lena: Membership, acme: Organization
) -> None:
    with scope(acme):
        nordwind = PartnerFactory.create(name="Nordwind", domain="nordwind.example")
        partner_user(nordwind, membership=lena, role=PartnerUser.Role.LEAD)
        mia = factories.applicant("Mia Roth", nordwind)
        made = factories.cohort("open", facilitator=frida, title="Joint offer")
        cohort = for_teams(made, ("Sales", 1), ("Technical", 1), largest=3)
    key = cohort.public_id
    lead = visitor(lena, phone=True).open(f"/o/acme/cohorts/{key}/").sees("for teams of 2 to 3")
    lead.click("Apply with a team", "link").click("Name colleagues").sees("Technical still missing")
    lead.click("Name").sees("is asked when you send the application")
    lead.click("Go on with the application", "link").sees("Mia Roth")
    lead.fill(why="Because.", project="One customer.")
    lead.page.locator("label", has=lead.page.locator("[name=experience]")).first.click()
    lead.page.get_by_label("I will do my part").check()
    lead.click("Send the application").sees("Your team’s application is in")

    colleague = visitor(mia).open("/o/acme/cohorts/")
    colleague.click("Joint offer", "link").sees("wants you in the team").click("I come along").sees(
        "You are in the team"
    )

    with scope(acme):
        Cohort.objects.filter(pk=cohort.pk).update(state="selecting")
    staff = visitor(frida).open(f"/o/acme/studio/cohorts/{key}/applications/").sees("2 people")
    staff.click("Lena", "link").sees("Mia Roth").click("Accept", "link").click("Keep this draft")
    staff.open(f"/o/acme/studio/cohorts/{key}/applications/").sees("teams for 12 seats")
    staff.click("Release 1 decision")
    staff.page.locator("#release button.btn-primary").click()
    staff.page.wait_for_load_state("load")

    lead.open(f"/o/acme/cohorts/{key}/application/").click("Confirm my seat").sees("as soon as a second of you")
    colleague.open(f"/o/acme/cohorts/{key}/home/").sees("You come as a team").click("Confirm my seat").sees("Your team")
    staff.open(f"/o/acme/studio/cohorts/{key}/teams/").sees("1 of 12 seats are held").sees(
        "Sales, Technical still missing"
    )
    staff.click("Nordwind", "link").sees("2 of 2 confirmed")
    staff.open(f"/o/acme/studio/cohorts/{key}/teams/invite/").sees("Person 3")
    staff.open(f"/o/acme/studio/cohorts/{key}/teams/what/").sees("People in a team at most")
    staff.open(f"/o/acme/studio/cohorts/{key}/people/").sees("Mia Roth")
