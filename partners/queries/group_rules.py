"""Rules of groups read: whom they let in, whom they would move, and why."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    FilteredRelation,
    Func,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.utils import timezone
from django.utils.formats import date_format

from partners.conditions.checking import rule_problems
from partners.conditions.compiling import Compiler
from partners.conditions.explaining import Why, explain
from partners.conditions.grammar import Block, conditions_of, read
from partners.conditions.subjects import HEAD_GROUP, Subjects
from partners.models import Group, GroupExclusion, GroupHold, GroupMember, GroupRule, Partner
from partners.models.partners import PartnerQuerySet
from partners.queries.groups import audience_id_of
from partners.stakes import stake_words, stakes_of
from prm.addresses import address
from prm.problems import Problem
from prm.tenancy.prepared import prepared

_RULE = GroupMember.Source.RULE
SHOWN = 8
# Moves of so long are counted together: a large import arrives in many parts.
BRAKE_WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Moves:
    """By partner id: who would come in, who no longer fits, who fits again before its grace is over."""

    entering: list[int]
    leaving: list[int]
    returning: list[int]

    @property
    def number(self) -> int:
        return len(self.entering) + len(self.leaving)

    def __bool__(self) -> bool:
        return bool(self.entering or self.leaving or self.returning)


@dataclass(frozen=True, slots=True)
class Example:
    """One partner of a preview, and the conditions that decide."""

    name: str
    url: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would do: "12 enter, 3 leave, 140 stay", with examples; `by_hand` of those that stay it would not
    let in by itself, `excluded` fulfil it and are kept out by hand. `losses` says what the leaving would lose.
    """

    enter: int
    leave: int
    stay: int
    by_hand: int
    excluded: int
    entering: list[Example]
    leaving: list[Example]
    losses: list[str]

    @property
    def matching(self) -> int:
        return self.enter + self.stay - self.by_hand


def current_rule(group: Group) -> GroupRule | None:
    return GroupRule.objects.current().filter(group=group).select_related("made_by__person").first()


def rules_of(group: Group) -> list[GroupRule]:
    """Every version, the newest first."""
    return list(GroupRule.objects.filter(group=group).select_related("made_by__person").order_by("-version")[:50])


def problems_of(rule: GroupRule, subjects: Subjects) -> list[Problem]:
    """Why a rule in force cannot be evaluated: something that it asks about was put away since."""
    return rule_problems(read(rule.definition), subjects)


def matching(block: Block, subjects: Subjects, now: datetime, among: Collection[int] | None = None) -> PartnerQuerySet:
    """Listed partners that fulfil the rule, in no order, not evaluated."""
    found: PartnerQuerySet = Partner.objects.listed().filter(Compiler(subjects, now, among).rule(block))
    return found if among is None else found.filter(pk__in=among)


def excluded_from(group: Group, now: datetime) -> "QuerySet[Any, Any]":
    """The partners that are kept out by hand, as a part of a query."""
    rows: QuerySet[Any, Any] = GroupExclusion.objects.open(now).filter(group=group).values("partner")
    return rows


def moves_of(
    group: Group, block: Block, subjects: Subjects, now: datetime, among: Collection[int] | None = None
) -> Moves:
    """Whom the rule would move now; three queries that give only those who move."""
    fitting = matching(block, subjects, now, among).exclude(pk__in=excluded_from(group, now))
    members = GroupMember.objects.open().filter(group=group)
    entering = fitting.exclude(pk__in=members.values("partner")).values_list("pk", flat=True)
    held = members.filter(source=_RULE, partner__archived_at=None)
    if among is not None:
        held = held.filter(partner__in=among)
    unfit = held.filter(leaving_since=None).exclude(partner__in=fitting.values("pk"))
    again = held.filter(leaving_since__isnull=False, partner__in=fitting.values("pk"))
    return Moves(
        sorted(entering),
        sorted(unfit.values_list("partner", flat=True)),
        sorted(again.values_list("partner", flat=True)),
    )


def moved_lately(group: Group, rule: GroupRule, now: datetime) -> int:
    """How many partners the rule moved by itself within the brake's window, since a person last let it."""
    decided = GroupHold.objects.filter(group=group).aggregate(last=Max("decided_at"))["last"]
    since = max(now - BRAKE_WINDOW, rule.started_at, decided or rule.started_at)
    rows = GroupMember.objects.filter(group=group, source=_RULE)
    return rows.filter(Q(starts_at__gt=since) | Q(leaving_since__gt=since)).count()


