"""Managers of tenant models: inside a scope every query is filtered by it, outside it every query raises.

What was tried before: a manager that raises in `get_queryset` breaks forms and admin, which build querysets at import;
one that filters by nothing lets `.exists()`, subqueries and joins pass. So the query object itself refuses to be
compiled. Row-level security catches what goes round managers (raw SQL, the collector of deletes).
"""

from typing import Any

from django.db import models
from django.db.models import sql
from django.db.models.lookups import Exact
from django.db.models.sql.where import AND

from prm.tenancy.scope import ScopeConflict, ScopeRequired, current_organization_id


def _name(model: type[models.Model] | None) -> str:
    return model.__name__ if model else "a tenant's table"


class UnscopedQuery(sql.Query):
    """A query that can be built, copied and emptied, but not run."""

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        if self.is_empty():
            return super().get_compiler(*args, **kwargs)
        raise ScopeRequired(f"{_name(self.model)} is read without an organization's scope")

    def chain(self, klass: type[sql.Query] | None = None) -> Any:
        if klass is not None and not issubclass(klass, UnscopedQuery) and not self.is_empty():
            raise ScopeRequired(f"{_name(self.model)} is changed without an organization's scope")
        return super().chain(klass)


def claim(instance: models.Model) -> None:
    """Give a row that has none the organization of the scope; refuse another organization's row."""
    present = current_organization_id()
    if present is None:
        raise ScopeRequired(f"{type(instance).__name__} is written without an organization's scope")
    owner = getattr(instance, "organization_id")  # noqa: B009 - set by Django, unknown to the type checker
    if owner is None:
        instance.organization_id = present  # type: ignore[attr-defined]
    elif owner != present:
        raise ScopeConflict(f"a {type(instance).__name__} of organization {owner} in the scope of {present}")


class TenantQuerySet[M: models.Model](models.QuerySet[M, M]):
    """Base of every tenant model's vocabulary."""

    def by_public_id(self, public_id: str) -> M:
        """The row with this public id among those of the queryset; raises the model's `DoesNotExist`."""
        return self.get(public_id=public_id)

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[M]:
        objs = list(objs)
        for obj in objs:
            claim(obj)
        return super().bulk_create(objs, *args, **kwargs)


class TenantManager[M: models.Model](models.Manager[M]):
    """Use as `objects = TenantManager.from_queryset(SomethingQuerySet)()`."""

    _queryset_class: Any = TenantQuerySet

    def get_queryset(self) -> Any:
        present = current_organization_id()
        if present is None:
            return self._queryset_class(
                model=self.model, query=UnscopedQuery(self.model), using=self._db, hints=getattr(self, "_hints", None)
            )
        rows = super().get_queryset()
        # What `.filter(organization_id=present)` adds, without resolving the name: a page begins dozens of querysets.
        field: Any = self.model._meta.get_field("organization")
        rows.query.where.add(Exact(field.get_col(rows.query.get_initial_alias()), present), AND)
        return rows
