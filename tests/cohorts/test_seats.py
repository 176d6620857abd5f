"""Seats: confirmed, given back, released, offered to the next."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from cohorts.models import Cohort, Seat
from cohorts.services.seats import confirm_seat, extend_offer, give_seat_back, offer_seat, release_seat
from partners.models import AudienceMember
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.audit.models import AuditEntry
from prm.outbox.models import Message
from prm.problems import Refused
from tests.cohorts import factories


def _confirm(cohort: Cohort, who: Membership, now: datetime) -> Seat:
    return confirm_seat(actor=Actor.of(who), cohort=cohort, membership=who, now=now)


def _kinds() -> list[str]:
    return list(Message.objects.order_by("id").values_list("kind", flat=True))


def test_confirming_counts_tells_and_opens_the_gates(winter: Cohort, lena: Membership, now: datetime) -> None:
    factories.seat(winter, lena, "offered")
    seat = _confirm(winter, lena, now)
    assert (seat.state, seat.confirmed_at) == ("confirmed", now)
    winter.refresh_from_db()
    assert winter.seats_taken == 1
    assert winter.audience is not None
    inside = AudienceMember.objects.get(audience=winter.audience)
    assert (inside.membership_id, inside.starts_at, inside.ends_at) == (lena.pk, now, None)
    assert (winter.audience.kind, winter.audience.source_id) == ("cohort", winter.pk)
    fact = Fact.objects.get()
    assert (fact.kind, fact.person_id, fact.object_id, fact.amount) == (
        "cohorts.seat_confirmed",
        lena.person_id,
        winter.pk,
        1,
    )
    assert _kinds() == ["cohorts.seat_confirmed"]


def test_a_double_click_is_one_seat(winter: Cohort, lena: Membership, now: datetime) -> None:
    factories.seat(winter, lena, "offered")
    _confirm(winter, lena, now)
    _confirm(winter, lena, now + timedelta(seconds=1))
    winter.refresh_from_db()
    assert winter.seats_taken == 1
    assert _kinds() == ["cohorts.seat_confirmed"]


def test_after_its_date_an_offer_still_holds_until_it_is_released(
    winter: Cohort, lena: Membership, now: datetime
) -> None:
    factories.seat(winter, lena, "offered", confirm_by=now - timedelta(days=1))
    assert _confirm(winter, lena, now).state == "confirmed"


def test_when_the_last_seat_has_just_gone_one_is_first_in_line(
    winter: Cohort, lena: Membership, paul: Membership, now: datetime
) -> None:
    Cohort.objects.filter(pk=winter.pk).update(capacity=1)
    factories.seat(winter, lena, "offered")
    factories.seat(winter, paul, "offered")
    _confirm(winter, lena, now)
    seat = _confirm(winter, paul, now)
    assert (seat.state, seat.position, seat.confirm_by) == ("waiting", 1, None)
    assert _kinds() == ["cohorts.seat_confirmed", "cohorts.wait_listed"]
    assert Message.objects.last().parameters == {"full": "yes"}  # type: ignore[union-attr]


def test_the_database_has_the_last_word(winter: Cohort) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Cohort.objects.filter(pk=winter.pk).update(seats_taken=13)


@pytest.mark.parametrize("state", ["waiting", "declined", "released"])
def test_what_is_not_offered_is_not_confirmed(winter: Cohort, lena: Membership, now: datetime, state: str) -> None:
    factories.seat(winter, lena, state)
    with pytest.raises(Refused):
        _confirm(winter, lena, now)
    assert Seat.objects.get().state == state
    assert not Message.objects.exists()
    assert not Fact.objects.exists()


def test_giving_a_seat_back_closes_the_gates_and_moves_the_next_one_up(
    winter: Cohort, lena: Membership, paul: Membership, now: datetime
) -> None:
    Cohort.objects.filter(pk=winter.pk).update(capacity=1)
    winter.refresh_from_db()
    factories.seat(winter, lena)
    nora = factories.applicant("Nora Weiß")
    factories.seat(winter, paul, "waiting")
    factories.seat(winter, nora, "waiting")
    give_seat_back(actor=Actor.of(lena), cohort=winter, membership=lena, now=now)
    winter.refresh_from_db()
    states = dict(Seat.objects.values_list("membership_id", "state"))
    assert states == {lena.pk: "declined", paul.pk: "offered", nora.pk: "waiting"}
    assert winter.seats_taken == 0
    assert not AudienceMember.objects.present(now).exists()
    assert _kinds() == ["cohorts.seat_offered", "cohorts.seat_given_back"]
    assert Fact.objects.get().amount == -1


def test_declining_an_offer_frees_it_for_the_next(
    winter: Cohort, lena: Membership, paul: Membership, now: datetime
) -> None:
    Cohort.objects.filter(pk=winter.pk).update(capacity=1)
    factories.seat(winter, lena, "offered")
    factories.seat(winter, paul, "waiting")
    give_seat_back(actor=Actor.of(lena), cohort=winter, membership=lena, now=now)
    assert Seat.objects.get(membership=paul).state == "offered"
    # Nothing was in a calendar, so there is nothing to take out of it.
    assert _kinds() == ["cohorts.seat_offered"]


def test_leaving_the_waiting_list_moves_nobody(
    winter: Cohort, lena: Membership, paul: Membership, now: datetime
) -> None:
    Cohort.objects.filter(pk=winter.pk).update(capacity=1)
    winter.refresh_from_db()
    factories.seat(winter, paul)
    factories.seat(winter, lena, "waiting")
    give_seat_back(actor=Actor.of(lena), cohort=winter, membership=lena, now=now)
    assert Seat.objects.get(membership=lena).state == "declined"
    assert _kinds() == []


def test_shortly_before_the_start_staff_decide_who_moves_up(
    winter: Cohort, lena: Membership, paul: Membership, actor: Actor
) -> None:
    Cohort.objects.filter(pk=winter.pk).update(capacity=1)
    winter.refresh_from_db()
    factories.seat(winter, lena)
    waiting = factories.seat(winter, paul, "waiting")
    late = winter.sessions.get(number=1).starts_at - timedelta(hours=47)
    give_seat_back(actor=Actor.of(lena), cohort=winter, membership=lena, now=late)
    waiting.refresh_from_db()
    assert waiting.state == "waiting"
    offer_seat(actor=actor, seat=waiting, now=late)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.position) == ("offered", None)


def test_releasing_tells_the_person_and_is_in_the_trail(
    winter: Cohort, lena: Membership, actor: Actor, now: datetime
) -> None:
    seat = factories.seat(winter, lena, "offered")
    release_seat(actor=actor, seat=seat, now=now)
    seat.refresh_from_db()
    assert (seat.state, seat.confirm_by, seat.ended_at) == ("released", None, now)
    assert _kinds() == ["cohorts.seat_released"]
    assert AuditEntry.objects.get().changes == {"state": ["offered", "released"]}


def test_an_offer_is_extended_and_only_an_offer(
    winter: Cohort, lena: Membership, paul: Membership, actor: Actor, now: datetime
) -> None:
    seat = factories.seat(winter, lena, "offered")
    extend_offer(actor=actor, seat=seat, confirm_by=now + timedelta(days=9), now=now)
    seat.refresh_from_db()
    assert seat.confirm_by == now + timedelta(days=9)
    with pytest.raises(Refused) as refusal:
        extend_offer(actor=actor, seat=seat, confirm_by=now, now=now)
    assert refusal.value.codes == {"past"}
    with pytest.raises(Refused) as refusal:
        extend_offer(actor=actor, seat=factories.seat(winter, paul), confirm_by=now + timedelta(days=1), now=now)
    assert refusal.value.codes == {"not_offered"}


@pytest.mark.parametrize(("state", "code"), [("confirmed", "holds"), ("offered", "holds")])
def test_who_holds_a_seat_is_offered_none(
    winter: Cohort, lena: Membership, actor: Actor, now: datetime, state: str, code: str
) -> None:
    seat = factories.seat(winter, lena, state)
    with pytest.raises(Refused) as refusal:
        offer_seat(actor=actor, seat=seat, now=now)
    assert refusal.value.codes == {code}


def test_a_full_cohort_offers_nothing(
    winter: Cohort, lena: Membership, paul: Membership, actor: Actor, now: datetime
) -> None:
    Cohort.objects.filter(pk=winter.pk).update(capacity=1)
    winter.refresh_from_db()
    factories.seat(winter, lena)
    with pytest.raises(Refused) as refusal:
        offer_seat(actor=actor, seat=factories.seat(winter, paul, "waiting"), now=now)
    assert refusal.value.codes == {"full"}


def test_taking_a_seat_again_after_giving_it_back(
    winter: Cohort, lena: Membership, actor: Actor, now: datetime
) -> None:
    seat = factories.seat(winter, lena)
    give_seat_back(actor=Actor.of(lena), cohort=winter, membership=lena, now=now)
    seat.refresh_from_db()
    offer_seat(actor=actor, seat=seat, now=now + timedelta(hours=1))
    _confirm(winter, lena, now + timedelta(hours=2))
    winter.refresh_from_db()
    assert winter.seats_taken == 1
    assert sum(Fact.objects.values_list("amount", flat=True)) == 0
