"""Many teams, few seats, one second: seats are never oversold, and no team is counted twice or half."""

import threading
from datetime import datetime

import pytest
from django.db import connection

from cohorts.models import Cohort, Seat, Team
from cohorts.services.seats import confirm_seat
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.outbox.models import Message
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts import factories
from tests.cohorts.teams import for_teams, team
from tests.factories import NOW, staff
from tests.partners.factories import PartnerFactory

pytestmark = pytest.mark.django_db(transaction=True)


def _offered(acme: Organization, seats: int, teams: int) -> tuple[Cohort, list[Membership]]:
    """A cohort of so many seats, and so many teams of two that hold an offer."""
    people = []
    with scope(acme):
        frida = staff(acme, "frida@acme.example", "Frida Sand", "facilitator")
        cohort = for_teams(factories.cohort("selecting", facilitator=frida, capacity=seats))
        for number in range(teams):
            partner = PartnerFactory.create(name=f"Company {number}", domain=f"company{number}.example")
            pair = [factories.applicant(f"{name}{number} Nord", partner) for name in ("Ada", "Bo")]
            team(cohort, partner, *pair)
            people += pair
    return cohort, people


def _all_at_once(acme: Organization, cohort: Cohort, members: list[Membership], now: datetime) -> list[str]:
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


def test_two_people_who_confirm_in_the_same_second_take_one_seat(acme: Organization) -> None:
    cohort, people = _offered(acme, 3, 1)
    assert sorted(_all_at_once(acme, cohort, people, NOW)) == ["confirmed", "offered"]
    with scope(acme):
        cohort.refresh_from_db()
        assert (cohort.seats_taken, Team.objects.get().state) == (1, "held")
        assert Seat.objects.confirmed().count() == 2
        assert Message.objects.filter(kind="cohorts.seat_confirmed").count() == 2


@pytest.mark.timeout(300)
def test_ten_teams_and_three_seats(acme: Organization) -> None:
    cohort, people = _offered(acme, 3, 10)
    assert len(_all_at_once(acme, cohort, people, NOW)) == 20
    with scope(acme):
        cohort.refresh_from_db()
        assert cohort.seats_taken == Team.objects.held().count() == 3
        assert Seat.objects.confirmed().count() == 6
        assert list(Team.objects.waiting().values_list("position", flat=True)) == list(range(1, 8))
        assert Seat.objects.waiting().count() == 14
        assert Message.objects.filter(kind="cohorts.seat_confirmed").count() == 6
        assert Message.objects.filter(kind="cohorts.wait_listed").count() == 14
