"""What becomes of decisions: account managers first, the short list, reversals, colleagues named instead, turns."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from cohorts.models import Application, Cohort, Decision, Nomination, ReminderPlan, Seat, SelectionPlan
from cohorts.queries.board import board
from cohorts.rules import Answers
from cohorts.services.applications import submit_application
from cohorts.services.colleagues import name_colleague
from cohorts.services.reminders import plan_reminders
from cohorts.services.reversals import reverse_decision
from cohorts.services.seats import give_seat_back
from cohorts.services.selection import (
    draft_decision,
    release_decisions,
    release_due_decisions,
    stop_release,
    tell_to_hold,
)
from partners.models import Partner
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.addresses import address
from prm.outbox.models import Message, Notification
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts import factories
from tests.cohorts.test_mails import Deliver, to

type SignIn = Callable[[Membership], Client]
GOOD = Answers({"why": "Because.", "project": "A customer.", "experience": "new"}, agrees=True)


@pytest.fixture
def selecting(winter: Cohort) -> Cohort:
    Cohort.objects.filter(pk=winter.pk).update(state="selecting")
    winter.refresh_from_db()
    return winter


def _draft(actor: Actor, frida: Membership, row: Application, kind: str, now: datetime, reason: str = "") -> Decision:
    return draft_decision(
        actor=actor, decider=frida, application=row, kind=kind, reason=reason, wording=f"About {kind}.", now=now
    )


def _told(
    cohort: Cohort, who: Membership, frida: Membership, kind: str, now: datetime, reason: str = ""
) -> Application:
    """Somebody who was told this."""
    row = factories.application(cohort, who)
    _draft(Actor.of(frida), frida, row, kind, now, reason)
    release_decisions(actor=Actor.of(frida), cohort=cohort, now=now)
    row.refresh_from_db()
    return row


def _kinds(since: int = 0) -> list[str]:
    return list(Message.objects.order_by("pk").values_list("kind", flat=True))[since:]


# ── Account managers first ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def told_first(selecting: Cohort, nordwind: Partner, bob: Membership) -> Cohort:
    """Bob looks after Nordwind and knows twelve hours before."""
    Partner.objects.filter(pk=nordwind.pk).update(account_manager=bob)
    SelectionPlan.objects.create(cohort=selecting, manager_hours=12)
    return selecting


def test_account_managers_know_first_and_the_applicant_hears_at_the_moment(
    told_first: Cohort,
    lena: Membership,
    paul: Membership,
    bob: Membership,
    frida: Membership,
    actor: Actor,
    now: datetime,
    render_outbox: Deliver,
) -> None:
    for who, kind in ((lena, "accept"), (paul, "decline")):
        _draft(actor, frida, factories.application(told_first, who), kind, now)
    assert release_decisions(actor=actor, cohort=told_first, now=now) == 2
    assert _kinds() == ["cohorts.decisions_ahead"]
    with pytest.raises(Refused) as refusal:
        release_decisions(actor=actor, cohort=told_first, now=now)
    assert refusal.value.codes == {"planned"}
    mail = to(render_outbox(now), bob)
    assert "Lena Brandt (Nordwind): Accept" in mail.body
    # What is decided about others' partners is not theirs to read.
    assert "Paul" not in mail.body
    assert not Seat.objects.exists()
    assert release_due_decisions(now + timedelta(hours=11)) == now + timedelta(hours=12)
    assert not Seat.objects.exists()
    assert release_due_decisions(now + timedelta(hours=12)) is None
    assert sorted(_kinds(1)) == ["cohorts.application_declined", "cohorts.seat_offered"]
    assert Seat.objects.get().offered_at == now + timedelta(hours=12)
    # A second worker finds nothing left to do.
    release_due_decisions(now + timedelta(hours=13))
    assert len(_kinds()) == 3


def test_what_is_stopped_or_drafted_anew_is_not_told(
    told_first: Cohort, lena: Membership, paul: Membership, frida: Membership, actor: Actor, now: datetime
) -> None:
    rows = [factories.application(told_first, who) for who in (lena, paul)]
    for row in rows:
        _draft(actor, frida, row, "accept", now)
    release_decisions(actor=actor, cohort=told_first, now=now)
    _draft(actor, frida, rows[1], "decline", now)
    release_due_decisions(now + timedelta(hours=12))
    assert [seat.membership_id for seat in Seat.objects.all()] == [lena.pk]
    assert Decision.objects.drafted().get().application_id == rows[1].pk
    with pytest.raises(Refused) as refusal:
        stop_release(actor=actor, cohort=told_first)
    assert refusal.value.codes == {"not_planned"}


def test_stopping_in_time_keeps_everything_a_draft(
    told_first: Cohort, lena: Membership, frida: Membership, actor: Actor, now: datetime
) -> None:
    _draft(actor, frida, factories.application(told_first, lena), "accept", now)
    release_decisions(actor=actor, cohort=told_first, now=now)
    stop_release(actor=actor, cohort=told_first)
    assert release_due_decisions(now + timedelta(days=2)) is None
    assert Decision.objects.drafted().count() == 1
    assert not Seat.objects.exists()


def test_what_cannot_be_told_any_more_stays_a_draft_and_facilitators_learn_why(
    told_first: Cohort, lena: Membership, frida: Membership, actor: Actor, now: datetime
) -> None:
    _draft(actor, frida, factories.application(told_first, lena), "accept", now)
    release_decisions(actor=actor, cohort=told_first, now=now)
    Cohort.objects.filter(pk=told_first.pk).update(state="open")
    release_due_decisions(now + timedelta(hours=12))
    assert Decision.objects.drafted().get().announced_at is None
    assert "after applications have closed" in Notification.objects.get(membership=frida).title


# ── The short list ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_somebody_on_the_short_list_is_told_once(
    selecting: Cohort, lena: Membership, actor: Actor, now: datetime, render_outbox: Deliver
) -> None:
    row = factories.application(selecting, lena)
    tell_to_hold(actor=actor, application=row, now=now)
    mail = to(render_outbox(now), lena)
    assert "short list" in mail.subject
    assert "Tuesday 8 December 2026" in mail.body
    with pytest.raises(Refused) as refusal:
        tell_to_hold(actor=actor, application=row, now=now)
    assert refusal.value.codes == {"held"}


# ── Reversals ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("before", "after", "state", "mails"),
    [
        ("accept", "decline", "released", ["cohorts.decision_reversed"]),
        ("accept", "wait", "waiting", ["cohorts.wait_listed"]),
        ("wait", "accept", "offered", ["cohorts.seat_offered"]),
        ("wait", "decline", "released", ["cohorts.decision_reversed"]),
        ("decline", "accept", "offered", ["cohorts.seat_offered"]),
        ("decline", "wait", "waiting", ["cohorts.wait_listed"]),
    ],
)
def test_a_reversal_moves_the_seat_sends_the_right_mail_and_keeps_the_history(
    selecting: Cohort,
    lena: Membership,
    frida: Membership,
    actor: Actor,
    now: datetime,
    before: str,
    after: str,
    state: str,
    mails: list[str],
) -> None:
    row = _told(selecting, lena, frida, before, now)
    sent = len(_kinds())
    later = now + timedelta(hours=1)
    reverse_decision(
        actor=actor, decider=frida, application=row, kind=after, reason="full", wording="We were wrong.", now=later
    )
    assert Seat.objects.get().state == state
    assert _kinds(sent) == mails
    told = Decision.objects.order_by("pk")
    assert [(row.kind, row.reversed_at, row.released_at) for row in told] == [
        (before, later, now),
        (after, None, later),
    ]
    assert Fact.objects.filter(kind="cohorts.decision_reversed").count() == 1


def test_reversing_a_confirmed_seat_frees_it_for_the_next_and_clears_the_calendar(
    selecting: Cohort,
    lena: Membership,
    paul: Membership,
    frida: Membership,
    actor: Actor,
    now: datetime,
    render_outbox: Deliver,
) -> None:
    Cohort.objects.filter(pk=selecting.pk).update(capacity=1)
    selecting.refresh_from_db()
    row = factories.application(selecting, lena, "decided")
    Decision.objects.create(
        application=row,
        cohort=selecting,
        kind="accept",
        wording="Yes.",
        decided_by=frida,
        drafted_at=now,
        released_at=now,
    )
    factories.seat(selecting, lena, application=row)
    factories.seat(selecting, paul, "waiting")
    reverse_decision(actor=actor, decider=frida, application=row, kind="decline", wording="Sorry, Lena.", now=now)
    selecting.refresh_from_db()
    assert selecting.seats_taken == 0
    assert Seat.objects.get(membership=paul).state == "offered"
    mail = to(render_outbox(now), lena)
    assert "Sorry, Lena." in mail.body
    assert len(mail.attachments) == 4


@pytest.mark.parametrize(
    ("before", "after", "wording", "codes"),
    [
        ("accept", "accept", "Hm.", {"same"}),
        ("decline", "accept", " ", {"no_words"}),
    ],
)
def test_what_cannot_be_reversed_leaves_everything(
    selecting: Cohort,
    lena: Membership,
    frida: Membership,
    actor: Actor,
    now: datetime,
    before: str,
    after: str,
    wording: str,
    codes: set[str],
) -> None:
    row = _told(selecting, lena, frida, before, now)
    with pytest.raises(Refused) as refusal:
        reverse_decision(actor=actor, decider=frida, application=row, kind=after, wording=wording, now=now)
    assert refusal.value.codes == codes
    assert Decision.objects.get().reversed_at is None


def test_an_undecided_application_and_a_full_cohort_are_not_reversed(
    selecting: Cohort, lena: Membership, paul: Membership, frida: Membership, actor: Actor, now: datetime
) -> None:
    row = factories.application(selecting, paul)
    with pytest.raises(Refused) as refusal:
        reverse_decision(actor=actor, decider=frida, application=row, kind="accept", wording="Yes.", now=now)
    assert refusal.value.codes == {"not_decided"}
    told = _told(selecting, lena, frida, "decline", now)
    Cohort.objects.filter(pk=selecting.pk).update(capacity=1, seats_taken=1)
    with pytest.raises(Refused) as refusal:
        reverse_decision(actor=actor, decider=frida, application=told, kind="accept", wording="Yes.", now=now)
    assert refusal.value.codes == {"full"}


def test_the_board_counts_a_reversed_application_once(
    selecting: Cohort, lena: Membership, frida: Membership, actor: Actor, now: datetime
) -> None:
    row = _told(selecting, lena, frida, "decline", now)
    reverse_decision(actor=actor, decider=frida, application=row, kind="wait", wording="Wait.", now=now)
    assert board(selecting, now).released.count == 1


# ── A better-suited colleague ───────────────────────────────────────────────────────────────────────────────────────


def test_a_colleague_named_after_a_no_is_nominated_and_may_apply_late(
    selecting: Cohort, lena: Membership, nordwind: Partner, frida: Membership, now: datetime, render_outbox: Deliver
) -> None:
    row = _told(selecting, lena, frida, "decline", now, "too_senior")
    assert "Name a colleague" in to(render_outbox(now), lena).body
    mara = factories.applicant("Mara Nord", nordwind)
    found = frozenset({"nordwind.example"})
    name_colleague(
        actor=Actor.of(lena), member=lena, application=row, email="MARA@nordwind.example", domains=found, now=now
    )
    nomination = Nomination.objects.get()
    assert (nomination.membership_id, nomination.nominated_by_id, nomination.is_late) == (mara.pk, lena.pk, True)
    assert "thinks of you" in to(render_outbox(now), mara).subject
    submit_application(actor=Actor.of(mara), cohort=selecting, membership=mara, answers=GOOD, now=now)
    nomination.refresh_from_db()
    assert nomination.state == "applied"


def test_nobody_else_may_apply_late(selecting: Cohort, paul: Membership, now: datetime) -> None:
    with pytest.raises(Refused) as refusal:
        submit_application(actor=Actor.of(paul), cohort=selecting, membership=paul, answers=GOOD, now=now)
    assert refusal.value.codes == {"closed"}


@pytest.mark.parametrize(
    ("kind", "email", "code"),
    [
        ("decline", "lena@nordwind.example", "oneself"),
        ("decline", "mara@kestrel.example", "other_company"),
        ("wait", "mara@nordwind.example", "too_late"),
    ],
)
def test_whom_one_cannot_name(
    selecting: Cohort, lena: Membership, frida: Membership, now: datetime, kind: str, email: str, code: str
) -> None:
    row = _told(selecting, lena, frida, kind, now)
    with pytest.raises(Refused) as refusal:
        name_colleague(
            actor=Actor.of(lena),
            member=lena,
            application=row,
            email=email,
            domains=frozenset({"nordwind.example"}),
            now=now,
        )
    assert refusal.value.codes == {code}
    assert not Nomination.objects.exists()


# ── Turns, reminders, hours without moving up ───────────────────────────────────────────────────────────────────────


def test_who_waited_in_vain_goes_first_next_time(
    selecting: Cohort, lena: Membership, paul: Membership, frida: Membership, actor: Actor, now: datetime
) -> None:
    before = factories.cohort("finished", program=selecting.program)
    factories.seat(before, paul, "waiting")
    # Lena applied first, and had been offered a seat the last time.
    factories.seat(before, lena, "released", offered_at=now)
    for number, who in enumerate((lena, paul)):
        row = factories.application(selecting, who, submitted_at=now + timedelta(hours=number))
        _draft(actor, frida, row, "wait", now)
    lane = board(selecting, now).lanes[2]
    assert [(tile.name, tile.has_waited) for tile in lane.tiles] == [("Paul Ortega", True), ("Lena Brandt", False)]
    release_decisions(actor=actor, cohort=selecting, now=now + timedelta(days=1))
    in_line = Seat.objects.filter(cohort=selecting).waiting()
    assert [seat.membership_id for seat in in_line] == [paul.pk, lena.pk]


def test_each_reminder_of_an_offer_goes_out_once_and_of_missed_ones_the_newest(
    selecting: Cohort, lena: Membership, now: datetime
) -> None:
    ReminderPlan.objects.create(cohort=selecting, seats=[72, 48, 24])
    seat = factories.seat(selecting, lena, "offered", confirm_by=now + timedelta(days=5))
    reminders = Message.objects.filter(kind="cohorts.seat_reminder")
    assert plan_reminders(now) == now + timedelta(days=2)
    assert plan_reminders(now + timedelta(days=2)) == now + timedelta(days=3)
    assert reminders.count() == 1
    plan_reminders(now + timedelta(days=2, minutes=1))
    assert reminders.count() == 1
    # The worker was down for two days: of two that were missed the newer one is sent.
    plan_reminders(now + timedelta(days=4, hours=1))
    assert [message.slot.split()[0] for message in reminders.order_by("pk")] == ["72", "24"]
    Seat.objects.filter(pk=seat.pk).update(state="confirmed", confirm_by=None)
    plan_reminders(now + timedelta(days=4, hours=2))
    assert reminders.count() == 2


def test_nobody_is_reminded_in_the_first_day_and_nobody_where_none_is_wanted(
    selecting: Cohort, lena: Membership, now: datetime
) -> None:
    factories.seat(selecting, lena, "offered", confirm_by=now + timedelta(hours=40))
    assert plan_reminders(now + timedelta(hours=1)) == now + timedelta(hours=24)
    assert not Message.objects.exists()
    ReminderPlan.objects.create(cohort=selecting, seats=[])
    plan_reminders(now + timedelta(hours=30))
    assert not Message.objects.exists()


@pytest.mark.parametrize(("quiet", "state"), [(48, "waiting"), (12, "offered"), (0, "offered")])
def test_the_hours_without_moving_up_are_the_cohorts_own(
    selecting: Cohort, lena: Membership, paul: Membership, quiet: int, state: str
) -> None:
    SelectionPlan.objects.create(cohort=selecting, quiet_hours=quiet)
    factories.seat(selecting, lena)
    Cohort.objects.filter(pk=selecting.pk).update(capacity=1)
    factories.seat(selecting, paul, "waiting")
    give_seat_back(actor=Actor.of(lena), cohort=selecting, membership=lena, now=factories.berlin(7, 10))
    assert Seat.objects.get(membership=paul).state == state


# ── Pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_reversing_holding_and_stopping_in_the_browser(
    acme: Organization,
    selecting: Cohort,
    lena: Membership,
    nordwind: Partner,
    bob: Membership,
    frida: Membership,
    sign_in: SignIn,
    now: datetime,
) -> None:
    with scope(acme):
        row = factories.application(selecting, lena, answers={"why": "W", "phone": "+49 30 1234"})
    studio, portal = sign_in(frida), sign_in(lena)

    def url(name: str, *more: str) -> str:
        return address(name, selecting.public_id, *more, organization=acme)

    assert studio.post(url("application_hold", row.public_id)).status_code == 303
    assert "short list" in portal.get(url("application_detail")).content.decode()
    page = studio.get(url("application_decide", row.public_id)).content.decode()
    assert "Ask to hold" not in page
    words = {"kind": "decline", "reason": "too_tactical", "wording": "Not this time, Lena."}
    assert studio.post(url("application_decide", row.public_id), words).status_code == 303
    assert studio.post(url("decision_release")).status_code == 303
    assert "Name a colleague" in portal.get(url("application_detail")).content.decode()
    wrong = portal.post(url("colleague_name"), {"email": "x@kestrel.example", "note": "A good one"})
    assert wrong.status_code == 422
    assert "A good one" in wrong.content.decode()
    assert portal.post(url("colleague_name"), {"email": "mara@nordwind.example"}).status_code == 303
    reverse = url("decision_reverse", row.public_id)
    assert "They were told: Decline" in studio.get(reverse).content.decode()
    empty = studio.post(reverse, {"kind": "accept", "wording": ""})
    assert empty.status_code == 422
    assert studio.post(reverse, {"kind": "accept", "wording": "You are in after all."}).status_code == 303
    page = studio.get(url("application_decide", row.public_id)).content.decode()
    assert "Told before, and reversed" in page
    assert "You are in after all." in portal.get(url("application_detail")).content.decode()
    assert "+49 30 1234" in studio.get(url("participant_list")).content.decode()
    assert studio.post(url("decision_stop")).status_code == 303
