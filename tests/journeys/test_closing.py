"""The last session is over: the mail, the answers on a phone, and what staff read; a series moved by staff before."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from cohorts.models import ClosingAnswer, Cohort, Launch, Session, SurveyAnswer
from cohorts.questions import Question, kept_questions
from prm.accounts.models import Membership
from prm.outbox.moments import run_moment
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts import factories
from tests.factories import NOW
from tests.journeys.conftest import Visitor
from tests.journeys.letters import Mailbox, button
from tests.partners.factories import PartnerFactory, partner_user

type Arrive = Callable[..., Visitor]

LENA = "lena@nordwind.example"
pytestmark = [pytest.mark.xdist_group("browser-cohort"), pytest.mark.timeout(300)]


@pytest.fixture
def cohort(acme: Organization, frida: Membership, lena: Membership) -> Cohort:
    """Running; Lena takes part, and said before the course how sure she is."""
    with scope(acme):
        nordwind = PartnerFactory.create(name="Nordwind", domain="nordwind.example")
        partner_user(nordwind, membership=lena)
        made = factories.cohort("running", facilitator=frida, title="Winter 2026", parts=["launch"])
        factories.seat(made, lena)
        asked = kept_questions([Question("sure", "How sure are you?", "scale", is_required=True)])
        Launch.objects.create(cohort=made, questions=asked)
        SurveyAnswer.objects.create(cohort=made, membership=lena, answers={"sure": 2}, answered_at=NOW)
        return made


def test_the_series_moves_the_survey_follows_and_is_answered(
    visitor: Arrive, acme: Organization, frida: Membership, lena: Membership, cohort: Cohort, mailoutbox: list[Any]
) -> None:
    studio, mailbox = f"/o/acme/studio/cohorts/{cohort.public_id}/", Mailbox(mailoutbox)
    with time_machine.travel(NOW):
        staff = visitor(frida).open(f"{studio}closing/").sees("Nothing is asked").click("Ask", "link")
        staff.click("Begin with these").sees("How likely would you send a colleague").click("Ask again")
        staff.sees("How sure are you?").fill(label="What surprised you?").click("Save the question")
        staff.sees("What surprised you?").open(f"{studio}sessions/").click("Move the series", "link")
        staff.fill(days="1").click("Move them").sees("4 sessions are moved.")
        run_moment(timezone.now(), [acme])
    (mail,) = mailbox.of(LENA)
    assert mail.subject == "Changed: 4 sessions of Winter 2026 have other dates"

    with scope(acme):
        over = Session.objects.get(cohort=cohort, number=4).ends_at
    with time_machine.travel(over + timedelta(minutes=1)):
        run_moment(timezone.now(), [acme])
        phone = visitor(lena, phone=True).open("/o/acme/").sees("Closing survey")
        phone.open(f"/o/acme/cohorts/{cohort.public_id}/home/").sees("Tell us how it was")
        phone.open(button(mailbox.newest(LENA))).sees("How sure are you?").click("Send my answers")
        phone.sees("Please answer this.")
        scale, sure = (phone.page.get_by_role("group", name=name) for name in ("How likely", "How sure"))
        scale.get_by_label("9", exact=True).check()
        sure.get_by_label("4", exact=True).check()
        phone.click("Send my answers").sees("Thank you.")
        answers = visitor(frida).open(f"{studio}closing/").sees("1 of 1 have answered").sees("before the course 2.0")
        assert not answers.reads("Lena")
    with scope(acme):
        assert len(ClosingAnswer.objects.get().answers) == 2
