"""Sessions: added, moved, canceled, and who was there."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from cohorts.models import Attendance, Cohort, Session, SessionContent
from cohorts.services.attendance import come_after_all, excuse, record_attendance
from cohorts.services.sessions import SessionPlan, add_session, cancel_session, edit_session
from enablement.models import Memory
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.audit.models import AuditEntry
from prm.outbox.models import Message, Notification
from prm.problems import Refused
from tests.cohorts import factories
from tests.enablement.factories import content
from tests.wakeups import woken_at


def plan_of(session: Session) -> SessionPlan:
    return SessionPlan(**{name: getattr(session, name) for name in SessionPlan.__dataclass_fields__})


@pytest.fixture
def first(winter: Cohort, lena: Membership) -> Session:
    """The first session of a cohort in which Lena has a seat."""
    factories.seat(winter, lena)
    return Session.objects.select_related("cohort__program").get(number=1)


def _edit(actor: Actor, session: Session, plan: SessionPlan, now: datetime, contents: tuple[int, ...] = ()) -> bool:
    return edit_session(
        actor=actor, session=session, revision=session.revision, plan=plan, content_ids=contents, now=now
    )


def test_moving_raises_the_sequence_and_tells_everybody(
    first: Session, lena: Membership, frida: Membership, actor: Actor, now: datetime
) -> None:
    told = _edit(actor, first, replace(plan_of(first), starts_on=date(2026, 12, 9), starts_time=time(14)), now)
    first.refresh_from_db()
    assert told
    assert (first.sequence, first.starts_at) == (1, datetime.fromisoformat("2026-12-09T13:00:00+00:00"))
    assert set(Message.objects.values_list("kind", "recipient_id", "slot")) == {
        ("cohorts.session_moved", lena.pk, "1"),
        ("cohorts.session_moved", frida.pk, "1"),
    }
    assert woken_at("plan") <= now
    assert "starts_on" in AuditEntry.objects.get(verb="cohorts.session_edited").changes


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Other"},
        {"link": ""},
        {"place": "Town hall"},
        {"room": "Room 4"},
        {"way": "By tram"},
        {"minutes": 90},
        {"zone": "Europe/London"},
    ],
)
def test_what_calendars_show_is_sent_to_calendars(
    first: Session, actor: Actor, now: datetime, changes: dict[str, object]
) -> None:
    assert _edit(actor, first, replace(plan_of(first), **changes), now)  # type: ignore[arg-type]
    first.refresh_from_db()
    assert first.sequence == 1


def test_what_people_leave_with_is_just_saved(first: Session, actor: Actor, now: datetime, alice: Membership) -> None:
    made = content(alice)
    assert not _edit(actor, first, replace(plan_of(first), leaves_with="One sentence"), now, (made.pk,))
    first.refresh_from_db()
    assert (first.sequence, first.leaves_with) == (0, "One sentence")
    assert SessionContent.objects.get().content_id == made.pk
    assert not Message.objects.exists()
    assert not _edit(actor, first, plan_of(first), now)
    assert not SessionContent.objects.exists()


def test_saved_without_a_change_is_nothing(first: Session, actor: Actor, now: datetime) -> None:
    assert not _edit(actor, first, plan_of(first), now)
    assert not Message.objects.exists()
    assert not AuditEntry.objects.exists()


def test_not_into_the_past_and_not_what_was_held(first: Session, actor: Actor, now: datetime) -> None:
    with pytest.raises(Refused) as refusal:
        _edit(actor, first, replace(plan_of(first), starts_on=date(2026, 11, 1)), now)
    assert refusal.value.codes == {"past"}
    Session.objects.filter(pk=first.pk).update(state="held")
    first.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        _edit(actor, first, replace(plan_of(first), starts_on=date(2026, 12, 20)), now)
    assert refusal.value.codes == {"not_planned"}
    first.refresh_from_db()
    assert first.sequence == 0


def test_of_two_who_edit_the_second_is_told(first: Session, actor: Actor, now: datetime) -> None:
    _edit(
        actor,
        Session.objects.select_related("cohort").get(pk=first.pk),
        replace(plan_of(first), leaves_with="One"),
        now,
    )
    with pytest.raises(Refused) as refusal:
        _edit(actor, first, replace(plan_of(first), leaves_with="Two"), now)
    assert refusal.value.codes == {"changed_meanwhile"}
    assert Session.objects.get(number=1).leaves_with == "One"


def test_canceling_tells_everybody_and_only_once(
    first: Session, lena: Membership, frida: Membership, actor: Actor, now: datetime
) -> None:
    cancel_session(actor=actor, session=first, reason="Frida is ill.", now=now)
    first.refresh_from_db()
    assert (first.state, first.sequence, first.cancel_reason) == ("cancelled", 1, "Frida is ill.")
    assert set(Message.objects.values_list("kind", "recipient_id")) == {
        ("cohorts.session_cancelled", lena.pk),
        ("cohorts.session_cancelled", frida.pk),
    }
    with pytest.raises(Refused):
        cancel_session(actor=actor, session=first, now=now)
    assert Message.objects.count() == 2


def test_a_further_session_gets_the_next_number(first: Session, lena: Membership, actor: Actor, now: datetime) -> None:
    plan = replace(plan_of(first), title="Extra", starts_on=date(2027, 1, 12))
    made = add_session(actor=actor, cohort=first.cohort, plan=plan, now=now)
    assert (made.number, made.sequence) == (5, 0)
    assert Message.objects.filter(kind="cohorts.session_added", recipient=lena).exists()
    with pytest.raises(Refused):
        add_session(actor=actor, cohort=first.cohort, plan=replace(plan, starts_on=date(2026, 11, 2)), now=now)


def test_attendance_holds_the_session_counts_and_asks_later(
    first: Session, lena: Membership, paul: Membership, alice: Membership, actor: Actor
) -> None:
    factories.seat(first.cohort, paul)
    made = content(alice, questions=2)
    factories.attach(first, made)
    after = first.ends_at
    record_attendance(actor=actor, session=first, present_ids=[lena.pk, 999_999], now=after)
    first.refresh_from_db()
    assert first.state == "held"
    assert dict(Attendance.objects.values_list("membership_id", "state")) == {lena.pk: "present", paul.pk: "absent"}
    fact = Fact.objects.get(kind="cohorts.session_attended")
    assert (fact.person_id, fact.object_id, fact.at) == (lena.person_id, first.pk, first.starts_at)
    memories = Memory.objects.all()
    assert {(memory.membership_id, memory.cause) for memory in memories} == {(lena.pk, "session")}
    assert memories.count() == 2


def test_attendance_can_be_corrected_and_facts_follow(
    first: Session, lena: Membership, paul: Membership, actor: Actor
) -> None:
    factories.seat(first.cohort, paul)
    after = first.ends_at
    record_attendance(actor=actor, session=first, present_ids=[lena.pk], now=after)
    record_attendance(actor=actor, session=first, present_ids=[paul.pk], now=after + timedelta(hours=1))
    record_attendance(actor=actor, session=first, present_ids=[paul.pk], now=after + timedelta(hours=2))
    assert dict(Attendance.objects.values_list("membership_id", "state")) == {lena.pk: "absent", paul.pk: "present"}
    amounts: dict[int, int] = {}
    for fact in Fact.objects.filter(kind="cohorts.session_attended"):
        amounts[fact.person_id] = amounts.get(fact.person_id, 0) + int(fact.amount)
    assert amounts == {lena.person_id: 0, paul.person_id: 1}


def test_nobody_was_there_before_it_began(first: Session, lena: Membership, actor: Actor, now: datetime) -> None:
    with pytest.raises(Refused) as refusal:
        record_attendance(actor=actor, session=first, present_ids=[lena.pk], now=now)
    assert refusal.value.codes == {"not_begun"}
    assert not Attendance.objects.exists()


def test_who_cannot_come_says_so_and_stays_excused(
    first: Session, lena: Membership, frida: Membership, actor: Actor, now: datetime
) -> None:
    excuse(session=first, membership=lena, reason="My train.", now=now)
    row = Attendance.objects.get()
    assert (row.state, row.note) == ("excused", "My train.")
    assert Notification.objects.get().membership_id == frida.pk
    record_attendance(actor=actor, session=first, present_ids=[], now=first.ends_at)
    row.refresh_from_db()
    assert row.state == "excused"


def test_who_can_come_after_all_takes_it_back(first: Session, lena: Membership, now: datetime) -> None:
    excuse(session=first, membership=lena, now=now)
    come_after_all(session=first, membership=lena, now=now)
    assert not Attendance.objects.exists()
    with pytest.raises(Refused):
        excuse(session=first, membership=lena, now=first.starts_at)
