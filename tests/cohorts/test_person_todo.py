"""A partner's person has one list of what waits: seats, sessions, homework, what a cohort asks once, journeys, data."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from cohorts.models import Cohort, Launch, Participation, SurveyAnswer
from cohorts.parts import Part
from partners.models import Partner, PartnerUser
from partners.services.journeys import templates
from partners.services.journeys.starting import Traveler, start_journeys
from partners.services.journeys.templates import StepDetails, TemplateDetails
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.models import Organization
from prm.web.due import DueItem, all_due, due_line
from tests.cohorts import factories
from tests.factories import NOW

type SignIn = Callable[[Membership], Client]
DAY = timedelta(days=1)
ABOUT_DATA = "about your company"


@pytest.fixture
def waits(rf: RequestFactory) -> Callable[..., list[DueItem]]:
    """What waits for a person; each call is a request of its own."""

    def found(member: Membership, at: Any = NOW) -> list[DueItem]:
        request: Any = rf.get("/")
        request.membership, request.now = Membership.objects.by_id(member.pk), at
        return [item for item in all_due(request) if ABOUT_DATA not in item.title]

    return found


def test_an_offered_seat_waits_until_its_answer(winter: Cohort, lena: Membership, waits: Any) -> None:
    factories.seat(winter, lena, "offered", confirm_by=NOW + 2 * DAY)
    (item,) = waits(lena)
    assert (item.title, item.at) == ("Winter 2026: Seat offered", NOW + 2 * DAY)
    winter.seats.update(state="confirmed", confirm_by=None)
    assert "Winter 2026: Seat offered" not in [item.title for item in waits(lena)]


def test_a_cohort_asks_once_for_survey_orientation_and_goal(winter: Cohort, lena: Membership, waits: Any) -> None:
    Cohort.objects.filter(pk=winter.pk).update(state="confirmed", parts=[Part.LAUNCH])
    factories.seat(winter, lena)
    questions = [{"key": "level", "label": "How sure are you?", "kind": "text", "is_required": True}]
    Launch.objects.create(cohort=winter, questions=questions, orientation_link="https://v.example/1")
    asked = ["Tell us where you stand", "Watch the orientation", "Write down your goal"]
    assert [item.title for item in waits(lena)] == ["Session 1", *asked]
    assert {item.hint for item in waits(lena)} == {"Winter 2026"}
    SurveyAnswer.objects.create(cohort=winter, membership=lena, answers={}, answered_at=NOW)
    Participation.objects.create(cohort=winter, membership=lena, goal="Three deals", orientation_at=NOW)
    assert [item.title for item in waits(lena)] == ["Session 1"]


def test_a_survey_of_before_the_course_is_not_asked_after_its_first_session(
    winter: Cohort, lena: Membership, waits: Any
) -> None:
    Cohort.objects.filter(pk=winter.pk).update(state="running", parts=[Part.LAUNCH])
    factories.seat(winter, lena)
    Launch.objects.create(cohort=winter, questions=[{"key": "level", "label": "Sure?", "kind": "text"}])
    later = NOW + timedelta(days=16)
    assert "Tell us where you stand" not in [item.title for item in waits(lena, later)]


def test_steps_and_homework_stand_in_one_order(
    winter: Cohort, nordwind: Partner, lena: Membership, alice: Membership, waits: Any
) -> None:
    Cohort.objects.filter(pk=winter.pk).update(state="running")
    factories.seat(winter, lena)
    Participation.objects.create(cohort=winter, membership=lena, goal="Three deals")
    factories.homework(winter, date(2026, 11, 27), title="Write one page")
    actor = Actor.of(alice)
    steps = [
        StepDetails("task", "Open the door", due_days=1),
        StepDetails("task", "Put up a sign", due_days=9),
    ]
    made = templates.create_template(actor=actor, details=TemplateDetails("Onboarding", ["Go"]), steps=steps, now=NOW)
    templates.switch_on(actor=actor, template=made, includes_present=False, now=NOW)
    start_journeys(actor=actor, template=made, travelers=[Traveler(nordwind.pk)], now=NOW)
    assert [item.title for item in waits(lena)] == ["Open the door", "Write one page", "Put up a sign", "Session 1"]
    lines = [due_line(item, NOW) for item in waits(lena)]
    assert [(line.when, line.tone) for line in lines] == [
        ("until 24 Nov", "info"),
        ("until 27 Nov, 17:00", ""),
        ("until 2 Dec", ""),
        ("8 Dec, 09:00", ""),
    ]
    late = due_line(waits(lena)[0], NOW + 3 * DAY)
    assert (late.when, late.tone) == ("was due 24 Nov", "warning")


def test_nobody_is_asked_for_what_is_anothers(
    winter: Cohort, lena: Membership, paul: Membership, frida: Membership, waits: Any
) -> None:
    factories.seat(winter, lena, "offered", confirm_by=NOW + DAY)
    assert waits(paul) == []
    assert waits(frida) == []


def test_home_and_steps_show_the_same_list_and_data_to_tell(
    acme: Organization, winter: Cohort, lena: Membership, sign_in: SignIn
) -> None:
    factories.seat(winter, lena, "offered", confirm_by=timezone.now() + 2 * DAY)
    assert PartnerUser.objects.get(membership=lena).is_lead
    client = sign_in(lena)
    for name in ("portal_home", "my_steps"):
        page = client.get(address(name)).content.decode()
        assert page.count("Winter 2026: Seat offered") == 1, name
        assert ABOUT_DATA in page, name
