"""How a partner goes: each part with its reason and what would mend it, and what apps above know of it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from partners import facts
from partners.facets import facets
from partners.models import (
    Conversation,
    Journey,
    JourneyStep,
    JourneyTemplate,
    Ladder,
    Partner,
    PartnerUser,
    Tier,
    TierOutlook,
)
from partners.queries.health import health_of
from prm.accounts.models import Membership
from prm.activity.services import record
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.costs import MOST_QUERIES, queries_of
from tests.partners.factories import PartnerFactory

type SignIn = Callable[[Membership], Client]


def standings(partner: Partner, now: datetime) -> dict[str, str]:
    return {part.label: part.standing for part in health_of(partner, now).parts}


def did_something(partner: Partner, member: Membership, at: datetime) -> None:
    record(kind=facts.USER_JOINED, at=at, partner_id=partner.pk, person_id=member.person_id, object_id=partner.pk)


def late_step(partner: Partner, now: datetime, days: int) -> Journey:
    template = JourneyTemplate.objects.create(name=f"Onboarding {days}", created_at=now)
    journey = Journey.objects.create(template=template, partner=partner, started_at=now, started_on=now.date())
    JourneyStep.objects.create(
        journey=journey, key=f"k{days}", title="Tell us", kind="confirm", state="open", side="partner",
        due_on=(now - timedelta(days=days)).date(),
    )  # fmt: skip
    return journey


def test_nobody_inside_is_the_first_thing_to_mend(in_acme: Organization, now: datetime) -> None:
    partner = PartnerFactory.create()
    found = health_of(partner, now)
    assert (found.standing, found.label, found.tone) == ("bad", "Needs you now", "danger")
    assert found.next_step is not None
    assert found.next_step.action == "Invite somebody"
    assert found.next_step.url.endswith(f"?partner={partner.public_id}")


@pytest.mark.parametrize(("days", "expected"), [(1, "good"), (59, "good"), (61, "watch")])
def test_silence_is_watched(
    in_acme: Organization, lena_user: PartnerUser, nordwind: Partner, now: datetime, days: int, expected: str
) -> None:
    did_something(nordwind, lena_user.membership, now - timedelta(days=days))
    assert standings(nordwind, now)["People"] == expected


@pytest.mark.parametrize(("days", "expected"), [(0, "good"), (1, "watch"), (14, "watch"), (15, "bad")])
def test_steps_are_in_time_or_late_or_forgotten(
    in_acme: Organization, lena_user: PartnerUser, nordwind: Partner, now: datetime, days: int, expected: str
) -> None:
    did_something(nordwind, lena_user.membership, now)
    late_step(nordwind, now, days)
    found = health_of(nordwind, now)
    assert {part.label: part.standing for part in found.parts}["Journeys"] == expected
    assert (found.next_step is None) == (expected == "good")


def test_a_tier_that_is_not_met(
    in_acme: Organization, lena_user: PartnerUser, nordwind: Partner, now: datetime
) -> None:
    did_something(nordwind, lena_user.membership, now)
    assert "Tiers" not in standings(nordwind, now)
    ladder = Ladder.objects.create(name="Resellers", normalized_name="resellers", created_at=now)
    tier = Tier.objects.create(ladder=ladder, name="Silver", rank=1, created_at=now)
    outlook = TierOutlook.objects.create(ladder=ladder, partner=nordwind, reached=tier, is_short=True, measured_at=now)
    assert standings(nordwind, now)["Tiers"] == "watch"
    outlook.is_short = False
    outlook.save()
    found = health_of(nordwind, now)
    assert (found.standing, found.next_step) == ("good", None)


def test_another_partners_troubles_are_its_own(
    in_acme: Organization, lena_user: PartnerUser, nordwind: Partner, now: datetime
) -> None:
    did_something(nordwind, lena_user.membership, now)
    late_step(PartnerFactory.create(), now, 30)
    assert health_of(nordwind, now).standing == "good"


@pytest.mark.parametrize(("hours", "expected"), [(1, "good"), (-1, "bad")])
def test_an_answer_that_is_owed(
    in_acme: Organization, lena_user: PartnerUser, nordwind: Partner, now: datetime, hours: int, expected: str
) -> None:
    did_something(nordwind, lena_user.membership, now)
    assert "Conversation" not in standings(nordwind, now)
    talk = Conversation.objects.create(
        partner=nordwind, person=lena_user.membership, subject="Prices", created_at=now, latest_at=now,
        waiting_since=now - timedelta(days=2), due_at=now + timedelta(hours=hours),
    )  # fmt: skip
    found = health_of(nordwind, now)
    assert {part.label: part.standing for part in found.parts}["Conversation"] == expected
    assert (found.next_step.url if found.next_step else "").endswith(f"{talk.public_id}/") == (expected == "bad")


class TestPage:
    def test_it_is_a_page_and_a_part_of_the_partners_page(
        self,
        acme: Organization,
        bob: Membership,
        lena_user: PartnerUser,
        nordwind: Partner,
        now: datetime,
        sign_in: SignIn,
    ) -> None:
        with scope(acme):
            did_something(nordwind, lena_user.membership, now)
        path = f"/o/acme/studio/partners/{nordwind.public_id}/more/"
        client = sign_in(bob)
        assert path in client.get(f"/o/acme/studio/partners/{nordwind.public_id}/").content.decode()
        page = client.get(path).content.decode()
        assert "Last active on" in page
        part = client.get(path, headers={"HX-Request": "true", "HX-Target": "partner-more"}).content.decode()
        assert part.strip().startswith('<div class="cn-stack" id="partner-more">')
        assert "<html" not in part

    def test_it_costs_as_much_for_one_as_for_many(
        self,
        acme: Organization,
        bob: Membership,
        lena_user: PartnerUser,
        nordwind: Partner,
        now: datetime,
        sign_in: SignIn,
    ) -> None:
        with scope(acme):
            did_something(nordwind, lena_user.membership, now)
            for days in (1, 2, 3):
                late_step(nordwind, now, days)
        client = sign_in(bob)
        assert queries_of(client, f"/o/acme/studio/partners/{nordwind.public_id}/more/") == MOST_QUERIES

    def test_apps_above_add_their_cards(self) -> None:
        assert {"cohorts.seats", "enablement.knowledge"} <= {facet.name for facet in facets.all()}
