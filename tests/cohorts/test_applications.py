"""Applying: drafts, handing in, changing, withdrawing."""

from datetime import datetime, timedelta

import pytest

from cohorts.models import Application, Cohort, Decision, Nomination
from cohorts.rules import Answers
from cohorts.services.applications import save_draft, submit_application, withdraw_application
from partners.models import Partner
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.outbox.models import Message, Notification
from prm.problems import Refused
from tests.cohorts import factories

GOOD = Answers({"why": "Because.", "project": "A customer.", "experience": "new"}, agrees=True)


def _submit(winter: Cohort, who: Membership, now: datetime, answers: Answers = GOOD) -> Application:
    return submit_application(actor=Actor.of(who), cohort=winter, membership=who, answers=answers, now=now)


def test_handing_in_writes_row_fact_message_and_bell(
    winter: Cohort, lena: Membership, frida: Membership, nordwind: Partner, now: datetime
) -> None:
    _submit(winter, lena, now)
    row = Application.objects.get()
    assert (row.state, row.submitted_at, row.partner_id) == ("submitted", now, nordwind.pk)
    assert (row.answers, row.agrees) == (GOOD.values, True)
    fact = Fact.objects.get()
    assert (fact.kind, fact.person_id, fact.partner_id, fact.object_id, fact.amount) == (
        "cohorts.applied",
        lena.person_id,
        nordwind.pk,
        winter.pk,
        1,
    )
    message = Message.objects.get()
    assert (message.kind, message.recipient_id, message.subject_id) == (
        "cohorts.application_received",
        lena.pk,
        row.pk,
    )
    assert Notification.objects.get().membership_id == frida.pk


@pytest.mark.parametrize(
    ("answers", "codes"),
    [(Answers(), {"required"}), (Answers(GOOD.values), {"required"})],
)
def test_what_is_missing_is_refused_and_leaves_nothing(
    winter: Cohort, lena: Membership, now: datetime, answers: Answers, codes: set[str]
) -> None:
    with pytest.raises(Refused) as refusal:
        _submit(winter, lena, now, answers)
    assert refusal.value.codes == codes
    assert not Application.objects.exists()
    assert not Fact.objects.exists()
    assert not Message.objects.exists()


def test_after_the_deadline_nothing_is_taken(winter: Cohort, lena: Membership) -> None:
    late = winter.applications_close_at
    assert late is not None
    _submit(winter, lena, late - timedelta(seconds=1))
    with pytest.raises(Refused) as refusal:
        _submit(winter, lena, late)
    assert refusal.value.codes == {"closed"}


def test_a_draft_needs_nothing_and_tells_nobody(winter: Cohort, lena: Membership, now: datetime) -> None:
    save_draft(cohort=winter, membership=lena, answers=Answers({"why": "Half a th"}), now=now)
    save_draft(
        cohort=winter, membership=lena, answers=Answers({"why": "Half a thought"}), now=now + timedelta(minutes=1)
    )
    row = Application.objects.get()
    assert (row.state, row.answers["why"], row.saved_at) == ("draft", "Half a thought", now + timedelta(minutes=1))
    assert not Message.objects.exists()
    assert not Fact.objects.exists()


def test_what_was_handed_in_does_not_change_by_itself(winter: Cohort, lena: Membership, now: datetime) -> None:
    _submit(winter, lena, now)
    save_draft(cohort=winter, membership=lena, answers=Answers({"why": "Oops"}), now=now)
    assert Application.objects.get().answers["why"] == "Because."


def test_changing_before_the_deadline_is_one_application_and_one_mail(
    winter: Cohort, lena: Membership, now: datetime
) -> None:
    _submit(winter, lena, now)
    _submit(winter, lena, now + timedelta(hours=1), Answers({**GOOD.values, "why": "Better."}, agrees=True))
    row = Application.objects.get()
    assert (row.answers["why"], row.submitted_at) == ("Better.", now)
    assert Message.objects.count() == 1
    assert Fact.objects.count() == 1


def test_withdrawing_counts_back_and_takes_the_draft_of_a_decision_along(
    winter: Cohort, lena: Membership, frida: Membership, now: datetime
) -> None:
    row = _submit(winter, lena, now)
    Decision.objects.create(
        application=row, cohort=winter, kind="accept", wording="Yes.", decided_by=frida, drafted_at=now
    )
    withdraw_application(actor=Actor.of(lena), application=row, membership=lena, now=now)
    assert Application.objects.get().state == "withdrawn"
    assert not Decision.objects.exists()
    assert sum(Fact.objects.values_list("amount", flat=True)) == 0


def test_applying_again_after_withdrawing_is_told_again(winter: Cohort, lena: Membership, now: datetime) -> None:
    row = _submit(winter, lena, now)
    withdraw_application(actor=Actor.of(lena), application=row, membership=lena, now=now)
    _submit(winter, lena, now + timedelta(hours=1))
    row.refresh_from_db()
    assert (row.state, row.submitted_at) == ("submitted", now + timedelta(hours=1))
    assert Message.objects.count() == 2


@pytest.mark.parametrize(("state", "code"), [("decided", "decided"), ("withdrawn", "withdrawn")])
def test_what_is_decided_or_withdrawn_is_not_withdrawn(
    winter: Cohort, lena: Membership, now: datetime, state: str, code: str
) -> None:
    row = factories.application(winter, lena, state, submitted_at=now)
    with pytest.raises(Refused) as refusal:
        withdraw_application(actor=Actor.of(lena), application=row, membership=lena, now=now)
    assert refusal.value.codes == {code}


def test_applying_answers_a_nomination(winter: Cohort, lena: Membership, frida: Membership, now: datetime) -> None:
    nomination = Nomination.objects.create(
        cohort=winter,
        email=lena.person.email,
        membership=lena,
        nominated_by=frida,
        token_digest="x",
        created_at=now,
    )
    row = _submit(winter, lena, now)
    nomination.refresh_from_db()
    assert (nomination.state, nomination.answered_at) == ("applied", now)
    assert row.nomination_id == nomination.pk
