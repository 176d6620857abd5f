"""Rules whose statements are kept: what a rule's statement depends on, told apart from the moments that it asks about.

Building the statement of a rule of twenty conditions costs several times what Postgres takes to answer it. A list that
is narrowed by one is opened again and again, sorted otherwise, page by page: with a `KeptRule` as part of its shape the
statement is prepared once (prm.tenancy.prepared). Moments are its values, since they differ in each call.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, Case, Q, Value, When

from partners.conditions.checking import rule_problems
from partners.conditions.compiling import Compiler, Moments
from partners.conditions.grammar import Block, Condition, conditions_of
from partners.conditions.subjects import MEASURE, Subject, Subjects

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class _About:
    """What a statement needs to know of a subject: the keys of what the rule names, not the whole choice."""

    key: str
    kind: str
    pk: int
    pks: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, subject: Subject, named: Iterable[str]) -> Self:
        pks = tuple((key, subject.pks[key]) for key in sorted(set(named)) if key in subject.pks)
        return cls(subject.key, subject.kind, subject.pk, pks)

    def subject(self) -> Subject:
        return Subject(self.key, "", self.kind, "", pk=self.pk, pks=dict(self.pks))


class _Known(Subjects):
    """Only what one rule asks about, read by whoever kept it."""

    def __init__(self, about: Iterable[_About]) -> None:
        self._known = {each.key: each.subject() for each in about}

    def get(self, key: str) -> Subject | None:
        # Measures are the program's own: nothing of them is read.
        return super().get(key) if key.startswith(MEASURE) else self._known.get(key)


@dataclass(frozen=True)
class KeptRule:
    """A rule with all that its statement depends on beside `moments`; equal ones have the same statement.

    `windows` are the days that its conditions look back, each once.
    """

    rule: Block
    about: tuple[_About, ...]
    windows: tuple[int, ...]
    zone: ZoneInfo
    today: date

    @classmethod
    def of(cls, rule: Block, subjects: Subjects, now: datetime) -> Self:
        """The rule as it is at `now`: what its references lead to, and which day it is for the organization."""
        asked = list(conditions_of(rule))
        at = Moments.at(now)
        windows = tuple(sorted({condition.days for condition in asked if condition.days is not None}))
        return cls(rule, tuple(_abouts(asked, subjects)), windows, at.zone, at.today)

    def moments(self, now: datetime) -> list[datetime]:
        """The values of its statement: now and the start of each window; none where it looks back nowhere."""
        return [now, *(now - timedelta(days=days) for days in self.windows)] if self.windows else []

    def condition(self, moments: Sequence[datetime], among: Collection[int] | None = None) -> Q:
        """What `Compiler.rule` makes of it."""
        now = moments[0] if moments else _NEVER
        starts = dict(zip(self.windows, moments[1:], strict=True))
        at = Moments(now, self.zone, self.today, starts)
        return Compiler(_Known(self.about), now, among, at).rule(self.rule)


@dataclass(frozen=True)
class KeptRules:
    """Several rules by name, asked at once of the same partners."""

    rules: tuple[tuple[str, KeptRule], ...]

    @classmethod
    def of(cls, rules: Mapping[str, Block], now: datetime) -> Self:
        """The rules as they are at `now`. One that asks about things put away says nothing and is left out."""
        subjects = Subjects()
        sound = ((name, rule) for name, rule in rules.items() if not rule_problems(rule, subjects))
        return cls(tuple((name, KeptRule.of(rule, subjects, now)) for name, rule in sound))

    def moments(self, now: datetime) -> list[datetime]:
        """The values of their statement: those of each rule, one after the other."""
        return [moment for _name, rule in self.rules for moment in rule.moments(now)]

    def answers(self, moments: Sequence[datetime], among: Collection[int]) -> dict[str, Case]:
        """By the name of each rule whether a partner among these fulfills it."""
        rest = list(moments)
        found = {}
        for name, rule in self.rules:
            # As many as `KeptRule.moments` gives.
            number = 1 + len(rule.windows) if rule.windows else 0
            own, rest = rest[:number], rest[number:]
            holds = When(rule.condition(own, among), then=Value(True))
            found[name] = Case(holds, default=Value(False), output_field=BooleanField())
        return found


def _abouts(asked: Sequence[Condition], subjects: Subjects) -> Iterable[_About]:
    named: dict[str, set[str]] = {}
    for condition in asked:
        named.setdefault(condition.about, set()).update(condition.values)
    for key, names in named.items():
        subject = subjects.get(key)
        if subject is not None and subject.measure is None:
            yield _About.of(subject, names)