def preview_of(group: Group, block: Block, subjects: Subjects, now: datetime) -> Preview:
    """What the rule would do to the group: one pass over the partners, then the first examples with their reasons."""
    judged = _judged(group, block, subjects, now)
    wanted = [*judged.entering, *judged.leaving]
    why = explain(block, subjects, wanted, now) if wanted else {}
    rows = {row.pk: row for row in Partner.objects.filter(pk__in=wanted)} if wanted else {}
    entering, leaving = (
        [
            Example(rows[pk].name, address("partner_detail", rows[pk].public_id), why[pk].reasons)
            for pk in pks
            if pk in rows and pk in why
        ]
        for pks in (judged.entering, judged.leaving)
    )
    losses = stake_words(stakes_of(judged.losing, audience_id_of(group), now))
    return Preview(**judged.counts, entering=entering, leaving=leaving, losses=losses)


@dataclass(frozen=True, slots=True)
class _Judged:
    """What a rule comes to: the numbers of a preview, the keys of the first by name, and of all who would leave."""

    counts: dict[str, int]
    entering: list[int]
    leaving: list[int]
    losing: list[int]


# Every partner is judged once, however many questions there are about the outcome.
_JUDGED = """
WITH judged AS MATERIALIZED ({judged})
SELECT
    ARRAY(SELECT jsonb_build_array(holds, place, count(*)) FROM judged GROUP BY holds, place),
    ARRAY(SELECT pk FROM judged WHERE holds AND place = '' ORDER BY normalized_name, pk LIMIT %s),
    ARRAY(SELECT pk FROM judged WHERE NOT holds AND place = 'rule' ORDER BY normalized_name, pk LIMIT %s),
    ARRAY(SELECT pk FROM judged WHERE NOT holds AND place = 'rule')
"""


def _judged(group: Group, block: Block, subjects: Subjects, now: datetime) -> _Judged:
    """Partners by whether the rule holds for them and how they are in the group now."""
    is_open = Q(group_memberships__group=group.pk, group_memberships__closed_at=None)
    place = Case(
        When(pk__in=excluded_from(group, now), then=Value("excluded")),
        When(held__source=_RULE, held__leaving_since=None, then=Value("rule")),
        When(Q(held__isnull=False) & ~Q(held__source=_RULE), then=Value("hand")),
        When(held__leaving_since__isnull=False, then=Value("going")),
        default=Value(""),
        output_field=CharField(),
    )
    holds = Case(
        When(Compiler(subjects, now).rule(block), then=Value(True)), default=Value(False), output_field=BooleanField()
    )
    held = FilteredRelation("group_memberships", condition=is_open)
    rows = Partner.objects.listed().annotate(held=held).annotate(holds=holds, place=place).order_by()
    judged, parameters = rows.values("pk", "normalized_name", "holds", "place").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_JUDGED.format(judged=judged), [*parameters, SHOWN, SHOWN])
        numbers, entering, leaving, losing = cursor.fetchone()
    return _Judged(_counts(numbers), entering, leaving, losing)


def _counts(numbers: Iterable[str]) -> dict[str, int]:
    found = {(holds, where): number for holds, where, number in map(json.loads, numbers)}
    by_hand = found.get((False, "hand"), 0)
    return {
        "enter": found.get((True, ""), 0),
        "leave": found.get((False, "rule"), 0),
        "stay": found.get((True, "rule"), 0) + found.get((True, "hand"), 0) + found.get((True, "going"), 0) + by_hand,
        "by_hand": by_hand,
        "excluded": found.get((True, "excluded"), 0),
    }


def in_order_of_dependence(rules: Iterable[GroupRule], subjects: Subjects) -> list[GroupRule]:
    """Rules so that one that asks about a group comes after that group's own rule. There are no circles."""
    by_group = {rule.group_id: rule for rule in rules}
    ordered: dict[int, GroupRule] = {}

    def place(rule: GroupRule, on_the_way: frozenset[int]) -> None:
        if rule.group_id in ordered or rule.group_id in on_the_way:
            return
        for group_id in sorted(groups_asked(read(rule.definition), subjects)):
            if group_id in by_group:
                place(by_group[group_id], on_the_way | {rule.group_id})
        ordered[rule.group_id] = rule

    for rule in by_group.values():
        place(rule, frozenset())
    return list(ordered.values())


def groups_asked(block: Block, subjects: Subjects) -> set[int]:
    """The groups that a rule asks about."""
    subject = subjects.get("group")
    pks = subject.pks if subject else {}
    asked = (one for one in conditions_of(block) if one.about in ("group", HEAD_GROUP))
    return {pks[key] for one in asked for key in one.values if key in pks}


