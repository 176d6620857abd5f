"""Two who act on the same tier at once: each has one outcome."""

from datetime import datetime

import pytest

from partners.models import Ladder, PartnerTier, TierAppeal, TierEntry, TierMove
from partners.services.tier_evaluation import evaluate_ladder
from partners.services.tier_moves import appeal, approve_rise, decline_rise
from partners.services.tier_reviews import lower_tiers
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.partners.factories import PartnerFactory, partner_user
from tests.partners.ladders import DAY, happened, launched, tier_of
from tests.partners.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_evaluations_at_once_raise_once(acme: Organization, alice: Membership, now: datetime) -> None:
    with scope(acme):
        partners = [PartnerFactory.create() for _number in range(10)]
        ladder = launched(Actor.of(alice), now)
        for partner in partners:
            happened(partner, "cohorts.graduated", 2, now)
    ids = {partner.pk for partner in partners}
    found = at_once(acme, [lambda: evaluate_ladder(ladder, ids, now + DAY)] * 3)
    assert sorted(one.raised for one in found) == [0, 0, 10]
    with scope(acme):
        assert PartnerTier.objects.open().filter(tier__name="Silver").count() == 10
        assert TierEntry.objects.filter(what="raised").count() == 10
        assert Fact.objects.filter(kind="partners.tier_reached").count() == 20


def test_two_launches_at_once_place_once(acme: Organization, alice: Membership, now: datetime) -> None:
    from tests.partners.ladders import decide, make_ladder

    with scope(acme):
        for _number in range(10):
            PartnerFactory.create()
        ladder = make_ladder(Actor.of(alice), now - 2 * DAY)
        decide(Actor.of(alice), ladder, now)
    found = at_once(acme, [lambda: evaluate_ladder(ladder, None, now)] * 3)
    assert sorted(one.placed for one in found) == [0, 0, 10]


def test_a_rise_is_decided_once(acme: Organization, alice: Membership, now: datetime) -> None:
    actor = Actor.of(alice)
    with scope(acme):
        partner = PartnerFactory.create()
        ladder = launched(actor, now, promotion=Ladder.Promotion.APPROVAL)
        happened(partner, "cohorts.graduated", 2, now)
        evaluate_ladder(ladder, {partner.pk}, now)

    def load() -> TierMove:
        return TierMove.objects.select_related("ladder", "partner", "from_tier", "to_tier", "version").get()

    acts = [lambda: approve_rise(actor=actor, move=load(), now=now)] * 2
    acts.append(lambda: decline_rise(actor=actor, move=load(), reason="No", now=now))
    found = at_once(acme, acts)
    assert sum(one == {"wrong_state"} for one in found) == 2
    with scope(acme):
        raised = TierEntry.objects.filter(what="raised").count()
        assert raised + TierEntry.objects.filter(what="declined").count() == 1
        assert tier_of(partner, ladder) == ("Silver" if raised else "Member")


def test_an_appeal_while_the_tier_is_lowered(
    acme: Organization, alice: Membership, lena: Membership, now: datetime
) -> None:
    with scope(acme):
        partner = PartnerFactory.create()
        user = partner_user(partner, membership=lena, role="lead")
        ladder = launched(Actor.of(alice), now)
        happened(partner, "cohorts.graduated", 2, now)
        evaluate_ladder(ladder, None, now)
        late = now + 400 * DAY
        standing = PartnerTier.objects.open().select_related("tier").get(partner=partner)
        version = ladder.versions.get()
        move = TierMove.objects.create(
            ladder=ladder,
            partner=partner,
            version=version,
            kind="drop",
            state="told",
            from_tier=standing.tier,
            to_tier=ladder.tiers.get(rank=1),
            began_at=now,
            period_ends_at=late - DAY,
            told_at=now,
            effective_at=late - DAY,
        )
    appealing = lambda: appeal(actor=Actor.of(lena), user=user, move=move, text="Wait", now=late)  # noqa: E731
    lowered, answered = at_once(acme, [lambda: lower_tiers(ladder, late), appealing])
    with scope(acme):
        if lowered:
            assert answered == {"nothing_to_appeal"}
            assert tier_of(partner, ladder) == "Member"
        else:
            assert TierAppeal.objects.count() == 1
            assert tier_of(partner, ladder) == "Silver"
