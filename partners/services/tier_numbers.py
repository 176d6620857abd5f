"""Numbers that people enter for tiers: one by one, or a list pasted from a spreadsheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from partners import facts
from partners.models import NumberEntry, Partner, TierNumber
from partners.names import comparable
from prm.accounts.actors import Actor
from prm.activity.services import NewFact, record, record_many
from prm.audit.services import note
from prm.problems import Problem, Refused
from prm.tenancy.editing import update_if_unchanged
from prm.tenancy.violations import refused_by


@dataclass(frozen=True)
class NumberDetails:
    name: str
    unit: str = ""
    reading: str = TierNumber.Reading.SUM

    def columns(self) -> dict[str, str]:
        name = " ".join(self.name.split())
        return {"name": name, "normalized_name": comparable(name)[:80], "unit": self.unit, "reading": self.reading}


@dataclass(frozen=True, slots=True)
class NewEntry:
    partner_id: int
    at: datetime
    amount: Decimal
    note: str = ""


def create_number(*, actor: Actor, details: NumberDetails, now: datetime) -> TierNumber:
    """Define a number. Raises `Refused` with name_taken."""
    with refused_by("partners_tiernumber_name", _name_taken()):
        number: TierNumber = TierNumber.objects.create(**details.columns(), created_at=now)
    note(actor=actor, verb="partners.number_created", obj=number)
    return number


def change_number(*, actor: Actor, number: TierNumber, revision: int, details: NumberDetails) -> None:
    """Change what a number is called. Raises `Refused`: changed_meanwhile, name_taken."""
    with refused_by("partners_tiernumber_name", _name_taken()):
        changes = update_if_unchanged(number, revision, **details.columns())
    changes.pop("normalized_name", None)
    if changes:
        note(actor=actor, verb="partners.number_changed", obj=number, changes=changes)


@transaction.atomic
def enter_numbers(*, actor: Actor, number: TierNumber, entries: Sequence[NewEntry], now: datetime) -> int:
    """Store entries, all or none; each is a fact, so that tiers follow within a minute. Returns how many."""
    known = set(Partner.objects.filter(pk__in={entry.partner_id for entry in entries}).values_list("pk", flat=True))
    rows = [
        NumberEntry(
            number=number,
            partner_id=entry.partner_id,
            at=min(entry.at, now),
            amount=entry.amount,
            note=entry.note[:120],
            entered_at=now,
            entered_by_id=actor.membership_id,
        )
        for entry in entries
        if entry.partner_id in known
    ]
    NumberEntry.objects.bulk_create(rows, batch_size=5000)
    record_many(
        NewFact(facts.NUMBER_ENTERED, row.at, partner_id=row.partner_id, object_id=number.pk, unit=number.unit)
        for row in rows
    )
    if rows:
        note(actor=actor, verb=facts.NUMBER_ENTERED.name, obj=number, changes={"entries": [0, len(rows)]})
    return len(rows)


@transaction.atomic
def void_entry(*, actor: Actor, entry: NumberEntry, now: datetime) -> None:
    """Take an entry back: it is kept, crossed out, and counts no longer. Raises `Refused` with voided."""
    if not NumberEntry.objects.filter(pk=entry.pk, voided_at=None).update(voided_at=now):
        raise Refused(Problem("voided", _("This entry is taken back already.")))
    number = entry.number
    record(kind=facts.NUMBER_VOIDED, at=now, partner_id=entry.partner_id, object_id=number.pk, unit=number.unit)
    note(
        actor=actor,
        verb=facts.NUMBER_VOIDED.name,
        obj=number,
        changes={"amount": [entry.amount, None], "partner": [entry.partner.name, None]},
    )


def _name_taken() -> Problem:
    return Problem("name_taken", _("There is already a number of this name."), "name")
