"""Which tiers a partner would reach if its data were otherwise."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from partners.consequences import Move
from partners.models import Ladder, Partner, Requirement
from partners.queries.ladders import calendar, requirements_of, tiers_of, version_at
from partners.queries.tier_numbers import Sheet, scored_sql
from partners.rules.tier_periods import windows_now
from partners.services.foreseeing import as_if


def tiers_moved_by(partner: Partner, changes: Mapping[str, Any], now: datetime) -> list[Move]:
    """The tiers that the partner would have the numbers for because of these changes. Nothing is left written."""
    touched: dict[Ladder, tuple[list[Requirement], frozenset[str]]] = {}
    if any(field.startswith("attribute:") for field in changes):
        for ladder in Ladder.objects.launched().select_related("audience"):
            version = version_at(ladder, now)
            requirements = requirements_of(version) if version else []
            fields = {f"attribute:{row.attribute_id}" for row in requirements if row.attribute_id} & changes.keys()
            if fields:
                touched[ladder] = (requirements, frozenset(fields))
    if not touched:
        return []
    before = {ladder: _reached(ladder, rows, partner, now) for ladder, (rows, _fields) in touched.items()}
    with as_if(partner, changes, now):
        after = {ladder: _reached(ladder, rows, partner, now) for ladder, (rows, _fields) in touched.items()}
    return [
        Move(words, fields)
        for ladder, (_rows, fields) in touched.items()
        if (words := _words(ladder, before[ladder], after[ladder]))
    ]


def _reached(ladder: Ladder, requirements: Sequence[Requirement], partner: Partner, now: datetime) -> int | None:
    """The rank that the partner's numbers reach; None for who takes no part."""
    sheet = Sheet(ladder, requirements, windows_now(calendar(), now), now, [partner.pk])
    sql = f"{scored_sql(sheet, tiers_of(ladder))} SELECT reached FROM scored"  # nosec B608: own names and ids
    with connection.cursor() as cursor:
        cursor.execute(sql, sheet.parameters)
        row = cursor.fetchone()
    return row[0] if row else None


def _words(ladder: Ladder, before: int | None, after: int | None) -> str:
    if before == after or before is None or after is None:
        return ""
    reached = next(tier.name for tier in tiers_of(ladder) if tier.rank == after)
    told = {"tier": reached, "ladder": ladder.name}
    if after > before:
        return _("reaches the numbers of %(tier)s (%(ladder)s)") % told
    return _("has the numbers of no more than %(tier)s (%(ladder)s)") % told
