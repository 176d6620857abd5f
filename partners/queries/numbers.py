"""Numbers that people enter for tiers, and their entries, as pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format

from partners.models import NumberEntry, TierNumber
from partners.queries.tier_words import shown
from prm.addresses import address

_DAY = "j M Y"


@dataclass(frozen=True, slots=True)
class NumberRow:
    name: str
    url: str
    unit: str
    reading: str
    entries: int
    newest: str


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry; `public_id` is what takes it back, and `is_void` says that this was done."""

    public_id: str
    partner: str
    url: str
    amount: str
    day: str
    note: str
    by: str
    is_void: bool


def numbers_for_list() -> QuerySet[TierNumber]:
    return TierNumber.objects.order_by("normalized_name", "pk")


def number_rows(numbers: Sequence[TierNumber]) -> list[NumberRow]:
    """The lines of a page: one query for how much was entered."""
    counted = NumberEntry.objects.filter(number__in=numbers).order_by().values("number")
    found = {
        row["number"]: row
        for row in counted.annotate(n=Count("pk", filter=Q(voided_at=None)), newest=Max("entered_at"))
    }
    rows = []
    for number in numbers:
        told = found.get(number.pk, {"n": 0, "newest": None})
        rows.append(
            NumberRow(
                name=number.name,
                url=address("number_detail", number.public_id),
                unit=number.unit,
                reading=number.get_reading_display(),
                entries=told["n"],
                newest=date_format(timezone.localtime(told["newest"]), _DAY) if told["newest"] else "",
            )
        )
    return rows


def entries_of(number: TierNumber) -> QuerySet[NumberEntry]:
    """What was entered, the newest first."""
    rows = NumberEntry.objects.filter(number=number).select_related("partner", "number", "entered_by__person")
    return rows.order_by("-entered_at", "-pk")


def entry_row(entry: NumberEntry) -> EntryRow:
    return EntryRow(
        public_id=entry.public_id,
        partner=entry.partner.name,
        url=address("partner_detail", entry.partner.public_id),
        amount=shown(entry.amount, entry.number.unit),
        day=date_format(timezone.localtime(entry.at), _DAY),
        note=entry.note,
        by=str(entry.entered_by.person) if entry.entered_by else "",
        is_void=entry.voided_at is not None,
    )
