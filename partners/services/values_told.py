"""What an accepted applicant told becomes the partner's values, each marked as from their application."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from partners import rules
from partners.models import Attribute, AttributeValue, Partner
from partners.models.partners import Source
from partners.recruiting.questions import ATTRIBUTE, Question
from partners.services.values import keep_changes, write_values
from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.tenancy.editing import update_if_unchanged

_LONGEST_TEXT = 500


def fill_blanks(*, actor: Actor, partner: Partner, told: Mapping[str, str], now: datetime) -> None:
    """Write into a partner's record what it lacks; what it says already stays as it is."""
    blanks = {name: value for name, value in told.items() if value and not getattr(partner, name)}
    if not blanks:
        return
    derived = Partner.derived(partner.name, blanks.get("domain", partner.domain))
    update_if_unchanged(partner, partner.revision, **blanks, **derived)
    told_columns = {name: (None, value) for name, value in sorted(blanks.items())}
    keep_changes(actor=actor, partner=partner, changes=told_columns, source=Source.APPLICATION, now=now)
    changes = {name: ["", value] for name, value in blanks.items()}
    note(actor=actor, verb="partners.changed", obj=partner, changes=changes)


def keep_answers(
    *, actor: Actor, partner: Partner, questions: Sequence[Question], answers: Mapping[str, Any], now: datetime
) -> int:
    """Make the answers to questions that fill attributes the partner's values; returns how many.

    A value that the partner has already stays: a colleague or the partner said it, and knows better.
    """
    wanted = {
        question.target.removeprefix(ATTRIBUTE): answers.get(question.key)
        for question in questions
        if question.target.startswith(ATTRIBUTE)
    }
    rows = Attribute.objects.listed().filter(public_id__in=wanted)
    known = set(AttributeValue.objects.filter(partner=partner).values_list("attribute_id", flat=True))
    given = {}
    for attribute in rows.exclude(pk__in=known).order_by("pk"):
        value = _value(attribute, wanted[attribute.public_id])
        # What the attribute would not take (any more) is left out: the application keeps it.
        if value is not None and not rules.values_problems({attribute: value}, {}):
            given[attribute] = value
    return len(write_values(actor=actor, partner=partner, values=given, source=Source.APPLICATION, now=now))


def _value(attribute: Attribute, answer: Any) -> Any:
    """The answer as the attribute keeps it; None for nothing, and for what the attribute does not know (any more)."""
    if answer in (None, "", []):
        return None
    match attribute.kind:
        case Attribute.Kind.TEXT:
            return str(answer)[:_LONGEST_TEXT]
        case Attribute.Kind.CHOICE:
            return answer if answer in attribute.labels() else None
        case Attribute.Kind.CHOICES:
            return [key for key in answer if key in attribute.labels()] or None
        case Attribute.Kind.YES_NO:
            return bool(answer)
    try:
        return date.fromisoformat(answer) if attribute.kind == Attribute.Kind.DATE else Decimal(str(answer))
    except (ValueError, TypeError, InvalidOperation):
        return None
