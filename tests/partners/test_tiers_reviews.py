"""Lowering a tier: only at a period's end, told before, with grace, appeal and hold."""

from datetime import UTC, datetime, timedelta

import pytest

from partners.models import Ladder, Partner, PartnerUser, Tier, TierAppeal, TierEntry, TierHold, TierMove
from partners.services.tier_evaluation import evaluate_ladder
from partners.services.tier_moves import (
    add_words,
    answer_appeal,
    appeal,
    approve_rise,
    close_ended_holds,
    decline_rise,
    end_hold,
    hold_tier,
    tell_now,
)
from partners.services.tier_planning import plan_tiers
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.outbox.models import Message
from prm.problems import Refused
from tests.partners.factories import partner_user
from tests.partners.ladders import DAY, happened, launched, tier_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_acme")]

# Quarters end on the first of January, April, July and October. A ladder is told 30 days ahead, three days for words.
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
QUARTER_END = datetime(2027, 3, 31, 22, tzinfo=UTC)  # midnight in Berlin
BEGINS = QUARTER_END - 33 * DAY


@pytest.fixture
def lead(nordwind: Partner, lena: Membership) -> PartnerUser:
    return partner_user(nordwind, membership=lena, role="lead")


@pytest.fixture
def ladder(actor: Actor, alice: Membership, nordwind: Partner, kestrel: Partner, lead: PartnerUser) -> Ladder:
    """Nordwind is Silver since its two graduates of February 2026, which no longer count from February 2027 on."""
    Partner.objects.update(created_at=START - 100 * DAY, account_manager=alice)
    happened(nordwind, "cohorts.graduated", 2, datetime(2026, 2, 10, tzinfo=UTC))
    ladder = launched(actor, datetime(2026, 2, 20, tzinfo=UTC), review="quarter")
    assert tier_of(nordwind, ladder) == "Silver"
    ladder.reviewed_at = datetime(2027, 1, 1, tzinfo=UTC)
    ladder.save()
    return ladder


def told(ladder: Ladder) -> TierMove:
    """The notice of Nordwind, told."""
    plan_tiers(BEGINS + timedelta(hours=1))
    plan_tiers(BEGINS + 4 * DAY)
    move = TierMove.objects.select_related("ladder", "partner", "from_tier", "to_tier").get()
    assert move.state == "told"
    return move


def test_nobody_is_looked_at_before_its_time(ladder: Ladder, nordwind: Partner) -> None:
    plan_tiers(BEGINS - DAY)
    assert not TierMove.objects.exists()
    assert tier_of(nordwind, ladder) == "Silver"


def test_the_account_manager_has_the_list_before_anybody_is_told(ladder: Ladder, alice: Membership) -> None:
    at = BEGINS + timedelta(hours=1)
    plan_tiers(at)
    move = TierMove.objects.get()
    assert (move.state, move.tell_at, move.to_tier.name) == ("prepared", at + 3 * DAY, "Member")
    assert [(one.kind, one.recipient) for one in Message.objects.all()] == [("partners.tier_list", alice)]
    plan_tiers(at + DAY)
    assert TierMove.objects.count() == Message.objects.count() == 1


def test_from_notice_to_the_lower_tier(ladder: Ladder, nordwind: Partner, lena: Membership, alice: Membership) -> None:
    move = told(ladder)
    assert move.effective_at == BEGINS + 4 * DAY + 30 * DAY + 14 * DAY
    kinds = set(Message.objects.exclude(kind="partners.tier_list").values_list("kind", "recipient"))
    assert kinds == {("partners.tier_notice", lena.pk), ("partners.tier_notice_sent", alice.pk)}
    plan_tiers(QUARTER_END + DAY)
    assert tier_of(nordwind, ladder) == "Silver"
    plan_tiers(move.effective_at - DAY)
    assert tier_of(nordwind, ladder) == "Silver"
    plan_tiers(move.effective_at)
    assert tier_of(nordwind, ladder) == "Member"
    assert Message.objects.filter(kind="partners.tier_lowered", recipient=lena).count() == 1
    lines = TierEntry.objects.filter(partner=nordwind).order_by("pk").values_list("what", flat=True)
    assert list(lines) == ["placed", "warned", "told", "lowered"]


