"""From a ladder's first words to a tier that a partner reads on a phone, and a notice that it appeals against."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from partners.models import Ladder, LadderVersion, Partner, PartnerTier, TierMove
from partners.services.tier_evaluation import evaluate_ladder
from partners.services.tier_planning import plan_tiers
from prm.accounts.models import Membership
from prm.activity.services import record
from prm.jobs.worker import work_piece
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.journeys.conftest import Visitor
from tests.partners.factories import PartnerFactory, partner_user

type Arrive = Callable[..., Visitor]

TIERS = "/o/acme/studio/tiers/"
MINE = "/o/acme/you/groups/"


@pytest.mark.timeout(240)
def test_a_ladder_from_both_sides(visitor: Arrive, alice: Membership, lena: Membership, acme: Organization) -> None:
    now = timezone.now()
    with scope(acme):
        nordwind = PartnerFactory.create(name="Nordwind IT", created_at=now - timedelta(days=90))
        partner_user(nordwind, membership=lena, role="lead")
    owner = visitor(alice)
    _make(owner, acme)
    _launch(acme)
    partner = visitor(lena, phone=True)
    partner.open(MINE).sees("Registered").sees("Next: Silver, 0% done").sees("1 more")
    with scope(acme):
        record(kind="cohorts.graduated", at=timezone.now(), partner_id=nordwind.pk)
        evaluate_ladder(Ladder.objects.get(), {nordwind.pk}, timezone.now())
    owner.open(TIERS).click("Resellers", "link").click("Decisions", "link").sees("Nordwind IT")
    owner.click("Give Silver").sees("Nordwind IT is Silver now")
    partner.open(MINE).sees("What keeps Silver")
    _tell(acme, nordwind)
    partner.open(MINE).sees("unless these numbers are reached").click("Appeal", "link")
    partner.fill(text="Our graduate moved to the other office.").click("Send the appeal")
    partner.sees("Nothing is lowered before the answer")
    owner.open(TIERS).click("Resellers", "link").click("Decisions", "link").click("Nordwind IT", "link")
    owner.sees("Our graduate moved to the other office.")


def _make(owner: Visitor, acme: Organization) -> None:
    owner.open(TIERS).click("Make the first ladder", "link")
    owner.page.select_option("[name=promotion]", "approval")
    owner.fill(name="Resellers", tiers="Registered\nSilver").click("Make the ladder")
    owner.click("Write the requirements").click("Add to Silver", "link")
    owner.page.select_option("[name=what]", "measure:cohorts.graduates")
    owner.fill(threshold="1").click("Add the requirement")
    owner.sees("Graduates in the last 12 months: 1").click("Try it")
    while work_piece(acme, timezone.now()):
        pass
    with scope(acme):
        draft = LadderVersion.objects.get()
        assert draft.tried["partners"] == 1
    owner.open(f"{TIERS}rules/{draft.public_id}/").sees("0 would rise").click("Decide").sees("Decided.")


def _launch(acme: Organization) -> None:
    """The day on which the rules apply has come."""
    with scope(acme):
        LadderVersion.objects.update(applies_at=timezone.now() - timedelta(days=1))
        plan_tiers(timezone.now())
        assert PartnerTier.objects.open().get().tier.name == "Registered"


def _tell(acme: Organization, nordwind: Partner) -> None:
    """The graduate is counted no longer, and the period ends."""
    with scope(acme):
        record(kind="cohorts.graduation_revoked", at=timezone.now(), partner_id=nordwind.pk)
        Ladder.objects.update(reviewed_at=timezone.now() - timedelta(days=400))
        LadderVersion.objects.update(applies_at=timezone.now() - timedelta(days=500))
        PartnerTier.objects.open().update(starts_at=timezone.now() - timedelta(days=450))
        plan_tiers(timezone.now())
        TierMove.objects.filter(state="prepared").update(tell_at=timezone.now())
        plan_tiers(timezone.now())
        assert TierMove.objects.get(state="told").partner == nordwind
