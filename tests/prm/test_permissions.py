"""Who may do what, cell by cell. This table is written by hand: the one in force must agree with it."""

import pytest

from prm.accounts.models import Membership, Person
from prm.accounts.permissions import PERMISSION_LABELS, ROLE_LABELS, ROLE_PURPOSES, TABLE, Role, may

COLUMNS = ("owner", "manager", "account_manager", "facilitator", "editor", "finance_approver", "analyst")
CELLS = """
studio.enter         x x x x x x x
organization.manage  x . . . . . .
people.manage        x . . . . . .
people.view          x x . . . . .
people.invite        x x x . . . .
partners.view        x x x x x x x
partners.manage      x x x . . . .
partners.import      x x . . . . .
partners.merge       x x . . . . .
recruitment.view     x x x . . . .
recruitment.manage   x x . . . . .
recruitment.decide   x x x . . . .
conversations.answer x x x x x x .
partners.export      x x . . . . .
content.view         x x x x x x x
content.manage       x x . . x . .
cohorts.view         x x x x x x x
cohorts.manage       x x . x . . .
cohorts.decide       x x . x . . .
messages.view        x x x x . . .
messages.manage      x x . . . . .
audit.view           x . . . . . .
portal.see_as        x x x . . . .
analytics.view       x x x x . x x
"""
LITERAL = {line.split()[0]: line.split()[1:] for line in CELLS.strip().splitlines()}


def membership(*roles: str, kind: str = "staff", state: str = "active") -> Membership:
    return Membership(person=Person(email="a@b.example"), kind=kind, roles=list(roles), state=state)


@pytest.mark.parametrize("permission", sorted(TABLE))
def test_each_cell(permission: str) -> None:
    for column, mark in zip(COLUMNS, LITERAL[permission], strict=True):
        assert may(membership(column), permission) is (mark == "x"), f"{permission} for {column}"


def test_the_table_has_these_rows_and_columns_and_no_others() -> None:
    assert set(TABLE) == set(LITERAL) == set(PERMISSION_LABELS)
    assert tuple(Role) == COLUMNS
    assert set(ROLE_LABELS) == set(ROLE_PURPOSES) == set(Role)


def test_several_roles_may_what_any_of_them_may() -> None:
    both = membership("editor", "facilitator")
    assert may(both, "content.manage")
    assert may(both, "cohorts.decide")
    assert not may(both, "people.view")


@pytest.mark.parametrize("permission", sorted(TABLE))
def test_nobody_else_may_anything(permission: str) -> None:
    assert not may(None, permission)
    assert not may(membership(kind="partner"), permission)
    assert not may(membership(kind="guest"), permission)
    assert not may(membership("owner", kind="partner"), permission)
    assert not may(membership("owner", state="suspended"), permission)
    assert not may(membership("owner", state="removed"), permission)
    assert not may(membership("no_such_role"), permission)


def test_an_unknown_permission_is_an_error() -> None:
    with pytest.raises(KeyError):
        may(membership("owner"), "partners.destroy")
