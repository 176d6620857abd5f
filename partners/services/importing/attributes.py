"""Columns that are attributes of partners: the organization's own, and those that an import makes of a column."""

import json
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from partners.models import Attribute, AttributeValue
from partners.models.attributes import COLUMNS
from partners.models.partners import Source
from partners.names import comparable, fold
from partners.typed_text import day_of, number_of, parts_of, plain_number, yes_or_no
from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.imports.models import Import
from prm.imports.schema import Changes, ImportField, UnknownChoice
from prm.tenancy.public_ids import new_public_id

# "attribute:5" is one that there is, "column:3" one that is made of the file's column 3 when the import is applied.
THERE, NEW = "attribute:", "column:"
PREFIXES = (THERE, NEW)
# What a text that is no choice becomes: a new choice, nothing, or an existing choice by its key.
ADD, EMPTY = "+", "-"

_Kind = Attribute.Kind
_UPSERT = """
INSERT INTO partners_attributevalue
    (organization_id, attribute_id, partner_id, text, number, day, flag, choices, source, set_at, set_by_id,
     confirmed_at)
SELECT %(organization)s, said.attribute_id, said.partner_id, coalesce(said.text, ''), said.number, said.day, said.flag,
       ARRAY(SELECT jsonb_array_elements_text(coalesce(said.choices, '[]'))), %(source)s, %(now)s, %(by)s, %(now)s
FROM jsonb_to_recordset(%(said)s::jsonb) AS said
    (attribute_id bigint, partner_id bigint, text text, number numeric, day date, flag bool, choices jsonb)
ON CONFLICT (organization_id, attribute_id, partner_id) DO UPDATE SET text = excluded.text, number = excluded.number,
    day = excluded.day, flag = excluded.flag, choices = excluded.choices, source = excluded.source,
    set_at = excluded.set_at, set_by_id = excluded.set_by_id, confirmed_at = excluded.confirmed_at
"""


