"""Who competes with whom: pairs, rules, conditions, and what is said where two would meet."""

from datetime import datetime
from typing import Any

import pytest

from partners import rules
from partners.conditions.grammar import Block, Condition
from partners.models import Attribute, AttributeValue, Competition, Group, Partner
from partners.queries.competitors import (
    meeting_problems,
    rivalries_among,
    rivalries_with_reasons,
    rivals_shown,
    rules_listed,
    touched_by,
)
from partners.queries.kept_apart import kept_from
from partners.services.competitors import add_conditions, add_rule, mark_pair, unmark
from partners.services.groups import add_to_group, archive_group
from prm.accounts.actors import Actor
from prm.audit.models import AuditEntry
from prm.problems import Refused
from prm.tenancy.models import Organization
from tests.factories import NOW
from tests.partners.factories import PartnerFactory

NORDICS = Block("all", (Condition("country", "one_of", ("SE", "DK")),))


@pytest.fixture
def three(in_acme: Organization) -> list[Partner]:
    places = (("SE", "North"), ("DK", "North"), ("DE", "South"))
    return [PartnerFactory.create(country=country, region=region) for country, region in places]


def ids(partners: list[Partner]) -> list[int]:
    return [partner.pk for partner in partners]


def test_a_pair_is_marked_once_in_either_order(three: list[Partner], actor: Actor, now: datetime) -> None:
    first, second, _third = three
    mark_pair(actor=actor, partners=(second, first), grade="apart", now=now)
    mark_pair(actor=actor, partners=(first, second), grade="never", reason="Court", now=now)
    row = Competition.objects.get()
    assert (row.first_id, row.second_id, row.grade, row.reason) == (first.pk, second.pk, "never", "Court")
    assert rivalries_among(ids(three), now) == {(first.pk, second.pk): "never"}
    assert rivalries_among([first.pk], now) == {}
    entry = AuditEntry.objects.order_by("pk").last()
    assert entry is not None
    assert (entry.verb, entry.changes) == ("partners.rivals_marked", {"grade": ["apart", "never"]})
    with pytest.raises(Refused) as refusal:
        mark_pair(actor=actor, partners=(first, first), grade="apart", now=now)
    assert refusal.value.codes == {"same_partner"}


def test_a_pair_says_more_than_rules_and_of_rules_the_strictest_counts(
    three: list[Partner], actor: Actor, msps: Group, now: datetime
) -> None:
    first, second, third = three
    add_rule(actor=actor, grade="apart", field="region", now=now)
    assert rivalries_among(ids(three), now) == {(first.pk, second.pk): "apart"}
    add_to_group(actor=actor, group=msps, partner_ids=ids(three), now=now)
    add_rule(actor=actor, grade="never", group=msps, now=now)
    assert set(rivalries_among(ids(three), now).values()) == {"never"}
    mark_pair(actor=actor, partners=(first, third), grade="fine", now=now)
    assert rivalries_among(ids(three), now)[first.pk, third.pk] == "fine"
    found = rivalries_with_reasons(ids(three), now)
    assert found[second.pk, third.pk].why == "Both are in MSPs"
    shown = rivals_shown({partner.pk: partner.name for partner in three}, found)
    assert [(row.first, row.second) for row in shown] == [(first.name, second.name), (second.name, third.name)]
    with pytest.raises(Refused) as refusal:
        add_rule(actor=actor, grade="apart", group=msps, now=now)
    assert refusal.value.codes == {"is_there"}


def test_several_choices_compete_where_one_is_the_same(three: list[Partner], actor: Actor, now: datetime) -> None:
    attribute = Attribute.objects.create(
        name="Fields", normalized_name="fields", kind="choices", created_at=NOW,
        choices=[{"key": key, "label": key.title()} for key in ("cloud", "edge", "data")],
    )  # fmt: skip
    for partner, chosen in zip(three, (["cloud", "edge"], ["edge"], ["data"]), strict=True):
        AttributeValue.objects.create(
            attribute=attribute, partner=partner, choices=chosen, set_at=NOW, confirmed_at=NOW
        )
    rule = add_rule(actor=actor, grade="apart", attribute=attribute, now=now)
    found = rivalries_with_reasons(ids(three), now)
    assert {pair: rivalry.why for pair, rivalry in found.items()} == {(three[0].pk, three[1].pk): "Both: Fields Edge"}
    touch = touched_by(rule, now)
    assert (touch.partners, touch.pairs, touch.examples) == (2, 1, ("Edge: 2 partners",))


