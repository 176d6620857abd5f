"""The columns of a partner's record that are wanted: what each is, where that comes from, when it was confirmed."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce, JSONObject, NullIf

from partners.models import Partner, RecordConfirmation, ValueChange
from partners.models.partners import PartnerQuerySet
from partners.queries.attributes import ValueRow, source_words
from partners.queries.completeness import RECORD_FIELDS
from partners.queries.history import record_words
from prm.addresses import address


@dataclass(frozen=True, slots=True)
class ToldColumn:
    """Where a column's value comes from and since when; `confirmed_at` where it was said later that it still holds."""

    source: str
    set_at: datetime
    confirmed_at: datetime | None = None
    by: str = ""

    @property
    def last_said_at(self) -> datetime:
        return max(self.set_at, self.confirmed_at or self.set_at)


_CHANGE: Mapping[str, Any] = {
    "field": F("field"),
    "at": F("at"),
    "source": F("source"),
    "by": Coalesce(NullIf("changed_by__person__name", Value("")), "changed_by__person__email", Value("")),
}


def _changes(partner: Any) -> QuerySet[ValueChange]:
    """The last change of each column."""
    rows = ValueChange.objects.filter(partner=partner, field__in=list(RECORD_FIELDS))
    return rows.order_by("field", "-at", "-pk").distinct("field")


def record_parts(partner: Any) -> dict[str, Any]:
    """What `record_from` reads, as parts of a query; `partner` is a key or a reference to one."""
    confirmed = RecordConfirmation.objects.filter(partner=partner)
    return {
        "record_changes": ArraySubquery(_changes(partner).values(row=JSONObject(**_CHANGE))),
        "record_confirmed": ArraySubquery(confirmed.values(row=JSONObject(field="field", at="at"))),
    }


def with_record(partners: PartnerQuerySet) -> PartnerQuerySet:
    """The partners, each with what `record_of` reads out of it without a query of its own."""
    annotated: PartnerQuerySet = partners.annotate(**record_parts(OuterRef("pk")))
    return annotated


def record_of(partner: Partner) -> dict[str, ToldColumn]:
    """Every wanted column, by its name; one query, none for a partner that `with_record` gave."""
    if not hasattr(partner, "record_changes"):
        partner = with_record(Partner.objects.all()).get(pk=partner.pk)
    return record_from(partner, partner.record_changes, partner.record_confirmed)  # type: ignore[attr-defined]


def record_from(
    partner: Partner, changes: Iterable[Mapping[str, Any]], confirmed: Iterable[Mapping[str, Any]]
) -> dict[str, ToldColumn]:
    """Every wanted column, by its name; of one that never changed, what the record itself tells."""
    changed = {row["field"]: row for row in changes}
    said = {row["field"]: datetime.fromisoformat(row["at"]) for row in confirmed}
    return {field: _told(partner, changed.get(field), said.get(field)) for field in RECORD_FIELDS}


def _told(partner: Partner, change: Mapping[str, Any] | None, confirmed_at: datetime | None) -> ToldColumn:
    if change is None:
        return ToldColumn(partner.source, partner.created_at, confirmed_at)
    set_at = datetime.fromisoformat(change["at"])
    still = confirmed_at if confirmed_at and confirmed_at > set_at else None
    return ToldColumn(change["source"], set_at, still, change["by"])


def record_values(
    partner: Partner,
    fields: Collection[str],
    told: Mapping[str, ToldColumn] | None = None,
    *,
    is_for_partner: bool = False,
) -> list[ValueRow]:
    """A line for each of these columns, in the record's order; its account manager must be loaded where asked for."""
    read = record_of(partner) if told is None else told
    return [_row(partner, field, read[field], is_for_partner) for field in RECORD_FIELDS if field in fields]


def _row(partner: Partner, field: str, told: ToldColumn, is_for_partner: bool) -> ValueRow:
    if field == "account_manager":
        manager = partner.account_manager
        shown = str(manager.person) if manager else ""
    else:
        shown = record_words(field, getattr(partner, field), {})
    return ValueRow(
        name=str(RECORD_FIELDS[field]),
        hint="",
        section="",
        shown=shown.removeprefix("https://").removeprefix("http://") if field == "website" else shown,
        source=source_words(told.source, is_for_partner),
        set_at=told.set_at,
        confirmed_at=told.confirmed_at,
        by=told.by,
        history_url=f"{address('partner_history', partner.public_id)}?field={field}",
        link=partner.website if field == "website" else "",
    )
