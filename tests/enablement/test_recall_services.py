"""Enrolling, answering, retiring: exact rows and facts."""

from datetime import datetime, timedelta

import pytest

from enablement import memory as remembering
from enablement.models import Memory, Review
from enablement.services import recall
from enablement.services.answers import Answer, store_answer
from partners.models import Audience, Partner
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.tenancy.models import Organization
from tests.enablement.factories import content, item, memory
from tests.wakeups import woken_at

pytestmark = pytest.mark.django_db


def facts(kind: str) -> set[tuple[int | None, int | None, int]]:
    return {(row.partner_id, row.person_id, int(row.amount)) for row in Fact.objects.filter(kind=kind)}


def test_enrolling_in_contents_makes_a_memory_for_each_active_item(
    readers: Audience, nordwind: Partner, alice: Membership, lena: Membership, frida: Membership, now: datetime
) -> None:
    read = content(alice, readers, questions=2)
    item(alice, read, state="retired")
    asked = item(alice, criticality="must_know")
    enrolled = recall.enrol(
        membership_ids=[lena.pk, frida.pk], content_ids=[read.pk], item_ids=[asked.pk], cause="session", now=now
    )
    assert enrolled == 6
    assert set(Memory.objects.values_list("membership", flat=True)) == {lena.pk, frida.pk}
    strict = Memory.objects.get(membership=lena, item=asked)
    relaxed = Memory.objects.filter(membership=lena).exclude(item=asked).first()
    assert (strict.stability, strict.answers) == (2.3065, 0)
    assert strict.difficulty == pytest.approx(2.118104)
    assert strict.due_at == now + timedelta(days=2)
    assert relaxed is not None
    assert relaxed.due_at == now + timedelta(days=4)
    assert facts("enablement.recall_enrolled") == {(None, frida.person_id, 3), (nordwind.pk, lena.person_id, 3)}
    assert woken_at("plan") == now + timedelta(days=2)


def test_enrolling_again_keeps_what_is_known_and_brings_back_what_was_retired(
    readers: Audience, alice: Membership, lena: Membership, now: datetime
) -> None:
    kept, retired = item(alice), item(alice)
    memory(lena, kept, now - timedelta(days=9), stability=30.0)
    memory(lena, retired, now - timedelta(days=9), stability=20.0, state="retired")
    assert recall.enrol(membership_ids=[lena.pk], item_ids=[kept.pk, retired.pk], cause="session", now=now) == 1
    assert set(Memory.objects.values_list("stability", "state")) == {(30.0, "active"), (20.0, "active")}


def test_enrolling_nobody_or_in_nothing_changes_nothing(
    in_acme: Organization, alice: Membership, now: datetime
) -> None:
    assert recall.enrol(membership_ids=[], item_ids=[1], cause="session", now=now) == 0
    assert recall.enrol(membership_ids=[alice.pk], item_ids=[4711], cause="session", now=now) == 0
    assert not Fact.objects.exists()


def test_an_unknown_cause_is_an_error(in_acme: Organization, alice: Membership, now: datetime) -> None:
    asked = item(alice)
    with pytest.raises(ValueError, match="assignment"):
        recall.enrol(membership_ids=[alice.pk], item_ids=[asked.pk], cause="assignment", now=now)


def test_new_items_reach_those_who_remember_the_content(
    readers: Audience, alice: Membership, lena: Membership, paul: Membership, now: datetime
) -> None:
    read = content(alice, readers, questions=1)
    met_at = now - timedelta(days=10)
    memory(lena, read.recall_items.get(), met_at, cause="content")
    added = item(alice, read)
    assert recall.enrol_readers_in_new_items(content=read, now=now) == 1
    new = Memory.objects.get(item=added)
    assert (new.membership_id, new.cause, new.last_review_at) == (lena.pk, "content", met_at)
    assert new.due_at == met_at + timedelta(days=4)
    assert recall.enrol_readers_in_new_items(content=read, now=now) == 0