def test_conditions_are_those_of_groups(three: list[Partner], actor: Actor, msps: Group, now: datetime) -> None:
    rule = add_conditions(actor=actor, block=NORDICS, grade="never", now=now)
    assert rivalries_among(ids(three), now) == {(three[0].pk, three[1].pk): "never"}
    assert touched_by(rule, now).in_words == "2 partners in 1 pair"
    assert "Country is Sweden or Denmark" in rules_listed(now)[0].what
    with pytest.raises(Refused) as refusal:
        add_conditions(actor=actor, block=Block("all", ()), grade="never", now=now)
    assert refusal.value.codes == {"empty"}


def test_conditions_over_what_was_put_away_say_nothing(
    three: list[Partner], actor: Actor, msps: Group, now: datetime
) -> None:
    outside = Block("all", (Condition("group", "in_none", (msps.public_id,)),))
    rule = add_conditions(actor=actor, block=outside, grade="never", now=now)
    assert len(rivalries_among(ids(three), now)) == 3
    archive_group(actor=actor, group=msps, now=now)
    assert rivalries_among(ids(three), now) == {}
    assert touched_by(rule, now).partners == 0


def test_what_is_removed_is_gone_and_noted(three: list[Partner], actor: Actor, now: datetime) -> None:
    mark = mark_pair(actor=actor, partners=(three[0], three[1]), grade="never", now=now)
    unmark(actor=actor, mark=mark)
    unmark(actor=actor, mark=mark)
    assert not Competition.objects.exists()
    assert AuditEntry.objects.filter(verb="partners.rivals_unmarked").count() == 1


def test_who_is_kept_apart_agrees_with_all_that_is_marked(
    three: list[Partner], actor: Actor, msps: Group, now: datetime
) -> None:
    one, two, three_ = three
    fourth = PartnerFactory.create(country="SE", region="South")
    everybody = ids([*three, fourth])
    attribute = Attribute.objects.create(
        name="Fields", normalized_name="fields", kind="choices", created_at=NOW,
        choices=[{"key": key, "label": key.title()} for key in ("cloud", "edge", "data")],
    )  # fmt: skip
    for partner, chosen in zip((one, two, fourth), (["cloud", "edge"], ["edge"], ["data"]), strict=True):
        AttributeValue.objects.create(
            attribute=attribute, partner=partner, choices=chosen, set_at=NOW, confirmed_at=NOW
        )
    add_to_group(actor=actor, group=msps, partner_ids=[one.pk, three_.pk], now=now)

    def agree() -> int:
        never = {pair for pair, grade in rivalries_among(everybody, now).items() if grade == "never"}
        for pk in everybody:
            others = {sum(pair) - pk for pair in never if pk in pair}
            assert kept_from(pk, everybody, conditions, now) == others
        return len(never)

    conditions: list[Any] = []
    assert agree() == 0
    rule = add_rule(actor=actor, grade="never", field="region", now=now)
    assert agree() == 2
    unmark(actor=actor, mark=rule)
    add_rule(actor=actor, grade="apart", field="region", now=now)
    add_rule(actor=actor, grade="never", attribute=attribute, now=now)
    assert agree() == 1
    add_rule(actor=actor, grade="never", group=msps, now=now)
    assert agree() == 2
    conditions = [add_conditions(actor=actor, block=NORDICS, grade="never", now=now).definition]
    assert agree() == 4
    mark_pair(actor=actor, partners=(one, two), grade="fine", now=now)
    mark_pair(actor=actor, partners=(three_, fourth), grade="never", now=now)
    assert agree() == 4
    assert kept_from(one.pk, [one.pk], conditions, now) == frozenset()


NAMES = {1: "Ada", 2: "Bay", 3: "Cue"}


@pytest.mark.parametrize(
    ("newcomers", "never", "refused"),
    [
        ([3], {(1, 2): "x"}, 0),
        ([2], {(1, 2): "x"}, 1),
        ([1, 2], {(1, 2): "x"}, 1),
        ([3], {(3, 4): "x"}, 0),
        ([], {(1, 2): "x"}, 0),
        ([1, 3], {(1, 2): "x", (2, 3): "y"}, 2),
    ],
)
def test_who_must_not_meet(newcomers: list[int], never: dict[tuple[int, int], str], refused: int) -> None:
    found = rules.meeting_problems(NAMES, newcomers, never)
    assert [problem.code for problem in found] == ["rivals"] * refused


def test_only_never_refuses(three: list[Partner], actor: Actor, now: datetime) -> None:
    names = {partner.pk: partner.name for partner in three}
    words: list[str] = []
    for grade, number in (("fine", 0), ("apart", 0), ("never", 1)):
        mark_pair(actor=actor, partners=(three[0], three[1]), grade=grade, reason="Same customers.", now=now)
        found = meeting_problems(names, [three[0].pk], rivalries_with_reasons(names, now))
        assert len(found) == number
        words = [str(problem.message) for problem in found]
    assert words == [f"{three[0].name} and {three[1].name} are never brought together: Same customers."]