def test_who_catches_up_in_grace_keeps_the_tier(ladder: Ladder, nordwind: Partner, lena: Membership) -> None:
    move = told(ladder)
    happened(nordwind, "cohorts.graduated", 2, QUARTER_END + 5 * DAY)
    evaluate_ladder(ladder, {nordwind.pk}, QUARTER_END + 5 * DAY)
    move.refresh_from_db()
    assert (move.state, tier_of(nordwind, ladder)) == ("lapsed", "Silver")
    assert Message.objects.filter(kind="partners.tier_kept", recipient=lena).exists()
    plan_tiers(QUARTER_END + 40 * DAY)
    assert tier_of(nordwind, ladder) == "Silver"


def test_who_is_told_late_is_lowered_late(ladder: Ladder) -> None:
    """A scheduler that slept until after the period's end shortens nobody's notice."""
    late = QUARTER_END + 10 * DAY
    plan_tiers(late)
    move = TierMove.objects.get()
    plan_tiers(late + 3 * DAY)
    move.refresh_from_db()
    assert move.effective_at == late + 3 * DAY + 30 * DAY + 14 * DAY
    ladder.refresh_from_db()
    assert ladder.reviewed_at == QUARTER_END


def test_words_are_added_and_told_at_once(ladder: Ladder, actor: Actor) -> None:
    plan_tiers(BEGINS + timedelta(hours=1))
    move = TierMove.objects.select_related("ladder", "partner", "from_tier", "to_tier").get()
    add_words(actor=actor, move=move, words="Call me.")
    tell_now(actor=actor, move=move, now=BEGINS + DAY)
    assert (move.state, move.words, move.told_at) == ("told", "Call me.", BEGINS + DAY)
    with pytest.raises(Refused) as refusal:
        add_words(actor=actor, move=move, words="Too late.")
    assert refusal.value.codes == {"told"}
    with pytest.raises(Refused):
        tell_now(actor=actor, move=move, now=BEGINS + DAY)


def test_an_open_appeal_holds_the_demotion(ladder: Ladder, lead: PartnerUser, actor: Actor, nordwind: Partner) -> None:
    move = told(ladder)
    at = QUARTER_END
    sent = appeal(actor=Actor.of(lead.membership), user=lead, move=move, text="Wrong count", now=at)
    assert sent.answer_due_at == at + 5 * DAY
    plan_tiers(QUARTER_END + 60 * DAY)
    assert tier_of(nordwind, ladder) == "Silver"
    answer_at = QUARTER_END + 60 * DAY
    answer_appeal(actor=actor, appeal=sent, is_kept=False, answer="It is right.", hold_until=None, now=answer_at)
    plan_tiers(answer_at + 6 * DAY)
    assert tier_of(nordwind, ladder) == "Silver"
    plan_tiers(answer_at + 7 * DAY)
    assert tier_of(nordwind, ladder) == "Member"


def test_an_accepted_appeal_keeps_the_tier_until_the_next_period(
    ladder: Ladder, lead: PartnerUser, actor: Actor, nordwind: Partner, lena: Membership
) -> None:
    move = told(ladder)
    sent = appeal(actor=Actor.of(lead.membership), user=lead, move=move, text="Wrong count", now=QUARTER_END)
    until = datetime(2027, 7, 1, tzinfo=UTC)
    answer_appeal(actor=actor, appeal=sent, is_kept=True, answer="You are right.", hold_until=until, now=QUARTER_END)
    sent.refresh_from_db()
    assert (sent.outcome, TierMove.objects.get().state) == ("kept", "lapsed")
    plan_tiers(QUARTER_END + 50 * DAY)
    assert tier_of(nordwind, ladder) == "Silver"
    assert Message.objects.filter(kind="partners.tier_appeal_answered", recipient=lena).exists()
    # The hold ends, and what was held is told like everybody else.
    plan_tiers(until + DAY)
    fresh = TierMove.objects.get(state="prepared")
    assert fresh.effective_at
    assert fresh.effective_at >= until + DAY + 47 * DAY


@pytest.mark.parametrize(("role", "is_again", "code"), [("member", False, "not_lead"), ("lead", True, "appealed")])
def test_who_cannot_appeal(ladder: Ladder, lead: PartnerUser, role: str, is_again: bool, code: str) -> None:
    move = told(ladder)
    if is_again:
        appeal(actor=Actor.of(lead.membership), user=lead, move=move, text="Once", now=QUARTER_END)
    lead.role = role
    with pytest.raises(Refused) as refusal:
        appeal(actor=Actor.of(lead.membership), user=lead, move=move, text="Again", now=QUARTER_END)
    assert refusal.value.codes == {code}
    assert TierAppeal.objects.count() == int(is_again)


