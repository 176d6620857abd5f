"""Policy as tables, without a database."""

from datetime import timedelta
from typing import Any

import pytest

from partners import rules
from partners.models import Group, Partner, PartnerProduct, PartnerUser, Product, ProductFamily
from prm.accounts.models import Membership, Person
from tests.factories import NOW


def colleague(**fields: Any) -> Membership:
    return Membership(pk=1, kind="staff", roles=["owner"], person=Person(name="Bob"), **fields)


def user(role: str = "member", membership_id: int = 5, **fields: Any) -> PartnerUser:
    membership = Membership(pk=membership_id, kind="partner", person=Person(name="Lena"))
    return PartnerUser(pk=9, partner=Partner(pk=3, name="Nordwind", **fields), membership=membership, role=role)


@pytest.mark.parametrize(
    ("fields", "described"),
    [
        ({}, "Nordwind"),
        ({"domain": "nordwind.example"}, "Nordwind (nordwind.example)"),
        ({"domain": "nordwind.example", "archived_at": NOW}, "Nordwind (nordwind.example, archived)"),
        ({"archived_at": NOW}, "Nordwind (archived)"),
    ],
)
def test_a_double_is_a_question_that_names_it(fields: dict[str, Any], described: str) -> None:
    (problem,) = rules.duplicate_problems([Partner(name="Nordwind", **fields)])
    assert (problem.code, problem.level) == ("looks_like", "approval")
    assert described in problem.message


@pytest.mark.parametrize(
    ("who", "codes"),
    [
        (None, []),
        (colleague(), []),
        (colleague(state="removed"), ["no_colleague"]),
        (Membership(kind="partner"), ["no_colleague"]),
    ],
)
def test_account_managers_are_active_colleagues(who: Membership | None, codes: list[str]) -> None:
    assert [problem.code for problem in rules.account_manager_problems(who)] == codes


@pytest.mark.parametrize(
    ("ends_in", "codes"),
    [(None, []), (timedelta(seconds=1), []), (timedelta(0), ["ends_in_past"]), (timedelta(days=-1), ["ends_in_past"])],
)
def test_ends_lie_ahead(ends_in: timedelta | None, codes: list[str]) -> None:
    ends_at = NOW + ends_in if ends_in is not None else None
    assert [problem.code for problem in rules.period_problems(ends_at, NOW)] == codes


def test_archived_groups_and_partners_take_nobody() -> None:
    assert not rules.group_problems(Group())
    assert rules.group_problems(Group(archived_at=NOW))[0].code == "group_archived"
    assert not rules.invitation_problems(Partner(name="Nordwind"))
    assert rules.invitation_problems(Partner(name="Nordwind", archived_at=NOW))[0].code == "partner_archived"


@pytest.mark.parametrize(
    ("member", "of", "codes"),
    [
        (None, None, []),
        (Membership(kind="partner", state="removed"), user(), []),
        (colleague(), None, ["is_colleague"]),
        (Membership(kind="partner"), user(), ["is_here"]),
        (Membership(kind="partner"), PartnerUser(partner=Partner(pk=4, name="Kestrel")), ["is_elsewhere"]),
    ],
)
def test_an_address_belongs_to_one_place(member: Membership | None, of: PartnerUser | None, codes: list[str]) -> None:
    found = rules.address_problems("lena@nordwind.example", Partner(pk=3, name="Nordwind"), member, of)
    assert [problem.code for problem in found] == codes


@pytest.mark.parametrize(
    ("who", "may"),
    [(None, False), (user("member"), False), (user("lead"), True), (user("lead", archived_at=NOW), False)],
)
def test_only_leads_manage_a_team(who: PartnerUser | None, may: bool) -> None:
    assert rules.may_manage_team(who) is may


@pytest.mark.parametrize(
    ("role", "acting_id", "leads", "codes"),
    [
        ("member", 7, 1, []),
        ("lead", 7, 2, []),
        ("lead", 7, 1, ["last_lead"]),
        ("lead", 5, 2, ["is_self"]),
        ("lead", None, 1, []),
    ],
)
def test_who_can_be_taken_out(role: str, acting_id: int | None, leads: int, codes: list[str]) -> None:
    acting = Membership(pk=acting_id) if acting_id else None
    assert [problem.code for problem in rules.removal_problems(user(role), acting, leads)] == codes


@pytest.mark.parametrize(
    ("present", "wanted", "leads", "codes"),
    [
        ("lead", "member", 1, ["last_lead"]),
        ("lead", "member", 2, []),
        ("lead", "lead", 1, []),
        ("member", "lead", 0, []),
    ],
)
def test_a_company_keeps_a_lead(present: str, wanted: str, leads: int, codes: list[str]) -> None:
    assert [problem.code for problem in rules.role_problems(user(present), wanted, leads)] == codes


def test_addresses_that_a_list_names_twice() -> None:
    assert rules.invited_twice(["a@x.example", "b@x.example", "a@x.example"]) == {"a@x.example"}
    assert rules.invited_twice([]) == set()


TODAY = NOW.date()
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("starts", "ends", "codes"),
    [
        (0, None, []),
        (-900, None, []),
        (0, 1, []),
        (-9, 1, []),
        (0, 0, ["ends_in_past"]),
        (-9, -2, ["ends_in_past"]),
        (9, 9, ["ends_before_start"]),
        (9, 2, ["ends_before_start"]),
    ],
)
def test_rights_end_ahead_and_after_they_begin(starts: int, ends: int | None, codes: list[str]) -> None:
    ends_on = None if ends is None else TODAY + ends * DAY
    found = rules.right_period_problems(TODAY + starts * DAY, ends_on, TODAY)
    assert [problem.code for problem in found] == codes


@pytest.mark.parametrize(
    ("fields", "starts", "codes"),
    [
        ({}, 0, []),
        ({}, 9, []),
        ({"begun_at": NOW}, 0, []),
        ({"begun_at": NOW}, -9, []),
        ({"begun_at": NOW}, 1, ["right_begun"]),
        ({"begun_at": NOW, "closed_at": NOW}, 0, ["right_over"]),
    ],
)
def test_a_right_that_has_begun_does_not_begin_later(fields: dict[str, Any], starts: int, codes: list[str]) -> None:
    found = rules.change_problems(PartnerProduct(**fields), TODAY + starts * DAY, TODAY)
    assert [problem.code for problem in found] == codes


def test_what_is_retired_takes_nothing_new() -> None:
    assert rules.product_problems(Product(name="Pump")) == []
    assert [problem.code for problem in rules.product_problems(Product(name="Pump", retired_on=TODAY))] == [
        "product_retired"
    ]
    assert rules.family_problems(None) == rules.family_problems(ProductFamily(name="Hydraulics")) == []
    retired = ProductFamily(name="Hydraulics", retired_on=TODAY)
    assert [problem.code for problem in rules.family_problems(retired)] == ["family_retired"]
    assert rules.family_retirement_problems(0) == []
    (problem,) = rules.family_retirement_problems(2)
    assert problem.message.startswith("2 products of it are still offered")


def test_rights_that_stand_in_the_way_are_named_three_at_most() -> None:
    standing = [
        PartnerProduct(partner=Partner(name=f"P{number}"), right="sell", starts_on=TODAY, ends_on=TODAY + 9 * DAY)
        for number in range(5)
    ]
    assert rules.overlap_problems([]) == []
    (problem,) = rules.overlap_problems(standing)
    assert "P0 has “May sell” from 23 Nov 2026 until 1 Dec 2026." in problem.message
    assert "P3" not in problem.message
    assert problem.message.endswith("2 more like these.")
