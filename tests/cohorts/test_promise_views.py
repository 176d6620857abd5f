"""Pages about the promise and the way in: who gets where, wrong input, and what is off is not there."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from cohorts.models import Application, Cohort, Expert, Graduation, Nomination, Program, ProgramGoal, Seat, Subject
from cohorts.models import Testimonial as Words
from cohorts.services.entrance import ExpertDetails, add_expert
from cohorts.services.expectations import keep_version
from cohorts.services.nominations import nominate
from cohorts.services.programs import edit_program
from partners.models import Partner
from partners.queries.people import partner_user_of
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts import factories
from tests.factories import NOW
from tests.partners.factories import GroupFactory, partner_user
from tests.prm.uploads import picture, upload

type SignIn = Callable[[Membership], Client]
KEPT = "Kept: 100 % <b>of</b> it"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW) as traveller:
        yield traveller


@pytest.fixture
def studio(frida: Membership, sign_in: SignIn) -> Client:
    return sign_in(frida)


@pytest.fixture
def partner(lena: Membership, sign_in: SignIn) -> Client:
    return sign_in(lena)


def refused(client: Client, where: str, data: dict[str, Any]) -> Any:
    answer = client.post(where, data)
    assert answer.status_code == 422
    return answer


# ── Programs ────────────────────────────────────────────────────────────────────────────────────────────────────────


def words(**fields: Any) -> dict[str, Any]:
    return {"title": "Launch together", "promise": KEPT, "weekly_minutes": 90, "nominations_each": 2, **fields}


def test_a_program_begins_with_a_shape(in_acme: object, studio: Client) -> None:
    shapes = studio.get(address("program_create"))
    assert "New-partner start" in shapes.text
    assert f"{address('program_create')}?shape=region" in shapes.text
    form = studio.get(f"{address('program_create')}?shape=region")
    assert "You have met five companies in the new region" in form.text
    made = studio.post(address("program_create"), words(shape="region", plan="1"))
    program = Program.objects.get()
    assert (made.status_code, program.shape, program.promise) == (303, "region", KEPT)
    assert made["Location"] == f"{address('cohort_create')}?program={program.public_id}"
    assert Subject.objects.filter(program=program).count() == 4
    planned = studio.get(made["Location"])
    assert planned.context["form"].initial["count"] == 4


def test_a_shape_that_nobody_knows_is_the_small_one(in_acme: object, studio: Client) -> None:
    assert studio.get(f"{address('program_create')}?shape=nonsense").status_code == 200
    studio.post(address("program_create"), words(shape="nonsense"))
    assert Program.objects.get().shape == "small"


def test_a_refused_program_keeps_what_was_typed(winter: Cohort, studio: Client) -> None:
    answer = refused(studio, address("program_create"), words(shape="skill", title=winter.program.title))
    assert "Kept: 100 % &lt;b&gt;of&lt;/b&gt; it" in answer.text
    assert 'value="skill"' in answer.text
    assert Program.objects.count() == 1


def test_the_overview_says_what_is_missing(winter: Cohort, studio: Client) -> None:
    page = studio.get(address("program_detail", winter.program.public_id))
    assert "Ask newcomers and former participants" in page.text
    assert winter.program.promise in page.text
    assert "Winter 2026" in page.text
    # Goals are a part: off, there is no word of them, and their pages are not there.
    assert "Set a goal" not in page.text
    assert studio.get(address("program_goal_create", winter.program.public_id)).status_code == 404


def test_goals_are_there_once_they_are_switched_on(winter: Cohort, studio: Client) -> None:
    where = address("program_parts", winter.program.public_id)
    assert "The program counts towards numbers by a day" in studio.get(where).text
    assert studio.post(where, {"parts": ["goals"], "revision": 1}).status_code == 303
    create = address("program_goal_create", winter.program.public_id)
    answer = refused(studio, create, {"kind": "certified", "target": 20, "due_on": "2027-05-01"})
    assert answer.context["form"].errors["product"]
    assert studio.post(create, {"kind": "graduates", "target": 20, "due_on": "2027-05-01"}).status_code == 303
    assert "0 / 20" in studio.get(address("program_detail", winter.program.public_id)).text
    goal = ProgramGoal.objects.get()
    assert studio.post(address("program_goal_remove", winter.program.public_id, goal.public_id)).status_code == 303
    assert not ProgramGoal.objects.exists()


def test_a_cohort_switches_its_own_parts(winter: Cohort, studio: Client) -> None:
    where = address("cohort_parts", winter.public_id)
    refused(studio, where, {"parts": ["nonsense"], "revision": 1})
    # Goals are the program's alone.
    assert "Measurable goals" not in studio.get(where).text
    refused(studio, where, {"parts": ["goals"], "revision": 1})
    assert studio.post(where, {"parts": ["needs"], "revision": 1}).status_code == 303
    winter.refresh_from_db()
    winter.program.refresh_from_db()
    assert (winter.parts, winter.program.parts) == (["needs"], [])


def test_a_session_of_the_syllabus(winter: Cohort, studio: Client) -> None:
    where = address("subject_create", winter.program.public_id)
    typed = {"title": KEPT, "day_offset": 3, "minutes": 60, "agenda": "10 In pairs\nno minutes"}
    answer = refused(studio, where, typed)
    assert "“no minutes” has no minutes" in answer.text
    assert "10 In pairs" in answer.text
    assert studio.post(where, {**typed, "agenda": "10 In pairs"}).status_code == 303
    subject = Subject.objects.get()
    assert subject.agenda[0]["minutes"] == 10
    edit = address("subject_edit", winter.program.public_id, subject.public_id)
    assert "10 In pairs" in studio.get(edit).text
    assert studio.post(edit, {**typed, "agenda": "", "revision": 1}).status_code == 303
    assert studio.post(address("subject_remove", winter.program.public_id, subject.public_id)).status_code == 303
    assert not Subject.objects.exists()


def test_whom_it_is_for_is_said_and_read(winter: Cohort, studio: Client, partner: Client) -> None:
    group = GroupFactory.create(name="Cloud Resellers")
    where = address("program_prerequisites", winter.program.public_id)
    refused(studio, where, {"groups": [999999]})
    assert studio.post(where, {"groups": [group.pk]}).status_code == 303
    page = partner.get(address("cohort_invitation", winter.public_id))
    assert "Partners of Cloud Resellers" in page.text
    assert "your company is not among them" in page.text
    # The reason is told, the way in stays open.
    assert address("application_create", winter.public_id) in page.text
    assert "Winter 2026" not in partner.get(address("my_cohorts")).text


# ── The invitation page ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_says_apply_and_never_register(winter: Cohort, client: Client, frida: Membership) -> None:
    Program.objects.filter(pk=winter.program_id).update(pain="Everybody asks for a discount.")
    add_expert(
        actor=Actor.of(frida), program=winter.program, details=ExpertDetails("Marta Lindqvist", bio=KEPT), now=NOW
    )
    page = client.get(address("cohort_invitation", winter.public_id))
    for text in (
        "What you will have built",
        "Everybody asks for a discount.",
        "This is work",
        "Marta Lindqvist",
        "Apply",
    ):
        assert text in page.text
    assert "Kept: 100 % &lt;b&gt;of&lt;/b&gt; it" in page.text
    assert "Register" not in page.text


def test_a_nominee_reads_by_whom(
    winter: Cohort, lena: Membership, frida: Membership, partner: Client, nordwind: Partner
) -> None:
    nominate(
        actor=Actor.of(frida), nominator=frida, cohort=winter, email=lena.person.email, note="You ask well.", now=NOW
    )
    page = partner.get(address("cohort_invitation", winter.public_id))
    assert "You have been nominated by Frida Sand" in page.text
    assert "You ask well." in page.text


def test_a_photo_is_shown_where_the_page_is(winter: Cohort, studio: Client, client: Client) -> None:
    where = address("expert_create", winter.program.public_id)
    refused(studio, where, {"name": ""})
    assert studio.post(where, {"name": "Marta", "photo": upload("face.png", picture(), "image/png")}).status_code == 303
    expert = Expert.objects.get()
    photo = address("expert_photo", winter.program.public_id, expert.public_id)
    assert client.get(photo)["Content-Type"].startswith("image/")
    assert photo in client.get(address("cohort_invitation", winter.public_id)).text
    Cohort.objects.update(state="draft")
    assert client.get(photo).status_code == 404
    assert studio.get(photo).status_code == 200
    edit = address("expert_edit", winter.program.public_id, expert.public_id)
    assert studio.post(edit, {"name": "Marta", "is_photo_removed": "on", "revision": 1}).status_code == 303
    assert studio.get(photo).status_code == 404
    assert studio.post(address("expert_remove", winter.program.public_id, expert.public_id)).status_code == 303


# ── Expectations ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_applying_is_about_the_words_that_were_read(
    winter: Cohort, lena: Membership, nordwind: Partner, frida: Membership, partner: Client
) -> None:
    keep_version(program=winter.program, now=NOW)
    where = address("application_create", winter.public_id)
    assert 'name="read" value="1"' in partner.get(where).text
    edit_program(
        actor=Actor.of(frida), program=winter.program, revision=1, changes={"misses": "The seat goes."}, now=NOW
    )
    answers = {"why": KEPT, "project": "Harz.", "experience": "some", "agrees": "on"}
    answer = refused(partner, where, {**answers, "read": "1"})
    assert "read it once more" in answer.text
    assert "The seat goes." in answer.text
    assert 'name="read" value="2"' in answer.text
    assert partner.post(where, {**answers, "read": "2"}).status_code == 303
    assert Application.objects.get().agreed_to.number == 2  # type: ignore[union-attr]


def test_other_words_are_agreed_to_at_home(
    winter: Cohort, lena: Membership, nordwind: Partner, frida: Membership, partner: Client
) -> None:
    application = factories.application(
        winter, lena, "decided", agreed_to=keep_version(program=winter.program, now=NOW)
    )
    factories.seat(winter, lena, application=application)
    home = address("cohort_home", winter.public_id)
    assert "What we agreed on has changed" not in partner.get(home).text
    edit_program(actor=Actor.of(frida), program=winter.program, revision=1, changes={"weekly_minutes": 240}, now=NOW)
    page = partner.get(home)
    assert "What we agreed on has changed" in page.text
    assert "about 240 minutes" in page.text
    agree = address("expectations_agree", winter.public_id)
    for wrong in ("1", "x", "99999999999", ""):
        partner.post(agree, {"number": wrong})
        assert Application.objects.get().agreed_to.number == 1  # type: ignore[union-attr]
    assert partner.post(agree, {"number": "2"}).status_code == 303
    assert "What we agreed on has changed" not in partner.get(home).text


# ── Nominating ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_lead_nominates_from_the_list_and_by_address(winter: Cohort, nordwind: Partner, partner: Client) -> None:
    mia = factories.applicant("Mia Roth", nordwind)
    where = address("colleague_nominate", winter.public_id)
    assert "3 nominations left" in partner.get(where).text
    assert partner.post(where, {"colleague": mia.public_id}).status_code == 303
    answer = refused(partner, where, {"email": "x@elsewhere.example", "note": KEPT})
    assert "Nominate a colleague with an address at nordwind.example" in answer.text
    assert "Kept: 100 % &lt;b&gt;of&lt;/b&gt; it" in answer.text
    refused(partner, where, {"colleague": "nobody"})
    assert [str(row) for row in Nomination.objects.all()] == ["Mia Roth"]


def test_a_member_without_certificate_reads_why_not(
    winter: Cohort, paul: Membership, kestrel: Partner, sign_in: SignIn
) -> None:
    client = sign_in(paul)
    where = address("colleague_nominate", winter.public_id)
    assert "people who have graduated can nominate" in client.get(where).text
    refused(client, where, {"email": "ann@kestrel.example"})
    assert not Nomination.objects.exists()


def test_passing_on_takes_one_click_for_the_nominee_alone(
    winter: Cohort, lena: Membership, frida: Membership, nordwind: Partner, partner: Client, client: Client
) -> None:
    # A colleague is one wherever the address is.
    mia = partner_user(nordwind, "mia@elsewhere.example", "Mia Roth").membership
    nomination = nominate(actor=Actor.of(frida), nominator=frida, cohort=winter, email=lena.person.email, now=NOW)
    where = address("nomination_answer", nomination.token)
    # Whoever holds the link without being signed in reads no names of colleagues.
    assert "Mia Roth" not in client.get(where).text
    assert client.post(where, {"colleague": mia.public_id}).status_code == 422
    assert "Mia Roth" in partner.get(where).text
    assert partner.post(where, {"colleague": mia.public_id}).status_code == 303
    states = dict(Nomination.objects.values_list("email", "state"))
    assert states == {lena.person.email: "passed_on", mia.person.email: "open"}


def test_staff_nominate_several_and_read_what_became_of_each(
    winter: Cohort, lena: Membership, nordwind: Partner, studio: Client
) -> None:
    where = address("nomination_many", winter.public_id)
    refused(studio, where, {"emails": "nobody here"})
    answer = studio.post(where, {"emails": f"Lena <{lena.person.email}>; x@nowhere.example", "note": KEPT})
    assert answer.status_code == 200
    assert "Lena Brandt" in answer.text
    assert "choose the partner" in answer.text
    assert Nomination.objects.get().note == KEPT


def test_the_finder_nominates_those_ticked(
    winter: Cohort, lena: Membership, paul: Membership, nordwind: Partner, studio: Client
) -> None:
    where = address("nominee_finder", winter.public_id)
    page = studio.get(where)
    assert "Lena Brandt" in page.text
    assert "Nobody of the company has done it yet" in page.text
    assert "Tick at least one person" in refused(studio, where, {"note": KEPT}).text
    done = studio.post(where, {"person": [lena.public_id]})
    assert "1 person gets a mail." in done.text
    assert [str(row) for row in Nomination.objects.all()] == ["Lena Brandt"]
    assert [row.name for row in done.context["rows"]] == ["Paul Ortega"]


# ── Being named, and words for others ───────────────────────────────────────────────────────────────────────────────


def test_a_participant_is_named_by_consent(
    winter: Cohort, lena: Membership, nordwind: Partner, partner: Client, client: Client
) -> None:
    factories.seat(winter, lena)
    page = address("cohort_invitation", winter.public_id)
    assert "Lena Brandt" not in client.get(page).text
    assert partner.post(address("seat_show", winter.public_id), {"shown": "yes"}).status_code == 303
    assert "Lena Brandt" in client.get(page).text
    partner.post(address("seat_show", winter.public_id), {"shown": "no"})
    assert Seat.objects.get().shown_at is None


def test_a_graduate_writes_and_staff_put_away(
    winter: Cohort, lena: Membership, nordwind: Partner, partner: Client, studio: Client, client: Client
) -> None:
    done = factories.cohort("finished", title="Autumn 2026", program=winter.program)
    where = address("testimonial_write", done.public_id)
    assert partner.get(where).status_code == 404
    user = partner_user_of(lena)
    Graduation.objects.create(
        cohort=done,
        membership=lena,
        partner=user.partner if user else None,
        name="Lena",
        program_title="X",
        graduated_at=NOW - timedelta(days=1),
    )
    refused(partner, where, {"words": "", "agrees": "on"})
    assert partner.post(where, {"words": KEPT, "agrees": "on"}).status_code == 303
    page = address("cohort_invitation", winter.public_id)
    assert "Kept: 100 % &lt;b&gt;of&lt;/b&gt; it" in client.get(page).text
    hide = address("testimonial_hide", winter.program.public_id, Words.objects.get().public_id)
    assert studio.post(hide).status_code == 303
    assert "Kept: 100 %" not in client.get(page).text
    assert partner.get(where).context["form"].initial["words"] == KEPT


def test_a_stranger_finds_nothing(winter: Cohort, charlie: Membership, sign_in: SignIn, acme: Organization) -> None:
    client = sign_in(charlie)
    with scope(acme):
        program = winter.program.public_id
        pages = [
            address("program_detail", program),
            address("program_parts", program),
            address("nominee_finder", winter.public_id),
            address("colleague_nominate", winter.public_id),
        ]
    assert {client.get(page).status_code for page in pages} == {404}
