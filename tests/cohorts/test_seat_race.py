"""Many people, few seats, one second: seats are never oversold and everybody is told at once."""

import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection

from cohorts.models import Cohort, Seat
from cohorts.services.seats import confirm_seat
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.outbox.models import Message
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts import factories
from tests.factories import NOW, staff
from tests.partners.factories import PartnerFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def offered(acme: Organization) -> Callable[[int, int], tuple[Cohort, list[Membership]]]:
    """A cohort of so many seats, and so many people who hold an offer."""

    def made(seats: int, people: int) -> tuple[Cohort, list[Membership]]:
        with scope(acme):
            frida = staff(acme, "frida@acme.example", "Frida Sand", "facilitator")
            cohort = factories.cohort("selecting", facilitator=frida, capacity=seats)
            partner = PartnerFactory.create(name="Nordwind", domain="nordwind.example")
            members = [factories.applicant(f"Person{number} Nord", partner) for number in range(people)]
            for member in members:
                factories.seat(cohort, member, "offered")
        return cohort, members

    return made


def _all_at_once(acme: Organization, cohort: Cohort, members: list[Membership], now: datetime) -> list[str]:
    """What each got, when all confirm in the same moment, each over a connection of their own."""
    gate = threading.Barrier(len(members))
    got: list[str] = []

    def confirm(member: Membership) -> None:
        try:
            gate.wait(timeout=60)
            with scope(acme):
                seat = confirm_seat(actor=Actor.of(member), cohort=cohort, membership=member, now=now)
            got.append(seat.state)
        finally:
            connection.close()

    threads = [threading.Thread(target=confirm, args=(member,)) for member in members]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return got


def test_two_people_and_one_seat(
    acme: Organization, offered: Callable[[int, int], tuple[Cohort, list[Membership]]]
) -> None:
    cohort, members = offered(1, 2)
    assert sorted(_all_at_once(acme, cohort, members, NOW)) == ["confirmed", "waiting"]


@pytest.mark.timeout(300)
def test_fifty_people_and_twelve_seats(
    acme: Organization, offered: Callable[[int, int], tuple[Cohort, list[Membership]]]
) -> None:
    cohort, members = offered(12, 50)
    got = _all_at_once(acme, cohort, members, NOW)
    assert (got.count("confirmed"), got.count("waiting")) == (12, 38)
    with scope(acme):
        cohort.refresh_from_db()
        assert cohort.seats_taken == Seat.objects.confirmed().count() == 12
        places = list(Seat.objects.waiting().values_list("position", flat=True))
        assert places == list(range(1, 39))
        kinds = list(Message.objects.values_list("kind", flat=True))
        assert kinds.count("cohorts.seat_confirmed") == 12
        assert kinds.count("cohorts.wait_listed") == 38


def test_one_person_with_many_windows_takes_one_seat(
    acme: Organization, offered: Callable[[int, int], tuple[Cohort, list[Membership]]]
) -> None:
    cohort, members = offered(3, 1)
    assert set(_all_at_once(acme, cohort, members * 6, NOW)) == {"confirmed"}
    with scope(acme):
        cohort.refresh_from_db()
        assert cohort.seats_taken == 1
        assert Message.objects.count() == 1
