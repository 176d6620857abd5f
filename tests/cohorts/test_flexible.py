"""What could fill the flexible part of a session: needs, the survey, weak topics; nothing that tells of one person."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from cohorts.models import AgendaItem, Cohort, Launch, Need, NeedVote, Session, SurveyAnswer
from cohorts.parts import Part
from cohorts.queries.flexible import Proposal, proposals
from cohorts.questions import Kind, Question, kept_questions
from enablement.models import Memory, RecallItem, Topic
from prm.accounts.models import Membership
from prm.addresses import address
from tests.cohorts import factories
from tests.enablement.factories import content, memory
from tests.factories import NOW

type SignIn = Callable[[Membership], Client]

SCALE = Question("sure", "How sure are you about prices?", Kind.SCALE)
SEVERAL = Question("stops", "What stops you?", Kind.MULTI, options=(("time", "No time"), ("price", "Our prices")))
SECRET = replace(SCALE, key="secret", label="In confidence?", is_confidential=True)


@pytest.fixture
def people(winter: Cohort) -> list[Membership]:
    """Five who take part in a running cohort with all parts on."""
    found = [factories.applicant(f"Person{number} Nord") for number in range(5)]
    for member in found:
        factories.seat(winter, member)
    Cohort.objects.filter(pk=winter.pk).update(state="running", parts=[Part.LAUNCH, Part.NEEDS])
    winter.refresh_from_db()
    return found


@pytest.fixture
def first(winter: Cohort, people: object) -> Session:
    found: Session = Session.objects.select_related("cohort").get(cohort=winter, number=1)
    return found


def found(session: Session, now: datetime = NOW) -> dict[str, Proposal]:
    return {row.title: row for row in proposals(session, (), now)}


def survey(cohort: Cohort, people: list[Membership], answers: dict[str, Any]) -> None:
    Launch.objects.update_or_create(cohort=cohort, defaults={"questions": kept_questions([SCALE, SEVERAL, SECRET])})
    for member in people:
        SurveyAnswer.objects.create(cohort=cohort, membership=member, answers=answers, answered_at=NOW)


def test_the_most_wanted_needs_come_first_unless_they_are_planned(first: Session, people: list[Membership]) -> None:
    for text, voters in (("Prices", people[:1]), ("An opening", people), ("Nobody's", [])):
        need = Need.objects.create(cohort=first.cohort, membership=people[0], text=text, put_at=NOW)
        for voter in voters:
            NeedVote.objects.create(need=need, membership=voter)
    rows = proposals(first, (), NOW)
    assert [(row.title, row.why) for row in rows] == [
        ("An opening", "5 people need it"),
        ("Prices", "1 person needs it"),
    ]
    assert [row.title for row in proposals(first, {"Prices"}, NOW)] == ["An opening"]
    Cohort.objects.update(parts=[])
    first.cohort.refresh_from_db()
    assert proposals(first, (), NOW) == []


def test_the_survey_proposes_where_the_group_is_low_and_what_most_chose(
    first: Session, people: list[Membership]
) -> None:
    survey(first.cohort, people, {"sure": 2, "stops": ["price"], "secret": 1})
    rows = found(first)
    assert rows["How sure are you about prices?"].why == "Survey: 2.0 on average, of 5 people"
    assert rows["Our prices"].why == "Survey: chosen by 5 of 5 people"
    # What was said in confidence is no item that everybody reads.
    assert len(rows) == 2
    SurveyAnswer.objects.first().delete()  # type: ignore[union-attr]
    assert found(first) == {}


@pytest.mark.parametrize("sure", [3, 5])
def test_a_group_that_is_sure_needs_no_more_of_it(first: Session, people: list[Membership], sure: int) -> None:
    survey(first.cohort, people, {"sure": sure})
    assert found(first) == {}


def test_topics_that_the_group_forgot_are_weakest_first(
    first: Session, people: list[Membership], frida: Membership
) -> None:
    prices, terms = (
        content(frida, title=title, questions=1, topic=Topic.objects.create(name=name))
        for title, name in (("Part one", "Prices"), ("Part two", "Terms"))
    )
    elsewhere = content(frida, title="Elsewhere", questions=1)
    for of in (prices, terms):
        factories.attach(first, of)
    for of, days in ((prices, 200), (terms, 400), (elsewhere, 400)):
        for member in people:
            memory(member, RecallItem.objects.get(content=of), NOW - timedelta(days=days), stability=2)
    rows = found(first)
    assert list(rows) == ["Once more: Terms", "Once more: Prices"]
    assert "% is still remembered" in rows["Once more: Prices"].why
    # Four people would be told of as single ones, and what was met yesterday is known.
    Memory.objects.filter(membership=people[0], item__content=terms).delete()
    Memory.objects.filter(item__content=prices).update(last_review_at=NOW - timedelta(hours=1))
    assert found(first) == {}


def test_who_has_left_is_not_counted(first: Session, people: list[Membership], frida: Membership) -> None:
    article = content(frida, title="Part one", questions=1)
    factories.attach(first, article)
    for member in people:
        memory(member, RecallItem.objects.get(), NOW - timedelta(days=300), stability=2)
    assert list(found(first)) == ["Once more: Part one"]
    first.cohort.seats.filter(membership=people[0]).update(state="released")
    assert found(first) == {}


def test_a_proposal_becomes_a_flexible_item_and_is_not_proposed_twice(
    first: Session, people: list[Membership], frida: Membership, sign_in: SignIn
) -> None:
    survey(first.cohort, people, {"sure": 1})
    client, where = sign_in(frida), (first.cohort.public_id, first.public_id)
    page = client.get(address("session_agenda", *where)).content.decode()
    assert "What could fill the flexible part" in page
    assert page.count("How sure are you about prices?") >= 2
    added = {"title": "How sure are you about prices?", "minutes": "15", "is_flexible": "on"}
    assert client.post(address("agenda_item_add", *where), added).status_code == 303
    item = AgendaItem.objects.get(title="How sure are you about prices?")
    assert (item.is_flexible, item.minutes) == (True, 15)
    assert "What could fill the flexible part" not in client.get(address("session_agenda", *where)).content.decode()
