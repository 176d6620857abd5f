"""Why a rule holds for a partner, or does not: each condition asked for some partners, all in one query."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, Case, Value, When
from django.utils.translation import gettext as _

from partners.conditions.compiling import Compiler
from partners.conditions.grammar import Block, Condition, conditions_of, holds
from partners.conditions.subjects import Subjects
from partners.conditions.wording import sentence_of
from partners.models import Partner


@dataclass(frozen=True, slots=True)
class Why:
    """Whether the rule holds for a partner, and the conditions that decide it, in words."""

    holds: bool
    reasons: tuple[str, ...]


def explain(block: Block, subjects: Subjects, partner_ids: Collection[int], now: datetime) -> Mapping[int, Why]:
    """By partner, why the rule holds or not; two partners or two hundred, one query."""
    conditions = list(dict.fromkeys(conditions_of(block)))
    compiler = Compiler(subjects, now, among=list(partner_ids))
    asked = {
        f"condition_{number}": Case(
            When(compiler.condition(condition), then=Value(True)), default=Value(False), output_field=BooleanField()
        )
        for number, condition in enumerate(conditions)
    }
    rows = Partner.objects.filter(pk__in=partner_ids).annotate(**asked).values_list("pk", *asked)
    told = {condition: sentence_of(condition, subjects) for condition in conditions}
    return {pk: _why(block, dict(zip(conditions, answers, strict=True)), told) for pk, *answers in rows}


def _why(block: Block, answers: Mapping[Condition, bool], told: Mapping[Condition, str]) -> Why:
    is_held = holds(block, answers.__getitem__)
    deciding = dict.fromkeys(_deciding(block, answers, is_held))
    reasons = (told[condition] if answers[condition] else _("Not so: %s") % told[condition] for condition in deciding)
    return Why(is_held, tuple(reasons))


def _deciding(part: Block | Condition, answers: Mapping[Condition, bool], wanted: bool) -> list[Condition]:
    """The conditions that make the part come out as it does."""
    if isinstance(part, Condition):
        return [part]
    if part.join == "none":
        part, wanted = Block("any", part.parts), not wanted
    outcomes = [(each, holds(each, answers.__getitem__)) for each in part.parts]
    deciding = [each for each, outcome in outcomes if outcome == wanted]
    return [condition for each in deciding for condition in _deciding(each, answers, wanted)]
