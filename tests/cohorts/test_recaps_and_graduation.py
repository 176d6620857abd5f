"""Recaps drafted, scheduled, sent once; graduating together."""

from datetime import datetime, timedelta

import pytest

from cohorts.models import Attendance, Cohort, Graduation, Recap, Session
from cohorts.queries.graduation import candidates
from cohorts.queries.recaps import drafted_body
from cohorts.services.graduation import graduate, revoke_graduation
from cohorts.services.recaps import save_recap, schedule_recap, send_due_recaps, send_recap, unschedule_recap
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.audit.models import AuditEntry
from prm.outbox.models import Message
from prm.problems import Refused
from tests.cohorts import factories
from tests.enablement.factories import content
from tests.wakeups import woken_at


@pytest.fixture
def first(winter: Cohort, lena: Membership, paul: Membership) -> Session:
    """The first session, with Lena and Paul in the cohort."""
    factories.seat(winter, lena)
    factories.seat(winter, paul)
    return Session.objects.select_related("cohort__program").get(number=1)


def test_the_draft_is_made_of_what_is_known(first: Session, alice: Membership) -> None:
    factories.item(first, "Talk in pairs", 10)
    factories.attach(first, content(alice, title="Prices [2027]"))
    factories.homework(first.cohort, session=first)
    body = drafted_body(first)
    assert "- **10 min** Talk in pairs" in body
    assert r"[Prices \[2027\]](http" in body
    assert "[Describe what you will build](" in body
    assert "until Tuesday 8 December, 18:00 CET" in body
    assert "**Session 2**, Tuesday 15 December, 10:00 CET" in body


def test_the_last_session_announces_no_next_one(first: Session) -> None:
    assert "When we meet next" not in drafted_body(Session.objects.select_related("cohort").get(number=4))


def test_sending_tells_every_participant_once(first: Session, lena: Membership, paul: Membership, actor: Actor) -> None:
    after = first.ends_at
    recap = save_recap(actor=actor, session=first, revision=0, body="We met.", now=after)
    send_recap(actor=actor, recap=recap, now=after)
    assert (recap.state, recap.sent_at) == ("sent", after)
    assert set(Message.objects.values_list("kind", "recipient_id")) == {
        ("cohorts.recap", lena.pk),
        ("cohorts.recap", paul.pk),
    }
    with pytest.raises(Refused) as refusal:
        send_recap(actor=actor, recap=recap, now=after)
    assert refusal.value.codes == {"sent"}
    stale = Recap(pk=recap.pk, session=first, body="We met.", state="draft")
    with pytest.raises(Refused) as refusal:
        send_recap(actor=actor, recap=stale, now=after)
    assert refusal.value.codes == {"wrong_state"}
    assert Message.objects.count() == 2
    assert Fact.objects.filter(kind="cohorts.recap_sent").count() == 1


def test_never_empty_and_never_before(first: Session, actor: Actor, now: datetime) -> None:
    recap = save_recap(actor=actor, session=first, revision=0, body=" ", now=now)
    with pytest.raises(Refused) as refusal:
        send_recap(actor=actor, recap=recap, now=first.ends_at)
    assert refusal.value.codes == {"empty"}
    save_recap(actor=actor, session=first, revision=1, body="We will meet.", now=now)
    recap.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        send_recap(actor=actor, recap=recap, now=now)
    assert refusal.value.codes == {"not_begun"}
    assert not Message.objects.exists()


def test_at_its_time_it_goes_out_by_itself_once(first: Session, actor: Actor) -> None:
    after, at = first.ends_at, first.ends_at + timedelta(hours=16)
    recap = save_recap(actor=actor, session=first, revision=0, body="We met.", now=after)
    schedule_recap(actor=actor, recap=recap, send_at=at, now=after)
    assert woken_at("plan") <= at
    assert send_due_recaps(at - timedelta(seconds=1)) == at
    assert not Message.objects.exists()
    assert send_due_recaps(at) is None
    assert send_due_recaps(at + timedelta(hours=1)) is None
    assert Message.objects.count() == 2


def test_a_scheduled_one_can_be_changed_and_kept_back(first: Session, actor: Actor) -> None:
    after = first.ends_at
    recap = save_recap(actor=actor, session=first, revision=0, body="We met.", now=after)
    schedule_recap(actor=actor, recap=recap, send_at=after + timedelta(hours=1), now=after)
    with pytest.raises(Refused) as refusal:
        save_recap(actor=actor, session=first, revision=1, body="", now=after)
    assert refusal.value.codes == {"empty"}
    save_recap(actor=actor, session=first, revision=1, body="We met, and it was good.", now=after)
    recap.refresh_from_db()
    unschedule_recap(actor=actor, recap=recap)
    assert send_due_recaps(after + timedelta(hours=2)) is None
    assert not Message.objects.exists()


