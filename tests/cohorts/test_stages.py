"""A cohort from draft to finished, back where nothing was sent, and called off."""

from datetime import date, datetime, time, timedelta

import pytest

from cohorts.models import Cohort, CohortFacilitator, Decision, Homework, Program, Seat, Session
from cohorts.queries.studio import overview
from cohorts.services.cohorts import Series, create_cohort, edit_cohort
from cohorts.services.programs import create_program, edit_program, start_program
from cohorts.services.stages import cancel_cohort, move_cohort
from partners.queries.audiences import audiences_of
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.audit.models import AuditEntry
from prm.outbox.models import Message
from prm.problems import Refused
from prm.tenancy.models import Organization
from tests.cohorts import factories

SERIES = Series(first_on=date(2026, 12, 10), starts_time=time(9), count=4, minutes=75, link="https://meet.example/x")


@pytest.fixture
def program(in_acme: Organization) -> Program:
    return factories.ProgramFactory.create(title="First three deals")


def _create(program: Program, actor: Actor, frida: Membership, now: datetime, series: Series = SERIES) -> Cohort:
    return create_cohort(
        actor=actor,
        program=program,
        title="Spring 2027",
        zone="Europe/Berlin",
        capacity=12,
        series=series,
        facilitators=[frida],
        applications_close_on=date(2026, 12, 1),
        now=now,
    )


def test_the_small_shape_is_ready_to_be_edited(
    program: Program, actor: Actor, frida: Membership, now: datetime
) -> None:
    cohort = _create(program, actor, frida, now)
    assert (cohort.state, cohort.sessions_needed) == ("draft", 3)
    assert cohort.applications_close_at == datetime.fromisoformat("2026-12-01T23:00:00+00:00")
    sessions = list(Session.objects.in_order())
    assert [session.starts_on for session in sessions] == [date(2026, 12, day) for day in (10, 17, 24, 31)]
    assert [session.number for session in sessions] == [1, 2, 3, 4]
    assert all(
        session.items.count() == 5 and session.leaves_with and session.link == "https://meet.example/x"
        for session in sessions
    )
    assert sessions[0].starts_at == datetime.fromisoformat("2026-12-10T08:00:00+00:00")
    homework = Homework.objects.get()
    assert (homework.session_id, homework.due_on) == (sessions[0].pk, date(2026, 12, 16))
    assert CohortFacilitator.objects.get().membership_id == frida.pk
    assert list(Message.objects.values_list("kind", flat=True)) == ["cohorts.facilitating"]


def test_holidays_are_skipped(program: Program, actor: Actor, frida: Membership, now: datetime) -> None:
    series = Series(date(2026, 12, 10), time(9), 3, 60, skipping=(date(2026, 12, 24), date(2026, 12, 31)))
    _create(program, actor, frida, now, series)
    days = list(Session.objects.in_order().values_list("starts_on", flat=True))
    assert days == [date(2026, 12, 10), date(2026, 12, 17), date(2027, 1, 7)]


def test_a_title_is_used_once_and_the_past_is_refused(
    program: Program, actor: Actor, frida: Membership, now: datetime
) -> None:
    _create(program, actor, frida, now)
    with pytest.raises(Refused) as refusal:
        _create(program, actor, frida, now)
    assert refusal.value.problems[0].field == "title"
    assert Session.objects.count() == 4
    with pytest.raises(Refused) as refusal:
        _create(program, actor, frida, now + timedelta(days=60))
    assert refusal.value.codes == {"past"}


def test_from_draft_to_finished(
    program: Program, actor: Actor, frida: Membership, lena: Membership, nordwind: object, now: datetime
) -> None:
    cohort = _create(program, actor, frida, now)
    move_cohort(actor=actor, cohort=cohort, verb="open", now=now)
    application = factories.application(cohort, lena)
    move_cohort(actor=actor, cohort=cohort, verb="select", now=now)
    with pytest.raises(Refused) as refusal:
        move_cohort(actor=actor, cohort=cohort, verb="confirm", now=now)
    assert refusal.value.codes == {"undecided", "no_seats"}
    type(application).objects.filter(pk=application.pk).update(state="decided")
    factories.seat(cohort, lena)
    for verb, state in (("confirm", "confirmed"), ("start", "running")):
        move_cohort(actor=actor, cohort=cohort, verb=verb, now=now)
        assert cohort.state == state
    Session.objects.update(state="held")
    for verb, state in (("graduate", "graduating"), ("finish", "finished")):
        move_cohort(actor=actor, cohort=cohort, verb=verb, now=now)
        assert cohort.state == state
    moved = [fact.data["to"] for fact in Fact.objects.filter(kind="cohorts.stage_changed").order_by("id")]
    assert moved == ["open", "selecting", "confirmed", "running", "graduating", "finished"]
    assert AuditEntry.objects.filter(verb="cohorts.stage_changed").count() == 6