class AttributeColumns:
    """The attributes that an import's columns are, by the names of its fields; those to be made are not saved yet."""

    def __init__(self, row_import: Import, *, all_there: bool = False) -> None:
        self.row_import, self.options = row_import, row_import.options
        self.by_name: dict[str, Attribute] = {}
        mapped = [name for name in row_import.mapping if name.startswith(PREFIXES)]
        if mapped or all_there:
            self.by_name = {f"{THERE}{found.pk}": found for found in Attribute.objects.listed().in_order()}
        self.by_name |= {name: self._made_of_column(name, words) for name, words in self._new().items()}

    def _new(self) -> Mapping[str, Mapping[str, str]]:
        found: Mapping[str, Mapping[str, str]] = self.options.get("new", {})
        return found

    def _made_of_column(self, name: str, words: Mapping[str, str]) -> Attribute:
        key = self.options.get("made", {}).get(name)
        known = self.by_name.get(f"{THERE}{key}") or (Attribute.objects.filter(pk=key).first() if key else None)
        return known or Attribute(name=words["name"], kind=words["kind"])

    def fields(self) -> list[ImportField]:
        return [
            ImportField(name, attribute.name, (), clean=self._cleaner(name, attribute), longest=500)
            for name, attribute in self.by_name.items()
        ]

    def mapped(self) -> dict[str, Attribute]:
        return {name: found for name, found in self.by_name.items() if name in self.row_import.mapping}

    @property
    def own_key(self) -> int | None:
        """The attribute by whose value partners are recognized, when its column is in the file."""
        key = self.options.get("own_key")
        return int(key) if key and f"{THERE}{key}" in self.row_import.mapping else None

    # ── Cells ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _cleaner(self, name: str, attribute: Attribute) -> Callable[[str], Any]:
        match attribute.kind:
            case _Kind.NUMBER:
                return lambda text: plain_number(number_of(text))
            case _Kind.DATE:
                return lambda text: day_of(text).isoformat()
            case _Kind.YES_NO:
                return yes_or_no
            case _Kind.CHOICE | _Kind.CHOICES:
                return self._choice_cleaner(name, attribute)
        return lambda text: " ".join(text.split())

    def _choice_cleaner(self, name: str, attribute: Attribute) -> Callable[[str], Any]:
        known = {fold(label): key for key, label in attribute.offered()}
        said: Mapping[str, str] = self.options.get("choices", {}).get(name, {})
        choose = partial(_chosen, known, said, attribute, name.startswith(NEW))
        if attribute.kind == _Kind.CHOICE:
            return lambda text: choose(" ".join(text.split()))
        return lambda text: sorted({found for part in parts_of(text) if (found := choose(part))})

    # ── Making ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def prepare(self, *, actor: Actor, now: datetime) -> None:
        """Make the attributes that columns become, and the choices that are new."""
        made = dict(self.options.get("made", {}))
        for name in self.mapped():
            if name.startswith(NEW) and name not in made:
                made[name] = self._make(name, actor, now).pk
        added = {name: self._add_choices(name, actor) for name in self.mapped()}
        self.options |= {"made": made, "added": {name: keys for name, keys in added.items() if keys}}
        self.row_import.options = self.options
        self.row_import.save(update_fields=["options"])

    def _make(self, name: str, actor: Actor, now: datetime) -> Attribute:
        attribute = self.by_name[name]
        same = (
            Attribute.objects.listed().filter(normalized_name=comparable(attribute.name), kind=attribute.kind).first()
        )
        if same is None:
            attribute.normalized_name = _free_name(attribute)
            attribute.created_at = now
            attribute.position = Attribute.objects.count()
            attribute.save()
            note(actor=actor, verb="partners.attribute_created", obj=attribute, reason=str(self.row_import.file))
        self.by_name[name] = same or attribute
        return self.by_name[name]

    def _add_choices(self, name: str, actor: Actor) -> dict[str, str]:
        """Text of a new choice, as rows hold it, → its key."""
        attribute = self.by_name[name]
        if attribute.kind not in (_Kind.CHOICE, _Kind.CHOICES):
            return {}
        wanted = self._new_choices(name)
        if not wanted:
            return {}
        attribute = self.by_name[name] = Attribute.objects.select_for_update(no_key=True).get(pk=attribute.pk)
        known = {fold(label): key for key, label in attribute.labels().items()}
        fresh = [{"key": new_public_id(), "label": text[:80]} for text in wanted if fold(text) not in known]
        if fresh:
            before = [label for _key, label in attribute.offered()]
            attribute.choices = [*attribute.choices, *fresh]
            attribute.revision += 1
            attribute.save(update_fields=["choices", "revision"])
            after = [label for _key, label in attribute.offered()]
            note(actor=actor, verb="partners.attribute_changed", obj=attribute, changes={"choices": [before, after]})
        keys = known | {fold(choice["label"]): choice["key"] for choice in fresh}
        return {f"{ADD}{text}": keys[fold(text[:80])] for text in wanted}

    def _new_choices(self, name: str) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT said FROM imports_importrow AS row, LATERAL ("
                " SELECT jsonb_array_elements_text(CASE jsonb_typeof(\"values\"->%(name)s) WHEN 'array'"
                ' THEN "values"->%(name)s ELSE jsonb_build_array("values"->%(name)s) END) AS said) AS parts'
                " WHERE organization_id = %(organization)s AND row_import_id = %(import)s AND said LIKE '+%%'"
                " ORDER BY said",
                {"name": name, "organization": self.row_import.organization_id, "import": self.row_import.pk},
            )
            return [said.removeprefix(ADD) for (said,) in cursor.fetchall()]

    # ── Values ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def resolved(self, name: str, value: Any) -> Any:
        """A row's value with the keys of choices that were new."""
        added: Mapping[str, str] = self.options.get("added", {}).get(name, {})
        if isinstance(value, list):
            return sorted(added.get(part, part) for part in value)
        return added.get(value, value) if isinstance(value, str) else value

    def present(self, partner_ids: Collection[int]) -> dict[int, dict[str, Any]]:
        """By partner and field, what the mapped attributes are now, as rows hold values."""
        names = {found.pk: name for name, found in self.mapped().items() if found.pk}
        if not names:
            return {}
        known: dict[int, dict[str, Any]] = {}
        rows = AttributeValue.objects.filter(attribute__in=names, partner__in=partner_ids)
        for row in rows.select_related("attribute"):
            known.setdefault(row.partner_id, {})[names[row.attribute_id]] = _plain(row.value)
        return known

    def insert(self, cursor: Any, new: Mapping[str, Any], by: int | None) -> None:
        """Write the values of rows that have just become partners: one statement for each attribute."""
        for name, attribute in self.mapped().items():
            column = COLUMNS[attribute.kind]
            added = json.dumps(self.options.get("added", {}).get(name, {}))
            cursor.execute(
                _insert_values(column), {**new, "name": name, "attribute": attribute.pk, "added": added, "by": by}
            )

    def write(self, wanted: Mapping[int, Changes], *, actor: Actor, now: datetime) -> dict[int, dict[str, list[Any]]]:
        """Write values of partners, each only where it still is what it was before; returns what was written."""
        ids = [pk for pk, changes in wanted.items() if changes]
        present = self.present(ids) if ids else {}
        written = {
            pk: {
                name: [before, self.resolved(name, after)]
                for name, (before, after) in wanted[pk].items()
                if present.get(pk, {}).get(name) == before
            }
            for pk in ids
        }
        self._store(written, actor, now)
        return written

    def _store(self, written: Mapping[int, Changes], actor: Actor, now: datetime) -> None:
        said, gone = [], []
        for pk, changes in written.items():
            for name, (_before, after) in changes.items():
                attribute = self.by_name[name]
                key = {"attribute_id": attribute.pk, "partner_id": pk}
                (gone if after is None else said).append(key | {COLUMNS[attribute.kind]: after})
        if said:
            with connection.cursor() as cursor:
                cursor.execute(
                    _UPSERT,
                    {
                        "organization": self.row_import.organization_id,
                        "source": Source.IMPORT.value,
                        "now": now,
                        "by": actor.membership_id,
                        "said": json.dumps(said),
                    },
                )
        for key in gone:
            AttributeValue.objects.filter(attribute=key["attribute_id"], partner=key["partner_id"]).delete()

    def unprepare(self, *, actor: Actor, now: datetime) -> None:
        """Put the attributes away that the import made, where no partner has a value of them."""
        for key in self.options.get("made", {}).values():
            unused = Attribute.objects.listed().filter(pk=key, values__isnull=True)
            if unused.update(archived_at=now):
                note(actor=actor, verb="partners.attribute_archived", obj=Attribute.objects.get(pk=key))

    # ── Words ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def history_name(self, name: str) -> str:
        """By what the history of values names a field."""
        return self.by_name[name].field if name in self.by_name else name

    def label(self, name: str) -> str:
        return self.by_name[name].name if name in self.by_name else name

    def words(self, name: str, value: Any) -> str:
        """A value as people read it."""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if value in (None, "", []):
            return ""
        labels = self.by_name[name].labels() if name in self.by_name else {}
        parts = value if isinstance(value, list) else [value]
        return ", ".join(labels.get(part, str(part).removeprefix(ADD)) for part in parts)


