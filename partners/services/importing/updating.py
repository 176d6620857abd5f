"""Writing what a table says otherwise into partners who are there, for many of them at once."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from partners import facts
from partners.models import Partner
from partners.models.partners import Source
from partners.queries.searching import PARTNERS
from partners.services.importing.attributes import PREFIXES, AttributeColumns
from prm.accounts.actors import Actor
from prm.activity.services import NewFact, record_many
from prm.audit.services import NewNote, note_many
from prm.imports.models import Import
from prm.imports.schema import Changes
from prm.search.services import refresh

_COLUMNS = (
    "name", "normalized_name", "domain", "searchable", "website", "country", "region", "status", "notes",
    "account_manager_id",
)  # fmt: skip
_UPDATE = (
    "UPDATE partners_partner AS partner SET "  # nosec B608 - the names above
    + ", ".join(f"{column} = said.{column}" for column in _COLUMNS)
    + ", revision = partner.revision + 1 FROM jsonb_to_recordset(%s::jsonb) AS said (id bigint, "
    + ", ".join(f"{column} {'bigint' if column.endswith('_id') else 'text'}" for column in _COLUMNS)
    + ") WHERE partner.organization_id = %s AND partner.id = said.id"
)
_TELL = """
INSERT INTO partners_valuechange (organization_id, partner_id, field, before, after, source, at, changed_by_id)
SELECT %s, told.partner_id, told.field, told.before, told.after, %s, %s, %s
FROM jsonb_to_recordset(%s::jsonb) AS told (partner_id bigint, field text, before jsonb, after jsonb)
"""


def value_of(partner: Partner, name: str) -> Any:
    """What a field of the record is now, as an import compares it."""
    return partner.account_manager_id if name == "account_manager" else getattr(partner, name)


def update_partners(
    wanted: Mapping[int, Changes], *, row_import: Import, actor: Actor, now: datetime
) -> dict[int, dict[str, Any]]:
    """Write values into partners by id, each only where it still is what it was before; returns what was written.

    Locks the partners in the order of their ids. Writes their history, a fact for each status that changes and an
    audit line for each partner.
    """
    locked = Partner.objects.listed().filter(pk__in=wanted).select_for_update(no_key=True).order_by("pk")
    partners = {partner.pk: partner for partner in locked}
    written: dict[int, dict[str, Any]] = {
        pk: {
            name: pair
            for name, pair in changes.items()
            if not name.startswith(PREFIXES) and value_of(partners[pk], name) == pair[0]
        }
        for pk, changes in wanted.items()
        if pk in partners
    }
    for pk, changes in written.items():
        _set(partners[pk], changes)
    of_attributes = {
        pk: {name: pair for name, pair in wanted[pk].items() if name.startswith(PREFIXES)} for pk in partners
    }
    columns = AttributeColumns(row_import)
    for pk, changes in columns.write(of_attributes, actor=actor, now=now).items():
        written[pk] |= changes
    written = {pk: changes for pk, changes in written.items() if changes}
    _store([partners[pk] for pk in written])
    refresh(PARTNERS, written)
    _tell(written, partners, columns, actor, now)
    return written


def _set(partner: Partner, changes: Changes) -> None:
    for name, (_before, after) in changes.items():
        setattr(partner, "account_manager_id" if name == "account_manager" else name, after)
    for column, value in Partner.derived(partner.name, partner.domain).items():
        setattr(partner, column, value)


def _store(partners: Sequence[Partner]) -> None:
    if not partners:
        return
    rows = [{"id": partner.pk} | {column: getattr(partner, column) for column in _COLUMNS} for partner in partners]
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, [json.dumps(rows), partners[0].organization_id])


def _tell(
    written: Mapping[int, Changes],
    partners: Mapping[int, Partner],
    columns: AttributeColumns,
    actor: Actor,
    now: datetime,
) -> None:
    """History, facts and audit of what was written."""
    told = [
        {"partner_id": pk, "field": name, "before": before, "after": after}
        for pk, changes in written.items()
        for name, (before, after) in changes.items()
        if not name.startswith(PREFIXES)
    ]
    row_import = columns.row_import
    with connection.cursor() as cursor:
        parameters: list[Any] = [
            row_import.organization_id,
            Source.IMPORT.value,
            now,
            actor.membership_id,
            json.dumps(told),
        ]
        cursor.execute(_TELL, parameters)
    record_many(
        NewFact(facts.VALUE_CHANGED, now, partner_id=row["partner_id"], object_id=0, data={"field": row["field"]})
        for row in told
    )
    statuses = {pk: changes["status"] for pk, changes in written.items() if "status" in changes}
    record_many(
        NewFact(facts.STATUS_CHANGED, now, partner_id=pk, data={"from": before, "to": after})
        for pk, (before, after) in statuses.items()
    )
    note_many(
        actor=actor,
        verb="partners.changed",
        reason=str(row_import.file),
        notes=[
            NewNote(partners[pk], {columns.label(name): _shown(columns, name, pair) for name, pair in changes.items()})
            for pk, changes in written.items()
        ],
    )


def _shown(columns: AttributeColumns, name: str, pair: Sequence[Any]) -> list[Any]:
    """Before and after as the audit trail shows them."""
    return [columns.words(name, value) for value in pair] if name.startswith(PREFIXES) else list(pair)
