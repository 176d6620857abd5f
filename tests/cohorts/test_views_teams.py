"""Pages of teams: named, answered, decided, confirmed in the browser; what is wrong keeps what was typed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cohorts.models import Cohort, Seat, Team, TeamMember, TeamPlan
from cohorts.services.seats import confirm_seat, give_seat_back
from partners.models import Partner
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts import factories
from tests.cohorts.teams import applied, for_teams, named, team
from tests.costs import frame_of, queries_of
from tests.partners.factories import PartnerFactory

type SignIn = Callable[[Membership], Client]


@pytest.fixture
def mia(nordwind: Partner) -> Membership:
    return factories.applicant("Mia Nord", nordwind)


@pytest.fixture
def teams(winter: Cohort) -> Cohort:
    return for_teams(winter, ("Sales", 1), ("Technical", 1), largest=3)


def _at(acme: Organization, name: str, *ids: str) -> str:
    return address(name, *ids, organization=acme)


def _text(answer: Any) -> str:
    return str(answer.content.decode())


def test_from_naming_to_the_home_of_the_cohort(
    acme: Organization, teams: Cohort, lena: Membership, mia: Membership, frida: Membership, sign_in: SignIn
) -> None:
    key = teams.public_id
    client = sign_in(lena)
    page = _text(client.get(_at(acme, "cohort_invitation", key)))
    assert "for teams of 2 to 3" in page
    assert "Sales, Technical" in page
    assert "Name colleagues" in _text(client.get(_at(acme, "application_create", key)))
    assert client.post(_at(acme, "team_begin", key)).status_code == 303
    where = _at(acme, "team_detail", key)
    wrong = client.post(where, {"email": "x@elsewhere.example", "name": "Xaver", "function": "King"})
    assert wrong.status_code == 422
    assert "Xaver" in _text(wrong)
    wrong = client.post(where, {"email": "x@elsewhere.example", "name": "Xaver"})
    assert (wrong.status_code, "nordwind.example" in _text(wrong)) == (422, True)
    answers = {"why": "Because.", "project": "A customer.", "experience": "new", "agrees": "on"}
    alone = client.post(_at(acme, "application_create", key), answers)
    assert (alone.status_code, "name a colleague first" in _text(alone)) == (422, True)
    assert client.post(where, {"colleague": mia.public_id}).status_code == 303
    assert "Named, not asked yet" in _text(client.get(where))
    assert client.post(_at(acme, "application_create", key), answers).status_code == 303

    colleague = sign_in(mia)
    assert where in _text(colleague.get(_at(acme, "my_cohorts")))
    assert colleague.get(_at(acme, "application_create", key)).headers["Location"] == where
    asked = _text(colleague.get(where))
    assert "Lena" in asked
    assert "I come along" in asked
    assert "Take off" not in asked
    assert colleague.post(_at(acme, "team_answer", key), {"comes": "yes"}).status_code == 303
    with scope(acme):
        person = TeamMember.objects.get(membership=mia)
    assert person.state == "willing"
    function = _at(acme, "teammate_function", key, person.public_id)
    assert colleague.post(function, {"function": "Technical"}).status_code == 303
    assert colleague.post(function, {"function": "King"}).status_code == 303
    with scope(acme):
        assert TeamMember.objects.get(membership=mia).function == "Technical"
        Cohort.objects.filter(pk=teams.pk).update(state="selecting")

    staff = sign_in(frida)
    board = _text(staff.get(_at(acme, "application_list", key)))
    assert "2 people" in board
    assert "Sales still missing" in board
    with scope(acme):
        application = Team.objects.get().application
    assert application is not None
    decide = _at(acme, "application_decide", key, application.public_id)
    assert "Mia Nord" in _text(staff.get(decide))
    assert staff.post(decide, {"kind": "accept", "wording": "Welcome."}).status_code == 303
    assert staff.post(_at(acme, "decision_release", key)).status_code == 303

    confirm = _at(acme, "seat_confirm", key)
    assert client.post(confirm).status_code == 303
    said = _text(client.get(_at(acme, "application_detail", key)))
    assert "as soon as a second of you has" in said
    assert "Confirm my seat" not in said
    assert "said yes, waits for a second" in _text(staff.get(_at(acme, "participant_list", key)))
    assert "Confirm my seat" in _text(colleague.get(_at(acme, "cohort_home", key)))
    assert colleague.post(confirm).headers["Location"] == _at(acme, "cohort_home", key)
    home = _text(client.get(_at(acme, "cohort_home", key)))
    assert "Your team" in home
    assert "Mia Nord" in home
    assert "Sales still missing" in home
    overview = _text(staff.get(_at(acme, "cohort_detail", key)))
    assert "1 of 12 seats held by teams" in overview


def test_saying_no(acme: Organization, teams: Cohort, lena: Membership, mia: Membership, sign_in: SignIn) -> None:
    with scope(acme):
        applied(teams, lena, mia)
    client = sign_in(mia)
    assert client.post(_at(acme, "team_answer", teams.public_id), {"comes": "no"}).status_code == 303
    assert client.get(_at(acme, "team_detail", teams.public_id)).status_code == 404
    with scope(acme):
        assert TeamMember.objects.get(membership=mia).state == "left"


def test_a_team_is_its_own_business(
    acme: Organization, teams: Cohort, lena: Membership, mia: Membership, paul: Membership, sign_in: SignIn
) -> None:
    with scope(acme):
        mine = applied(teams, lena, mia)
        person, lead = mine.members.get(membership=mia), mine.members.get(membership=lena)
    key, other, asked = teams.public_id, sign_in(paul), sign_in(mia)
    assert other.get(_at(acme, "team_detail", key)).status_code == 404
    assert other.post(_at(acme, "teammate_remove", key, person.public_id)).status_code == 404
    # Who is only asked answers first, and nobody takes themselves off by the list.
    assert asked.post(_at(acme, "teammate_remove", key, lead.public_id)).status_code == 404
    assert asked.post(_at(acme, "team_detail", key), {"email": "n@nordwind.example"}).status_code == 200
    assert sign_in(lena).post(_at(acme, "teammate_remove", key, lead.public_id)).status_code == 404
    with scope(acme):
        assert set(mine.members.values_list("state", flat=True)) == {"willing", "asked"}


def test_staff_invite_a_team_by_a_page_that_keeps_what_was_typed(
    acme: Organization,
    teams: Cohort,
    lena: Membership,
    mia: Membership,
    paul: Membership,
    frida: Membership,
    sign_in: SignIn,
) -> None:
    client, where = sign_in(frida), _at(acme, "team_invite", teams.public_id)
    typed = {"partner": "Nowhere Ltd", "email1": lena.person.email, "email3": mia.person.email, "note": "Both, please"}
    wrong = client.post(where, typed)
    assert set(wrong.context["form"].errors) == {"partner", "email2"}
    assert "Both, please" in _text(wrong)
    wrong = client.post(where, {"partner": "Nordwind", "email1": lena.person.email, "email2": paul.person.email})
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (422, {"email2"})
    good = {"partner": "Nordwind", "email1": lena.person.email, "email2": mia.person.email, "function2": "Technical"}
    made = client.post(where, good)
    with scope(acme):
        mine = Team.objects.get()
    assert made.headers["Location"] == _at(acme, "team_manage", teams.public_id, mine.public_id)
    page = _text(client.get(made.headers["Location"]))
    assert "Sales still missing" in page
    assert "Give more time" in page
    extend = _at(acme, "team_extend", teams.public_id, mine.public_id)
    assert client.post(extend, {"until": "2026-11-01"}).status_code == 422
    assert client.post(extend, {"until": "2026-12-05"}).status_code == 303
    assert client.post(_at(acme, "team_release", teams.public_id, mine.public_id)).status_code == 303
    with scope(acme):
        assert set(Seat.objects.values_list("state", flat=True)) == {"released"}
    assert client.post(_at(acme, "team_offer", teams.public_id, mine.public_id)).status_code == 303
    with scope(acme):
        assert set(Seat.objects.values_list("state", flat=True)) == {"offered"}


def test_what_a_team_is_is_said_on_a_page(
    acme: Organization, teams: Cohort, frida: Membership, sign_in: SignIn
) -> None:
    client, where = sign_in(frida), _at(acme, "cohort_teams", teams.public_id)
    assert "1 Sales" in _text(client.get(where))
    wrong = client.post(where, {"largest": "2", "functions": "2 Sales\n1 Technical"})
    assert (wrong.status_code, "2 Sales" in _text(wrong)) == (422, True)
    assert client.post(where, {"largest": "4", "functions": "2 Sales\nTechnical\n0 Marketing"}).status_code == 303
    with scope(acme):
        plan = TeamPlan.objects.get(cohort=teams)
    assert [(row["name"], row["wanted"]) for row in plan.functions] == [
        ("Sales", 2),
        ("Technical", 1),
        ("Marketing", 0),
    ]


def test_where_seats_are_for_people_there_are_no_such_pages(
    acme: Organization, winter: Cohort, lena: Membership, frida: Membership, sign_in: SignIn
) -> None:
    staff, person = sign_in(frida), sign_in(lena)
    for name in ("team_list", "cohort_teams", "team_invite"):
        assert staff.get(_at(acme, name, winter.public_id)).status_code == 404
    assert staff.get(_at(acme, "program_teams", winter.program.public_id)).status_code == 404
    assert person.get(_at(acme, "team_detail", winter.public_id)).status_code == 404
    assert person.post(_at(acme, "team_begin", winter.public_id)).status_code == 404
    assert "A seat here is" not in _text(person.get(_at(acme, "application_create", winter.public_id)))


def test_a_team_below_two_is_called_for(
    acme: Organization,
    teams: Cohort,
    nordwind: Partner,
    lena: Membership,
    mia: Membership,
    frida: Membership,
    now: Any,
    sign_in: SignIn,
) -> None:
    with scope(acme):
        team(teams, nordwind, lena, mia, state="held")
        give_seat_back(actor=Actor.of(mia), cohort=teams, membership=mia, now=now)
    client = sign_in(frida)
    assert "1 team has fewer than two people left" in _text(client.get(_at(acme, "cohort_detail", teams.public_id)))
    assert "fewer than two: call or release" in _text(client.get(_at(acme, "team_list", teams.public_id)))
    assert "name a colleague, so that" in _text(sign_in(lena).get(_at(acme, "cohort_home", teams.public_id)))


def test_pages_of_teams_cost_the_same_with_one_team_and_three(
    acme: Organization,
    teams: Cohort,
    nordwind: Partner,
    lena: Membership,
    mia: Membership,
    frida: Membership,
    now: Any,
    sign_in: SignIn,
) -> None:
    with scope(acme):
        mine = applied(teams, lena, mia)
        own = mine.application
        Cohort.objects.filter(pk=teams.pk).update(state="selecting")
    assert own is not None
    staff, person, key = sign_in(frida), sign_in(lena), teams.public_id
    frame, costs = frame_of(staff, acme), []
    for number in range(3):
        with scope(acme):
            partner = PartnerFactory.create(name=f"Company {number}", domain=f"company{number}.example")
            pair = [factories.applicant(f"{name}{number} Nord", partner) for name in ("Ada", "Bo")]
            team(teams, partner, *pair, state="held" if number else "offered")
        studio = {
            name: queries_of(staff, _at(acme, name, key, *more))
            for name, *more in (
                ("application_list",),
                ("application_decide", own.public_id),
                ("participant_list",),
                ("team_list",),
                ("cohort_detail",),
            )
        }
        portal = {
            name: queries_of(person, _at(acme, name, key))
            for name in ("application_create", "application_detail", "team_detail", "cohort_invitation")
        }
        costs.append({**studio, **portal})
    assert costs[1] == costs[2]
    assert {name: cost for name, cost in costs[2].items() if cost > 12} == {}
    assert frame
    with scope(acme):
        Team.objects.filter(pk=mine.pk).update(state="offered", confirm_by=now)
        for who in (lena, mia):
            factories.seat(teams, who, "offered")
            confirm_seat(actor=Actor.of(who), cohort=teams, membership=who, now=now)
    for name in ("cohort_home", "cohort_faces", "my_cohorts"):
        ids = [] if name == "my_cohorts" else [key]
        assert name == "cohort_faces" or queries_of(person, _at(acme, name, *ids)) <= 12


def test_a_colleague_named_by_address_finds_the_team_after_joining_another_way(
    acme: Organization, teams: Cohort, nordwind: Partner, lena: Membership, mia: Membership, now: Any, sign_in: SignIn
) -> None:
    with scope(acme):
        mine = applied(teams, lena, mia)
        named(mine, lena, "noah@nordwind.example", now=now)
        noah = factories.applicant("Noah Nord", nordwind)
    client = sign_in(noah)
    assert "I come along" in _text(client.get(_at(acme, "team_detail", teams.public_id)))
    client.post(_at(acme, "team_answer", teams.public_id), {"comes": "yes"})
    with scope(acme):
        assert TeamMember.objects.get(email="noah@nordwind.example").membership_id == noah.pk