def circle_through(group: Group, block: Block, subjects: Subjects) -> list[str]:
    """The names of the groups on a way from this rule back to its own group, or nothing."""
    asks = {
        rule.group_id: groups_asked(read(rule.definition), subjects)
        for rule in GroupRule.objects.current().exclude(group=group)
    }
    subject = subjects.get("group")
    names = {pk: subject.label_of(key) for key, pk in subject.pks.items()} if subject else {}
    ways = [[pk] for pk in sorted(groups_asked(block, subjects))]
    seen: set[int] = set()
    while ways:
        way = ways.pop()
        if way[-1] == group.pk:
            return [names.get(pk, "") for pk in way]
        if way[-1] not in seen:
            seen.add(way[-1])
            ways += [[*way, pk] for pk in sorted(asks.get(way[-1], ()))]
    return []


@dataclass(frozen=True, slots=True)
class Held:
    """Moves that wait for a person, as they would be now; of each kind the first hundred, with why."""

    held_at: datetime
    enter: int
    leave: int
    entering: list[Example]
    leaving: list[Example]
    losses: list[str]
    sentence: str


_MOST_HELD = 100


def held_moves(group: Group, now: datetime) -> Held | None:
    hold = GroupHold.objects.waiting().filter(group=group).select_related("rule").first()
    if hold is None:
        return None
    subjects, block = Subjects(), read(hold.rule.definition)
    moves = moves_of(group, block, subjects, now)
    shown = [*moves.entering[:_MOST_HELD], *moves.leaving[:_MOST_HELD]]
    partners = {partner.pk: partner for partner in Partner.objects.filter(pk__in=shown)}
    why = explain(block, subjects, shown, now) if shown else {}

    def examples(ids: list[int]) -> list[Example]:
        found = [
            Example(partners[pk].name, address("partner_detail", partners[pk].public_id), why[pk].reasons)
            for pk in ids[:_MOST_HELD]
            if pk in partners and pk in why
        ]
        return sorted(found, key=lambda example: example.name.casefold())

    return Held(
        held_at=hold.held_at,
        enter=len(moves.entering),
        leave=len(moves.leaving),
        entering=examples(moves.entering),
        leaving=examples(moves.leaving),
        losses=stake_words(stakes_of(moves.leaving, audience_id_of(group), now)),
        sentence=hold.rule.sentence,
    )


@dataclass(frozen=True, slots=True)
class RuleCard:
    """A group's rule as its page tells it. `problem` is why it cannot be evaluated, `held` how many moves wait."""

    outline: dict[str, Any]
    version: int
    made_by: str
    started_at: datetime
    evaluated_at: datetime | None
    is_paused: bool
    problem: str
    held: int


def rule_card(group: Group) -> RuleCard | None:
    rule = _current_rule.first(group.pk)
    if rule is None:
        return None
    return RuleCard(
        outline=rule.outline,
        version=rule.version,
        made_by=str(rule.made_by.person) if rule.made_by else "",
        started_at=rule.started_at,
        evaluated_at=group.evaluated_at,
        is_paused=group.rule_paused_at is not None,
        problem=group.rule_problem,
        held=getattr(rule, "held", None) or 0,
    )


@prepared
def _current_rule(group_id: int) -> QuerySet[GroupRule]:
    hold = GroupHold.objects.waiting().filter(group=OuterRef("group"))
    moves = sum(Func(ids, function="cardinality", output_field=IntegerField()) for ids in ("entering", "leaving"))
    rows: QuerySet[GroupRule] = GroupRule.objects.current().filter(group=group_id).select_related("made_by__person")
    return rows.annotate(held=Subquery(hold.values(number=moves)[:1], IntegerField()))[:1]


@dataclass(frozen=True, slots=True)
class ExclusionRow:
    """A partner that is kept out of a group, in ready strings."""

    public_id: str
    name: str
    url: str
    reason: str
    by: str
    since: str
    until: str


def exclusions_of(group: Group, now: datetime) -> list[ExclusionRow]:
    """Who is kept out of the group by hand, by name; two hundred at most."""
    rows = GroupExclusion.objects.open(now).filter(group=group).select_related("partner", "added_by__person")
    return [
        ExclusionRow(
            public_id=row.public_id,
            name=row.partner.name,
            url=address("partner_detail", row.partner.public_id),
            reason=row.reason,
            by=str(row.added_by.person) if row.added_by else "",
            since=date_format(timezone.localtime(row.starts_at), "j M Y"),
            until=date_format(timezone.localtime(row.ends_at - timedelta(microseconds=1)), "j M Y")
            if row.ends_at
            else "",
        )
        for row in rows.order_by("partner__normalized_name", "pk")[:200]
    ]


def why_inside(member: GroupMember, now: datetime) -> Why | None:
    """What the rule by which a partner came in says of it now; None for who came in otherwise."""
    if member.rule is None:
        return None
    block = read(member.rule.definition)
    return explain(block, Subjects(), [member.partner_id], now).get(member.partner_id)
