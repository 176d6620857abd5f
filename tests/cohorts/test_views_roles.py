"""What each role sees of cohorts and what it is refused. Charlie owns another organization with the same titles."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cohorts.models import Application, Cohort, Graduation, Homework, Nomination, Session, Submission
from cohorts.services.homework import submit_homework
from cohorts.services.nominations import nominate
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts import factories
from tests.factories import NOW, member, staff
from tests.partners.factories import PartnerFactory, partner_user

type SignIn = Callable[[Membership], Client]
MARK = "Umbrella’s secret"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW) as traveller:
        yield traveller


@dataclass
class House:
    """A running cohort in which Lena takes part, an open one that Paul applied for, and a draft."""

    acme: Organization
    running: Cohort
    open: Cohort
    draft: Cohort
    session: Session
    task: Homework
    handed_in: Submission
    application: Application
    graduation: Graduation

    def url(self, name: str, *args: object) -> str:
        return address(name, *args, organization=self.acme)


@pytest.fixture
def house(acme: Organization, frida: Membership, lena: Membership, paul: Membership) -> House:
    with scope(acme):
        for name, who in (("Nordwind", lena), ("Kestrel", paul)):
            partner_user(PartnerFactory.create(name=name, domain=f"{name.lower()}.example"), membership=who)
        running = factories.cohort("running", facilitator=frida, title="Autumn 2026", sessions=0)
        session = factories.session(running, 1, (NOW - timedelta(days=7)).date())
        task = factories.homework(running, session=session)
        factories.application(running, lena, "decided")
        factories.seat(running, lena)
        upload = SimpleUploadedFile("plan.txt", b"My plan.", "text/plain")
        return House(
            acme=acme,
            running=running,
            open=(opened := factories.cohort("open", facilitator=frida, title="Winter 2026")),
            draft=factories.cohort("draft", facilitator=frida, title="Spring 2027"),
            session=session,
            task=task,
            handed_in=submit_homework(
                actor=Actor.of(lena), homework=task, membership=lena, text="Lena's plan", upload=upload, now=NOW
            ),
            application=factories.application(opened, paul, why="Paul's reason"),
            graduation=_graduation(running, lena),
        )


def _graduation(cohort: Cohort, who: Membership) -> Graduation:
    made: Graduation = Graduation.objects.create(
        cohort=cohort, membership=who, name="Lena Brandt", program_title="First three deals", graduated_at=NOW
    )
    return made


@pytest.fixture
def umbrellas(umbrella: Organization, charlie: Membership) -> Cohort:
    with scope(umbrella):
        cohort = factories.cohort("open", facilitator=charlie, title="Winter 2026")
        person = member(umbrella, "nora@umbra.example", MARK)
        factories.application(cohort, person, why=MARK)
        factories.session(cohort, 9, title=MARK)
        factories.homework(cohort, title=MARK)
        return cohort


def studio_pages(house: House) -> list[str]:
    inside = ("cohort_detail", "application_list", "participant_list", "cohort_session_list", "homework_list")
    return [
        house.url("cohort_list"),
        house.url("program_list"),
        *(house.url(name, house.running.public_id) for name in inside),
        house.url("homework_detail", house.running.public_id, house.task.public_id),
        house.url("submission_detail", house.running.public_id, house.handed_in.public_id),
    ]


def test_colleagues_read_cohorts_and_some_run_them(
    house: House, umbrellas: Cohort, alice: Membership, bob: Membership, frida: Membership, sign_in: SignIn
) -> None:
    analyst = staff(house.acme, "ann@acme.example", "Ann Ives", "analyst")
    edit = house.url("cohort_edit", house.running.public_id)
    move = house.url("cohort_move", house.running.public_id, "graduate")
    for who in (alice, bob, frida):
        client = sign_in(who)
        assert "Plan a cohort" in client.get(house.url("cohort_list")).content.decode()
        assert client.get(edit).status_code == 200
        assert edit in client.get(house.url("cohort_detail", house.running.public_id)).content.decode()
    reader = sign_in(analyst)
    for url in studio_pages(house):
        answer = reader.get(url)
        assert answer.status_code == 200, url
        assert MARK not in answer.content.decode()
    assert "Plan a cohort" not in reader.get(house.url("cohort_list")).content.decode()
    assert edit not in reader.get(house.url("cohort_detail", house.running.public_id)).content.decode()
    assert reader.get(edit).status_code == reader.post(move).status_code == 403
    with scope(house.acme):
        house.running.refresh_from_db()
    assert house.running.state == "running"


def test_a_stranger_finds_nothing_and_sees_only_what_is_theirs(
    house: House, umbrella: Organization, umbrellas: Cohort, charlie: Membership, sign_in: SignIn
) -> None:
    client = sign_in(charlie)
    for url in studio_pages(house):
        assert client.get(url).status_code == 404, url
    own = client.get(address("application_list", umbrellas.public_id, organization=umbrella)).content.decode()
    assert MARK in own
    assert "Paul Ortega" not in own
    for name, *ids in (
        ("cohort_detail", house.open),
        ("application_decide", house.open, house.application),
        ("application_decide", umbrellas, house.application),
        ("session_edit", umbrellas, house.session),
        ("homework_edit", umbrellas, house.task),
        ("submission_file", umbrellas, house.handed_in),
    ):
        url = address(name, *(row.public_id for row in ids), organization=umbrella)
        assert client.get(url).status_code == 404, name


def test_partners_people_stay_out_of_the_studio(house: House, lena: Membership, sign_in: SignIn) -> None:
    client = sign_in(lena)
    assert {client.get(url).status_code for url in studio_pages(house)} == {403}
    assert Client().get(house.url("cohort_list")).status_code == 302


def test_a_thing_belongs_to_the_cohort_that_the_address_names(house: House, frida: Membership, sign_in: SignIn) -> None:
    client, wrong = sign_in(frida), house.open.public_id
    for name, row in (
        ("session_edit", house.session),
        ("session_attendance", house.session),
        ("recap_edit", house.session),
        ("homework_detail", house.task),
        ("submission_detail", house.handed_in),
        ("graduation_revoke", house.graduation),
    ):
        assert client.get(house.url(name, house.running.public_id, row.public_id)).status_code == 200, name
        assert client.get(house.url(name, wrong, row.public_id)).status_code == 404, name


def portal_pages(house: House) -> list[str]:
    cohort = house.running.public_id
    return [
        house.url("cohort_home", cohort),
        house.url("application_detail", cohort),
        house.url("session_detail", cohort, house.session.public_id),
        house.url("session_calendar", cohort, house.session.public_id),
        house.url("homework_answer", cohort, house.task.public_id),
        house.url("homework_file", cohort, house.handed_in.public_id),
    ]


def test_a_participant_sees_the_cohort_and_another_partners_person_does_not(
    house: House, lena: Membership, paul: Membership, frida: Membership, charlie: Membership, sign_in: SignIn
) -> None:
    participant, other, colleague = sign_in(lena), sign_in(paul), sign_in(frida)
    for url in portal_pages(house):
        assert participant.get(url).status_code == 200, url
        refused = other.get(url)
        assert refused.status_code == 404, url
        assert b"Lena" not in refused.content
        assert colleague.get(url).status_code == 403, url
        assert sign_in(charlie).get(url).status_code == 404, url
        assert Client().get(url).status_code == 302, url
    comment = house.url("homework_comment", house.running.public_id, house.handed_in.public_id)
    assert other.post(comment, {"body": "Mine now."}).status_code == 404
    mine = other.get(house.url("application_detail", house.open.public_id)).content.decode()
    assert "Paul&#x27;s reason" in mine
    assert participant.get(house.url("application_detail", house.open.public_id)).status_code == 404


def test_the_list_of_the_portal_is_ones_own(house: House, lena: Membership, paul: Membership, sign_in: SignIn) -> None:
    mine = sign_in(lena).get(house.url("my_cohorts")).context["mine"]
    assert [row.title for row in mine.inside] == ["Autumn 2026"]
    assert [row.title for row in mine.open] == ["Winter 2026"]
    theirs = sign_in(paul).get(house.url("my_cohorts")).context["mine"]
    assert [row.title for row in theirs.waiting] == ["Winter 2026"]
    assert [*theirs.inside, *theirs.open, *theirs.past] == []


def test_a_draft_is_for_colleagues_only(house: House, frida: Membership, lena: Membership, sign_in: SignIn) -> None:
    url = house.url("cohort_invitation", house.draft.public_id)
    assert sign_in(frida).get(url).status_code == 200
    assert sign_in(lena).get(url).status_code == Client().get(url).status_code == 404
    assert Client().get(house.url("cohort_invitation", house.open.public_id)).status_code == 200


def test_files_are_for_the_author_and_for_colleagues(house: House, frida: Membership, sign_in: SignIn) -> None:
    answer: Any = sign_in(frida).get(house.url("submission_file", house.running.public_id, house.handed_in.public_id))
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    with scope(house.acme):
        wordless = Submission.objects.create(
            homework=house.task, membership=house.handed_in.membership, version=2, text="More.", submitted_at=NOW
        )
    without = house.url("submission_file", house.running.public_id, wordless.public_id)
    assert sign_in(frida).get(without).status_code == 404


@pytest.mark.parametrize("name", ["certificate_detail", "badge_detail"])
def test_anybody_verifies_a_certificate_by_its_link(
    house: House, lena: Membership, umbrella: Organization, sign_in: SignIn, name: str
) -> None:
    url = house.url(name, house.graduation.token)
    for client in (Client(), sign_in(lena)):
        page = client.get(url)
        assert page["X-Robots-Tag"] == "noindex, nofollow"
        assert "Valid" in page.content.decode()
        assert "Lena Brandt" in page.content.decode()
    assert Client().get(house.url(name, "x" * 32)).status_code == 404
    assert Client().get(address(name, house.graduation.token, organization=umbrella)).status_code == 404
    with scope(house.acme):
        Graduation.objects.update(revoked_at=NOW, revoked_reason="Copied")
    revoked = Client().get(url).content.decode()
    assert "revoked" in revoked.lower()
    assert "Copied" not in revoked


def test_a_nomination_is_answered_by_whoever_holds_its_link(
    house: House, frida: Membership, lena: Membership, umbrella: Organization, sign_in: SignIn
) -> None:
    with scope(house.acme):
        nomination = nominate(
            actor=Actor.of(frida), nominator=frida, cohort=house.open, email=lena.person.email, now=NOW
        )
    url = house.url("nomination_answer", nomination.token)
    assert "Frida Sand thinks of you for" in Client().get(url).content.decode()
    assert Client().get(house.url("nomination_answer", "nosuchtoken")).status_code == 404
    assert Client().get(address("nomination_answer", nomination.token, organization=umbrella)).status_code == 404
    foreign = Client().post(url, {"email": "somebody@elsewhere.example", "name": "Kept words"})
    assert foreign.status_code == 422
    assert "Kept words" in foreign.content.decode()
    decline = house.url("nomination_decline", nomination.token)
    assert Client().get(decline).status_code == 405
    assert [Client().post(decline).status_code for _twice in range(2)] == [303, 303]
    withdraw = house.url("nomination_withdraw", house.open.public_id, nomination.public_id)
    assert sign_in(lena).post(withdraw).status_code == 403
    assert sign_in(frida).post(withdraw).status_code == 303
    with scope(house.acme):
        assert Nomination.objects.get().state == "declined"
