"""What an app tells about a table it takes in: its fields, who is already there, how rows become objects and back.

    class PartnerImport(ImportSchema):
        name = "partners.partners"
        label = _("Partners")
        fields = (ImportField("name", _("Company"), synonyms=("company", "partner", "account"), is_required=True), …)
        def match(self, rows): …
        def create(self, rows, *, options, actor, now): …
        def remove(self, ids, *, actor, now): …

    import_schemas.register(PartnerImport())        # in the app's registry.py

Everything is called inside the organization's scope, with up to BATCH rows at a time: one query for all of them, never
one for each.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from prm.accounts.actors import Actor
from prm.problems import Problem
from prm.registry import Registry

if TYPE_CHECKING:
    from prm.imports.models import Import

BATCH = 500


def as_text(text: str) -> str:
    return text


@dataclass(frozen=True)
class ImportField:
    """A column that is taken. `synonyms` are other words that headers use for it, in any case and spelling.

    `clean` makes the value out of the cell's text, which is not empty and has no space around it; a `ValueError`
    refuses the row with its words. An empty cell is "" (or a problem of the row where the field is required). `longest`
    is the most characters a text may have.
    """

    name: str
    label: Any
    synonyms: tuple[str, ...] = ()
    is_required: bool = False
    clean: Callable[[str], Any] = as_text
    longest: int = 200
    example: str = ""


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """A row that can be taken: its number in the file as people count (the header is 1), and clean values by field."""

    number: int
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Likeness:
    """Something that is already there and looks like the row; `label` is what a person reads, `address` where it is."""

    object_id: int
    label: str
    address: str = ""


class ImportSchema(ABC):
    """One kind of table. `order` and `name` place it in the registry."""

    name: str
    label: Any
    fields: tuple[ImportField, ...]
    order: int = 100

    def page(self, row_import: "Import") -> str:
        """The address of the page that shows this import, to which its jobs lead back; "" for none."""
        return ""

    def problems(self, values: Mapping[str, Any]) -> list[Problem]:
        """What is wrong with a row although each cell is right."""
        return []

    def identities(self, values: Mapping[str, Any]) -> Collection[str]:
        """What two rows of one file must not have any of in common; the later one is marked as a double."""
        return ()

    @abstractmethod
    def match(self, rows: Sequence[ImportedRow]) -> Mapping[int, Likeness]:
        """By row number, what is already there; rows that look like nothing are left out."""

    @abstractmethod
    def create(
        self, rows: Sequence[ImportedRow], *, options: Mapping[str, Any], actor: Actor, now: datetime
    ) -> Sequence[int]:
        """Make the objects; their ids in the order of the rows. `options` is what the import was begun with."""

    @abstractmethod
    def remove(self, ids: Sequence[int], *, actor: Actor, now: datetime) -> Mapping[int, str]:
        """Take objects back that an import made; by id, why one has to stay (somebody has used it since)."""


import_schemas: Registry[ImportSchema] = Registry("kinds of imports")
