"""Constraints that keep one organization's rows from pointing at another's."""

from typing import Any, cast

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table
from django.db.models.constraints import BaseConstraint


class CompositeForeignKey(BaseConstraint):
    """`FOREIGN KEY (organization_id, <column>) REFERENCES <table> (organization_id, id)`, checked at once.

    A plain foreign key lets a row of one organization point to a row of another. Not deferrable, so that a violation
    raises in the service that made it and not at its commit.
    """

    def __init__(self, *, name: str, field: str, to: str) -> None:
        super().__init__(name=name)
        self.field = field
        self.to = to.lower()

    def deconstruct(self) -> tuple[str, tuple[()], dict[str, Any]]:
        path, _args, kwargs = super().deconstruct()
        return path, (), {**kwargs, "field": self.field, "to": self.to}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CompositeForeignKey):
            return NotImplemented
        return (self.name, self.field, self.to) == (other.name, other.field, other.to)

    __hash__ = BaseConstraint.__hash__

    def _definition(self, model: type[models.Model], editor: BaseDatabaseSchemaEditor) -> str:
        column = cast("models.Field[Any, Any]", model._meta.get_field(self.field)).column or ""
        target = model._meta.apps.get_model(self.to)._meta.db_table
        quote = editor.quote_name
        return (
            f"CONSTRAINT {quote(self.name)} FOREIGN KEY (organization_id, {quote(column)})"
            f" REFERENCES {quote(target)} (organization_id, id)"
        )

    def constraint_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        """Nothing inline: the target table may come later, so it is added by a statement of its own at the end."""
        assert model is not None
        assert schema_editor is not None
        schema_editor.deferred_sql.append(self._statement(model, schema_editor))
        return ""

    def _statement(self, model: type[models.Model], editor: BaseDatabaseSchemaEditor) -> Statement:
        return Statement(
            "ALTER TABLE %(table)s ADD %(definition)s",
            table=Table(model._meta.db_table, editor.quote_name),
            definition=self._definition(model, editor),
        )

    def create_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        assert model is not None
        assert schema_editor is not None
        schema_editor.deferred_sql.append(self._statement(model, schema_editor))
        return ""

    def remove_sql(  # type: ignore[override]  # Django's own constraints return a Statement too
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> Statement:
        assert model is not None
        assert schema_editor is not None
        return Statement(
            "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s",
            table=Table(model._meta.db_table, schema_editor.quote_name),
            name=schema_editor.quote_name(self.name),
        )

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Left to the database, which alone sees both rows."""
