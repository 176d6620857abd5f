"""The builder of rules: a tree of blocks and conditions as fields of one form, read back whatever was typed.

A field is called by what it holds and where it stands: `join:r`, `about:r.0`, `is:r.0`, `value:r.0`, `days:r.0`.
Buttons say what to do by `act`: `add:r`, `nest:r`, `drop:r.0`, `drop-value:r.0:DE`, `save`. Every one of them sends the
whole form, so it works without scripts.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from partners.conditions.checking import condition_problems
from partners.conditions.grammar import (
    DEEPEST,
    JOINS,
    LONGEST_TEXT,
    MOST_CONDITIONS,
    MOST_DAYS,
    MOST_VALUES,
    Block,
    Condition,
    Join,
    conditions_of,
)
from partners.conditions.operators import operator_of, operators_of
from partners.conditions.subjects import Subject, Subjects
from partners.conditions.values import days_of
from partners.conditions.wording import join_words

ROOT = "r"
_PATH = re.compile(r"^r(?:\.\d{1,3}){0,8}$")
_MOST_CHOICES = 400


@dataclass
class _Draft:
    """One node as it was typed, right or not."""

    join: Join | None = None
    about: str = ""
    operator: str = ""
    values: list[str] = field(default_factory=list)
    days: str = ""
    parts: list["_Draft"] = field(default_factory=list)

    @classmethod
    def of(cls, part: Block | Condition) -> "_Draft":
        if isinstance(part, Block):
            return cls(join=part.join, parts=[cls.of(each) for each in part.parts])
        return cls(
            about=part.about, operator=part.operator, values=list(part.values), days=str(part.days) if part.days else ""
        )

    def part(self) -> Block | Condition:
        if self.join is not None:
            return Block(self.join, tuple(each.part() for each in self.parts))
        return Condition(self.about, self.operator, _value(self.operator, self.values), days_of(self.days))


def _value(operator: str, values: list[str]) -> tuple[str, ...] | str | None:
    takes = {each.takes for kind in _KINDS for each in operators_of(kind) if each.name == operator}
    if "keys" in takes:
        return tuple(values)
    return (values[0] if values else "") if takes - {"nothing"} else None


_KINDS = ("choice", "choices", "text", "number", "date", "yes_no", "group", "tier", "product", "measure")


@dataclass(frozen=True, slots=True)
class Choice:
    key: str
    label: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class ConditionField:
    """One condition as the builder draws it: its menus, what was chosen, and what is missing."""

    path: str
    sections: list[tuple[str, list[Choice]]]
    operators: list[Choice]
    takes: str
    chosen: list[Choice]
    more: list[Choice]
    value: str
    days: str
    has_window: bool
    unit: str
    problem: str
    is_block: bool = False


@dataclass(frozen=True, slots=True)
class BlockField:
    path: str
    joins: list[Choice]
    parts: list["BlockField | ConditionField"]
    can_add: bool
    can_nest: bool
    is_root: bool
    is_block: bool = True


class RuleBuilder:
    """A rule being built. `block` is what stands there now; `root` is what the template draws."""

    def __init__(self, draft: _Draft, subjects: Subjects) -> None:
        self.subjects = subjects
        self._draft = draft
        self._settle(draft)

    @classmethod
    def of(cls, block: Block | None, subjects: Subjects) -> "RuleBuilder":
        """The builder of a rule that is there, or of a new one with its first condition open."""
        draft = _Draft.of(block) if block else _Draft(join="all", parts=[_Draft(about="country")])
        return cls(draft, subjects)

    @classmethod
    def sent(cls, data: QueryDict, subjects: Subjects) -> "RuleBuilder":
        """What a form sent, after doing what its button says."""
        draft = _read(data)
        _act(draft, data.get("act", ""))
        return cls(draft, subjects)

    @property
    def block(self) -> Block:
        part = self._draft.part()
        assert isinstance(part, Block)
        return part

    @property
    def root(self) -> BlockField:
        offered = self.subjects.offered()
        shown = self._shown(self._draft, ROOT, offered)
        assert isinstance(shown, BlockField)
        return shown

    @property
    def is_blank(self) -> bool:
        """Whether nothing was chosen yet, so that there is nothing to complain about."""
        return not any(condition.values or condition.value is None for condition in conditions_of(self.block))

    def _settle(self, draft: _Draft) -> None:
        """Give each condition an operator of its subject's kind, and drop values that the subject does not know."""
        for each in draft.parts:
            self._settle(each)
        if draft.join is not None:
            return
        subject = self.subjects.get(draft.about)
        if subject is None:
            return
        if operator_of(subject.kind, draft.operator) is None:
            draft.operator, draft.values = operators_of(subject.kind)[0].name, []
        operator = operator_of(subject.kind, draft.operator)
        if operator is not None and operator.takes == "keys" and not subject.is_open:
            known = subject.labels.keys() | dict(subject.choices).keys()
            draft.values = [value for value in draft.values if value in known]
        if not subject.has_window:
            draft.days = ""

    def _shown(self, draft: _Draft, path: str, offered: list[Subject]) -> BlockField | ConditionField:
        if draft.join is None:
            return self._condition(draft, path, offered)
        return BlockField(
            path=path,
            joins=[Choice(join, join_words(join), join == draft.join) for join in JOINS],
            parts=[self._shown(each, f"{path}.{number}", offered) for number, each in enumerate(draft.parts)],
            can_add=sum(1 for _each in conditions_of(self.block)) < MOST_CONDITIONS,
            can_nest=path.count(".") + 2 <= DEEPEST,
            is_root=path == ROOT,
        )

    def _condition(self, draft: _Draft, path: str, offered: list[Subject]) -> ConditionField:
        subject = self.subjects.get(draft.about)
        operator = operator_of(subject.kind, draft.operator) if subject else None
        chosen, more = self._keys(draft, subject) if subject else ([], [])
        condition = draft.part()
        assert isinstance(condition, Condition)
        problems = condition_problems(condition, self.subjects) if condition.values or not draft.values else []
        return ConditionField(
            path=path,
            sections=_sections(offered, draft.about, subject),
            operators=[
                Choice(each.name, str(each.label), each.name == draft.operator)
                for each in (operators_of(subject.kind) if subject else ())
            ],
            takes=operator.takes if operator else "nothing",
            chosen=chosen,
            more=more[:_MOST_CHOICES],
            value=draft.values[0] if draft.values else "",
            days=draft.days,
            has_window=bool(subject and subject.has_window),
            unit=subject.unit if subject else "",
            problem=str(problems[0].message) if problems else "",
        )

    def _keys(self, draft: _Draft, subject: Subject) -> tuple[list[Choice], list[Choice]]:
        subject = self.subjects.with_choices(subject)
        chosen = [Choice(value, subject.label_of(value), True) for value in draft.values]
        more = [Choice(key, label) for key, label in subject.choices if key not in draft.values]
        return chosen, more


