"""Ten thousand running cohorts in one tick."""

import pytest

from prm.accounts.models import Membership, Person
from prm.tenancy.models import Organization
from tests.bench.reminding import measure_reminders
from tests.factories import NOW

PEOPLE = 3_000


@pytest.mark.scale
@pytest.mark.timeout(600)
@pytest.mark.django_db(transaction=True)
def test_a_tick_over_ten_thousand_cohorts_is_quick(acme: Organization) -> None:
    people = Person.objects.bulk_create(
        Person(email=f"p{number}@example.com", name=f"P {number}", date_joined=NOW) for number in range(PEOPLE)
    )
    Membership.objects.bulk_create(
        [
            Membership(organization=acme, person=person, kind=Membership.Kind.PARTNER, created_at=NOW)
            for person in people
        ]
    )
    figures = measure_reminders(acme)
    for figure in figures:
        print(f"{figure.name}: {figure.p50_ms:.0f} ms, {figure.target}")
    assert all(figure.ok for figure in figures)
