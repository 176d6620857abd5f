"""What waits in cohorts stands in the to-do list of those who lead them, until it is done, and with nobody else."""

from datetime import date, timedelta

import pytest

from cohorts.models import (
    Attendance,
    Cohort,
    CutRequest,
    Decision,
    Recap,
    Review,
    Reviewer,
    Session,
    SessionMaterial,
    Submission,
    SubmissionComment,
)
from cohorts.parts import Part
from partners.models import Partner
from partners.queries.todo import MINE, TEAM, Asked, Todo, todo_lines
from prm.accounts.models import Membership
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts import factories
from tests.cohorts.teams import for_teams, team
from tests.factories import NOW

DAY = timedelta(days=1)


def lines(member: Membership, whose: str = MINE) -> list[Todo]:
    return todo_lines(Asked(member, NOW, whose), 0, 25)


def titles(member: Membership, whose: str = MINE) -> list[str]:
    return [line.title for line in lines(member, whose)]


@pytest.fixture
def running(in_acme: Organization, frida: Membership, lena: Membership, paul: Membership, winter: Cohort) -> Cohort:
    """Its first session was last Tuesday, with nobody's attendance recorded yet."""
    cohort = factories.cohort("running", facilitator=frida, title="Autumn 2026", sessions=0)
    factories.session(cohort, 1, date(2026, 11, 17), title="What you build")
    factories.session(cohort, 2, date(2026, 12, 1), title="Show it")
    for member in (lena, paul):
        factories.seat(cohort, member)
    return cohort


def test_applications_wait_for_who_leads_the_cohort(
    winter: Cohort, frida: Membership, bob: Membership, lena: Membership, paul: Membership
) -> None:
    for member in (lena, paul):
        factories.application(winter, member)
    (line,) = lines(frida)
    assert (line.title, line.hint, line.button) == ("2 applications to decide", "Winter 2026", "Decide")
    assert titles(bob) == []
    assert titles(bob, TEAM) == ["2 applications to decide"]
    winter.facilitators.all().delete()
    assert titles(bob) == ["2 applications to decide"]


def test_drafted_decisions_wait_until_they_are_released(winter: Cohort, frida: Membership, lena: Membership) -> None:
    application = factories.application(winter, lena)
    Cohort.objects.filter(pk=winter.pk).update(state="selecting")
    decision = Decision.objects.create(
        application=application, cohort=winter, kind="accept", decided_by=frida, drafted_at=NOW
    )
    assert titles(frida) == ["Release 1 decision"]
    Decision.objects.filter(pk=decision.pk).update(released_at=NOW)
    assert titles(frida) == []


def test_points_are_asked_of_the_reviewer_alone(
    winter: Cohort, frida: Membership, bob: Membership, lena: Membership
) -> None:
    Cohort.objects.filter(pk=winter.pk).update(parts=[Part.REVIEWS])
    application = factories.application(winter, lena)
    Reviewer.objects.create(cohort=winter, membership=bob)
    review = Review.objects.create(cohort=winter, application=application, membership=bob, asked_at=NOW)
    assert titles(bob) == ["Give points to 1 application"]
    assert titles(frida, TEAM) == ["1 application to decide"]
    Review.objects.filter(pk=review.pk).update(state="written")
    assert titles(bob) == []


def test_after_a_session_attendance_and_recap_wait(running: Cohort, frida: Membership) -> None:
    assert titles(frida) == ["Send the recap of “What you build”", "Say who was at “What you build”"]
    session = running.sessions.get(number=1)
    Session.objects.filter(pk=session.pk).update(state="held")
    recap = Recap.objects.create(session=session, drafted_at=NOW)
    assert titles(frida) == ["Send the recap of “What you build”"]
    Recap.objects.filter(pk=recap.pk).update(state="scheduled", body="Thanks", send_at=NOW + DAY)
    assert titles(frida) == []


def test_submissions_wait_until_somebody_else_says_something(
    running: Cohort, frida: Membership, lena: Membership
) -> None:
    homework = factories.homework(running, date(2026, 11, 20))
    _first, made = (
        Submission.objects.create(
            homework=homework, membership=lena, version=version, text="Done", submitted_at=NOW - DAY
        )
        for version in (1, 2)
    )
    title = "Comment on 1 submission of “Describe what you will build”"
    assert title in titles(frida)
    SubmissionComment.objects.create(submission=made, author=lena, body="Sorry, late", written_at=NOW)
    assert title in titles(frida)
    SubmissionComment.objects.create(submission=made, author=frida, body="Good", written_at=NOW)
    assert title not in titles(frida)


def test_a_guest_who_cannot_come_is_told_of_by_the_day_of_the_session(
    running: Cohort, frida: Membership, lena: Membership
) -> None:
    ahead = running.sessions.get(number=2)
    Attendance.objects.create(session=ahead, membership=lena, state="excused", recorded_at=NOW)
    assert "1 guest cannot come to “Show it”" not in titles(frida)
    running.seats.filter(membership=lena).update(role="guest_star")
    found = {line.title: line.due for line in lines(frida)}
    assert found["1 guest cannot come to “Show it”"] == "until 1 Dec"


def test_seats_that_nobody_confirmed_and_small_teams_wait(
    winter: Cohort, frida: Membership, lena: Membership, paul: Membership
) -> None:
    factories.seat(winter, paul, "offered", confirm_by=NOW - DAY)
    assert titles(frida) == ["1 person has not confirmed in time"]
    for_teams(winter, ("sales", 1))
    lena_team = team(winter, Partner.objects.get(name="Nordwind"), lena, state="held")
    lena_team.members.update(state="confirmed")
    (line,) = [line for line in lines(frida) if line.partner]
    assert (line.title, line.partner) == ("Its team has fewer than two people left", "Nordwind")


def test_a_part_to_cut_out_waits_until_it_is_out(running: Cohort, frida: Membership, lena: Membership) -> None:
    material = SessionMaterial.objects.create(
        session=running.sessions.get(number=1), kind="a_recording", link="https://v.example/1", added_at=NOW
    )
    cut = CutRequest.objects.create(material=material, membership=lena, where="The first minute", asked_at=NOW)
    assert "Cut a part out of the recording of “What you build”" in titles(frida)
    CutRequest.objects.filter(pk=cut.pk).update(done_at=NOW)
    assert "Cut a part out of the recording of “What you build”" not in titles(frida)


def test_nothing_waits_in_a_cohort_that_is_over(running: Cohort, frida: Membership) -> None:
    Cohort.objects.filter(pk=running.pk).update(state="finished")
    assert titles(frida, TEAM) == []


def test_another_organizations_cohorts_are_not_there(
    acme: Organization, umbrella: Organization, umbrellas_cohort: Cohort, charlie: Membership, frida: Membership
) -> None:
    with scope(umbrella):
        factories.application(umbrellas_cohort, factories.applicant("Mia Moos"))
        assert titles(charlie, TEAM) == ["1 application to decide"]
    with scope(acme):
        assert titles(frida, TEAM) == []
