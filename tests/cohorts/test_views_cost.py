"""What pages of cohorts cost: the same few queries for one row and for many."""

from collections.abc import Callable

import pytest
from django.test import Client

from cohorts.models import Application, Submission
from partners.models import Partner
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts import factories
from tests.cohorts.crowd import Crowd, apply_in_bulk, crowd
from tests.costs import frame_of, queries_of

type SignIn = Callable[[Membership], Client]

# Own queries beside the frame: (page, what its address names, queries).
STUDIO = [
    ("program_list", "", 1),
    ("cohort_list", "", 3),
    ("cohort_create", "", 4),
    ("cohort_detail", "cohort", 7),
    ("cohort_edit", "cohort", 3),
    ("application_list", "cohort", 7),
    ("application_decide", "application", 7),
    ("nomination_create", "cohort", 3),
    ("participant_list", "cohort", 7),
    ("cohort_session_list", "cohort", 3),
    ("session_create", "cohort", 3),
    ("session_edit", "session", 3),
    ("session_attendance", "session", 3),
    ("recap_edit", "session", 5),
    ("homework_list", "cohort", 4),
    ("homework_create", "cohort", 2),
    ("homework_detail", "homework", 3),
    ("homework_edit", "homework", 2),
    ("submission_detail", "submission", 3),
    ("graduation_list", "cohort", 5),
]
# The portal's menu asks one question of its own on every page.
PORTAL = [
    ("my_cohorts", "", 1),
    ("cohort_invitation", "cohort", 7),
    ("application_detail", "cohort", 5),
    ("cohort_home", "cohort", 7),
    ("session_detail", "session", 5),
    ("homework_answer", "homework", 6),
]


def addresses(acme: Organization, full: Crowd) -> dict[str, list[str]]:
    with scope(acme):
        cohort = full.cohort.public_id
        undecided = Application.objects.waiting_for_decision().order_by("pk").values_list("public_id", flat=True)
        mine = Submission.objects.of_member(full.lena).values_list("public_id", flat=True)
        return {
            "": [],
            "cohort": [cohort],
            "session": [cohort, full.session.public_id],
            "homework": [cohort, full.homework.public_id],
            "application": [cohort, undecided[0]],
            "submission": [cohort, mine[0]],
        }


def test_pages_cost_the_same_with_one_row_and_three(
    acme: Organization, frida: Membership, lena: Membership, nordwind: Partner, sign_in: SignIn
) -> None:
    with scope(acme):
        full = crowd(frida, lena)
    facilitator, participant = sign_in(frida), sign_in(lena)
    frame = frame_of(facilitator, acme)
    expected = {name: own for name, _about, own in (*STUDIO, *PORTAL)}
    for numbers in ((1,), (2, 3)):
        with scope(acme):
            for number in numbers:
                full.grow(number)
        named = addresses(acme, full)
        found = {
            name: queries_of(client, address(name, *named[about], organization=acme)) - frame
            for client, rows in ((facilitator, STUDIO), (participant, PORTAL))
            for name, about, _own in rows
        }
        assert found == expected
        assert frame + max(found.values()) <= 12


def test_the_homes_of_those_in_a_cohort_keep_the_limit(
    acme: Organization, frida: Membership, lena: Membership, nordwind: Partner, sign_in: SignIn
) -> None:
    homes = [(frida, "studio_home", "Winter 2026"), (lena, "portal_home", "Next session")]
    with scope(acme):
        Partner.objects.filter(pk=nordwind.pk).update(account_manager=frida)
        full = crowd(frida, lena)
    costs = []
    for numbers in ((1, 2), (3, 4)):
        with scope(acme):
            for number in numbers:
                full.grow(number)
        for who, name, shown in homes:
            client, url = sign_in(who), address(name, organization=acme)
            assert shown in client.get(url).content.decode(), name
            costs.append(queries_of(client, url))
    assert costs[:2] == costs[2:]
    assert max(costs) <= 12


@pytest.mark.parametrize("name", ["application_list", "nomination_create"])
def test_a_thousand_applications_cost_what_ten_cost(
    acme: Organization, frida: Membership, sign_in: SignIn, name: str
) -> None:
    with scope(acme):
        cohort = factories.cohort("open", facilitator=frida)
        apply_in_bulk(cohort, frida, 10)
    client, url = sign_in(frida), address(name, cohort.public_id, organization=acme)
    few = queries_of(client, url)
    with scope(acme):
        apply_in_bulk(cohort, frida, 990)
    assert queries_of(client, url) == few
    assert len(client.get(url).content) < 60 * 1024
