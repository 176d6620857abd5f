"""Ways in and kinds of seats: invited straight in, mentors, guest stars, observers; what each sees, what counts."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from cohorts.models import Application, Cohort, Recap, Seat, SeatInvitation
from cohorts.queries.people import companions_of
from cohorts.queries.stages import stage_facts
from cohorts.rules import RIGHTS, Answers, submission_problems
from cohorts.services.applications import submit_application
from cohorts.services.graduation import graduate
from cohorts.services.nominations import nominate
from cohorts.services.recaps import save_recap, send_recap
from cohorts.services.seat_invitations import invite_to_seat
from cohorts.services.seats import confirm_seat, give_seat_back
from cohorts.services.selection import draft_decision, release_decisions
from partners.models import AudienceMember
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.addresses import address
from prm.invitations.models import Invitation
from prm.invitations.services import accept
from prm.outbox.models import Message
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts import factories
from tests.cohorts.test_mails import Deliver, to

type SignIn = Callable[[Membership], Client]


@pytest.fixture
def running(winter: Cohort) -> Cohort:
    Cohort.objects.filter(pk=winter.pk).update(state="running")
    winter.refresh_from_db()
    return winter


def _invite(cohort: Cohort, frida: Membership, email: str, now: datetime, role: str = "participant") -> SeatInvitation:
    return invite_to_seat(
        actor=Actor.of(frida), inviter=frida, cohort=cohort, email=email, role=role, note="We need you.", now=now
    )


def _confirm(cohort: Cohort, who: Membership, now: datetime) -> Seat:
    return confirm_seat(actor=Actor.of(who), cohort=cohort, membership=who, now=now)


def test_every_role_has_its_rights_and_only_participants_count() -> None:
    assert set(RIGHTS) == set(Seat.Role.values)
    assert [role for role in RIGHTS if RIGHTS[role].counts] == [Seat.Role.PARTICIPANT]
    assert [role for role in RIGHTS if RIGHTS[role].graduates] == [Seat.Role.PARTICIPANT]
    assert all(rights.sees_homework for rights in RIGHTS.values() if rights.hands_in)


# ── Straight to a seat ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_partners_person_is_offered_a_seat_and_confirms_it_like_everybody(
    winter: Cohort, lena: Membership, frida: Membership, now: datetime, render_outbox: Deliver
) -> None:
    _invite(winter, frida, "LENA@nordwind.example", now)
    seat = Seat.objects.get()
    assert (seat.state, seat.way, seat.role, seat.application_id) == ("offered", "invitation", "participant", None)
    mail = to(render_outbox(now), lena)
    assert "We need you." in mail.body
    assert _confirm(winter, lena, now).state == "confirmed"
    winter.refresh_from_db()
    assert winter.seats_taken == 1


def test_an_outsider_joins_as_a_guest_of_this_cohort_and_sees_nothing_else(
    acme: Organization, winter: Cohort, frida: Membership, now: datetime, sign_in: SignIn
) -> None:
    with scope(acme):
        other = factories.cohort("open", title="Another one")
        _invite(winter, frida, "carla@customer.example", now, "guest_star")
        assert not Seat.objects.exists()
        member = accept(invitation=Invitation.objects.get(), name="Carla Fuentes", now=now)
        assert member.kind == "guest"
        seat = Seat.objects.get()
        assert (seat.state, seat.role, seat.membership_id) == ("offered", "guest_star", member.pk)
        _confirm(winter, member, now)
    guest = sign_in(member)

    def status(name: str, *keys: str) -> int:
        return guest.get(address(name, *keys, organization=acme)).status_code

    assert status("cohort_home", winter.public_id) == 200
    assert status("cohort_home", other.public_id) == 404
    assert status("application_list", winter.public_id) == 403
    page = guest.get(address("my_cohorts", organization=acme)).content.decode()
    assert winter.title in page
    assert other.title not in page


@pytest.mark.parametrize(
    ("email", "role", "code"),
    [
        ("frida@acme.example", "participant", "staff"),
        ("paul@kestrel.example", "participant", "holds"),
        ("carla@customer.example", "participant", "invited"),
        ("lena@nordwind.example", "participant", "full"),
        ("lena@nordwind.example", "mentor", ""),
    ],
)
def test_who_cannot_be_asked_in(
    winter: Cohort,
    lena: Membership,
    paul: Membership,
    frida: Membership,
    now: datetime,
    email: str,
    role: str,
    code: str,
) -> None:
    factories.seat(winter, paul)
    SeatInvitation.objects.create(cohort=winter, email="carla@customer.example", invited_by=frida, created_at=now)
    Cohort.objects.filter(pk=winter.pk).update(capacity=1)
    email = frida.person.email if code == "staff" else email
    if not code:
        _invite(winter, frida, email, now, role)
        assert Seat.objects.get(membership=lena).role == role
        return
    with pytest.raises(Refused) as refusal:
        _invite(winter, frida, email, now, role)
    assert refusal.value.codes == {code}
    assert not Message.objects.exists()


def test_how_people_came_is_kept(
    winter: Cohort, lena: Membership, paul: Membership, frida: Membership, actor: Actor, now: datetime
) -> None:
    nominate(actor=actor, nominator=frida, cohort=winter, email=paul.person.email, now=now)
    good = Answers({"why": "W", "project": "P", "experience": "new"}, agrees=True)
    for who in (lena, paul):
        submit_application(actor=Actor.of(who), cohort=winter, membership=who, answers=good, now=now)
    Cohort.objects.filter(pk=winter.pk).update(state="selecting")
    for row in Application.objects.all():
        draft_decision(actor=actor, decider=frida, application=row, kind="accept", wording="Yes.", now=now)
    release_decisions(actor=actor, cohort=winter, now=now)
    assert dict(Seat.objects.values_list("membership", "way")) == {lena.pk: "application", paul.pk: "nomination"}


# ── What counts ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("role", ["mentor", "guest_star", "observer"])
def test_others_take_no_seat_hand_in_nothing_and_do_not_graduate(
    running: Cohort, lena: Membership, paul: Membership, frida: Membership, actor: Actor, now: datetime, role: str
) -> None:
    Cohort.objects.filter(pk=running.pk).update(capacity=1)
    factories.seat(running, paul)
    _invite(running, frida, lena.person.email, now, role)
    seat = _confirm(running, lena, now)
    assert seat.state == "confirmed"
    running.refresh_from_db()
    assert running.seats_taken == 1
    assert stage_facts(running).confirmed == 1
    assert not Fact.objects.filter(kind="cohorts.seat_confirmed").exists()
    in_audience = AudienceMember.objects.filter(membership=lena).exists()
    assert in_audience == RIGHTS[role].reads_content
    problems = submission_problems(cohort=running, seat=seat, has_content=True)
    assert [problem.code for problem in problems] == ["no_seat"]
    Cohort.objects.filter(pk=running.pk).update(state="graduating")
    running.refresh_from_db()
    with pytest.raises(Refused):
        graduate(actor=actor, cohort=running, membership_ids=[lena.pk], now=now)
    give_seat_back(actor=Actor.of(lena), cohort=running, membership=lena, now=now)
    running.refresh_from_db()
    assert running.seats_taken == 1


def test_a_mentor_who_leaves_frees_no_seat_for_those_who_wait(
    winter: Cohort, lena: Membership, paul: Membership, frida: Membership, now: datetime
) -> None:
    Cohort.objects.filter(pk=winter.pk).update(capacity=1)
    factories.seat(winter, factories.applicant("Nina Nord"))
    factories.seat(winter, paul, "waiting")
    factories.seat(winter, lena, "offered", role="mentor")
    give_seat_back(actor=Actor.of(lena), cohort=winter, membership=lena, now=now)
    assert Seat.objects.get(membership=paul).state == "waiting"


# ── What each sees ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("role", list(Seat.Role.values))
def test_each_role_sees_what_its_rights_say_and_nothing_more(
    acme: Organization, running: Cohort, lena: Membership, paul: Membership, now: datetime, sign_in: SignIn, role: str
) -> None:
    with scope(acme):
        factories.seat(running, paul)
        seat = factories.seat(running, lena)
        Seat.objects.filter(pk=seat.pk).update(role=role)
        first = running.sessions.get(number=1)
        task = factories.homework(running, title="Describe your build", session=first)
        Recap.objects.create(session=first, body="What we did there.", state="sent", sent_at=now, drafted_at=now)
    rights, client = RIGHTS[role], sign_in(lena)
    home = client.get(address("cohort_home", running.public_id, organization=acme)).content.decode()
    page = client.get(address("session_detail", running.public_id, first.public_id, organization=acme))
    homework = client.get(address("homework_answer", running.public_id, task.public_id, organization=acme))
    assert page.status_code == 200
    assert ("Paul Ortega" in home) == rights.sees_people
    assert ("Describe your build" in home) == rights.sees_homework
    assert ("On the way to graduation" in home) == rights.graduates
    assert ("What we did there." in page.content.decode()) == rights.reads_recaps
    assert (homework.status_code == 200) == rights.sees_homework


@pytest.mark.parametrize("role", list(Seat.Role.values))
def test_mails_and_circles_keep_to_the_rights_too(
    running: Cohort, lena: Membership, paul: Membership, actor: Actor, role: str
) -> None:
    factories.seat(running, paul)
    seat = factories.seat(running, lena)
    Seat.objects.filter(pk=seat.pk).update(role=role)
    after = factories.berlin(8, 12)
    recap = save_recap(
        actor=actor, session=running.sessions.get(number=1), revision=0, body="What we did there.", now=after
    )
    send_recap(actor=actor, recap=recap, now=after)
    told = set(Message.objects.filter(kind="cohorts.recap").values_list("recipient_id", flat=True))
    assert told == ({lena.pk, paul.pk} if RIGHTS[role].reads_recaps else {paul.pk})
    close = set(companions_of(lena).values_list("membership", flat=True))
    assert (paul.pk in close) == RIGHTS[role].sees_people


def test_staff_invite_by_a_page_that_keeps_what_was_typed(
    acme: Organization, winter: Cohort, lena: Membership, frida: Membership, sign_in: SignIn
) -> None:
    client, where = sign_in(frida), address("seat_invite", winter.public_id, organization=acme)
    wrong = client.post(where, {"email": "nobody", "role": "king", "note": "Come, please"})
    assert wrong.status_code == 422
    assert set(wrong.context["form"].errors) == {"email", "role"}
    assert "Come, please" in wrong.content.decode()
    assert client.post(where, {"email": lena.person.email, "role": "mentor"}).status_code == 303
    assert client.post(where, {"email": "new@customer.example", "role": "observer"}).status_code == 303
    people = client.get(address("participant_list", winter.public_id, organization=acme)).content.decode()
    assert "Mentor" in people
    assert "new@customer.example" in people
    assert client.post(where, {"email": lena.person.email, "role": "mentor"}).status_code == 422
