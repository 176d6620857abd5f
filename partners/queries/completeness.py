"""How complete data is: for each attribute, for each column of the record that is wanted, and for one partner."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from partners.models import Attribute, AttributeValue, Partner
from partners.models.partners import PartnerQuerySet
from partners.queries.attributes import Known, known_values
from prm.addresses import address

# Columns of the record that are wanted of every partner, and those of them that a partner can tell itself.
RECORD_FIELDS: Mapping[str, Any] = {
    "country": _("Country"),
    "region": _("Region"),
    "language": _("Language"),
    "website": _("Website"),
    "account_manager": _("Account manager"),
}
TOLD_BY_PARTNERS = ("country", "region", "language", "website")


@dataclass(frozen=True, slots=True)
class Completeness:
    """Of `total` partners, `filled` have a value. Archived and test partners are not counted."""

    filled: int
    total: int

    @property
    def missing(self) -> int:
        return max(0, self.total - self.filled)

    @property
    def share(self) -> float:
        """From 0 to 1; 1 where there is no partner."""
        return min(1.0, self.filled / self.total) if self.total else 1.0


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is wanted of a partner, and whether it is known."""

    label: str
    is_filled: bool
    field: str = ""
    is_told_by_partner: bool = False


@dataclass(frozen=True, slots=True)
class PartnerCompleteness:
    """How much is known of a partner; `ask_url` is where it can be asked for what it could tell, "" for nothing."""

    parts: tuple[Part, ...]
    partner_id: str = ""

    @property
    def filled(self) -> int:
        return sum(part.is_filled for part in self.parts)

    @property
    def total(self) -> int:
        return len(self.parts)

    @property
    def share(self) -> float:
        return self.filled / self.total if self.parts else 1.0

    @property
    def missing(self) -> list[str]:
        return [part.label for part in self.parts if not part.is_filled]

    @property
    def ask_url(self) -> str:
        asked = [("field", part.field) for part in self.parts if part.is_told_by_partner and not part.is_filled]
        query = urlencode([("partner", self.partner_id), *asked])
        return f"{address('data_request_create')}?{query}" if asked and self.partner_id else ""


def completeness_of(attribute_ids: Collection[int], total: int | None = None) -> dict[int, Completeness]:
    """For each of these attributes, by its key, how many partners have a value.

    Two queries, or one for a page that knows the `total` of partners.
    """
    if total is None:
        total = Partner.objects.real().count()
    rows = AttributeValue.objects.filter(attribute__in=attribute_ids, partner__archived_at=None, partner__is_test=False)
    counted = dict(rows.order_by().values_list("attribute").annotate(n=Count("*")))
    return {pk: Completeness(counted.get(pk, 0), total) for pk in attribute_ids}


def record_completeness() -> dict[str, Completeness]:
    """The same for the wanted columns of the record, by their names. One query."""
    counts = {field: Count("pk", filter=~_is_empty(field)) for field in RECORD_FIELDS}
    found = Partner.objects.real().aggregate(total=Count("pk"), **counts)
    return {field: Completeness(found[field], found["total"]) for field in RECORD_FIELDS}


def _is_empty(field: str) -> Q:
    return Q(account_manager=None) if field == "account_manager" else Q(**{field: ""})


def partners_lacking(field: str | Attribute) -> PartnerQuerySet:
    """Partners of whom this is not known: a column of the record by its name, or an attribute."""
    real: PartnerQuerySet = Partner.objects.real()
    if not isinstance(field, Attribute):
        return real.filter(_is_empty(field))
    # NOT IN: it is hashed once, whatever is known about the tables, where an anti-join may become a loop in a loop.
    return real.exclude(pk__in=AttributeValue.objects.filter(attribute=field).values("partner"))


def completeness_of_partner(partner: Partner, known: Iterable[Known] | None = None) -> PartnerCompleteness:
    """What is wanted of this partner and what of it is known. A page that has read `known_values` hands them in."""
    of_record = [
        Part(str(label), bool(_column(partner, field)), field, field in TOLD_BY_PARTNERS)
        for field, label in RECORD_FIELDS.items()
    ]
    read = known_values(partner) if known is None else known
    asked = [
        Part(row.name, each.is_known, row.field, row.keeper == Attribute.Keeper.PARTNER)
        for each in read
        for row in [each.attribute]
    ]
    return PartnerCompleteness((*of_record, *asked), partner.public_id)


def _column(partner: Partner, field: str) -> Any:
    return partner.account_manager_id if field == "account_manager" else getattr(partner, field)


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A column of the record as the list of attributes shows it."""

    field: str
    name: str
    filled: int
    total: int
    missing: int
    share: float
    is_told_by_partners: bool


def record_rows() -> list[RecordRow]:
    """How complete the wanted columns of the record are, in order."""
    counted = record_completeness()
    return [
        RecordRow(
            field=field,
            name=str(label),
            filled=counted[field].filled,
            total=counted[field].total,
            missing=counted[field].missing,
            share=counted[field].share,
            is_told_by_partners=field in TOLD_BY_PARTNERS,
        )
        for field, label in RECORD_FIELDS.items()
    ]
