"""Who something is for, who would see it, and how upper apps write into it."""

from datetime import datetime, timedelta

import pytest

from partners.models import Audience, AudienceMember, Group, Partner, PartnerUser
from partners.queries.audiences import audience_choices, audiences_of, members_in, reach
from partners.services.audiences import (
    add_member,
    add_partner,
    close_audience,
    ensure_audience,
    remove_member,
    remove_partner,
)
from prm.accounts.models import Membership
from prm.tenancy.models import Organization
from tests.factories import member
from tests.partners.factories import PartnerFactory, partner_user

DAY = timedelta(days=1)


@pytest.fixture
def everyone(in_acme: Organization) -> Audience:
    return Audience.objects.everyone()


@pytest.fixture
def cohort(in_acme: Organization) -> Audience:
    return ensure_audience(kind="cohort", source_id=7, label="Autumn cohort")


def test_an_audience_is_made_once_and_keeps_its_name_current(cohort: Audience, now: datetime) -> None:
    assert ensure_audience(kind="cohort", source_id=7, label="Autumn").pk == cohort.pk
    close_audience(cohort, now)
    again = ensure_audience(kind="cohort", source_id=7, label="Autumn")
    assert (again.label, again.closed_at) == ("Autumn", None)
    assert Audience.objects.count() == 1


def test_choices_begin_with_everyone_then_groups(cohort: Audience, msps: Group, now: datetime) -> None:
    ensure_audience(kind="group", source_id=2, label="resellers")
    ensure_audience(kind="group", source_id=1, label="MSPs")
    close_audience(ensure_audience(kind="group", source_id=3, label="Gone"), now)
    assert [(choice.kind, choice.label) for choice in audience_choices()] == [
        ("everyone", "All partners"),
        ("group", "MSPs"),
        ("group", "resellers"),
        ("cohort", "Autumn cohort"),
    ]


def test_people_are_in_audiences_through_their_partner_as_themselves_and_as_all(
    everyone: Audience, cohort: Audience, nordwind: Partner, lena_user: PartnerUser, lena: Membership, now: datetime
) -> None:
    group = ensure_audience(kind="group", source_id=1, label="MSPs")
    add_partner(group, nordwind, now)
    add_member(cohort, lena, now)
    assert audiences_of(lena, now) == {everyone.pk, group.pk, cohort.pk}
    assert audiences_of(lena, now - DAY) == {everyone.pk}


def test_who_is_in_no_audience(
    everyone: Audience, cohort: Audience, alice: Membership, acme: Organization, now: datetime
) -> None:
    guest = member(acme, "star@guests.example", "Guest Star", kind="guest")
    add_member(cohort, guest, now)
    assert audiences_of(guest, now) == {cohort.pk}
    assert audiences_of(alice, now) == set()
    gone = partner_user(PartnerFactory.create(archived_at=now), "a@gone.example", "A")
    assert audiences_of(gone.membership, now) == set()
    left = member(acme, "left@nordwind.example", "Left", state="removed")
    assert audiences_of(left, now) == set()
    homeless = member(acme, "none@nordwind.example", "None")
    assert audiences_of(homeless, now) == set()


def test_adding_twice_is_once_and_leaving_ends_at_that_moment(
    cohort: Audience, nordwind: Partner, lena: Membership, lena_user: PartnerUser, now: datetime
) -> None:
    for _twice in range(2):
        add_member(cohort, lena, now)
        add_partner(cohort, nordwind, now)
    assert AudienceMember.objects.count() == 2
    remove_member(cohort, lena, now + DAY)
    assert cohort.pk in audiences_of(lena, now + DAY)
    remove_partner(cohort, nordwind, now + DAY)
    assert cohort.pk not in audiences_of(lena, now + DAY)
    assert cohort.pk in audiences_of(lena, now)
    add_member(cohort, lena, now + 2 * DAY)
    assert AudienceMember.objects.filter(membership=lena).count() == 2


def test_reach_counts_real_people_who_can_come_in(
    everyone: Audience,
    cohort: Audience,
    acme: Organization,
    nordwind: Partner,
    kestrel: Partner,
    lena_user: PartnerUser,
    tom_user: PartnerUser,
    paul: Membership,
    paul_user: PartnerUser,
    now: datetime,
) -> None:
    test = PartnerFactory.create(is_test=True)
    partner_user(test, "alice+test@acme.example", "Test")
    partner_user(PartnerFactory.create(archived_at=now), "x@gone.example", "X")
    suspended = partner_user(nordwind, "eva@nordwind.example", "Eva")
    Membership.everywhere.filter(pk=suspended.membership_id).update(state="suspended")
    empty = PartnerFactory.create(name="Nobody there")
    group = ensure_audience(kind="group", source_id=1, label="MSPs")
    for partner in (nordwind, test, empty):
        add_partner(group, partner, now)
    add_member(cohort, paul, now)
    add_member(cohort, member(acme, "star@guests.example", "Guest Star", kind="guest"), now)

    def counts(*audiences: Audience) -> tuple[int, int]:
        found = reach([audience.pk for audience in audiences], now)
        return found.people, found.partners

    assert counts() == (0, 0)
    assert counts(group) == (2, 2)
    assert counts(cohort) == (2, 1)
    assert counts(group, cohort) == (4, 3)
    assert counts(everyone) == (3, 3)
    close_audience(group, now)
    assert counts(group) == (0, 0)


def test_members_in_composes_into_other_queries(
    everyone: Audience,
    cohort: Audience,
    nordwind: Partner,
    lena: Membership,
    lena_user: PartnerUser,
    tom_user: PartnerUser,
    paul_user: PartnerUser,
    now: datetime,
) -> None:
    group = ensure_audience(kind="group", source_id=1, label="MSPs")
    add_partner(group, nordwind, now)
    found = members_in([group.pk], now)
    assert set(found) == {lena, tom_user.membership}
    assert PartnerUser.objects.filter(membership__in=found.values("pk")).count() == 2
    assert members_in([everyone.pk], now).count() == 3
    assert members_in([], now).count() == 0
    assert "accounts_membership" in found.query.sql_with_params()[0]


def test_audiences_cost_the_same_at_any_size(
    everyone: Audience,
    nordwind: Partner,
    lena: Membership,
    lena_user: PartnerUser,
    now: datetime,
    django_assert_num_queries: object,
) -> None:
    for number in range(20):
        audience = ensure_audience(kind="group", source_id=number + 1, label=f"Group {number}")
        add_partner(audience, nordwind, now)
    fresh = Membership.objects.by_id(lena.pk)
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert len(audiences_of(fresh, now)) == 21
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = audiences_of(fresh, now)
    with django_assert_num_queries(1):  # type: ignore[operator]
        reach(found, now)


def test_another_organizations_audiences_are_unknown(
    umbrella: Organization,
    charlie: Membership,
    acme: Organization,
    lena: Membership,
    lena_user: PartnerUser,
    now: datetime,
) -> None:
    from prm.tenancy.scope import scope

    with scope(umbrella):
        foreign = Audience.objects.everyone()
    with scope(acme):
        assert audiences_of(lena, now) == set()
        assert reach([foreign.pk], now).people == 0
        assert members_in([foreign.pk], now).count() == 0