def test_another_partners_notice_cannot_be_appealed(ladder: Ladder, kestrel: Partner, paul: Membership) -> None:
    move = told(ladder)
    other = partner_user(kestrel, membership=paul, role="lead")
    with pytest.raises(Refused) as refusal:
        appeal(actor=Actor.of(paul), user=other, move=move, text="Mine", now=QUARTER_END)
    assert refusal.value.codes == {"nothing_to_appeal"}


def test_a_tier_by_hand_holds_until_its_end(ladder: Ladder, actor: Actor, nordwind: Partner, kestrel: Partner) -> None:
    gold = Tier.objects.select_related("ladder").get(name="Gold")
    hold = hold_tier(
        actor=actor, partner=kestrel, tier=gold, reason="Pilot", ends_at=BEGINS + 90 * DAY, now=START + 60 * DAY
    )
    assert tier_of(kestrel, ladder) == "Gold"
    plan_tiers(BEGINS + timedelta(hours=1))
    assert not TierMove.objects.filter(partner=kestrel).exists()
    assert close_ended_holds(ladder, BEGINS + 90 * DAY) == 1
    hold.refresh_from_db()
    assert hold.ended_at == BEGINS + 90 * DAY
    assert tier_of(kestrel, ladder) == "Gold"


def test_what_is_told_already_is_withdrawn_by_a_hold(ladder: Ladder, actor: Actor, nordwind: Partner) -> None:
    move = told(ladder)
    until = QUARTER_END + 90 * DAY
    hold_tier(actor=actor, partner=nordwind, tier=move.from_tier, reason="New team", ends_at=until, now=QUARTER_END)
    move.refresh_from_db()
    assert (move.state, move.reason) == ("lapsed", "New team")
    end_hold(
        actor=actor, hold=TierHold.objects.select_related("ladder", "partner", "tier").get(), now=QUARTER_END + DAY
    )
    assert tier_of(nordwind, ladder) == "Silver"


@pytest.mark.parametrize(
    ("tier", "days", "code"), [("Member", 30, "lower"), ("Silver", None, "no_end"), ("Silver", -1, "ends_in_past")]
)
def test_what_cannot_be_given(
    ladder: Ladder, actor: Actor, nordwind: Partner, tier: str, days: int | None, code: str
) -> None:
    now = START + 60 * DAY
    found = Tier.objects.select_related("ladder").get(name=tier)
    ends_at = None if days is None else now + days * DAY
    with pytest.raises(Refused) as refusal:
        hold_tier(actor=actor, partner=nordwind, tier=found, reason="Why", ends_at=ends_at, now=now)
    assert refusal.value.codes == {code}
    assert not TierHold.objects.exists()


def test_a_rise_is_approved_or_declined_once(ladder: Ladder, actor: Actor, kestrel: Partner, paul: Membership) -> None:
    partner_user(kestrel, membership=paul, role="lead")
    Ladder.objects.update(promotion="approval")
    now = START + 60 * DAY
    happened(kestrel, "cohorts.graduated", 2, now)
    evaluate_ladder(ladder, {kestrel.pk}, now)
    rows = TierMove.objects.select_related("ladder", "partner", "from_tier", "to_tier", "version")
    move, stale = rows.get(), rows.get()
    decline_rise(actor=actor, move=move, reason="Not yet", now=now)
    with pytest.raises(Refused) as refusal:
        approve_rise(actor=actor, move=stale, now=now)
    assert refusal.value.codes == {"wrong_state"}
    assert tier_of(kestrel, ladder) == "Member"
    assert Message.objects.get(recipient=paul).kind == "partners.tier_declined"
    evaluate_ladder(ladder, {kestrel.pk}, now + DAY)
    assert not TierMove.objects.open().exists()
    evaluate_ladder(ladder, {kestrel.pk}, datetime(2026, 4, 2, tzinfo=UTC))
    assert rows.get(state="waiting").to_tier.name == "Silver"
    approve_rise(actor=actor, move=rows.get(state="waiting"), now=datetime(2026, 4, 3, tzinfo=UTC))
    assert tier_of(kestrel, ladder) == "Silver"