def _chosen(known: Mapping[str, str], said: Mapping[str, str], attribute: Attribute, is_new: bool, text: str) -> str:
    """The key of the choice that a text means; "+text" for one to be added, "" for nothing."""
    word = fold(text)
    if word in known:
        return known[word]
    decision = ADD if is_new else said.get(word, "")
    if decision == ADD:
        return f"{ADD}{text[:80]}"
    if decision == EMPTY:
        return ""
    if decision in known.values():
        return decision
    raise UnknownChoice(_("“%(text)s” is none of the choices of %(name)s.") % {"text": text, "name": attribute}, text)


def _free_name(attribute: Attribute) -> str:
    """The name as it is compared, made different where an attribute of another kind has it."""
    wanted, number = attribute.name, 1
    while Attribute.objects.listed().filter(normalized_name=comparable(attribute.name)).exists():
        number += 1
        attribute.name = f"{wanted[:76]} {number}"
    return comparable(attribute.name)[:80]


def _plain(value: Any) -> Any:
    """A stored value as rows hold it."""
    match value:
        case None | bool() | str():
            return value
        case list() | tuple():
            return sorted(value)
        case _ if hasattr(value, "isoformat"):
            return value.isoformat()
    return plain_number(value)


def _insert_values(column: str) -> str:
    said = 'row."values"->>%(name)s'
    value = {
        "text": f"coalesce(%(added)s::jsonb->>({said}), {said})",
        "number": f"({said})::numeric",
        "day": f"({said})::date",
        "flag": f"({said})::bool",
        "choices": "ARRAY(SELECT coalesce(%(added)s::jsonb->>part, part)"
        ' FROM jsonb_array_elements_text(row."values"->%(name)s) AS part)',
    }[column]
    fixed = ", choices" if column != "choices" else ""
    empty = ", '{}'" if column != "choices" else ""
    text = ", text" if column != "text" else ""
    blank = ", ''" if column != "text" else ""
    return (
        "INSERT INTO partners_attributevalue (organization_id, attribute_id, partner_id, source, set_at, set_by_id,"  # nosec B608
        f" confirmed_at, {column}{fixed}{text}) SELECT row.organization_id, %(attribute)s, new.id, %(source)s, %(now)s,"
        f" %(by)s, %(now)s, {value}{empty}{blank}"
        " FROM unnest(%(numbers)s::int[], %(ids)s::bigint[]) AS new (number, id)"
        " JOIN imports_importrow AS row ON row.organization_id = %(organization)s AND row.row_import_id = %(import)s"
        f" AND row.number = new.number WHERE coalesce({said}, '') NOT IN ('', '[]')"
    )
