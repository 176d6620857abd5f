"""Hard criteria: checked by themselves, each with its reason, and invisible where the part is off."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from cohorts.criteria import Criteria, checked
from cohorts.models import Cohort, SelectionPlan
from cohorts.queries.board import board
from cohorts.questions import Kind, Question
from partners.models import GroupMember, Partner
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts import factories
from tests.costs import queries_of
from tests.factories import NOW
from tests.partners.factories import GroupFactory

type SignIn = Callable[[Membership], Client]

LEVEL = Question("level", "Your level?", Kind.CHOICE, options=(("a", "A"), ("b", "B"), ("c", "C")))
TOOLS = Question("tools", "Your tools?", Kind.MULTI, options=(("x", "X"), ("y", "Y")))
ASKED = Criteria(("gold", "gone"), {"level": ("a", "b"), "tools": ("x",), "old": ("1",)})


@pytest.mark.parametrize(
    ("inside", "answers", "met"),
    [
        ({"gold"}, {"level": "a", "tools": ["y", "x"]}, [True, True, True]),
        (set(), {"level": "c", "tools": ["y"]}, [False, False, False]),
        ({"gold"}, {}, [True, False, False]),
    ],
)
def test_each_criterion_is_judged_and_what_is_gone_asks_for_nothing(
    inside: set[str], answers: Mapping[str, Any], met: list[bool]
) -> None:
    rows = checked(ASKED, [LEVEL, TOOLS], group_names={"gold": "Gold"}, inside=inside, answers=answers)
    assert [row.is_met for row in rows] == met


def test_each_says_why() -> None:
    rows = checked(ASKED, [LEVEL, TOOLS], group_names={"gold": "Gold"}, inside=set(), answers={"level": "c"})
    assert [row.why for row in rows] == [
        "The company is not in the group “Gold”.",
        "“Your level?”: C.",
        "“Your tools?”: nothing.",
    ]


def test_criteria_are_kept_as_plain_values() -> None:
    assert Criteria.of(ASKED.kept()) == ASKED
    assert not Criteria.of({})


def test_staff_write_criteria_and_the_board_shows_who_does_not_meet_them(
    acme: Organization,
    winter: Cohort,
    lena: Membership,
    paul: Membership,
    nordwind: Partner,
    frida: Membership,
    sign_in: SignIn,
) -> None:
    client = sign_in(frida)
    where = address("selection_criteria", winter.public_id, organization=acme)
    assert client.get(where).status_code == 404
    with scope(acme):
        Cohort.objects.filter(pk=winter.pk).update(parts=["criteria"])
        group = GroupFactory.create(name="Gold partners")
        GroupMember.objects.create(group=group, partner=nordwind, starts_at=NOW - timedelta(days=9))
        mine = factories.application(winter, lena, experience="seasoned")
        factories.application(winter, paul, experience="new")
    wrong = client.post(where, {"groups": ["nothing"], "revision": "1"})
    assert wrong.status_code == 422
    words = {"groups": [group.public_id], "answer_experience": ["new", "some"], "revision": "1"}
    plain = queries_of(client, address("application_list", winter.public_id, organization=acme))
    assert client.post(where, words).status_code == 303
    with scope(acme):
        winter.refresh_from_db()
        tiles = board(winter, NOW).lanes[0].tiles
        assert {tile.name: tile.unmet for tile in tiles} == {"Lena Brandt": 1, "Paul Ortega": 1}
        assert SelectionPlan.objects.get().criteria["groups"] == [group.public_id]
    cost = queries_of(client, address("application_list", winter.public_id, organization=acme))
    assert cost == plain + 1 <= 12
    page = client.get(address("application_decide", winter.public_id, mine.public_id, organization=acme))
    text = page.content.decode()
    assert "The company is in the group “Gold partners”." in text
    assert "I do it every week" in text
    with scope(acme):
        Cohort.objects.filter(pk=winter.pk).update(parts=[])
        winter.refresh_from_db()
        # Switched off, nothing is shown; what was written is kept.
        assert {tile.unmet for tile in board(winter, NOW).lanes[0].tiles} == {0}
    hidden = client.get(address("application_decide", winter.public_id, mine.public_id, organization=acme))
    assert "Hard criteria" not in hidden.content.decode()
