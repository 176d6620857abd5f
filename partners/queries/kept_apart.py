"""Whose companies are never brought together, for pages on which partners' people see one another.

The grade "never" alone is asked, so that it costs one query; `queries.competitors` tells all grades and why.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from partners.conditions.grammar import read
from partners.conditions.keeping import KeptRules
from partners.models import AttributeValue, Competition, GroupMember, Partner
from partners.models.attributes import COLUMNS
from prm.tenancy.prepared import prepared

_Kind = Competition.Kind


def never_conditions() -> ArraySubquery:
    """The conditions of the rules that say "never", as a part of the query by which a page finds its people."""
    return ArraySubquery(_never(_Kind.RULE).order_by("pk").values("definition"))


def kept_from(partner_id: int, others: Collection[int], conditions: Sequence[Any], now: datetime) -> frozenset[int]:
    """Those of the others whom the partner is never brought together with; `conditions` as `never_conditions` has them.

    One query, and what the conditions are about where these ask for attributes, groups, tiers or products.
    """
    ids = {partner_id, *others}
    if len(ids) < 2:
        return frozenset()
    kept = _kept(conditions, now)
    names = [name for name, _rule in kept.rules]
    asked: tuple[Any, ...] = (partner_id, sorted(ids), *kept.moments(now))
    rows = _told.anyhow(*asked, kept=kept)
    told: dict[int, dict[str, Any]] = {row["pk"]: row for row in rows}
    own = _traits(told.pop(partner_id), names) if partner_id in told else frozenset()
    return frozenset(
        pk
        for pk, row in told.items()
        if (row["pair"] == Competition.Grade.NEVER if row["pair"] else own & _traits(row, names))
    )


@prepared
def _told(partner_id: int, ids: list[int], *moments: datetime, kept: KeptRules) -> QuerySet[Any, Any]:
    pair = Q(first=partner_id, second=OuterRef("pk")) | Q(second=partner_id, first=OuterRef("pk"))
    fulfilled = kept.answers(moments, ids)
    rows: Any = Partner.objects.filter(pk__in=ids).annotate(
        pair=Subquery(Competition.objects.filter(pair, kind=_Kind.PAIR).values("grade")[:1]),
        fields=ArraySubquery(_never(_Kind.SAME).exclude(field="").values("field")),
        in_groups=ArraySubquery(_groups()),
        held=ArraySubquery(_values()),
        **fulfilled,
    )
    told: QuerySet[Any, Any] = rows.values("pk", "country", "region", "pair", "fields", "in_groups", "held", *fulfilled)
    return told


def _never(kind: str) -> QuerySet[Competition]:
    rows: QuerySet[Competition] = Competition.objects.filter(kind=kind, grade=Competition.Grade.NEVER)
    return rows


def _groups() -> QuerySet[Any, Any]:
    rules = _never(_Kind.GROUP).values("group")
    return GroupMember.objects.open().filter(partner=OuterRef("pk"), group__in=rules).values("group")


def _values() -> QuerySet[Any, Any]:
    rules = _never(_Kind.SAME).filter(attribute__isnull=False).values("attribute")
    held = AttributeValue.objects.filter(partner=OuterRef("pk"), attribute__in=rules)
    columns = {column: column for column in sorted(set(COLUMNS.values()))}
    return held.values(one=JSONObject(attribute="attribute", kind="attribute__kind", **columns))


def _kept(conditions: Sequence[Any], now: datetime) -> KeptRules:
    """The rules, each as `fulfills_…`. One that asks about things put away says nothing."""
    return KeptRules.of({f"fulfills_{number}": read(told) for number, told in enumerate(conditions)}, now)


def _traits(row: dict[str, Any], conditions: Sequence[str]) -> frozenset[tuple[Any, ...]]:
    """What a partner has of all that keeps partners apart who both have it."""
    traits: set[tuple[Any, ...]] = {("group", group) for group in row["in_groups"]}
    traits |= {(field, row[field]) for field in row["fields"] if row[field]}
    traits |= {(name,) for name in conditions if row[name]}
    for held in row["held"]:
        value = held[COLUMNS[held["kind"]]]
        traits |= {(held["attribute"], one) for one in (value if isinstance(value, list) else [value])}
    return frozenset(traits)
