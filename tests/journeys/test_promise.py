"""From a ready shape to a page that draws people in, and a lead who nominates a colleague from a phone."""

from collections.abc import Callable

import pytest

from cohorts.models import Nomination, Program
from partners.models import PartnerUser
from prm.accounts.models import Membership
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts import factories
from tests.journeys.conftest import Visitor
from tests.partners.factories import PartnerFactory, partner_user

type Arrive = Callable[..., Visitor]

STUDIO = "/o/acme/studio/"


@pytest.mark.timeout(300)
def test_a_shape_becomes_a_page_that_draws_people_in(
    visitor: Arrive, frida: Membership, lena: Membership, acme: Organization
) -> None:
    with scope(acme):
        nordwind = PartnerFactory.create(name="Nordwind", domain="nordwind.example")
        partner_user(nordwind, membership=lena, role=PartnerUser.Role.LEAD)
        mia = factories.applicant("Mia Roth", nordwind)
    staff = visitor(frida)
    _write(staff)
    with scope(acme):
        program = Program.objects.get()
        assert program.shape == "launch"
        cohort = factories.cohort("open", program=program, facilitator=frida, title="Spring launch")
    staff.open(f"{STUDIO}cohorts/{cohort.public_id}/nominations/finder/").sees("Mia Roth")
    staff.sees("Nobody of the company has done it yet")
    _nominate(visitor(lena, phone=True), f"/o/acme/cohorts/{cohort.public_id}/")
    with scope(acme):
        nomination = Nomination.objects.get()
        assert (nomination.membership_id, nomination.nominated_by_id) == (mia.pk, lena.pk)


def _write(staff: Visitor) -> None:
    staff.open(f"{STUDIO}programs/new/").click("Launch", "link").sees("How it was done")
    staff.fill(title="Launch together").click("Save").sees("Fit to open?").sees("The promise is concrete")
    staff.click("Who would miss it", "link").fill(agenda="10 In pairs: who asked?\nno minutes").click("Save")
    staff.sees("begin each line with a number").fill(agenda="10 In pairs: who asked?").click("Save").sees("Saved.")
    staff.click("Name an expert", "link").fill(name="Marta Lindqvist", bio="Did it twice.").click("Save")
    staff.sees("Marta Lindqvist").click("Switch parts on or off", "link").sees("Measurable goals")


def _nominate(lead: Visitor, page: str) -> None:
    lead.open(page).sees("You have packaged the new offer").sees("Marta Lindqvist").sees("This is work")
    assert not lead.reads("Register")
    lead.click("Nominate a colleague", "link").sees("3 nominations left for your company.")
    lead.click("Nominate").sees("Mia Roth gets a mail from you").sees("2 nominations left")