def test_retiring_stops_asking_one_member_only(
    readers: Audience, alice: Membership, lena: Membership, paul: Membership, now: datetime
) -> None:
    read = content(alice, readers, questions=1)
    for membership in (lena, paul):
        memory(membership, read.recall_items.get(), now)
    assert recall.retire(membership_ids=[lena.pk], content_ids=[read.pk]) == 1
    assert Memory.objects.active().get().membership_id == paul.pk


def test_a_first_answer_is_a_first_exposure(
    nordwind: Partner, alice: Membership, lena: Membership, now: datetime
) -> None:
    asked = item(alice)
    variant = asked.variants.get()
    answer = Answer(variant=variant, choice=variant.correct, number=1, channel="check")
    stored = store_answer(membership=lena, item=asked, before=None, answer=answer, now=now)
    known, review = Memory.objects.get(), Review.objects.get()
    assert review.pk == stored
    expected = remembering.review(None, remembering.Rating.GOOD, now)
    assert (known.stability, known.difficulty, known.last_review_at) == (expected.stability, expected.difficulty, now)
    assert (known.cause, known.answers, known.due_at) == ("quiz", 1, now + timedelta(days=4))
    assert (review.rating, review.choice, review.number, review.predicted) == (3, variant.correct, 1, None)
    assert (review.algorithm, review.parameters, review.channel) == ("fsrs-6", 1, "check")
    fact = Fact.objects.get(kind="enablement.recall_answered")
    assert (fact.partner_id, fact.person_id, fact.object_id) == (nordwind.pk, lena.person_id, asked.pk)
    assert fact.data == {"content": None, "rating": 3, "channel": "check"}


@pytest.mark.parametrize(
    ("choice", "guessed", "rating"), [(0, False, 3), (0, True, 2), (1, False, 1), (1, True, 1), (None, False, 1)]
)
def test_an_answer_moves_the_memory_as_the_mathematics_say(
    nordwind: Partner,
    alice: Membership,
    lena: Membership,
    now: datetime,
    choice: int | None,
    guessed: bool,
    rating: int,
) -> None:
    asked = item(alice, criticality="must_know")
    before = memory(lena, asked, now - timedelta(days=5))
    answer = Answer(
        variant=asked.variants.get(), choice=choice, number=1, channel="practice", guessed=guessed, predicted=0.81
    )
    store_answer(membership=lena, item=asked, before=before, answer=answer, now=now)
    after = Memory.objects.get()
    known = remembering.Memory(before.stability, before.difficulty, before.last_review_at)
    expected = remembering.review(known, remembering.Rating(rating), now, 0.90)
    assert (after.stability, after.difficulty) == (expected.stability, expected.difficulty)
    assert after.due_at == remembering.due_at(expected, 0.90)
    assert (after.answers, after.cause, after.first_exposed_at) == (1, "session", before.first_exposed_at)
    assert (Review.objects.get().rating, Review.objects.get().predicted) == (rating, 0.81)


def test_the_same_answer_twice_counts_once(
    nordwind: Partner, alice: Membership, lena: Membership, now: datetime
) -> None:
    asked = item(alice)
    before = memory(lena, asked, now - timedelta(days=5))
    answer = Answer(variant=asked.variants.get(), choice=0, number=1, channel="practice")
    assert store_answer(membership=lena, item=asked, before=before, answer=answer, now=now)
    assert store_answer(membership=lena, item=asked, before=before, answer=answer, now=now) is None
    assert Review.objects.count() == Fact.objects.filter(kind="enablement.recall_answered").count() == 1
    assert Memory.objects.get().answers == 1


def test_answers_cannot_be_changed_or_deleted(
    nordwind: Partner, alice: Membership, lena: Membership, now: datetime
) -> None:
    from django.db import ProgrammingError, transaction

    asked = item(alice)
    answer = Answer(variant=asked.variants.get(), choice=0, number=1, channel="practice")
    store_answer(membership=lena, item=asked, before=None, answer=answer, now=now)
    for change in (lambda: Review.objects.update(rating=1), lambda: Review.objects.all().delete()):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            change()
