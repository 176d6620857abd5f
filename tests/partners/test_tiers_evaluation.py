"""Who starts, rises, waits and leaves: what an evaluation makes of facts."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from partners.models import (
    AudienceMember,
    Group,
    Ladder,
    Partner,
    PartnerTier,
    Tier,
    TierEntry,
    TierMove,
    TierOutlook,
)
from partners.queries.ladders import calendar, requirements_of, version_at
from partners.queries.tier_numbers import measured
from partners.rules.tier_periods import windows_now
from partners.rules.tier_progress import share_of_tier
from partners.services.groups import add_to_group, remove_from_group
from partners.services.partners import archive_partner
from partners.services.tier_evaluation import Evaluated, evaluate_ladder
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.outbox.models import Message, Notification
from tests.partners.factories import GroupFactory, PartnerFactory, partner_user
from tests.partners.ladders import DAY, happened, launched, make_ladder, tier_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_acme")]


@pytest.fixture
def ladder(actor: Actor, now: datetime, nordwind: Partner, kestrel: Partner) -> Ladder:
    return launched(actor, now)


def test_nobody_stands_on_a_ladder_without_rules(actor: Actor, nordwind: Partner, now: datetime) -> None:
    ladder = make_ladder(actor, now)
    assert evaluate_ladder(ladder, None, now) == Evaluated()
    assert not PartnerTier.objects.exists()


def test_a_launch_places_everybody_where_they_are(
    actor: Actor, nordwind: Partner, kestrel: Partner, now: datetime
) -> None:
    happened(nordwind, "cohorts.graduated", 2, now - 5 * DAY)
    ladder = launched(actor, now)
    assert (tier_of(nordwind, ladder), tier_of(kestrel, ladder)) == ("Silver", "Member")
    assert not Message.objects.exists()
    assert list(TierEntry.objects.values_list("what", flat=True)) == ["placed", "placed"]
    assert Fact.objects.filter(kind="partners.tier_reached").count() == 2


def test_a_newcomer_starts_at_the_lowest_tier(ladder: Ladder, now: datetime) -> None:
    fresh = PartnerFactory.create(created_at=now)
    assert evaluate_ladder(ladder, {fresh.pk}, now + DAY).placed == 1
    assert tier_of(fresh, ladder) == "Member"


@pytest.mark.parametrize("status", ["prospect", "applied", "onboarding", "left"])
def test_who_does_not_work_with_us_stands_nowhere(ladder: Ladder, now: datetime, status: str) -> None:
    fresh = PartnerFactory.create(status=status)
    assert evaluate_ladder(ladder, {fresh.pk}, now + DAY) == Evaluated()
    assert tier_of(fresh, ladder) == ""


def test_a_partner_rises_and_its_leads_hear(
    ladder: Ladder, nordwind: Partner, kestrel: Partner, lena: Membership, now: datetime
) -> None:
    partner_user(nordwind, membership=lena, role="lead")
    partner_user(nordwind, "jonas@nordwind.example")
    happened(nordwind, "cohorts.graduated", 2, now)
    later = now + timedelta(hours=1)
    assert evaluate_ladder(ladder, {nordwind.pk, kestrel.pk}, later) == Evaluated(raised=1)
    assert evaluate_ladder(ladder, {nordwind.pk, kestrel.pk}, later) == Evaluated()
    assert tier_of(nordwind, ladder) == "Silver"
    past, present = PartnerTier.objects.filter(partner=nordwind).order_by("pk")
    assert (past.ends_at, present.starts_at, present.source) == (later, later, "earned")
    line = TierEntry.objects.get(what="raised")
    assert (line.from_tier, line.to_tier, line.version, line.by) == (
        past.tier,
        present.tier,
        version_at(ladder, now),
        None,
    )
    assert [message.recipient for message in Message.objects.all()] == [lena]
    assert list(Notification.objects.values_list("title", flat=True)) == ["You are Silver now"]
    member = AudienceMember.objects.present(later).get(partner=nordwind)
    assert str(member.audience) == "Tier: Silver"


def test_any_of_the_alternatives_is_enough(ladder: Ladder, nordwind: Partner, now: datetime) -> None:
    happened(nordwind, "cohorts.graduated", 5, now)
    evaluate_ladder(ladder, {nordwind.pk}, now + DAY)
    assert tier_of(nordwind, ladder) == "Silver"
    happened(nordwind, "enablement.content_completed", 3, now + DAY)
    evaluate_ladder(ladder, {nordwind.pk}, now + 2 * DAY)
    assert tier_of(nordwind, ladder) == "Gold"


def test_what_is_taken_back_counts_no_longer(ladder: Ladder, nordwind: Partner, now: datetime) -> None:
    happened(nordwind, "cohorts.graduated", 2, now)
    happened(nordwind, "cohorts.graduation_revoked", 1, now)
    assert evaluate_ladder(ladder, {nordwind.pk}, now + DAY) == Evaluated()


def test_what_is_older_than_a_year_counts_no_longer(ladder: Ladder, nordwind: Partner, now: datetime) -> None:
    happened(nordwind, "cohorts.graduated", 2, now - 366 * DAY)
    assert evaluate_ladder(ladder, {nordwind.pk}, now) == Evaluated()
    happened(nordwind, "cohorts.graduated", 2, now - 364 * DAY)
    assert evaluate_ladder(ladder, {nordwind.pk}, now).raised == 1


def test_falling_short_lowers_nobody(ladder: Ladder, nordwind: Partner, now: datetime) -> None:
    happened(nordwind, "cohorts.graduated", 2, now)
    evaluate_ladder(ladder, None, now)
    assert evaluate_ladder(ladder, None, now + 370 * DAY) == Evaluated()
    assert tier_of(nordwind, ladder) == "Silver"
    assert TierOutlook.objects.get(partner=nordwind).is_short


def test_by_approval_a_colleague_is_asked_once(ladder: Ladder, nordwind: Partner, now: datetime) -> None:
    Ladder.objects.update(promotion="approval")
    happened(nordwind, "cohorts.graduated", 2, now)
    assert evaluate_ladder(ladder, {nordwind.pk}, now) == Evaluated(proposed=1)
    assert evaluate_ladder(ladder, None, now) == Evaluated()
    move = TierMove.objects.get()
    assert (move.state, move.to_tier.name, tier_of(nordwind, ladder)) == ("waiting", "Silver", "Member")
    assert move.figures == [
        {
            "label": "Graduates in the last 12 months",
            "value": "2.0000",
            "threshold": "2.0000",
            "unit": "",
            "is_met": True,
        }
    ]


def test_a_proposal_follows_what_is_reached(ladder: Ladder, nordwind: Partner, now: datetime) -> None:
    Ladder.objects.update(promotion="approval")
    happened(nordwind, "cohorts.graduated", 5, now)
    evaluate_ladder(ladder, None, now)
    happened(nordwind, "enablement.content_completed", 3, now)
    evaluate_ladder(ladder, None, now)
    assert list(TierMove.objects.order_by("pk").values_list("state", "to_tier__name")) == [
        ("lapsed", "Silver"),
        ("waiting", "Gold"),
    ]
    happened(nordwind, "cohorts.graduation_revoked", 4, now)
    evaluate_ladder(ladder, None, now)
    assert not TierMove.objects.open().exists()


def test_who_is_archived_leaves_and_what_was_under_way_ends(
    ladder: Ladder, actor: Actor, nordwind: Partner, now: datetime
) -> None:
    Ladder.objects.update(promotion="approval")
    happened(nordwind, "cohorts.graduated", 2, now)
    evaluate_ladder(ladder, None, now)
    archive_partner(actor=actor, partner=nordwind, now=now)
    assert evaluate_ladder(ladder, None, now + DAY).left == 1
    assert tier_of(nordwind, ladder) == ""
    assert not TierMove.objects.open().exists()
    assert not AudienceMember.objects.present(now + DAY).filter(partner=nordwind, audience__kind="tier").exists()


def test_a_ladder_may_be_for_one_group(actor: Actor, nordwind: Partner, kestrel: Partner, now: datetime) -> None:
    group: Group = GroupFactory.create()
    add_to_group(actor=actor, group=group, partner_ids=[nordwind.pk], now=now - 3 * DAY)
    from partners.models import Audience

    ladder = launched(actor, now, audience=Audience.objects.get(kind="group", source_id=group.pk))
    assert (tier_of(nordwind, ladder), tier_of(kestrel, ladder)) == ("Member", "")
    remove_from_group(actor=actor, group=group, partner_ids=[nordwind.pk], now=now)
    evaluate_ladder(ladder, {nordwind.pk}, now + DAY)
    assert tier_of(nordwind, ladder) == ""


def test_lists_and_pages_show_the_same_share(ladder: Ladder, nordwind: Partner, now: datetime) -> None:
    happened(nordwind, "cohorts.graduated", 3, now)
    happened(nordwind, "enablement.content_completed", 1, now)
    evaluate_ladder(ladder, None, now)
    version = version_at(ladder, now)
    assert version
    gold = [row for row in requirements_of(version) if row.tier.name == "Gold"]
    values = measured(ladder, gold, windows_now(calendar(), now), now, [nordwind.pk])[nordwind.pk]
    outlook = TierOutlook.objects.get(partner=nordwind)
    assert outlook.next_tier == Tier.objects.get(name="Gold")
    assert outlook.share == round(share_of_tier(gold, values), 4) == Decimal("0.4667")
