"""What is wrong with a rule, in words: nothing asked, values that are missing, things put away, contradictions."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from partners.conditions.grammar import Block, Condition, conditions_of, empty_blocks
from partners.conditions.operators import Operator, operator_of
from partners.conditions.subjects import Subject, Subjects
from partners.conditions.values import day_of, days_of, number_of
from partners.conditions.wording import sentence_of
from prm.problems import Problem


def rule_problems(block: Block, subjects: Subjects) -> list[Problem]:
    """Why this rule cannot be used; each message names the condition that it is about."""
    if not any(True for _each in conditions_of(block)):
        return [Problem("empty", _("Say at least one thing that partners of this group have in common."))]
    problems = [problem for condition in conditions_of(block) for problem in condition_problems(condition, subjects)]
    if empty_blocks(block):
        problems.append(Problem("empty_block", _("One of the blocks is empty. Fill it, or take it away.")))
    return problems or list(_contradictions(block, subjects))


def condition_problems(condition: Condition, subjects: Subjects) -> list[Problem]:
    """What is wrong with one condition by itself."""
    subject = subjects.get(condition.about)
    if subject is None:
        return [Problem("unknown_subject", _("One condition is about something that does not exist any more."))]
    if subject.is_gone:
        words = _("“%s” was archived. Bring it back, or take this condition away.")
        return [Problem("gone", words % subject.label)]
    operator = operator_of(subject.kind, condition.operator)
    if operator is None:
        return [Problem("unknown_operator", _("Choose how “%s” has to be.") % subject.label)]
    message = _value_problem(condition, subject, operator)
    return [Problem("value", message)] if message else []


def _value_problem(condition: Condition, subject: Subject, operator: Operator) -> str:
    """What is wrong with the value, or nothing."""
    text = condition.value if isinstance(condition.value, str) else ""
    match operator.takes:
        case "keys":
            return _keys_problem(condition, subject)
        case "text" if not text.strip():
            return _("“%s” needs a text to compare with.") % subject.label
        case "number" if number_of(text) is None:
            return _("“%s” needs a number.") % subject.label
        case "date" if day_of(text) is None:
            return _("“%s” needs a day.") % subject.label
        case "days" if days_of(text) is None:
            return _("“%s” needs a number of days.") % subject.label
    return ""


def _keys_problem(condition: Condition, subject: Subject) -> str:
    if not condition.values:
        return _("Choose at least one value for “%s”.") % subject.label
    gone = [key for key in condition.values if key in subject.gone]
    if gone:
        names = ", ".join(subject.label_of(key) for key in gone)
        return _("“%s” was archived. Bring it back, or take it out of this condition.") % names
    known = subject.labels.keys() | dict(subject.choices).keys()
    if not subject.is_open and any(key not in known for key in condition.values):
        return _("A value of “%s” does not exist any more. Choose again.") % subject.label
    return ""


def _contradictions(block: Block, subjects: Subjects) -> Iterator[Problem]:
    """Pairs of conditions that no partner can fulfil at once, where both must hold."""
    if block.join == "all":
        together = list(_all_of(block))
        for number, one in enumerate(together):
            for other in together[number + 1 :]:
                if one.about == other.about and _excludes(one, other, subjects):
                    words = _("Nobody can be both: “%(one)s” and “%(other)s”.")
                    pair = {"one": sentence_of(one, subjects), "other": sentence_of(other, subjects)}
                    yield Problem("contradiction", words % pair)
    for part in block.parts:
        if isinstance(part, Block) and not (block.join == "all" and part.join == "all"):
            yield from _contradictions(part, subjects)


def _all_of(block: Block) -> Iterator[Condition]:
    for part in block.parts:
        if isinstance(part, Condition):
            yield part
        elif part.join == "all":
            yield from _all_of(part)


_OPPOSITES = (
    {"known", "unknown"},
    {"yes", "no"},
    {"yes", "unknown"},
    {"no", "unknown"},
)


def _excludes(one: Condition, other: Condition, subjects: Subjects) -> bool:
    names = {one.operator, other.operator}
    subject = subjects.get(one.about)
    kind = subject.kind if subject else ""
    if names in _OPPOSITES:
        return True
    if "unknown" in names and names & {"one_of", "any_of", "all_of", "is", "contains", "at_least", "at_most"}:
        return kind != "measure"
    if kind in ("choice", "tier") and names == {"one_of"}:
        return not set(one.values) & set(other.values)
    positive, negative = (one, other) if not _is_negative(one, kind) else (other, one)
    if names in ({"one_of", "not_one_of"}, {"in_any", "in_none"}, {"any_of", "none_of"}):
        return set(positive.values) <= set(negative.values)
    if names == {"at_least", "at_most"} and one.days == other.days:
        low, high = (one, other) if one.operator == "at_least" else (other, one)
        return _decimal(low) > _decimal(high)
    if names == {"on_or_after", "on_or_before"}:
        after, before = (one, other) if one.operator == "on_or_after" else (other, one)
        return str(after.value) > str(before.value)
    return False


def _is_negative(condition: Condition, kind: str) -> bool:
    operator = operator_of(kind, condition.operator)
    return operator is not None and operator.is_negative


def _decimal(condition: Condition) -> float:
    return float(number_of(str(condition.value)) or 0)
