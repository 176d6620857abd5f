"""The compiled query and the obvious evaluation in Python agree, on random rules over random partners."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import EmptyResultSet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partners import facts
from partners.conditions.checking import condition_problems
from partners.conditions.compiling import Compiler
from partners.conditions.explaining import explain
from partners.conditions.grammar import Block, Condition, conditions_of, read, written
from partners.conditions.keeping import KeptRule
from partners.conditions.subjects import Subjects
from partners.conditions.wording import rule_sentence
from partners.models import (
    Attribute,
    AttributeValue,
    Group,
    GroupMember,
    Ladder,
    Partner,
    PartnerProduct,
    PartnerTier,
    Product,
    Tier,
)
from partners.names import comparable
from partners.queries.partner_columns import Columns
from partners.queries.partner_lists import PartnerFilter, PartnerList, matching_partners
from prm.activity.services import NewFact, record_many
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.factories import OrganizationFactory
from tests.partners.factories import GroupFactory, PartnerFactory
from tests.partners.naive_rules import Known, fulfils

# Late in the evening in UTC it is tomorrow already in Kathmandu.
ZONE = "Asia/Kathmandu"
NOW = datetime(2026, 11, 20, 21, 30, tzinfo=UTC)
TODAY = date(2026, 11, 21)
CHOICES = [{"key": key, "label": key.title()} for key in ("cloud", "edge", "data")]
KINDS = ("text", "number", "date", "choice", "choices", "yes_no")
SHAPES = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@dataclass
class Ground:
    """An organization with partners of whom everything is known, and what rules may ask."""

    organization: Organization
    partners: list[Known]
    conditions: st.SearchStrategy[Condition]


@pytest.fixture
def ground(db: None) -> Iterator[Ground]:
    organization = OrganizationFactory.create(zone=ZONE)
    with scope(organization):
        yield _lay(organization)


def _lay(organization: Organization) -> Ground:
    chance = random.Random(7)
    attributes = {kind: _attribute(kind) for kind in KINDS}
    groups = [GroupFactory.create() for _number in range(3)]
    products = [Product.objects.create(created_at=NOW, **Product.named(name)) for name in ("Shield", "Vault")]
    ladder = Ladder.objects.create(name="Resellers", normalized_name="resellers", created_at=NOW)
    tiers = [Tier.objects.create(ladder=ladder, rank=n, name=f"Tier {n}", created_at=NOW) for n in (1, 2, 3)]
    known = [_partner(chance, attributes, groups, products, ladder, tiers) for _number in range(60)]
    return Ground(organization, known, _conditions(attributes, groups, products, ladder, tiers))


def _attribute(kind: str) -> Attribute:
    name = f"A {kind}"
    choices = CHOICES if kind in ("choice", "choices") else []
    return Attribute.objects.create(
        name=name, normalized_name=comparable(name), kind=kind, choices=choices, created_at=NOW
    )


def _partner(
    chance: random.Random,
    attributes: dict[str, Attribute],
    groups: list[Group],
    products: list[Product],
    ladder: Ladder,
    tiers: list[Tier],
) -> Known:
    added = TODAY - timedelta(days=chance.choice((0, 1, 5, 90, 400)))
    # Shortly after midnight and shortly before it, where the organization is: 5:45 ahead of UTC.
    at = datetime(added.year, added.month, added.day, tzinfo=UTC) - timedelta(hours=5, minutes=45)
    row = PartnerFactory.create(
        status=chance.choice(Partner.Status.values),
        country=chance.choice(("DE", "AT", "FR", "")),
        region=chance.choice(("North", "South", "")),
        created_at=at + chance.choice((timedelta(minutes=1), timedelta(hours=23, minutes=59))),
    )
    known = Known(row.pk, row.status, row.country, row.region, added)
    for kind, attribute in attributes.items():
        if chance.random() < 0.7:
            _value(chance, known, kind, attribute)
    for group in groups:
        if chance.random() < 0.4:
            is_over = chance.random() < 0.2
            GroupMember.objects.create(
                group=group, partner=row, starts_at=NOW - timedelta(days=9), closed_at=NOW if is_over else None
            )
            known.groups |= set() if is_over else {group.public_id}
    for product in products:
        if chance.random() < 0.5:
            ends_on = chance.choice((None, TODAY, TODAY + timedelta(days=1)))
            PartnerProduct.objects.create(
                partner=row, product=product, right="sell", starts_on=TODAY - timedelta(days=3), ends_on=ends_on,
                granted_at=NOW,
            )  # fmt: skip
            if ends_on != TODAY:
                known.products.setdefault("product:sell", set()).add(product.public_id)
    if chance.random() < 0.7:
        tier = chance.choice(tiers)
        PartnerTier.objects.create(partner=row, ladder=ladder, tier=tier, starts_at=NOW)
        known.tiers[f"tier:{ladder.public_id}"] = tier.public_id
    _happen(chance, known)
    return known


def _value(chance: random.Random, known: Known, kind: str, attribute: Attribute) -> None:
    values: dict[str, tuple[str, Any]] = {
        "text": ("text", chance.choice(("Gold Seal", "gold seal", "silver"))),
        "number": ("number", Decimal(chance.choice(("0", "2.5", "5", "-1")))),
        "date": ("day", TODAY + timedelta(days=chance.choice((-30, -29, -1, 0, 1, 30, 31)))),
        "choice": ("text", chance.choice(("cloud", "edge", "data"))),
        "choices": ("choices", chance.sample(["cloud", "edge", "data"], chance.randint(1, 3))),
        "yes_no": ("flag", chance.choice((True, False))),
    }
    column, value = values[kind]
    AttributeValue.objects.create(
        attribute=attribute, partner_id=known.pk, set_at=NOW, confirmed_at=NOW, **{column: value}
    )
    known.attributes[f"attribute:{attribute.public_id}"] = set(value) if kind == "choices" else value


def _happen(chance: random.Random, known: Known) -> None:
    key = "measure:partners.people"
    for _number in range(chance.randint(0, 3)):
        at = NOW - timedelta(days=chance.choice((0, 29, 30, 31, 200)), minutes=chance.choice((0, 1)))
        kind = chance.choice((facts.USER_JOINED, facts.USER_JOINED, facts.USER_LEFT))
        record_many([NewFact(kind, at, partner_id=known.pk)])
        known.happened.setdefault(key, []).append((at, Decimal(kind.sign)))


def _conditions(
    attributes: dict[str, Attribute],
    groups: list[Group],
    products: list[Product],
    ladder: Ladder,
    tiers: list[Tier],
) -> st.SearchStrategy[Condition]:
    key = {kind: f"attribute:{attribute.public_id}" for kind, attribute in attributes.items()}

    def some(keys: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
        return st.lists(st.sampled_from(keys), min_size=1, max_size=len(keys), unique=True).map(tuple)

    def one(about: str, operators: tuple[str, ...], value: st.SearchStrategy[Any]) -> st.SearchStrategy[Condition]:
        return st.builds(Condition, st.just(about), st.sampled_from(operators), value)

    number = st.sampled_from(["0", "2.5", "5", "-1", "1"])
    days = st.sampled_from(["1", "29", "30", "31"])
    day = st.sampled_from([TODAY, TODAY - timedelta(days=1), TODAY + timedelta(days=1)]).map(date.isoformat)
    tier, keys = f"tier:{ladder.public_id}", ["cloud", "edge", "data"]
    nothing = st.none()
    kinds = [
        one("status", ("one_of", "not_one_of"), some(list(Partner.Status.values))),
        one("country", ("one_of", "not_one_of"), some(["DE", "AT", "FR", "IT"])),
        one("region", ("one_of", "not_one_of"), some(["North", "South"])),
        one("added", ("on_or_after", "on_or_before"), day),
        one("added", ("in_last", "longer_ago"), days),
        one(key["text"], ("is", "contains"), st.sampled_from(["gold seal", "GOLD", "silver"])),
        one(key["number"], ("at_least", "at_most", "is"), number),
        one(key["date"], ("on_or_after", "on_or_before"), day),
        one(key["date"], ("in_last", "longer_ago", "in_next"), days),
        one(key["choice"], ("one_of", "not_one_of"), some(keys)),
        one(key["choices"], ("any_of", "all_of", "none_of"), some(keys)),
        one(key["yes_no"], ("yes", "no"), nothing),
        one("group", ("in_any", "in_none"), some([group.public_id for group in groups])),
        one("product:sell", ("any_of", "all_of", "none_of"), some([product.public_id for product in products])),
        one(tier, ("one_of", "not_one_of"), some([each.public_id for each in tiers])),
        one(tier, ("known", "unknown"), nothing),
        *(one(about, ("known", "unknown"), nothing) for about in ("country", "region", *key.values())),
        st.builds(
            Condition,
            st.just("measure:partners.people"),
            st.sampled_from(["at_least", "at_most"]),
            number,
            st.sampled_from([None, 30, 365]),
        ),
    ]
    return st.one_of(kinds)


def _blocks(conditions: st.SearchStrategy[Condition]) -> st.SearchStrategy[Block]:
    joins = st.sampled_from(["all", "any", "none"])
    parts = st.recursive(
        conditions,
        lambda inner: st.builds(Block, joins, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        max_leaves=6,
    )
    return st.builds(Block, joins, st.lists(parts, min_size=1, max_size=3).map(tuple))


def test_the_query_and_the_obvious_evaluation_agree(ground: Ground) -> None:
    ids = {partner.pk for partner in ground.partners}

    @SHAPES
    @given(_blocks(ground.conditions))
    def agree(block: Block) -> None:
        subjects = Subjects()
        assert [problem for one in conditions_of(block) for problem in condition_problems(one, subjects)] == []
        assert written(read(written(block))) == written(block)
        wanted = {partner.pk for partner in ground.partners if fulfils(block, partner, NOW, ZONE)}
        found = Partner.objects.filter(pk__in=ids).filter(Compiler(subjects, NOW).rule(block))
        assert set(found.values_list("pk", flat=True)) == wanted, rule_sentence(block, subjects)

    agree()


def test_a_kept_rule_asks_the_very_same(ground: Ground) -> None:
    ids = {partner.pk for partner in ground.partners}
    later = NOW + timedelta(minutes=7)

    @SHAPES
    @given(_blocks(ground.conditions))
    def agree(block: Block) -> None:
        subjects = Subjects()
        kept = KeptRule.of(block, subjects, NOW)
        assert hash(kept) == hash(KeptRule.of(block, Subjects(), later))
        for now in (NOW, later):
            plain = Partner.objects.filter(pk__in=ids).filter(Compiler(subjects, now).rule(block))
            same = Partner.objects.filter(pk__in=ids).filter(kept.condition(kept.moments(now)))
            assert _asked(same) == _asked(plain)
        chosen = PartnerFilter(rule=block, subjects=subjects, asked_at=NOW)
        listed = PartnerList(chosen, Columns(subjects=subjects)).ids(0, 500)
        assert sorted(listed) == sorted(matching_partners(chosen).values_list("pk", flat=True))

    agree()


def _asked(partners: Any) -> Any:
    try:
        return partners.query.sql_with_params()
    except EmptyResultSet:
        return None


def test_what_is_looked_at_for_some_partners_says_the_same_and_why(ground: Ground) -> None:
    some = ground.partners[:12]

    @SHAPES
    @given(_blocks(ground.conditions))
    def agree(block: Block) -> None:
        why = explain(block, Subjects(), [partner.pk for partner in some], NOW)
        for partner in some:
            told = why[partner.pk]
            assert told.holds == fulfils(block, partner, NOW, ZONE)
            assert told.reasons

    agree()
