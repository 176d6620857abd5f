"""Policy as tables, without a database."""

from datetime import timedelta
from typing import Any

import pytest

from partners import rules
from partners.models import Group, Partner, PartnerUser
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
