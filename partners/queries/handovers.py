"""What a colleague has in hand, and what a hand-over says of itself."""

from dataclasses import dataclass
from datetime import datetime

from partners.models import Handover, Partner
from prm.handovers import handover_parts


@dataclass(frozen=True, slots=True)
class InHand:
    """How much of each part a colleague has in hand, in words, and how many partners among it."""

    words: list[str]
    partners: int

    def __bool__(self) -> bool:
        return bool(self.words)


def in_hand(giver_id: int, now: datetime) -> InHand:
    """One query a part; what is empty is left out."""
    counted = [(part, part.count(giver_id, now)) for part in handover_parts.all()]
    partners = next((count for part, count in counted if part.name == "partners.partners"), 0)
    return InHand([part.words(count) for part, count in counted if count], partners)


def moved_in_words(row: Handover) -> list[str]:
    """What went over, in the order of the parts; parts that are gone since say nothing."""
    return [part.words(row.moved[part.name]) for part in handover_parts.all() if part.name in row.moved]


def partners_of(row: Handover, limit: int) -> list[str]:
    """The names of the first partners that went over, by name."""
    names = Partner.objects.filter(pk__in=row.partner_ids).order_by("normalized_name", "pk")
    return list(names.values_list("name", flat=True)[:limit])
