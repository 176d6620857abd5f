"""From the draft of a decision to its release."""

from datetime import datetime, timedelta

import pytest

from cohorts.models import Application, Cohort, Decision, Seat
from cohorts.services.selection import draft_decision, release_decisions, take_back_decision
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.audit.models import AuditEntry
from prm.outbox.models import Message
from prm.problems import Refused
from tests.cohorts import factories


@pytest.fixture
def selecting(winter: Cohort) -> Cohort:
    Cohort.objects.filter(pk=winter.pk).update(state="selecting")
    winter.refresh_from_db()
    return winter


def _draft(application: Application, kind: str, actor: Actor, decider: Membership, now: datetime) -> Decision:
    return draft_decision(
        actor=actor, decider=decider, application=application, kind=kind, wording=f"Words of a {kind}.", now=now
    )


def test_a_draft_is_seen_by_nobody_and_replaced_by_the_next(
    selecting: Cohort, lena: Membership, frida: Membership, actor: Actor, now: datetime
) -> None:
    application = factories.application(selecting, lena)
    _draft(application, "accept", actor, frida, now)
    _draft(application, "wait", actor, frida, now)
    decision = Decision.objects.get()
    assert (decision.kind, decision.released_at) == ("wait", None)
    assert not Message.objects.exists()
    assert not Seat.objects.exists()
    assert Application.objects.get().state == "submitted"


def test_releasing_tells_everybody_at_once(
    selecting: Cohort, lena: Membership, paul: Membership, frida: Membership, actor: Actor, now: datetime
) -> None:
    nora = factories.applicant("Nora Weiß")
    for who, kind in ((lena, "accept"), (paul, "decline"), (nora, "wait")):
        _draft(factories.application(selecting, who), kind, actor, frida, now)
    assert release_decisions(actor=actor, cohort=selecting, now=now) == 3
    assert set(Application.objects.values_list("state", flat=True)) == {"decided"}
    assert not Decision.objects.drafted().exists()
    seats = {seat.membership_id: seat for seat in Seat.objects.all()}
    assert seats[lena.pk].state == "offered"
    assert seats[lena.pk].confirm_by == now + timedelta(hours=72)
    assert (seats[nora.pk].state, seats[nora.pk].position) == ("waiting", 1)
    assert paul.pk not in seats
    kinds = dict(Message.objects.values_list("recipient_id", "kind"))
    assert kinds == {
        lena.pk: "cohorts.seat_offered",
        paul.pk: "cohorts.application_declined",
        nora.pk: "cohorts.wait_listed",
    }
    facts = dict(Fact.objects.values_list("kind", "person_id"))
    assert facts == {
        "cohorts.accepted": lena.person_id,
        "cohorts.declined": paul.person_id,
        "cohorts.wait_listed": nora.person_id,
    }
    trail = AuditEntry.objects.get(verb="cohorts.decisions_released")
    assert trail.changes == {"accept": [0, 1], "decline": [0, 1], "wait": [0, 1]}


def test_releasing_twice_releases_once(
    selecting: Cohort, lena: Membership, frida: Membership, actor: Actor, now: datetime
) -> None:
    _draft(factories.application(selecting, lena), "accept", actor, frida, now)
    release_decisions(actor=actor, cohort=selecting, now=now)
    with pytest.raises(Refused) as refusal:
        release_decisions(actor=actor, cohort=selecting, now=now)
    assert refusal.value.codes == {"nothing_drafted"}
    assert Message.objects.count() == 1


def test_a_refused_release_leaves_nothing(
    selecting: Cohort, lena: Membership, frida: Membership, actor: Actor, now: datetime
) -> None:
    _draft(factories.application(selecting, lena), "accept", actor, frida, now)
    with pytest.raises(Refused) as refusal:
        release_decisions(actor=actor, cohort=selecting, now=now + timedelta(days=90))
    assert refusal.value.codes == {"over"}
    assert Decision.objects.drafted().count() == 1
    assert not Seat.objects.exists()
    assert not Message.objects.exists()
    assert not Fact.objects.exists()


def test_a_draft_can_be_taken_back_until_it_is_released(
    selecting: Cohort, lena: Membership, frida: Membership, actor: Actor, now: datetime
) -> None:
    application = factories.application(selecting, lena)
    _draft(application, "decline", actor, frida, now)
    take_back_decision(actor=actor, application=application)
    assert not Decision.objects.exists()
    _draft(application, "accept", actor, frida, now)
    release_decisions(actor=actor, cohort=selecting, now=now)
    with pytest.raises(Refused) as refusal:
        take_back_decision(actor=actor, application=application)
    assert refusal.value.codes == {"released"}


@pytest.mark.parametrize("state", ["draft", "withdrawn", "decided"])
def test_only_what_was_handed_in_is_decided(
    selecting: Cohort, lena: Membership, frida: Membership, actor: Actor, now: datetime, state: str
) -> None:
    application = factories.application(selecting, lena, state)
    with pytest.raises(Refused) as refusal:
        _draft(application, "accept", actor, frida, now)
    assert refusal.value.codes == {"not_submitted"}
    assert not Decision.objects.exists()


def test_a_decision_says_something(
    selecting: Cohort, lena: Membership, frida: Membership, actor: Actor, now: datetime
) -> None:
    application = factories.application(selecting, lena)
    with pytest.raises(Refused) as refusal:
        draft_decision(actor=actor, decider=frida, application=application, kind="decline", wording="  ", now=now)
    assert refusal.value.problems[0].field == "wording"


def test_an_offer_ends_before_the_first_session_begins(
    selecting: Cohort, lena: Membership, frida: Membership, actor: Actor
) -> None:
    first = selecting.sessions.get(number=1).starts_at
    late = first - timedelta(hours=5)
    _draft(factories.application(selecting, lena), "accept", actor, frida, late)
    release_decisions(actor=actor, cohort=selecting, now=late)
    assert Seat.objects.get().confirm_by == first
