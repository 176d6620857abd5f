"""Values of partners: what an attribute is for one of them, or for very many at once, with every change kept."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from partners import facts, rules
from partners.models import Attribute, AttributeValue, Partner, ValueChange
from partners.models.partners import Source
from partners.queries.attributes import values_held
from prm.accounts.actors import Actor
from prm.activity.services import NewFact, record_many
from prm.audit.services import note
from prm.problems import Refused
from prm.tenancy.scope import current_organization

CHANGED = facts.VALUE_CHANGED

# By the column that holds a kind's values: how it is written as JSON, and read out of it.
_AS_JSON: Mapping[str, str] = {
    "text": "to_jsonb(text::text)",
    "number": "to_jsonb(trim_scale(number)::text)",
    "day": "to_jsonb(day::text)",
    "flag": "to_jsonb(flag)",
    "choices": "to_jsonb(choices)",
}
_FROM_JSON: Mapping[str, str] = {
    "text": "(after #>> '{}')",
    "number": "(after #>> '{}')::numeric",
    "day": "(after #>> '{}')::date",
    "flag": "(after #>> '{}')::boolean",
    "choices": "ARRAY(SELECT jsonb_array_elements_text(after))::varchar[]",
}
# What a row has in the columns that its kind does not use.
_NOTHING: Mapping[str, str] = {
    "text": "''",
    "number": "NULL::numeric",
    "day": "NULL::date",
    "flag": "NULL::boolean",
    "choices": "'{}'::varchar[]",
}
# One statement for an attribute and any number of partners: what really changes is written to the history, cleared or
# stored; what is given again as it is counts as confirmed. All parts see the table as it was before.
_WRITE = """
WITH given AS (
  SELECT * FROM unnest(%(partners)s::bigint[], %(values)s::jsonb[]) AS given (partner_id, after)
), held AS (
  SELECT partner_id, {as_json} AS before FROM partners_attributevalue
  WHERE organization_id = %(organization)s AND attribute_id = %(attribute)s AND partner_id = ANY(%(partners)s)
), changed AS (
  SELECT partner_id, before, after FROM given LEFT JOIN held USING (partner_id) WHERE before IS DISTINCT FROM after
), history AS (
  INSERT INTO partners_valuechange
    (organization_id, partner_id, field, before, after, source, at, changed_by_id)
  SELECT %(organization)s, partner_id, %(field)s, before, after, %(source)s, %(now)s, %(member)s FROM changed
), cleared AS (
  DELETE FROM partners_attributevalue USING changed
  WHERE partners_attributevalue.organization_id = %(organization)s AND attribute_id = %(attribute)s
    AND partners_attributevalue.partner_id = changed.partner_id AND after IS NULL
), confirmed AS (
  UPDATE partners_attributevalue SET confirmed_at = %(now)s FROM held JOIN given USING (partner_id)
  WHERE partners_attributevalue.organization_id = %(organization)s AND attribute_id = %(attribute)s
    AND partners_attributevalue.partner_id = held.partner_id AND before = after
), written AS (
  INSERT INTO partners_attributevalue
    (organization_id, attribute_id, partner_id, text, number, day, flag, choices, source, set_at, set_by_id,
     confirmed_at)
  SELECT %(organization)s, %(attribute)s, partner_id, {columns}, %(source)s, %(now)s, %(member)s, %(now)s
  FROM changed WHERE after IS NOT NULL
  ON CONFLICT (organization_id, attribute_id, partner_id) DO UPDATE SET
    text = EXCLUDED.text, number = EXCLUDED.number, day = EXCLUDED.day, flag = EXCLUDED.flag,
    choices = EXCLUDED.choices, source = EXCLUDED.source, set_at = EXCLUDED.set_at, set_by_id = EXCLUDED.set_by_id,
    confirmed_at = EXCLUDED.confirmed_at
)
SELECT partner_id FROM changed
"""
# The same values in the columns of another kind: nobody said anything new, so source and times stay.
_REWRITE = """
UPDATE partners_attributevalue SET (text, number, day, flag, choices) = (SELECT {columns})
FROM unnest(%(partners)s::bigint[], %(values)s::jsonb[]) AS given (partner_id, after)
WHERE organization_id = %(organization)s AND attribute_id = %(attribute)s
  AND partners_attributevalue.partner_id = given.partner_id
