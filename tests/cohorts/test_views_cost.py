"""What pages of cohorts cost: the same few queries for one row and for many."""

from collections.abc import Callable

import pytest
from django.test import Client

from cohorts.models import Application, Cohort, Reviewer, SelectionPlan, Submission
from cohorts.parts import Part
from cohorts.services.reviews import spread_reviews
from cohorts.services.selection_plans import own_plan
from partners.models import Partner
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts import factories
from tests.cohorts.crowd import Crowd, apply_in_bulk, crowd
from tests.costs import frame_of, queries_of
from tests.factories import NOW
from tests.partners.factories import GroupFactory

type SignIn = Callable[[Membership], Client]

# Own queries beside the frame: (page, what its address names, queries).
STUDIO = [
    ("program_list", "", 1),
    ("program_detail", "program", 7),
    ("program_edit", "program", 3),
    ("cohort_list", "", 3),
    ("cohort_create", "", 4),
    ("cohort_detail", "cohort", 7),
    ("cohort_edit", "cohort", 3),
    ("cohort_reminders", "cohort", 2),
    ("application_list", "cohort", 7),
    ("application_decide", "application", 6),
    ("selection_plan", "cohort", 3),
    ("application_preview", "cohort", 2),
    ("nomination_create", "cohort", 3),
    ("participant_list", "cohort", 7),
    ("cohort_session_list", "cohort", 3),
    ("session_create", "cohort", 3),
    ("session_edit", "session", 3),
    ("session_agenda", "session", 6),
    ("session_guide", "session", 3),
    ("session_series", "cohort", 2),
    ("series_move", "cohort", 2),
    ("session_materials", "session", 5),
    ("room_edit", "cohort", 1),
    ("cohort_launch", "cohort", 4),
    ("launch_edit", "cohort", 3),
    ("survey_edit", "cohort", 3),
    ("closing_survey", "cohort", 6),
    ("closing_edit", "cohort", 4),
    ("agenda_item_edit", "item", 2),
    ("library_item_list", "", 1),
    ("session_attendance", "session", 3),
    ("recap_edit", "session", 8),
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
    ("cohort_invitation", "cohort", 5),
    ("colleague_nominate", "cohort", 6),
    ("application_detail", "cohort", 6),
    ("cohort_home", "cohort", 7),
    ("session_detail", "session", 6),
    ("homework_answer", "homework", 6),
    ("goal_edit", "cohort", 3),
    ("survey_answer", "cohort", 4),
    ("closing_answer", "cohort", 4),
    ("cohort_faces", "cohort", 6),
    ("need_list", "cohort", 3),
]


def addresses(acme: Organization, full: Crowd) -> dict[str, list[str]]:
    with scope(acme):
        cohort = full.cohort.public_id
        undecided = Application.objects.waiting_for_decision().order_by("pk").values_list("public_id", flat=True)
        mine = Submission.objects.of_member(full.lena).values_list("public_id", flat=True)
        return {
            "": [],
            "program": [full.cohort.program.public_id],
            "cohort": [cohort],
            "session": [cohort, full.session.public_id],
            "item": [cohort, full.session.public_id, full.session.items.order_by("pk")[0].public_id],
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


def test_selection_with_everything_switched_on_keeps_the_limit(
    acme: Organization, frida: Membership, lena: Membership, nordwind: Partner, sign_in: SignIn
) -> None:
    with scope(acme):
        full = crowd(frida, lena)
        for number in (1, 2, 3):
            full.grow(number)
        cohort = full.cohort
        Cohort.objects.filter(pk=cohort.pk).update(parts=[Part.REVIEWS, Part.CRITERIA])
        own_plan(cohort)
        wanted = {"groups": [GroupFactory.create().public_id], "answers": {"experience": ["new"]}}
        SelectionPlan.objects.filter(cohort=cohort).update(criteria=wanted)
        Reviewer.objects.create(cohort=cohort, membership=frida)
        cohort.refresh_from_db()
        assert spread_reviews(cohort=cohort, now=NOW) > 1
        undecided = Application.objects.waiting_for_decision().order_by("pk").values_list("public_id", flat=True)
        ids = {
            "application_list": [],
            "review_list": [],
            "review_write": [undecided[0]],
            "application_decide": [undecided[0]],
        }
        addresses_of = {name: address(name, cohort.public_id, *args, organization=acme) for name, args in ids.items()}
    client = sign_in(frida)
    costs = {name: queries_of(client, url) for name, url in addresses_of.items()}
    assert max(costs.values()) <= 12, costs


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
