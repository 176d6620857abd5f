"""Fields of tenant tables. Each adds to its model the constraints and indexes that tenancy asks for.

They are added here, once, when the class is made, so that no model can forget them and migrations pick them up like any
other. Historical models in migrations (module `__fake__`) get theirs from the migration's own operations.
"""

from typing import Any

from django.db import models

from prm.tenancy.constraints import CompositeForeignKey
from prm.tenancy.public_ids import LENGTH, new_public_id


def _short(model: type[models.Model], *parts: str) -> str:
    """A constraint name of at most 63 bytes, which is what Postgres keeps."""
    return "_".join([model._meta.app_label, model._meta.model_name or "", *parts])[:63]


def _add_constraint(model: type[models.Model], constraint: models.BaseConstraint) -> None:
    if any(known.name == constraint.name for known in model._meta.constraints):
        return
    model._meta.constraints = [*model._meta.constraints, constraint]
    model._meta.original_attrs["constraints"] = model._meta.constraints


def _add_index(model: type[models.Model], index: models.Index) -> None:
    model._meta.indexes = [*model._meta.indexes, index]
    model._meta.original_attrs["indexes"] = model._meta.indexes


def _is_concrete(model: type[models.Model]) -> bool:
    return not model._meta.abstract and model.__module__ != "__fake__"


class OrganizationField(models.ForeignKey[Any, Any]):
    """Whose row this is. Adds `UNIQUE (organization_id, id)`, to which composite foreign keys refer.

    `referable=False` leaves that out, for tables that nothing will ever refer to.
    """

    def __init__(self, *, referable: bool = True, **kwargs: Any) -> None:
        self.referable = referable
        kwargs.update(to="tenancy.Organization", on_delete=models.PROTECT, related_name="+", db_index=False)
        kwargs.setdefault("editable", False)
        super().__init__(**kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        for implied in ("to", "on_delete", "related_name", "db_index", "editable"):
            kwargs.pop(implied, None)
        if not self.referable:
            kwargs["referable"] = False
        return name, path, list(args), kwargs

    def contribute_to_class(self, cls: type[models.Model], name: str, *args: Any, **kwargs: Any) -> None:
        super().contribute_to_class(cls, name, *args, **kwargs)
        if self.referable and _is_concrete(cls):
            _add_constraint(cls, models.UniqueConstraint(fields=[name, "id"], name=_short(cls, "key")))


class PublicIdField(models.CharField):  # type: ignore[type-arg]
    """What addresses carry instead of the key; unique together with the organization."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.update(max_length=LENGTH, default=new_public_id, editable=False)
        super().__init__(**kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        for implied in ("max_length", "default", "editable"):
            kwargs.pop(implied, None)
        return name, path, list(args), kwargs

    def contribute_to_class(self, cls: type[models.Model], name: str, *args: Any, **kwargs: Any) -> None:
        super().contribute_to_class(cls, name, *args, **kwargs)
        if _is_concrete(cls):
            _add_constraint(cls, models.UniqueConstraint(fields=["organization", name], name=_short(cls, "public")))


class TenantForeignKey(models.ForeignKey[Any, Any]):
    """A reference from one tenant table to another within the same organization.

    Adds the composite foreign key and, unless `index=False` (another index already starts with it), an index that
    starts with the organization. `unique=True` is refused: say so by a constraint that starts with the
    organization."""

    def __init__(self, to: Any, on_delete: Any, *, index: bool = True, **kwargs: Any) -> None:
        if kwargs.pop("unique", False):
            raise TypeError("a tenant's uniqueness starts with the organization: use a UniqueConstraint")
        self.organization_index = index
        kwargs.update(db_constraint=False, db_index=False)
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        kwargs.pop("db_index", None)
        if not self.organization_index:
            kwargs["index"] = False
        return name, path, list(args), kwargs

    def contribute_to_class(self, cls: type[models.Model], name: str, *args: Any, **kwargs: Any) -> None:
        super().contribute_to_class(cls, name, *args, **kwargs)
        if not _is_concrete(cls):
            return
        target: Any = self.remote_field.model
        if not isinstance(target, str):
            target = target._meta.label
        if target == models.fields.related.RECURSIVE_RELATIONSHIP_CONSTANT:
            target = cls._meta.label
        if "." not in target:
            target = f"{cls._meta.app_label}.{target}"
        _add_constraint(cls, CompositeForeignKey(name=_short(cls, name, "fk"), field=name, to=target))
        if self.organization_index:
            _add_index(cls, models.Index(fields=["organization", name]))
