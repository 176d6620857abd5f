"""What a partner's change would move, by the rules that are stored: tried, told, and taken back."""

from datetime import datetime, timedelta

import pytest

from partners.conditions.grammar import Block, Condition
from partners.consequences import Move
from partners.models import Attribute, AttributeValue, Group, Partner, PartnerUser, ProposedValue, ValueChange
from partners.services.attributes import archive_attribute
from partners.services.foreseeing import groups_moved_by
from partners.services.group_moves import evaluate_all
from partners.services.group_rules import pause_rule, set_rule
from partners.services.telling import accept_proposal, tell
from partners.services.values import set_values
from partners.uses import uses_of
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.problems import Refused
from prm.tenancy.models import Organization
from tests.partners.factories import AttributeFactory, GroupFactory, choices


@pytest.fixture
def level(in_acme: Organization) -> Attribute:
    return AttributeFactory.create(name="Level", kind="choice", choices=choices("Gold", "Silver"), keeper="partner")


@pytest.fixture
def engineers(in_acme: Organization) -> Attribute:
    return AttributeFactory.create(name="Engineers", kind="number", keeper="partner")


def about(attribute: Attribute) -> str:
    return f"attribute:{attribute.public_id}"


def group_by(actor: Actor, name: str, *conditions: Condition, now: datetime, join: str = "all") -> Group:
    group = GroupFactory.create(name=name)
    set_rule(actor=actor, group=group, block=Block(join, conditions), version=0, now=now)  # type: ignore[arg-type]
    return group


def is_gold(level: Attribute) -> Condition:
    return Condition(about(level), "one_of", ("gold",))


def test_entering_and_leaving_are_told_and_nothing_stays_written(
    actor: Actor, level: Attribute, nordwind: Partner, now: datetime
) -> None:
    group_by(actor, "Gold resellers", is_gold(level), now=now)
    assert groups_moved_by(nordwind, {level.field: "gold"}, now) == [
        Move("enters Gold resellers", frozenset({level.field}))
    ]
    assert not AttributeValue.objects.exists()
    set_values(actor=actor, partner=nordwind, values={level: "gold"}, now=now)
    evaluate_all(now, [nordwind.pk])
    for after in ("silver", None):
        moves = groups_moved_by(nordwind, {level.field: after}, now)
        assert [move.words for move in moves] == ["leaves Gold resellers"]
    assert AttributeValue.objects.get().text == "gold"
    assert groups_moved_by(nordwind, {level.field: "gold"}, now) == []


def test_columns_of_the_record_move_groups_too(
    in_acme: Organization, actor: Actor, nordwind: Partner, now: datetime
) -> None:
    group_by(actor, "DACH", Condition("country", "one_of", ("DE", "AT")), now=now)
    assert [move.words for move in groups_moved_by(nordwind, {"country": "FR"}, now)] == ["leaves DACH"]
    assert groups_moved_by(nordwind, {"country": "AT"}, now) == []
    assert groups_moved_by(nordwind, {"region": "North"}, now) == []
    nordwind.refresh_from_db()
    assert nordwind.country == "DE"


def test_what_moves_only_together_waits_together(
    actor: Actor, level: Attribute, engineers: Attribute, nordwind: Partner, now: datetime
) -> None:
    enough = Condition(about(engineers), "at_least", "5")
    group_by(actor, "Experts", is_gold(level), enough, now=now)
    assert groups_moved_by(nordwind, {level.field: "gold"}, now) == []
    (move,) = groups_moved_by(nordwind, {level.field: "gold", engineers.field: "6", "region": "North"}, now)
    assert move.fields == {level.field, engineers.field}


def test_a_rule_that_moves_nobody_holds_nothing_up(
    actor: Actor, level: Attribute, nordwind: Partner, now: datetime
) -> None:
    paused = group_by(actor, "Paused", is_gold(level), now=now)
    pause_rule(actor=actor, group=paused, now=now)
    gone = group_by(actor, "Archived", is_gold(level), now=now)
    Group.objects.filter(pk=gone.pk).update(archived_at=now)
    assert groups_moved_by(nordwind, {level.field: "gold"}, now) == []


def test_a_partners_own_change_waits_and_moves_the_group_when_it_is_accepted(
    actor: Actor,
    level: Attribute,
    engineers: Attribute,
    nordwind: Partner,
    lena_user: PartnerUser,
    lena: Membership,
    now: datetime,
) -> None:
    group = group_by(actor, "Gold resellers", is_gold(level), now=now)
    outcome = tell(actor=Actor.of(lena), partner=nordwind, told={level: "gold", engineers: 4}, now=now)
    assert (outcome.saved, outcome.waiting) == (1, 1)
    proposal = ProposedValue.objects.get()
    assert (proposal.field, proposal.value, proposal.moves) == (level.field, "gold", ["enters Gold resellers"])
    assert list(ValueChange.objects.values_list("field", flat=True)) == [engineers.field]
    accept_proposal(actor=actor, proposal=proposal, now=now + timedelta(hours=1))
    evaluate_all(now + timedelta(hours=1), [nordwind.pk])
    assert Partner.objects.in_group(group).get() == nordwind


def test_whoever_archives_an_attribute_reads_which_rules_ask_for_it(
    actor: Actor, level: Attribute, engineers: Attribute, now: datetime
) -> None:
    group_by(actor, "Gold resellers", is_gold(level), now=now)
    uses = uses_of([level, engineers], now)
    assert {key: [use.title for use in found] for key, found in uses.items()} == {
        level.pk: ["the rule of Gold resellers"],
        engineers.pk: [],
    }
    with pytest.raises(Refused) as refused:
        archive_attribute(actor=actor, attribute=level, now=now)
    assert "the rule of Gold resellers" in str(refused.value)
    archive_attribute(actor=actor, attribute=engineers, now=now)