"""
_LOCK = "SELECT id FROM partners_partner WHERE organization_id = %s AND id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"


@transaction.atomic
def set_values(
    *, actor: Actor, partner: Partner, values: Mapping[Attribute, Any], source: str = Source.HAND, now: datetime
) -> dict[str, list[str]]:
    """Set what attributes are for one partner; None clears, what is given again as it is counts as confirmed.

    For each value that changes: row, history and a small fact; one audit line for all. Returns {attribute's name:
    [before, after]} in words. Raises `Refused` (wrong_value, attribute_archived, each with the name of its form field)
    and writes nothing.
    """
    changes = write_values(actor=actor, partner=partner, values=values, source=source, now=now)
    if changes:
        note(actor=actor, verb=CHANGED.name, obj=partner, changes=changes)
    return changes


def write_values(
    *, actor: Actor, partner: Partner, values: Mapping[Attribute, Any], source: str, now: datetime
) -> dict[str, list[str]]:
    """`set_values` without its audit line, for services that write one about more than values."""
    if not values:
        return {}
    _lock([partner.pk])
    held = values_held(partner, values)
    problems = rules.values_problems(values, held)
    if problems:
        raise Refused(problems)
    changes = {}
    for attribute, value in values.items():
        cleaned = rules.clean_value(attribute, value, held.get(attribute.pk))
        if _write(actor, attribute, {partner.pk: cleaned}, source, now):
            words = [rules.display(attribute, held.get(attribute.pk)), rules.display(attribute, cleaned)]
            changes[attribute.name] = words
    return changes


@transaction.atomic
def set_many(
    *,
    actor: Actor,
    values: Mapping[Attribute, Mapping[int, Any]],
    source: str = Source.IMPORT,
    now: datetime,
) -> dict[int, int]:
    """Set values of many partners: {attribute: {partner's key: value}}, a few statements for each attribute.

    Values are checked already (`rules.clean_text` or `rules.clean_value`); None clears. Keys of partners that are not
    the organization's are left out. Returns how many values changed by the attribute's key. One audit line for each
    attribute that changed.
    """
    known = set(_lock({key for given in values.values() for key in given}))
    changed = {}
    for attribute, given in values.items():
        of_known = {key: value for key, value in given.items() if key in known}
        changed[attribute.pk] = _write(actor, attribute, of_known, source, now)
        if changed[attribute.pk]:
            counted = {"partners": [0, changed[attribute.pk]]}
            note(actor=actor, verb=CHANGED.name, obj=attribute, changes=counted, reason=str(Source(source).label))
    return changed


@transaction.atomic
def confirm_values(*, actor: Actor, partner: Partner, attributes: Iterable[Attribute], now: datetime) -> int:
    """Say of what is known that it is still so; returns how many values that are."""
    named = {attribute.pk: attribute.name for attribute in attributes}
    rows = AttributeValue.objects.filter(partner=partner, attribute__in=named)
    confirmed = list(rows.values_list("attribute", flat=True))
    rows.filter(attribute__in=confirmed).update(confirmed_at=now)
    if confirmed:
        names = ", ".join(named[pk] for pk in confirmed)
        note(actor=actor, verb="partners.values_confirmed", obj=partner, changes={"confirmed": ["", names]})
    return len(confirmed)


def keep_changes(
    *, actor: Actor, partner: Partner, changes: Mapping[str, tuple[Any, Any]], source: str, now: datetime
) -> None:
    """Keep what changed in columns of the record itself: history and a small fact for each, before and after as JSON
    has them."""
    rows = [
        ValueChange(
            partner=partner,
            field=field,
            before=before,
            after=after,
            source=source,
            at=now,
            changed_by_id=actor.membership_id,
        )
        for field, (before, after) in changes.items()
    ]
    ValueChange.objects.bulk_create(rows)
    record_many(NewFact(CHANGED, now, partner_id=partner.pk, object_id=0, data={"field": row.field}) for row in rows)


def rewrite(attribute: Attribute, given: Mapping[int, Any]) -> None:
    """Put values, by the partner's key, into the columns of the kind that the attribute has become."""
    with connection.cursor() as cursor:
        cursor.execute(_REWRITE.format(columns=_columns(attribute)), _parameters(attribute, given))


def _lock(keys: Iterable[int]) -> list[int]:
    # Of two who set values of one partner the second sees the first's, so that the history has no gap. NO KEY: rows
    # that refer to the partner can still be written meanwhile.
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [current_organization().pk, list(keys)])
        return [key for (key,) in cursor.fetchall()]


def _write(actor: Actor, attribute: Attribute, given: Mapping[int, Any], source: str, now: datetime) -> int:
    """Write checked values of one attribute with their history and facts; returns how many changed."""
    if not given:
        return 0
    statement = _WRITE.format(as_json=_AS_JSON[rules.column_of(attribute)], columns=_columns(attribute))
    told: dict[str, Any] = {"field": attribute.field, "source": source, "now": now, "member": actor.membership_id}
    with connection.cursor() as cursor:
        cursor.execute(statement, {**_parameters(attribute, given), **told})
        changed = [partner_id for (partner_id,) in cursor.fetchall()]
    return record_many(NewFact(CHANGED, now, partner_id=key, object_id=attribute.pk) for key in changed)


def _columns(attribute: Attribute) -> str:
    """What the columns that hold values are set to, in the order of `_NOTHING`."""
    column = rules.column_of(attribute)
    return ", ".join({**_NOTHING, column: _FROM_JSON[column]}.values())


def _parameters(attribute: Attribute, given: Mapping[int, Any]) -> dict[str, Any]:
    return {
        "organization": current_organization().pk,
        "attribute": attribute.pk,
        "partners": list(given),
        "values": [None if value is None else Jsonb(rules.as_json(value)) for value in given.values()],
    }