def test_a_canceled_session_sends_no_recap(first: Session, actor: Actor) -> None:
    after = first.ends_at
    recap = save_recap(actor=actor, session=first, revision=0, body="We met.", now=after)
    schedule_recap(actor=actor, recap=recap, send_at=after + timedelta(hours=1), now=after)
    Session.objects.filter(pk=first.pk).update(state="cancelled")
    send_due_recaps(after + timedelta(hours=2))
    assert not Message.objects.exists()


@pytest.fixture
def graduating(first: Session, lena: Membership) -> Cohort:
    """Lena was at three sessions and handed in her homework, Paul was nowhere."""
    cohort = first.cohort
    Cohort.objects.filter(pk=cohort.pk).update(state="graduating")
    cohort.refresh_from_db()
    for session in Session.objects.filter(number__lte=3):
        Attendance.objects.create(session=session, membership=lena, state="present", recorded_at=session.ends_at)
    task = factories.homework(cohort)
    task.submissions.create(membership=lena, version=1, text="Done.", submitted_at=task.due_at)
    return cohort


def test_how_far_everybody_has_come(graduating: Cohort, lena: Membership, paul: Membership) -> None:
    rows = {row.membership_id: row for row in candidates(graduating)}
    assert [criterion.done for criterion in rows[lena.pk].criteria] == [3, 1]
    assert (rows[lena.pk].is_ready, rows[paul.pk].is_ready) == (True, False)


def test_graduating_together(
    graduating: Cohort, lena: Membership, paul: Membership, nordwind: object, actor: Actor, now: datetime
) -> None:
    made = graduate(actor=actor, cohort=graduating, membership_ids=[lena.pk, paul.pk], now=now)
    assert {row.name for row in made} == {"Lena Brandt", "Paul Ortega"}
    row = Graduation.objects.get(membership=lena)
    assert (row.program_title, row.graduated_at, len(row.token)) == (graduating.program.title, now, 32)
    assert row.number.replace("-", "").lower() == row.public_id
    assert set(Message.objects.values_list("kind", "recipient_id")) == {
        ("cohorts.graduated", lena.pk),
        ("cohorts.graduated", paul.pk),
    }
    assert Fact.objects.filter(kind="cohorts.graduated").count() == 2
    reasons = dict(AuditEntry.objects.filter(verb="cohorts.graduated").values_list("object_id", "reason"))
    assert sorted(reasons.values()) == ["", "by the facilitator's word"]


def test_nobody_graduates_twice_or_from_outside(
    graduating: Cohort, lena: Membership, alice: Membership, actor: Actor, now: datetime
) -> None:
    graduate(actor=actor, cohort=graduating, membership_ids=[lena.pk], now=now)
    for ids in ([lena.pk], [alice.pk], []):
        with pytest.raises(Refused):
            graduate(actor=actor, cohort=graduating, membership_ids=ids, now=now)
    assert Graduation.objects.count() == 1
    assert Message.objects.count() == 1


def test_not_before_its_stage(first: Session, lena: Membership, actor: Actor, now: datetime) -> None:
    with pytest.raises(Refused) as refusal:
        graduate(actor=actor, cohort=first.cohort, membership_ids=[lena.pk], now=now)
    assert refusal.value.codes == {"wrong_stage"}


def test_revoking_counts_back_and_needs_a_reason(
    graduating: Cohort, lena: Membership, actor: Actor, now: datetime
) -> None:
    (row,) = graduate(actor=actor, cohort=graduating, membership_ids=[lena.pk], now=now)
    with pytest.raises(Refused):
        revoke_graduation(actor=actor, graduation=row, reason=" ", now=now)
    revoke_graduation(actor=actor, graduation=row, reason="Somebody else's work.", now=now)
    row.refresh_from_db()
    assert not row.is_valid
    amounts = Fact.objects.filter(kind__startswith="cohorts.graduat").values_list("amount", flat=True)
    assert sum(amounts) == 0
    with pytest.raises(Refused) as refusal:
        revoke_graduation(actor=actor, graduation=row, reason="Again.", now=now)
    assert refusal.value.codes == {"revoked"}