def _sections(offered: list[Subject], about: str, present: Subject | None) -> list[tuple[str, list[Choice]]]:
    """The menu of subjects; one that was put away stands in it as long as it is chosen."""
    sections: dict[str, list[Choice]] = {}
    if present is None:
        sections[_("Choose")] = [Choice(about, _("does not exist any more"), True)]
    elif present.is_gone:
        sections[_("Archived")] = [Choice(about, present.label, True)]
    for subject in offered:
        sections.setdefault(subject.section, []).append(Choice(subject.key, subject.label, subject.key == about))
    return list(sections.items())


# ── Reading what was sent ───────────────────────────────────────────────────────────────────────────────────────────


def _read(data: QueryDict) -> _Draft:
    nodes: dict[str, _Draft] = {}
    for name in data:
        kind, _colon, path = name.partition(":")
        if not _PATH.match(path):
            continue
        if kind == "join" and data[name] in JOINS:
            nodes[path] = _Draft(join=data[name])  # type: ignore[arg-type]
        elif kind == "about":
            nodes[path] = _condition(data, path)
    root = nodes.get(ROOT)
    if root is None or root.join is None:
        return _Draft(join="all")
    for path in sorted(nodes, key=_place):
        parent = nodes.get(path.rpartition(".")[0])
        if path != ROOT and parent is not None and parent.join is not None and path.count(".") < DEEPEST + 1:
            parent.parts.append(nodes[path])
    return root


def _condition(data: QueryDict, path: str) -> _Draft:
    values = list(dict.fromkeys(value[:LONGEST_TEXT] for value in data.getlist(f"value:{path}") if value.strip()))
    days = days_of(data.get(f"days:{path}", ""))
    return _Draft(
        about=str(data[f"about:{path}"])[:80],
        operator=data.get(f"is:{path}", "")[:20],
        values=values[:MOST_VALUES],
        days=str(min(days, MOST_DAYS)) if days else "",
    )


def _place(path: str) -> tuple[int, ...]:
    return tuple(int(number) for number in path.split(".")[1:])


def _act(root: _Draft, act: str) -> None:
    """Change the tree as a button says; what makes no sense changes nothing."""
    verb, _colon, rest = act.partition(":")
    path, _colon, value = rest.partition(":")
    if not _PATH.match(path):
        return
    node = _at(root, path)
    if node is None:
        return
    number = sum(1 for _each in _leaves(root))
    if verb == "add" and node.join is not None and number < MOST_CONDITIONS:
        node.parts.append(_Draft(about="country"))
    elif verb == "nest" and node.join is not None and number < MOST_CONDITIONS and path.count(".") + 2 <= DEEPEST:
        node.parts.append(_Draft(join="any", parts=[_Draft(about="country")]))
    elif verb == "drop-value":
        node.values = [each for each in node.values if each != value]
    elif verb == "drop" and path != ROOT:
        parent = _at(root, path.rpartition(".")[0])
        if parent is not None:
            parent.parts.remove(node)


def _leaves(draft: _Draft) -> Iterator[_Draft]:
    if draft.join is None:
        yield draft
    for each in draft.parts:
        yield from _leaves(each)


def _at(root: _Draft, path: str) -> _Draft | None:
    node = root
    for number in _place(path):
        if number >= len(node.parts):
            return None
        node = node.parts[number]
    return node


def sent_version(data: Mapping[str, Any]) -> int:
    """The version of the rule that the form was opened with; 0 for none."""
    text = str(data.get("version", ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
