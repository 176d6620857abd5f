"""Counts as parts of a query, so that a page asks for many of them at once."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, Expression, Func, IntegerField, QuerySet, Subquery
from django.db.models.functions import Coalesce

from prm.tenancy.models import Organization
from prm.tenancy.scope import current_organization


def number_of(rows: QuerySet[Any], count: Count | None = None) -> Coalesce:
    """The number of rows of the organization, or another count over them."""
    counted = rows.order_by().values("organization").annotate(n=count or Count("*")).values("n")
    return Coalesce(Subquery(counted), 0)


def number_up_to(rows: QuerySet[Any], most: int) -> Func:
    """The number of rows, no further than `most`: what is counted costs the same at any size."""
    counted = ArraySubquery(rows.order_by().values("pk")[:most])
    return Func(counted, function="cardinality", output_field=IntegerField())


def asked_at_once[Key](wanted: Mapping[Key, Expression | Exists]) -> dict[Key, Any]:
    """The values of these parts of a query by the same keys, in one query; none for none."""
    if not wanted:
        return {}
    return dict(zip(wanted, at_once(wanted.values()).get(), strict=True))


def at_once(parts: Iterable[Expression | Exists]) -> QuerySet[Organization, tuple[Any, ...]]:
    """One row with the values of these parts, as a query, for those that prepare it."""
    columns: dict[str, Any] = {f"column_{place}": part for place, part in enumerate(parts)}
    return _here(columns).values_list(*columns)


def here(columns: Mapping[str, Any]) -> QuerySet[Organization, dict[str, Any]]:
    """The same by name."""
    return _here(columns).values(*columns)


def _here(columns: Mapping[str, Any]) -> QuerySet[Any]:
    return Organization.objects.filter(pk=current_organization().pk).annotate(**columns)
