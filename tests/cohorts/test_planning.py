"""Cohort programs and cohorts: made and edited, each title once; whose they are in the audit trail."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time

import pytest
import time_machine
from django.db import IntegrityError
from django.test import Client

from cohorts.models import Cohort, Homework, Program, Session
from cohorts.queries.syllabus import subjects_of
from cohorts.services.cohorts import Series, create_cohort, edit_cohort
from cohorts.services.programs import create_program, edit_program
from cohorts.services.seats import extend_offer, offer_seat, release_seat
from cohorts.services.selection import draft_decision, take_back_decision
from cohorts.shapes import SHAPES
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.audit.models import AuditEntry
from prm.problems import Refused
from tests.cohorts import factories

SERIES = Series(date(2027, 1, 12), time(10), count=4, minutes=60, link="https://meet.example/acme")


def made(actor: Actor, facilitator: Membership, now: datetime, title: str, series: Series = SERIES) -> Cohort:
    return create_cohort(
        actor=actor,
        program=factories.ProgramFactory.create(),
        title=title,
        zone="Europe/Berlin",
        capacity=12,
        series=series,
        facilitators=[facilitator],
        now=now,
    )


def test_a_new_cohort_has_its_sessions_and_a_first_homework(
    in_acme: object, actor: Actor, frida: Membership, now: datetime
) -> None:
    cohort = made(actor, frida, now, "Spring 2027")
    assert list(cohort.sessions.order_by("starts_at").values_list("number", flat=True)) == [1, 2, 3, 4]
    assert Homework.objects.get(cohort=cohort).due_on == date(2027, 1, 18)
    assert cohort.sessions_needed == 3


def test_a_shape_can_be_taken_for_one_cohort_alone(
    winter: Cohort, actor: Actor, frida: Membership, now: datetime, sign_in: Callable[[Membership], Client]
) -> None:
    program = create_program(actor=actor, title="Our own", shape="launch", homework_title="Ours", now=now)
    skill = SHAPES["skill"]
    words = {
        "program": program.public_id,
        "shape": "skill",
        "title": "Spring 2027",
        "capacity": 12,
        "first_on": "2027-01-12",
        "starts_time": "10:00",
        "zone": "Europe/Berlin",
        "count": len(skill.sessions),
        "facilitators": [frida.pk],
    }
    client = sign_in(frida)
    wrong = client.post(address("cohort_create"), {**words, "shape": "nosuch"})
    assert wrong.status_code == 422
    assert "shape" in wrong.context["form"].errors
    with time_machine.travel(now):
        assert client.post(address("cohort_create"), words).status_code == 303
        assert client.post(address("cohort_create"), {**words, "shape": "", "title": "Summer"}).status_code == 303
    spring, summer = (Cohort.objects.get(title=title) for title in ("Spring 2027", "Summer"))
    rows = list(spring.sessions.order_by("number"))
    assert [row.title for row in rows] == [str(idea.title) for idea in skill.sessions]
    assert [row.items.count() for row in rows] == [len(idea.items) for idea in skill.sessions]
    assert Homework.objects.get(cohort=spring).title == str(skill.homework.title)
    # The program keeps its own, for this and every other cohort.
    assert Homework.objects.get(cohort=summer).title == "Ours"
    assert [row.title for row in summer.sessions.order_by("number")] == [
        subject.title for subject in subjects_of(program)
    ]


def test_a_title_is_taken_once(winter: Cohort, actor: Actor, frida: Membership, now: datetime) -> None:
    with pytest.raises(Refused) as refusal:
        made(actor, frida, now, " Winter 2026 ")
    assert refusal.value.problems[0].field == "title"
    assert Cohort.objects.count() == 1
    assert Session.objects.count() == 4
    other = made(actor, frida, now, "Spring 2027")
    with pytest.raises(Refused) as refusal:
        edit_cohort(
            actor=actor, cohort=other, revision=1, changes={"title": "Winter 2026"}, facilitators=[frida], now=now
        )
    assert refusal.value.codes == {"title"}


def test_a_program_has_a_title_of_its_own(in_acme: object, actor: Actor, now: datetime) -> None:
    create_program(actor=actor, title="First three deals", now=now)
    with pytest.raises(Refused) as refusal:
        create_program(actor=actor, title="First three deals ", now=now)
    assert refusal.value.codes == {"title"}
    other = create_program(actor=actor, title="Next three deals", now=now)
    with pytest.raises(Refused) as refusal:
        edit_program(actor=actor, program=other, revision=1, changes={"title": "First three deals"}, now=now)
    assert refusal.value.problems[0].field == "title"


def test_what_else_the_database_refuses_is_no_title_that_is_taken(
    in_acme: object, actor: Actor, frida: Membership, now: datetime
) -> None:
    with pytest.raises(IntegrityError, match="cohorts_session_lasts"):
        made(actor, frida, now, "Spring 2027", replace(SERIES, minutes=0))
    with pytest.raises(IntegrityError, match="weekly_minutes"):
        create_program(actor=actor, title="First three deals", weekly_minutes=-1, now=now)
    program = create_program(actor=actor, title="First three deals", now=now)
    with pytest.raises(IntegrityError, match="weekly_minutes"):
        edit_program(actor=actor, program=program, revision=1, changes={"weekly_minutes": -1}, now=now)
    assert Program.objects.get(pk=program.pk).weekly_minutes == 120
    assert not Cohort.objects.exists()


def test_the_audit_trail_names_people(
    winter: Cohort, lena: Membership, paul: Membership, frida: Membership, actor: Actor, now: datetime
) -> None:
    Cohort.objects.filter(pk=winter.pk).update(state="selecting")
    application = factories.application(winter, lena)
    draft_decision(actor=actor, decider=frida, application=application, kind="accept", wording="Welcome.", now=now)
    take_back_decision(actor=actor, application=application)
    seat = factories.seat(winter, paul, "waiting")
    offer_seat(actor=actor, seat=seat, now=now)
    seat.refresh_from_db()
    extend_offer(actor=actor, seat=seat, confirm_by=factories.berlin(7, 12), now=now)
    release_seat(actor=actor, seat=seat, now=now)
    labels = list(AuditEntry.objects.order_by("pk").values_list("verb", "object_label"))
    assert labels == [
        ("cohorts.decision_drafted", "Lena Brandt, Winter 2026"),
        ("cohorts.decision_taken_back", "Lena Brandt, Winter 2026"),
        ("cohorts.seat_offered", "Paul Ortega, Winter 2026"),
        ("cohorts.offer_extended", "Paul Ortega, Winter 2026"),
        ("cohorts.seat_released", "Paul Ortega, Winter 2026"),
    ]
