"""Columns that are attributes of partners: the organization's own, and those that an import makes of a column."""

import json
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache, partial
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from partners import rules
from partners.models import Attribute, AttributeValue
from partners.models.attributes import COLUMNS
from partners.models.partners import Source
from partners.names import comparable
from partners.queries.imports import ADD, EMPTY
from partners.services.attributes import AttributeDetails, archive_attribute, create_attribute, with_keys
from partners.services.values import set_many
from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.imports.models import Import
from prm.imports.schema import Changes, ImportField, UnknownChoice
from prm.problems import Refused

# "attribute:5" is one that there is, "column:3" one that is made of the file's column 3 when the import is applied.
THERE, NEW = "attribute:", "column:"
PREFIXES = (THERE, NEW)

_Kind = Attribute.Kind
_NEW_CHOICES = """
SELECT DISTINCT said FROM imports_importrow AS row, LATERAL jsonb_array_elements_text(
    CASE jsonb_typeof("values"->%(name)s)
        WHEN 'array' THEN "values"->%(name)s ELSE jsonb_build_array("values"->%(name)s) END
) AS said
WHERE organization_id = %(organization)s AND row_import_id = %(import)s AND said LIKE '+%%' ORDER BY said
"""
# Excel counts days from here; its own error of 1900 lies before every day that anybody imports.
_SERIAL_ZERO = date(1899, 12, 30)


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
        if attribute.kind == _Kind.CHOICE:
            choose = self._chooser(name, attribute)
            return lambda text: choose(" ".join(text.split()))
        if attribute.kind == _Kind.CHOICES:
            choose = self._chooser(name, attribute)
            return lambda text: sorted({found for part in rules.parts_of(text) if (found := choose(part))})
        return _reader(attribute)

    def _chooser(self, name: str, attribute: Attribute) -> Callable[[str], str]:
        known = {comparable(label): key for key, label in attribute.offered()}
        said: Mapping[str, str] = self.options.get("choices", {}).get(name, {})
        return partial(_chosen, known, said, attribute, name.startswith(NEW))

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
        """The attribute of a column: one of the same name and kind that there is by now, else a new one."""
        wanted = self.by_name[name]
        same = Attribute.objects.listed().filter(normalized_name=comparable(wanted.name), kind=wanted.kind)
        made = same.first() or self._created(name, wanted, actor, now)
        self.by_name[name] = made
        return made

    def _created(self, name: str, wanted: Attribute, actor: Actor, now: datetime) -> Attribute:
        labels = [{"label": text} for text in self._new_choices(name)]
        for number in range(1, 100):
            title = wanted.name if number == 1 else f"{wanted.name[:76]} {number}"
            details = AttributeDetails(name=title, kind=wanted.kind, choices=labels or [{"label": _("Other")}])
            try:
                return create_attribute(actor=actor, details=details, now=now)
            except Refused as refusal:
                if refusal.codes != {"name_taken"}:
                    raise
        raise AssertionError("a hundred attributes of one name")

    def _add_choices(self, name: str, actor: Actor) -> dict[str, str]:
        """Text of a new choice, as rows hold it, → its key."""
        wanted = self._new_choices(name) if self.by_name[name].kind in (_Kind.CHOICE, _Kind.CHOICES) else []
        if not wanted:
            return {}
        attribute = Attribute.objects.select_for_update(no_key=True).get(pk=self.by_name[name].pk)
        known = {comparable(label): key for key, label in attribute.labels().items()}
        fresh = {comparable(text): text for text in wanted if comparable(text[:80]) not in known}
        if fresh:
            before = ", ".join(attribute.labels().values())
            attribute.choices = with_keys([*attribute.choices, *({"label": text} for text in fresh.values())])
            attribute.revision += 1
            attribute.save(update_fields=["choices", "revision"])
            after = ", ".join(attribute.labels().values())
            note(actor=actor, verb="partners.attribute_changed", obj=attribute, changes={"choices": [before, after]})
        self.by_name[name] = attribute
        keys = {comparable(label): key for key, label in attribute.labels().items()}
        return {f"{ADD}{text}": keys[comparable(text[:80])] for text in wanted}

    def _new_choices(self, name: str) -> list[str]:
        keys: dict[str, Any] = {
            "name": name,
            "organization": self.row_import.organization_id,
            "import": self.row_import.pk,
        }
        with connection.cursor() as cursor:
            cursor.execute(_NEW_CHOICES, keys)
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
            known.setdefault(row.partner_id, {})[names[row.attribute_id]] = _as_row_has(row.value)
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
        given: dict[Attribute, dict[int, Any]] = {}
        for pk, changes in written.items():
            for name, (_before, after) in changes.items():
                given.setdefault(self.by_name[name], {})[pk] = after
        if given:
            set_many(actor=actor, values=given, source=Source.IMPORT, now=now)
        return written

    def unprepare(self, *, actor: Actor, now: datetime) -> None:
        """Put the attributes away that the import made, where no partner has a value of them."""
        for key in self.options.get("made", {}).values():
            unused = Attribute.objects.listed().filter(
                pk=key, values__isnull=True, created_at__gte=self.row_import.created_at
            )
            for attribute in unused:
                try:
                    archive_attribute(actor=actor, attribute=attribute, now=now)
                except Refused:
                    continue

    # ── Words ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def label(self, name: str) -> str:
        return self.by_name[name].name if name in self.by_name else name

    def words(self, name: str, value: Any) -> str:
        """A row's value as people read it."""
        attribute = self.by_name.get(name)
        if attribute is None or value in (None, "", []):
            return ""
        if attribute.kind in (_Kind.CHOICE, _Kind.CHOICES):
            labels = attribute.labels()
            parts = value if isinstance(value, list) else [value]
            return ", ".join(labels.get(part, part.removeprefix(ADD)) for part in parts)
        return rules.display(attribute, rules.from_json(attribute, value))


def _reader(attribute: Attribute) -> Callable[[str], Any]:
    """Reads the text of a cell, as rows hold values; the same text is read once."""

    @lru_cache(maxsize=4096)
    def read(text: str) -> Any:
        if attribute.kind == _Kind.DATE and text.isdigit() and len(text) == 5:
            return (_SERIAL_ZERO + timedelta(days=int(text))).isoformat()
        return rules.as_json(rules.clean_text(attribute, text))

    return read


def _chosen(known: Mapping[str, str], said: Mapping[str, str], attribute: Attribute, is_new: bool, text: str) -> str:
    """The key of the choice that a text means; "+text" for one to be added, "" for nothing."""
    word = comparable(text)
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


def _as_row_has(value: Any) -> Any:
    """A stored value as rows hold it: as JSON, lists in the order of the alphabet."""
    found = rules.as_json(value)
    return sorted(found) if isinstance(found, list) else found


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
