"""How much somebody would gain from a cohort, in reasons that one can read, and how levels are mixed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

# From which share of the next tier on it is worth a word.
_NEAR = 0.4


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of somebody: certificates of theirs and of their company, activity, how near the next tier is."""

    has_certificate: bool = False
    company_has_graduate: bool = False
    is_active: bool = False
    tier_share: float = 0.0
    next_tier: str = ""


@dataclass(frozen=True, slots=True)
class Benefit:
    """The reasons become words where they are read: many are weighed of whom nobody reads."""

    score: float
    reasons: tuple[Promise | str, ...]


def benefit(signs: Signs) -> Benefit:
    """The more gaps a cohort would close, the higher; who is active would come. Each point has its reason."""
    score = 0.0
    reasons: list[Promise | str] = []
    if not signs.company_has_graduate:
        score += 3
        reasons.append(_("Nobody of the company has done it yet"))
    if not signs.has_certificate:
        score += 2
        reasons.append(_("Has no certificate yet"))
    if signs.is_active:
        score += 2
        reasons.append(_("The company was active in the last 90 days"))
    if signs.next_tier and signs.tier_share >= _NEAR:
        score += 2 * signs.tier_share
        percent = round(signs.tier_share * 100)
        reasons.append(format_lazy(_("{share} % of the way to {tier}"), share=percent, tier=signs.next_tier))
    return Benefit(score, tuple(reasons))


def balanced(weighed: Sequence[tuple[float, Any, str]], most: int) -> list[Any]:
    """The best of each level in turn, so that a group is mixed; (score, who, level). Ties keep their order."""
    by_level: dict[str, list[Any]] = defaultdict(list)
    for _score, who, level in sorted(weighed, key=lambda row: -row[0]):
        by_level[level].append(who)
    found: list[Any] = []
    while any(by_level.values()) and len(found) < most:
        for queue in by_level.values():
            if queue and len(found) < most:
                found.append(queue.pop(0))
    return found
