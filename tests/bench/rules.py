"""What rules of groups cost: the preview while one is built, and every group evaluated anew."""

import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import cycle, islice

from django.db import connection, transaction
from django.utils import timezone

from partners.conditions.checking import rule_problems
from partners.conditions.compiling import Compiler
from partners.conditions.grammar import Block, Condition, conditions_of, written
from partners.conditions.subjects import Subject, Subjects
from partners.models import Group, GroupRule, Partner
from partners.queries.group_rules import preview_of
from partners.services.group_moves import evaluate_all, evaluate_group
from partners.services.groups import GroupDetails, create_group
from prm.accounts.actors import Actor
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.bench.measuring import Figure, measure_call

CONDITIONS, RULES = 20, 50
PREVIEW_MS, ALL_RULES_S = 300, 30
_SCALE = 100_000
# What rules of the fifty groups ask about: one value tells few from many.
_NARROW: dict[str, tuple[str, str | None]] = {
    "choice": ("one_of", None),
    "choices": ("any_of", None),
    "number": ("at_least", "11"),
    "yes_no": ("yes", ""),
}
# How a subject of each kind is asked about here: operator, and the value as the builder would send it.
_ASKED: dict[str, tuple[str, str | None]] = {
    "choice": ("one_of", None),
    "choices": ("any_of", None),
    "text": ("contains", "1"),
    "number": ("at_least", "3"),
    "date": ("longer_ago", "90"),
    "yes_no": ("yes", ""),
    "group": ("in_none", None),
    "tier": ("known", ""),
    "product": ("none_of", None),
    "measure": ("at_most", "40"),
}


def measure_rules() -> Iterator[Figure]:
    organization, now = Organization.objects.get(slug="stratus"), timezone.now()
    with scope(organization):
        partners = Partner.objects.listed().count()
        yield _preview(f"rule preview, {CONDITIONS} conditions", nested_rule(Subjects()), partners, now)
        yield _preview("rule preview, any of 9 pairs", rule_of(CONDITIONS, Subjects()), partners, now)
        yield from _all_groups(partners, now)
        transaction.set_rollback(True)


def rule_of(number: int, subjects: Subjects) -> Block:
    """A rule of so many conditions, an even number, about everything there is: pairs of which any holds, and two of
    which none does.
    """
    asked = [condition for subject in subjects.offered() if (condition := _condition(subject, 0)) is not None]
    chosen = list(islice(cycle(asked), number))
    pairs = tuple(Block("all", tuple(chosen[place : place + 2])) for place in range(2, number, 2))
    rule = Block("all", (Block("any", pairs), Block("none", tuple(chosen[:2]))))
    assert len(list(conditions_of(rule))) == number
    return rule


def nested_rule(subjects: Subjects) -> Block:
    """A rule of twenty conditions as somebody would build it: two lists of six of which any holds, six that all hold,
    two of which none does.
    """
    asked = list(conditions_of(rule_of(CONDITIONS, subjects)))
    some, others, plain, none = asked[:6], asked[6:12], asked[12:18], asked[18:]
    return Block("all", (Block("any", tuple(some)), Block("any", tuple(others)), *plain, Block("none", tuple(none))))


def _condition(
    subject: Subject, place: int, asked: Mapping[str, tuple[str, str | None]] = _ASKED, keys: int = 3
) -> Condition | None:
    operator, value = asked[subject.kind]
    if value is None:
        offered = [key for key, _label in subject.choices]
        if not offered:
            return None
        first = place % len(offered)
        return Condition(subject.key, operator, tuple(offered[first : first + keys]), None)
    return Condition(subject.key, operator, value or None, 365 if subject.has_window else None)


def _preview(name: str, rule: Block, partners: int, now: datetime) -> Figure:
    """What a change in the builder waits for: counts, examples with their reasons, what is lost."""
    group = Group.objects.listed().order_by("pk")[0]

    def once() -> tuple[int, bytes]:
        preview_of(group, rule, Subjects(), now)
        return 200, b""

    figure = measure_call(name, once, rounds=10)
    figure.rate = partners / figure.p50_ms * 1000
    figure.target = f"≤ {PREVIEW_MS} ms, at 100,000 partners too"
    figure.ok = figure.p50_ms <= PREVIEW_MS
    return figure


def _all_groups(partners: int, now: datetime) -> Iterator[Figure]:
    """Fifty groups with a rule each: filled for the first time, then the night's round over all of them."""
    groups = list(_ruled_groups(now))
    began = time.perf_counter()
    moved = sum(
        evaluate_group(group=group, now=now, actor=Actor.system("bench"), is_released=True).number for group in groups
    )
    yield _figure(f"{RULES} rules for the first time", partners, moved, time.perf_counter() - began)
    with connection.cursor() as cursor:
        # As autovacuum would within the minute.
        cursor.execute("ANALYZE partners_groupmember")
    began = time.perf_counter()
    again = evaluate_all(now + timedelta(minutes=1))
    yield _figure(f"{RULES} rules, the night's round", partners, again, time.perf_counter() - began)


def _figure(name: str, partners: int, moved: int, seconds: float) -> Figure:
    return Figure(
        name,
        p50_ms=round(seconds * 1000, 1),
        rate=RULES * partners / seconds,
        bytes=moved,
        target=f"≤ {ALL_RULES_S} s for 100,000 partners",
        ok=seconds <= ALL_RULES_S * max(partners, _SCALE / 10) / _SCALE,
    )


def _ruled_groups(now: datetime) -> Iterator[Group]:
    """Groups whose rules ask for three things each, in turn about all that is known: few of a hundred partners fit."""
    actor = Actor.system("bench")
    subjects = Subjects()
    asked = [
        condition
        for place in range(3)
        for subject in subjects.offered()
        if subject.kind in _NARROW and (condition := _condition(subject, place, _NARROW, keys=1)) is not None
    ]
    turn = cycle(asked)
    for number in range(RULES):
        group = create_group(actor=actor, details=GroupDetails(name=f"Bench {number}"), now=now)
        rule = Block("all", tuple(islice(turn, 3)))
        if not rule_problems(rule, subjects):
            GroupRule.objects.create(group=group, version=1, definition=written(rule), outline={}, started_at=now)
            assert Compiler(subjects, now).rule(rule) is not None
            yield group