def test_back_where_nothing_was_sent(winter: Cohort, actor: Actor, lena: Membership, now: datetime) -> None:
    move_cohort(actor=actor, cohort=winter, verb="unpublish", now=now)
    assert winter.state == "draft"
    move_cohort(actor=actor, cohort=winter, verb="open", now=now)
    factories.application(winter, lena)
    with pytest.raises(Refused) as refusal:
        move_cohort(actor=actor, cohort=winter, verb="unpublish", now=now)
    assert refusal.value.codes == {"applied"}
    assert not Fact.objects.filter(data={"to": "selecting"}).exists()


def test_a_step_from_the_wrong_stage_says_so(winter: Cohort, actor: Actor, now: datetime) -> None:
    with pytest.raises(Refused) as refusal:
        move_cohort(actor=actor, cohort=winter, verb="graduate", now=now)
    assert refusal.value.codes == {"wrong_state"}


def test_calling_it_off_tells_everybody_once_and_ends_everything(
    winter: Cohort, actor: Actor, lena: Membership, paul: Membership, frida: Membership, now: datetime
) -> None:
    factories.seat(winter, lena)
    row = factories.application(winter, paul)
    Decision.objects.create(
        application=row, cohort=winter, kind="accept", wording="Yes.", decided_by=frida, drafted_at=now
    )
    told = cancel_cohort(actor=actor, cohort=winter, reason="Too few of you.", now=now)
    assert told == 3
    assert set(Message.objects.values_list("kind", "recipient_id")) == {
        ("cohorts.cohort_cancelled", member.pk) for member in (lena, paul, frida)
    }
    winter.refresh_from_db()
    assert (winter.state, winter.seats_taken, winter.cancel_reason) == ("cancelled", 0, "Too few of you.")
    assert set(Session.objects.values_list("state", "sequence")) == {("cancelled", 1)}
    assert Seat.objects.get().state == "released"
    assert not Decision.objects.exists()
    assert winter.audience_id not in audiences_of(lena, now)


def test_a_reason_is_needed(winter: Cohort, actor: Actor, now: datetime) -> None:
    with pytest.raises(Refused) as refusal:
        cancel_cohort(actor=actor, cohort=winter, reason=" ", now=now)
    assert refusal.value.problems[0].field == "reason"
    winter.refresh_from_db()
    assert winter.state == "open"


def test_editing_keeps_what_is_taken_and_renames_the_audience(
    winter: Cohort, actor: Actor, lena: Membership, paul: Membership, alice: Membership, now: datetime
) -> None:
    factories.seat(winter, lena)
    factories.seat(winter, paul)
    winter.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        edit_cohort(actor=actor, cohort=winter, revision=1, changes={"capacity": 1}, facilitators=[alice], now=now)
    assert refusal.value.codes == {"capacity"}
    changes = {"capacity": 2, "title": "Winter, small", "applications_close_on": date(2026, 12, 5)}
    edit_cohort(actor=actor, cohort=winter, revision=1, changes=changes, facilitators=[alice], now=now)
    winter.refresh_from_db()
    assert (winter.capacity, winter.audience.label) == (2, "Winter, small")  # type: ignore[union-attr]
    assert winter.applications_close_at == datetime.fromisoformat("2026-12-05T23:00:00+00:00")
    assert CohortFacilitator.objects.get().membership_id == alice.pk
    with pytest.raises(Refused) as refusal:
        edit_cohort(actor=actor, cohort=winter, revision=1, changes={"capacity": 5}, facilitators=[alice], now=now)
    assert refusal.value.codes == {"changed_meanwhile"}


def test_a_program_is_written_edited_and_named_once(in_acme: Organization, actor: Actor, now: datetime) -> None:
    program = create_program(actor=actor, title=" First three deals ", promise="Three talks.", now=now)
    assert program.title == "First three deals"
    with pytest.raises(Refused) as refusal:
        create_program(actor=actor, title="First three deals", now=now)
    assert refusal.value.codes == {"title"}
    edit_program(actor=actor, program=program, revision=1, changes={"promise": "Four talks."}, now=now)
    with pytest.raises(Refused) as refusal:
        edit_program(actor=actor, program=program, revision=1, changes={"promise": "Five talks."}, now=now)
    assert refusal.value.codes == {"changed_meanwhile"}
    assert Program.objects.get().promise == "Four talks."


def test_an_organization_begins_with_one_program_without_its_promise(
    in_acme: Organization, actor: Actor, now: datetime
) -> None:
    for choice in ("msps", "resellers", "msps"):
        start_program(actor=actor, choice=choice, now=now)
    program = Program.objects.get()
    assert program.title == "A service that sells itself"
    assert program.promise == ""
    assert program.for_whom


def test_the_overview_says_what_to_do(
    winter: Cohort, lena: Membership, paul: Membership, frida: Membership, now: datetime
) -> None:
    factories.application(winter, lena)
    factories.seat(winter, paul, "offered", confirm_by=now - timedelta(hours=1))
    found = overview(winter, now)
    assert [task.icon for task in found.tasks] == ["inbox", "phone"]
    assert found.next_step is not None
    assert (found.next_step.verb, found.next_step.is_blocked) == ("select", False)
    after = winter.sessions.get(number=1).ends_at
    later = overview(winter, after)
    assert [task.icon for task in later.tasks] == ["inbox", "phone", "user-check", "mail"]
    assert later.next_session is not None
    assert later.next_session.number == 2
