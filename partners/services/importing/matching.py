"""Which rows of a table are partners who are there already, found for all of them at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from partners.models import Partner
from partners.queries.duplicates import Sought, likely_same, survivors_of
from prm.arrays import int_array, text_array
from prm.imports.schema import RowSet

KEY, OWN, DOMAIN, NAME, SIMILAR = "key", "own", "domain", "name", "similar"
# What is looked for is handed over as arrays: whatever is known about the tables, each list is looked up in an index.
_SAID = """
SELECT number, "values"->>'key', "values"->>%(own)s, "values"->>'company_domain', "values"->>'normalized_name'
FROM imports_importrow
WHERE organization_id = %(organization)s AND row_import_id = %(import)s AND number = ANY(%(numbers)s::int[])
"""
_LOOK = {
    KEY: "SELECT public_id, id FROM partners_partner WHERE organization_id = %(organization)s"
    " AND public_id = ANY(%(texts)s::text[])",
    OWN: "SELECT text, partner_id FROM partners_attributevalue WHERE organization_id = %(organization)s AND text <> ''"
    " AND text = ANY(%(texts)s::text[]) AND attribute_id = %(attribute)s",
    DOMAIN: "SELECT domain, id FROM partners_partner WHERE organization_id = %(organization)s AND domain <> ''"
    " AND domain = ANY(%(texts)s::text[]) UNION SELECT domain, partner_id FROM partners_partnerdomain"
    " WHERE organization_id = %(organization)s AND domain = ANY(%(texts)s::text[])",
    NAME: "SELECT normalized_name, id FROM partners_partner WHERE organization_id = %(organization)s"
    " AND normalized_name = ANY(%(texts)s::text[])",
}


@dataclass(frozen=True, slots=True)
class Match:
    """Who a row may be, the likeliest first, and by what the first was found."""

    candidates: list[int]
    by: str

    @property
    def is_sure(self) -> bool:
        return len(self.candidates) == 1 and self.by != SIMILAR

    def among(self, survivors: Mapping[int, Partner]) -> "Match":
        """The same with records that were merged replaced by those they were merged into."""
        standing = (survivors[pk].pk if pk in survivors else pk for pk in self.candidates)
        return Match(list(dict.fromkeys(standing)), self.by)


def matches(rows: RowSet, own_key: int | None = None) -> dict[int, Match]:
    """By row number, which partners a row may be: by its Canopy ID, the organization's own key, domain, then name.

    `own_key` is the attribute that holds the organization's own key. An id or key that is known decides alone; a domain
    and a name that are different partners' leave it open.
    """
    organization_id = rows.row_import.organization_id
    parameters: dict[str, Any] = {
        "organization": organization_id,
        "import": rows.row_import.pk,
        "numbers": int_array(rows.numbers),
        "own": f"attribute:{own_key}",
    }
    found: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    with connection.cursor() as cursor:
        cursor.execute(_SAID, parameters)
        said = cursor.fetchall()
        for place, by in enumerate((KEY, OWN, DOMAIN, NAME), start=1):
            numbers = _by_text(said, place)
            if not numbers:
                continue
            asked: dict[str, Any] = {
                "organization": organization_id,
                "texts": text_array(numbers),
                "attribute": own_key,
            }
            cursor.execute(_LOOK[by], asked)
            for text, partner_id in cursor.fetchall():
                for number in numbers[text]:
                    found[number][by].add(partner_id)
    known = {number: _best(by) for number, by in found.items()}
    return _standing(known | _similar({row[0]: row[4] for row in said if row[0] not in known and row[4]}))


def _similar(names: Mapping[int, str]) -> dict[int, Match]:
    """Of rows that nobody matches, whose name is nearly a partner's: never sure."""
    alike = likely_same({number: Sought(name) for number, name in names.items()}) if names else {}
    return {number: Match([row.partner.pk for row in rows], SIMILAR) for number, rows in alike.items() if rows}


def _standing(found: Mapping[int, Match]) -> dict[int, Match]:
    """A record that was merged into another one counts as that."""
    survivors = survivors_of({pk for match in found.values() for pk in match.candidates})
    if not survivors:
        return dict(found)
    return {number: match.among(survivors) for number, match in found.items()}


def _by_text(said: Iterable[tuple[Any, ...]], place: int) -> dict[str, list[int]]:
    """What rows say in this place, each text with the rows that say it."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for row in said:
        if row[place]:
            numbers[row[place]].append(row[0])
    return numbers


def _best(by: Mapping[str, set[int]]) -> Match:
    for sure in (KEY, OWN):
        if sure in by:
            return Match(sorted(by[sure]), sure)
    domain, name = by.get(DOMAIN, set()), by.get(NAME, set())
    both = domain & name
    if len(both) == 1:
        return Match(sorted(both), DOMAIN)
    return Match([*sorted(domain), *sorted(name - domain)], DOMAIN if domain else NAME)
