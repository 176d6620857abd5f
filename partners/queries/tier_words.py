"""Requirements and figures in words, the same for partners, colleagues and mails."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from partners.models import Requirement, TierMove
from partners.rules.tier_progress import Values, block_share, blocks_of, yardstick_of
from prm.activity.kinds import measures

Source = Requirement.Source


def label_of(requirement: Requirement) -> str:
    """What is counted: "Graduates in the last 12 months"."""
    match requirement.source:
        case Source.MEASURE:
            known = requirement.measure in measures
            name = str(measures.get(requirement.measure).label) if known else _("No longer counted")
        case Source.ATTRIBUTE:
            return str(requirement.attribute.name)
        case Source.NUMBER:
            name = requirement.number.name
        case _other:
            return str(Source(requirement.source).label)
    return f"{name} {Requirement.Period(requirement.period).label}"


def unit_of(requirement: Requirement) -> str:
    match requirement.source:
        case Source.MEASURE:
            return measures.get(requirement.measure).unit if requirement.measure in measures else ""
        case Source.ATTRIBUTE:
            return str(requirement.attribute.unit)
        case Source.NUMBER:
            return str(requirement.number.unit)
        case Source.DAYS:
            return _("days")
    return ""


def shown(amount: Decimal | str, unit: str = "") -> str:
    """A number as people read it, with its unit, without zeros at its end."""
    number = Decimal(amount)
    whole = number == number.to_integral_value()
    rounded = number.quantize(Decimal(1)) if whole else number.quantize(Decimal("0.1"))
    text = number_format(rounded, force_grouping=True)
    return f"{text} {unit}".strip()


def figures_of(requirements: Sequence[Requirement], tier_id: int | None, values: Values) -> list[dict[str, Any]]:
    """The numbers of a tier's requirements as they are at this moment, to be kept with what is decided on them."""
    own = [requirement for requirement in requirements if requirement.tier_id == tier_id]
    return [
        {
            "label": label_of(requirement),
            "value": str(values[yardstick_of(requirement)]),
            "threshold": str(requirement.threshold),
            "unit": unit_of(requirement),
            "is_met": block_share(block, values) >= 1,
        }
        for block in blocks_of(own)
        for requirement in block
    ]


def figure_text(figure: dict[str, Any]) -> str:
    """ "Graduates in the last 12 months: 2 of 3"."""
    value = shown(figure["value"])
    threshold = shown(figure["threshold"], figure["unit"])
    return _("%(label)s: %(value)s of %(threshold)s") % {
        "label": figure["label"],
        "value": value,
        "threshold": threshold,
    }


def unmet(move: TierMove) -> list[str]:
    """What a partner lacks for the tier that it would lose."""
    return [figure_text(figure) for figure in move.figures if not figure["is_met"]]


def suggested_words(move: TierMove, first_name: str = "") -> str:
    """A sentence that the account manager may add to the notice, from what decides."""
    lacking = [figure for figure in move.figures if not figure["is_met"]]
    if not lacking:
        return _("%(tier)s was yours for a good reason. Shall we look together at what comes next?") % {
            "tier": move.from_tier.name
        }
    figure = min(lacking, key=lambda one: Decimal(one["value"]) / Decimal(one["threshold"]))
    missing = Decimal(figure["threshold"]) - Decimal(figure["value"])
    return _("It takes %(missing)s more to keep %(tier)s (%(label)s). Shall we plan together how you get there?") % {
        "missing": shown(missing, figure["unit"]),
        "tier": move.from_tier.name,
        "label": figure["label"],
    }
