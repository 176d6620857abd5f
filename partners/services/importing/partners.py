"""Tables of partners."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners import facts, rules
from partners.countries import country_name
from partners.models import Partner
from partners.models.partners import Source
from partners.names import company_domain
from partners.queries.imports import PARTNERS, colleagues_by_word, names_of_colleagues
from partners.queries.searching import PARTNERS as SEARCHED
from partners.services.importing import updating
from partners.services.importing.attributes import PREFIXES, THERE, AttributeColumns
from partners.services.importing.fields import FIELDS
from partners.services.importing.matching import NAME, SIMILAR, Match, matches
from partners.services.importing.removing import delete_partners, partners_in_use
from prm.accounts.actors import Actor
from prm.activity.services import record_each
from prm.addresses import address
from prm.arrays import int_array, text_array
from prm.imports.models import Import
from prm.imports.schema import Changes, ImportField, ImportSchema, Likeness, RowSet
from prm.search.services import refresh
from prm.tenancy.public_ids import new_public_ids
from prm.tenancy.wakeups import wake

# Of a partner's record, what a row can update.
UPDATED = ("name", "domain", "website", "country", "region", "status", "account_manager", "notes")
_COLUMNS = "_canopy_attribute_columns"
_RESERVE = "SELECT nextval(pg_get_serial_sequence('partners_partner', 'id')) FROM generate_series(1, %s)"
_INSERT = """
INSERT INTO partners_partner (
    id, organization_id, public_id, name, normalized_name, domain, searchable, website, country, region, language,
    status, account_manager_id, notes, source, is_test, created_at, revision
)
SELECT new.id, row.organization_id, new.public_id, row."values"->>'name', row."values"->>'normalized_name',
       row."values"->>'company_domain', row."values"->>'searchable', coalesce(row."values"->>'website', ''),
       coalesce(row."values"->>'country', ''), coalesce(row."values"->>'region', ''), '',
       coalesce(nullif(row."values"->>'status', ''), 'active'), (row."values"->>'account_manager_id')::bigint,
       coalesce(row."values"->>'notes_with_manager', row."values"->>'notes', ''), %(source)s, false, %(now)s, 1
FROM unnest(%(numbers)s::int[], %(ids)s::bigint[], %(public_ids)s::text[]) AS new (number, id, public_id)
JOIN imports_importrow AS row ON row.organization_id = %(organization)s AND row.row_import_id = %(import)s
    AND row.number = new.number
