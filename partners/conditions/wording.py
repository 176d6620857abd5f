"""Rules in sentences, for staff, for partners, for the history."""

from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.conditions.grammar import Block, Condition
from partners.conditions.operators import Operator, operator_of
from partners.conditions.subjects import Subject, Subjects
from partners.conditions.values import day_of, number_of

_SHOWN = 6


def outline(block: Block, subjects: Subjects) -> dict[str, Any]:
    """The rule as nested lines: {"text": what the block says, "parts": its blocks and {"text": a condition}}."""
    parts = [
        {"text": sentence_of(part, subjects)} if isinstance(part, Condition) else outline(part, subjects)
        for part in block.parts
    ]
    return {"text": str(join_words(block.join)), "parts": parts}


def join_words(join: str) -> str:
    words = {
        "all": _("All of these are true"),
        "any": _("At least one of these is true"),
        "none": _("None of these is true"),
    }
    return words[join]


def rule_sentence(block: Block, subjects: Subjects) -> str:
    """The rule in one line, with parentheses where blocks stand in blocks."""
    return _inline(block, subjects)


def _inline(part: Block | Condition, subjects: Subjects) -> str:
    if isinstance(part, Condition):
        return sentence_of(part, subjects)
    told = [
        f"({_inline(each, subjects)})" if _needs_parentheses(each) else _inline(each, subjects) for each in part.parts
    ]
    if part.join == "none":
        return _("none of: %s") % "; ".join(told)
    return (_(" and ") if part.join == "all" else _(" or ")).join(told)


def _needs_parentheses(part: Block | Condition) -> bool:
    return isinstance(part, Block) and (len(part.parts) > 1 or part.join == "none")


def sentence_of(condition: Condition, subjects: Subjects) -> str:
    """One condition in words: “Country is Germany or Austria”."""
    subject = subjects.get(condition.about)
    operator = operator_of(subject.kind, condition.operator) if subject else None
    if subject is None or operator is None:
        return _("something that does not exist any more")
    words = str(operator.words) % {"subject": subject.label, "value": value_words(condition, subject, operator)}
    if condition.days is not None:
        words = f"{words} {window_words(condition.days)}"
    return words[:1].upper() + words[1:]


def window_words(days: int) -> str:
    return ngettext("in the last day", "in the last %(days)d days", days) % {"days": days}


def value_words(condition: Condition, subject: Subject, operator: Operator) -> str:
    """The value of a condition as people read it."""
    text = condition.value if isinstance(condition.value, str) else ""
    match operator.takes:
        case "keys":
            return _listed([subject.label_of(key) for key in condition.values], operator)
        case "number":
            return number_words(number_of(text), subject.unit)
        case "date":
            day = day_of(text)
            return date_format(day, "j M Y") if day else "…"
        case _:
            return text or "…"


def number_words(number: Any, unit: str = "") -> str:
    if number is None:
        return "…"
    shown = number_format(number.normalize() if number % 1 else int(number), use_l10n=True)
    return f"{shown} {unit}".strip()


def _listed(labels: list[str], operator: Operator) -> str:
    if not labels:
        return "…"
    shown = labels[:_SHOWN]
    if len(labels) > _SHOWN:
        shown = [*labels[: _SHOWN - 1], _("%d others") % (len(labels) - _SHOWN + 1)]
    if len(shown) == 1:
        return shown[0]
    last = _("%(most)s and %(last)s") if operator.name == "all_of" else _("%(most)s or %(last)s")
    return last % {"most": ", ".join(shown[:-1]), "last": shown[-1]}
