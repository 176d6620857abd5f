"""Which tiers a change of a partner's own data would move."""

from datetime import datetime

from partners.models import Attribute, AttributeValue, Partner, PartnerTier
from partners.services.ladder_versions import begin_draft
from partners.services.tier_evaluation import evaluate_ladder
from partners.services.tier_foreseeing import tiers_moved_by
from prm.accounts.actors import Actor
from prm.tenancy.models import Organization
from tests.partners.factories import AttributeFactory
from tests.partners.ladders import DAY, decide, make_ladder, require


def test_a_tier_that_a_change_would_reach_is_told_and_nothing_is_written(
    in_acme: Organization, actor: Actor, nordwind: Partner, now: datetime
) -> None:
    engineers: Attribute = AttributeFactory.create(name="Engineers", kind="number")
    ladder = make_ladder(actor, now - 2 * DAY)
    draft = begin_draft(actor=actor, ladder=ladder, now=now - 2 * DAY)
    draft.requirements.all().delete()
    require(actor, draft, "Silver", 4, source="attribute", attribute=engineers)
    decide(actor, ladder, now)
    evaluate_ladder(ladder, None, now)
    (move,) = tiers_moved_by(nordwind, {engineers.field: "5", "country": "AT"}, now)
    assert (move.words, move.fields) == ("reaches the numbers of Silver (Resellers)", frozenset({engineers.field}))
    assert tiers_moved_by(nordwind, {engineers.field: "3"}, now) == []
    assert tiers_moved_by(nordwind, {"country": "AT"}, now) == []
    assert not AttributeValue.objects.exists()
    assert PartnerTier.objects.open().get().tier.name == "Member"

    AttributeValue.objects.create(partner=nordwind, attribute=engineers, number=6, set_at=now, confirmed_at=now)
    (move,) = tiers_moved_by(nordwind, {engineers.field: None}, now)
    assert move.words == "has the numbers of no more than Member (Resellers)"