"""


class PartnerImport(ImportSchema):
    """Tables of partners. Nobody gets a mail from them."""

    name = PARTNERS
    label = gettext_lazy("Partners")
    fields = FIELDS
    order = 10

    def page(self, row_import: Import) -> str:
        return address("partner_import_detail", row_import.public_id)

    def fields_of(self, row_import: Import) -> Sequence[ImportField]:
        known = cache(colleagues_by_word)
        own = [
            replace(field, clean=lambda text: known().get(text.lower(), text))
            if field.name == "account_manager"
            else field
            for field in FIELDS
        ]
        return [*own, *AttributeColumns(row_import, all_there=True).fields()]

    def shown_fields_of(self, row_import: Import) -> Sequence[ImportField]:
        return [*FIELDS, *_mapped_columns(row_import).fields()]

    def derived(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        domain = values.get("domain") or company_domain("", values.get("website") or "")
        manager = values.get("account_manager")
        found = {**Partner.derived(values["name"], domain), "company_domain": domain}
        if isinstance(manager, int):
            found["account_manager_id"] = str(manager)
        elif manager:
            found["notes_with_manager"] = _with_manager(values.get("notes") or "", manager)
        return found

    def identities(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        domain = values["company_domain"]
        return (values["normalized_name"], *([domain] if domain else []))

    def match(self, rows: RowSet) -> Mapping[int, Likeness]:
        columns = AttributeColumns(rows.row_import)
        found = matches(rows, columns.own_key)
        if not found:
            return {}
        ids = {candidate for match in found.values() for candidate in match.candidates[:2]}
        partners = Partner.objects.in_bulk(list(ids))
        known = columns.present(ids)
        said = {row.number: row.values for row in rows.narrowed(found)}
        fields = [name for name in (*UPDATED, *columns.by_name) if name in rows.row_import.mapping]
        return {
            number: _likeness(match, said[number], fields, partners, known.get(match.candidates[0], {}))
            for number, match in found.items()
        }

    def prepare(self, row_import: Import, *, actor: Actor, now: datetime) -> None:
        AttributeColumns(row_import).prepare(actor=actor, now=now)

    def create(self, rows: RowSet, *, actor: Actor, now: datetime) -> Sequence[int]:
        with connection.cursor() as cursor:
            cursor.execute(_RESERVE, [len(rows)])
            ids = [key for (key,) in cursor.fetchall()]
            parameters: dict[str, Any] = {
                "organization": rows.row_import.organization_id,
                "import": rows.row_import.pk,
                "numbers": int_array(rows.numbers),
                "ids": int_array(ids),
                "public_ids": text_array(new_public_ids(len(ids))),
                "source": Source.IMPORT.value,
                "now": now,
            }
            cursor.execute(_INSERT, parameters)
            AttributeColumns(rows.row_import).insert(cursor, parameters, actor.membership_id)
        record_each(facts.CREATED, now, partner_ids=ids)
        refresh(SEARCHED, ids)
        # Whether two rows of the file are one company is found out afterwards (see `plan_comparing`).
        wake("plan", now)
        return ids

    def update(
        self, wanted: Mapping[int, Changes], *, row_import: Import, actor: Actor, now: datetime
    ) -> Mapping[int, Changes]:
        return updating.update_partners(wanted, row_import=row_import, actor=actor, now=now)

    def remove(self, ids: Sequence[int], *, actor: Actor, now: datetime) -> Mapping[int, str]:
        kept = partners_in_use(ids)
        gone = [pk for pk in ids if pk not in kept]
        kept |= delete_partners(gone)
        record_each(facts.ARCHIVED, now, partner_ids=[pk for pk in gone if pk not in kept])
        refresh(SEARCHED, gone)
        return kept

    def unprepare(self, row_import: Import, *, actor: Actor, now: datetime) -> None:
        AttributeColumns(row_import).unprepare(actor=actor, now=now)

    def wording(self, row_import: Import) -> Callable[[str, Any], str]:
        columns, colleagues = _mapped_columns(row_import), cache(names_of_colleagues)

        def words(name: str, value: Any) -> str:
            if name.startswith(PREFIXES):
                return columns.words(name, value)
            if not value:
                return ""
            match name:
                case "country":
                    return country_name(value)
                case "status":
                    return str(Partner.Status(value).label)
                case "account_manager":
                    return colleagues().get(value, "")
            return str(value)

        return words

    def lasting_name(self, name: str, options: Mapping[str, Any]) -> str:
        made = options.get("made", {}).get(name)
        return f"{THERE}{made}" if made else name


def _mapped_columns(row_import: Import) -> AttributeColumns:
    """For a page that only shows the import, looked up once for each loaded row."""
    known: AttributeColumns = row_import.__dict__.setdefault(_COLUMNS, None) or AttributeColumns(row_import)
    row_import.__dict__[_COLUMNS] = known
    return known


def _with_manager(text: str, unknown: str) -> str:
    """The row's notes, with the name of an account manager whom nobody here is called: nothing is lost."""
    line = _("Account manager in the spreadsheet: %s") % unknown
    return f"{text}\n{line}".strip()


def _likeness(
    match: Match,
    said: Mapping[str, Any],
    fields: Iterable[str],
    partners: Mapping[int, Partner],
    known: Mapping[str, Any],
) -> Likeness:
    """Who the row is, what it says otherwise, and why it may not be written there."""
    partner = partners[match.candidates[0]]
    place = address("partner_detail", partner.public_id)
    why = _why_fixed(match, said, partner, partners)
    changes = {} if why else _changes(said, fields, partner, known)
    return Likeness(partner.pk, rules.described(partner), place, changes, why)


def _why_fixed(match: Match, said: Mapping[str, Any], partner: Partner, partners: Mapping[int, Partner]) -> str:
    if match.by == SIMILAR:
        return _("Only its name is similar, so nothing of it is changed.")
    if not match.is_sure:
        other = rules.described(partners[match.candidates[1]])
        return _("It may be %s as well, so nothing of it is changed.") % other
    if partner.is_archived:
        return _("It is archived, so nothing of it is changed.")
    if match.by == NAME and partner.domain and said["company_domain"] not in ("", partner.domain):
        return _("Its domain is another one, so nothing of it is changed.")
    return ""


def _changes(
    said: Mapping[str, Any], fields: Iterable[str], partner: Partner, known: Mapping[str, Any]
) -> dict[str, list[Any]]:
    """What the row says otherwise. An empty cell says nothing, nor does the name of an unknown account manager."""
    found = {}
    for name in fields:
        value = said.get(name, "")
        if value in ("", []) or (name == "account_manager" and not isinstance(value, int)):
            continue
        before = known.get(name) if name.startswith(PREFIXES) else updating.value_of(partner, name)
        if value != before:
            found[name] = [before, value]
    return found
