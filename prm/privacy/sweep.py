"""Taking a person's addresses and names out of every text that an organization keeps."""

import json
import re
from collections.abc import Collection, Iterator
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Lower

from prm.audit.models import AuditEntry
from prm.privacy.holdings import holdings
from prm.tenancy.policies import APPEND_ONLY, ERASABLE, ERASED, is_tenant_model

# Columns that are left as they are, each with the reason.
KEPT = {
    "partners.partner": {
        "name": "a company may be called like its owner",
        "normalized_name": "follows from the name",
        "searchable": "follows from the name",
    },
}
# Tables that are left out, each with the reason.
LEFT_OUT = {
    "activity.fact": "facts hold ids and numbers, never text",
    "search.entry": "follows the other tables at once",
    "search.posting": "follows the other tables at once",
    "search.spelling": "stems that nobody is called by any more are forgotten in the end",
    "privacy.erasure": "what is looked for stands there until the work is done",
}


def swept_models() -> list[type[models.Model]]:
    """Every tenant table with texts, always in the same order."""
    found = [model for model in apps.get_models() if is_tenant_model(model) and model._meta.label_lower not in LEFT_OUT]
    return sorted((model for model in found if swept_fields(model)), key=lambda model: model._meta.label_lower)


def swept_fields(model: type[models.Model]) -> list["models.Field[Any, Any]"]:
    """The columns of a table in which somebody may be named, those of tables that only grow as far as it is allowed."""
    table = model._meta.db_table
    fields = [
        found
        for found in model._meta.concrete_fields
        if _is_text(found) and found.attname not in KEPT.get(model._meta.label_lower, {})
    ]
    if table in APPEND_ONLY:
        return [found for found in fields if found.column in ERASABLE.get(table, ())]
    return fields


def _is_text(found: "models.Field[Any, Any]") -> bool:
    if isinstance(found, ArrayField):
        return isinstance(found.base_field, models.CharField)
    if isinstance(found, models.JSONField | models.TextField):
        return True
    return isinstance(found, models.CharField) and not found.choices and found.name != "public_id"


def pattern(addresses: Collection[str], names: Collection[str]) -> str:
    """A regular expression of Postgres that finds them, as whole words and however they are spaced."""
    # In JSON a word at the beginning of a line comes after the letter of an escape.
    escape = r"(?<=\\[bfnrt])"
    found = [rf"(?:(?<![\w.+-])|{escape}){re.escape(address)}(?![\w-])" for address in addresses]
    for name in names:
        found += [rf"(?:(?<!\w)|{escape}){words}(?!\w)" for words in dict.fromkeys(_spellings(name.split()))]
    return "|".join(found)


def _spellings(words: list[str]) -> Iterator[str]:
    """As it is said, and the last word first; each also as JSON writes it."""
    for ordered in (words, [f"{words[-1]},", *words[:-1]]):
        yield r"\s+".join(re.escape(word) for word in ordered)
        yield r"\s+".join(re.escape(json.dumps(word, ensure_ascii=False)[1:-1]) for word in ordered)


def sweep(model: type[models.Model], sought: str) -> int:
    """Write the mark over whatever `sought` finds in a table of the open scope; returns in how many rows."""
    quote = connection.ops.quote_name
    fields = {quote(str(found.column)): found for found in swept_fields(model)}
    assignments = ", ".join(f"{column} = {_mended(found, column)}" for column, found in fields.items())
    hits = " OR ".join(f"{column}::text ~* %s" for column in fields)
    parameters = [sought, ERASED] * len(fields)
    with connection.cursor() as cursor:
        statement = (
            f"UPDATE {quote(model._meta.db_table)} SET {assignments}"  # nosec B608 - names of the models
            f" WHERE organization_id = (select current_setting('app.organization_id')::bigint) AND ({hits})"
        )
        cursor.execute(statement, [*parameters, *[sought] * len(fields)])
        return int(cursor.rowcount)


def sweep_exactly(names: Collection[str]) -> dict[str, int]:
    """Write the mark where one of the names stands alone in a column that says what somebody is called.

    Returns in how many rows of each table. Nobody else may be called so.
    """
    sought = [name.lower() for name in names]
    counts: dict[str, int] = {}
    columns = {(holding.model, holding.names[0]) for holding in holdings.all() if holding.names}
    people = {apps.get_model(model)._meta.label_lower for model, _column in columns} | {"accounts.membership"}
    of_people = Q(object_type__in=people)
    told = [(apps.get_model(model), column, Q()) for model, column in sorted(columns)]
    told += [(AuditEntry, "actor_label", Q()), (AuditEntry, "object_label", of_people)]
    for model, column, narrowed in told if sought else ():
        rows = model._default_manager.annotate(called=Lower(column)).filter(narrowed, called__in=sought)
        if number := rows.update(**{column: ERASED}):
            label = str(model._meta.verbose_name_plural)
            counts[label] = counts.get(label, 0) + number
    return counts


def _mended(found: "models.Field[Any, Any]", column: str) -> str:
    if isinstance(found, ArrayField):
        return f"ARRAY(SELECT regexp_replace(part, %s, %s, 'gi') FROM unnest({column}) AS part)"  # nosec B608
    if isinstance(found, models.JSONField):
        return f"regexp_replace({column}::text, %s, %s, 'gi')::jsonb"
    longest = f"left({{}}, {found.max_length})" if isinstance(found, models.CharField) and found.max_length else "{}"
    return longest.format(f"regexp_replace({column}, %s, %s, 'gi')")
