"""What partners hang into the shell: cards, checklist, starters, an example person."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from demo.bulk import made_partners
from partners.models import Group, Partner, PartnerUser
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from prm.web.examples import example_person
from prm.web.places import checklist, checklist_of
from prm.web.starters import CHOICES, apply_choices
from tests.partners.factories import PartnerFactory

type SignIn = Callable[[Membership], Client]


@pytest.fixture
def home(acme: Organization, alice: Membership, sign_in: SignIn) -> Callable[[], str]:
    return lambda: sign_in(alice).get(address("studio_home", organization=acme)).content.decode()


def test_home_counts_real_partners_and_greets_who_came(
    acme: Organization, home: Any, nordwind: Partner, lena_user: PartnerUser
) -> None:
    with scope(acme):
        PartnerFactory.create(is_test=True)
        PartnerUser.objects.update(joined_at=datetime.now(tz=lena_user.joined_at.tzinfo) - timedelta(hours=3))
    page = home()
    assert "1 partner" in page
    assert "Lena of Nordwind GmbH is in." in page
    assert "mailto:lena@nordwind.example" in page


def test_home_without_partners_shows_no_card_of_them(home: Any) -> None:
    assert "Say hello" not in home()


def test_the_first_hour_has_six_steps() -> None:
    assert len(checklist.all()) == 6


def test_the_checklist_knows_what_is_done(
    acme: Organization, alice: Membership, nordwind: Partner, django_assert_num_queries: Any
) -> None:
    with scope(acme):
        with django_assert_num_queries(1):
            steps = checklist_of(alice)
        assert [str(step.label) for step in steps.steps if step.is_done] == ["Bring your partners"]
        Partner.objects.update(is_test=True)
        assert checklist_of(alice).done == 0


def test_chosen_kinds_become_groups_once(in_acme: Organization, actor: Actor, now: datetime) -> None:
    chosen = [choice.name for choice in CHOICES]
    for _twice in range(2):
        apply_choices(actor=actor, choices=[*chosen, "nonsense"], now=now)
    names = list(Group.objects.by_name().values_list("name", flat=True))
    assert names == ["Distributors", "Integrators", "MSPs", "Resellers", "Software vendors"]
    assert all(Group.objects.values_list("description", flat=True))


def test_the_example_person_is_at_the_own_test_partner(
    in_acme: Organization, actor: Actor, alice: Membership, now: datetime
) -> None:
    example = example_person()
    assert example is not None
    first, second = example.make(actor, now), example.make(actor, now)
    assert first == second
    assert PartnerUser.objects.get(membership=first).partner.is_test


def test_home_counts_no_further_than_a_thousand(acme: Organization, home: Any, nordwind: Partner) -> None:
    with scope(acme):
        Partner.objects.bulk_create(made_partners(1000, seed=1, now=timezone.now()))
    assert "Over 1000 partners" in home()
