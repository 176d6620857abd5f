"""What a colleague leads and reviews goes to another; what that other has as well stays one."""

from datetime import datetime

import pytest

from cohorts.models import Application, Cohort, ProgramFacilitator, Review, Reviewer
from partners.queries.handovers import in_hand
from partners.services.handing_over import hand_over
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from tests.cohorts import factories
from tests.factories import staff


@pytest.fixture
def carol(winter: Cohort) -> Membership:
    return staff(winter.organization, "carol@acme.example", "Carol Sommer", "manager")


def review(application: Application, reviewer: Membership, now: datetime, state: str = "asked") -> Review:
    return Review.objects.create(
        cohort=application.cohort, application=application, membership=reviewer, state=state, asked_at=now
    )


def reviews() -> set[tuple[int, int, str]]:
    return set(Review.objects.values_list("application", "membership", "state"))


def test_whom_both_were_asked_about_the_other_reviews_once(
    winter: Cohort, lena: Membership, paul: Membership, bob: Membership, carol: Membership, now: datetime
) -> None:
    both, one = factories.application(winter, lena), factories.application(winter, paul)
    for who in (bob, carol):
        Reviewer.objects.create(cohort=winter, membership=who)
    review(both, carol, now)
    review(both, bob, now)
    review(one, bob, now)
    done = hand_over(actor=Actor.of(carol), giver=bob, taker=carol, now=now)
    assert done.moved == {"cohorts.reviews": 1}
    assert reviews() == {(both.pk, carol.pk, "asked"), (one.pk, carol.pk, "asked")}
    assert list(Reviewer.objects.values_list("membership", flat=True)) == [carol.pk]
    assert not in_hand(bob.pk, now)


def test_what_is_written_stays_its_author_s(
    winter: Cohort, lena: Membership, bob: Membership, carol: Membership, now: datetime
) -> None:
    application = factories.application(winter, lena)
    Reviewer.objects.create(cohort=winter, membership=bob)
    review(application, bob, now, "written")
    hand_over(actor=Actor.of(carol), giver=bob, taker=carol, now=now)
    assert reviews() == {(application.pk, bob.pk, "written")}
    assert Reviewer.objects.get().membership_id == carol.pk


@pytest.mark.parametrize("has_it_too", [False, True])
def test_a_program_is_led_once(
    has_it_too: bool, winter: Cohort, bob: Membership, carol: Membership, now: datetime
) -> None:
    ProgramFacilitator.objects.all().delete()
    for who in [bob, carol][: 1 + has_it_too]:
        ProgramFacilitator.objects.create(program=winter.program, membership=who)
    done = hand_over(actor=Actor.of(carol), giver=bob, taker=carol, now=now)
    assert done.moved == {"cohorts.programs": 1}
    assert list(ProgramFacilitator.objects.values_list("membership", flat=True)) == [carol.pk]
