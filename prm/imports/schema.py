"""What an app tells about a table it takes in: its fields, who is already there, how rows become objects and back.

    class PartnerImport(ImportSchema):
        name = "partners.partners"
        label = _("Partners")
        fields = (ImportField("name", _("Company"), synonyms=("company", "partner", "account"), is_required=True), …)
        def match(self, rows): …
        def create(self, rows, *, row_import, actor, now): …
        def remove(self, ids, *, actor, now): …

    import_schemas.register(PartnerImport())        # in the app's registry.py

Everything is called inside the organization's scope, with up to BATCH rows at a time: a few statements for all of them,
never one for each.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from prm.accounts.actors import Actor
from prm.problems import Problem
from prm.registry import Registry

if TYPE_CHECKING:
    from prm.imports.models import Import

BATCH = 5_000

# By field, what was before and what comes after.
type Changes = Mapping[str, Sequence[Any]]


def as_text(text: str) -> str:
    return text


class UnknownChoice(ValueError):
    """A cell's text is none of a field's choices: a person is asked what it means."""

    def __init__(self, words: str, text: str) -> None:
        super().__init__(words)
        self.text = text


@dataclass(frozen=True)
class ImportField:
    """A column that is taken. `synonyms` are other words that headers use for it, in any case and spelling.

    `clean` makes the value out of the cell's text, which is not empty and has no space around it: text, a number, a
    bool or a list, as JSON can keep it. A `ValueError` refuses the row with its words, an `UnknownChoice` asks what the
    text means. An empty cell is "" (or a problem of the row where the field is required). `longest` is the most
    characters a text may have.
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


@dataclass(frozen=True)
class RowSet:
    """Some stored rows of an import, by rising number: iterate over them, or select them in SQL by their keys."""

    row_import: "Import"
    numbers: Sequence[int]

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[ImportedRow]:
        from prm.imports.models import ImportRow

        if not self.numbers:
            return
        # A list of thousands of numbers takes longer to send than its rows to read.
        span = ImportRow.objects.of(self.row_import).filter(number__range=(self.numbers[0], self.numbers[-1]))
        wanted = set(self.numbers)
        for number, values in span.values_list("number", "values").iterator(BATCH):
            if number in wanted:
                yield ImportedRow(number, values)

    def narrowed(self, numbers: Collection[int]) -> "RowSet":
        wanted = set(numbers)
        return RowSet(self.row_import, [number for number in self.numbers if number in wanted])


@dataclass(frozen=True, slots=True)
class Likeness:
    """Something that is already there and looks like the row; `label` is what a person reads, `address` where it is.

    `changes` is what the row says otherwise than is known. `why_fixed` says why the row cannot update it, "" where it
    can. `kind` tells objects of several tables apart, whose ids may be equal.
    """

    object_id: int
    label: str
    address: str = ""
    changes: Changes = field(default_factory=dict)
    why_fixed: str = ""
    kind: str = ""


class ImportSchema(ABC):
    """One kind of table. `order` and `name` place it in the registry."""

    name: str
    label: Any
    fields: tuple[ImportField, ...]
    order: int = 100

    def page(self, row_import: "Import") -> str:
        """The address of the page that shows this import, to which its jobs lead back; "" for none."""
        return ""

    def fields_of(self, row_import: "Import") -> Sequence[ImportField]:
        """The fields of this very import, where an organization has fields of its own."""
        return self.fields

    def shown_fields_of(self, row_import: "Import") -> Sequence[ImportField]:
        """What pages need to tell about an import: at least the fields that have a column."""
        return self.fields_of(row_import)

    def problems(self, values: Mapping[str, Any]) -> list[Problem]:
        """What is wrong with a row although each cell is right."""
        return []

    def derived(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """What is stored beside a row's clean values, for matching and creating."""
        return {}

    def identities(self, values: Mapping[str, Any]) -> Collection[str]:
        """What two rows of one file must not have any of in common; the later one is marked as a double."""
        return ()

    def problems_among(self, rows: RowSet) -> Mapping[int, Problem]:
        """By row number, what is wrong with rows that only a look at what is there can tell."""
        return {}

    @abstractmethod
    def match(self, rows: RowSet) -> Mapping[int, Likeness]:
        """By row number, what is already there; rows that look like nothing are left out."""

    def prepare(self, row_import: "Import", *, actor: Actor, now: datetime) -> None:
        """Make what the rows need before the first of them is taken."""
        return

    @abstractmethod
    def create(self, rows: RowSet, *, actor: Actor, now: datetime) -> Sequence[int]:
        """Make the objects; their ids in the order of the rows."""

    def update(
        self, wanted: Mapping[int, Changes], *, row_import: "Import", actor: Actor, now: datetime
    ) -> Mapping[int, Changes]:
        """Write values into objects, by id; returns what was really written.

        A value is written only where it still is what it was before: what somebody else changed meanwhile stays.
        """
        return {}

    @abstractmethod
    def remove(self, ids: Sequence[int], *, actor: Actor, now: datetime) -> Mapping[int, str]:
        """Take objects back that an import made; by id, why one has to stay (somebody has used it since)."""

    def unprepare(self, row_import: "Import", *, actor: Actor, now: datetime) -> None:
        """Take back what `prepare` made, where nothing uses it."""
        return

    def wording(self, row_import: "Import") -> Callable[[str, Any], str]:
        """How stored values of this import's fields are told to people: a function of a field's name and a value."""
        return lambda _name, value: str(value or "")

    def lasting_name(self, name: str, options: Mapping[str, Any]) -> str:
        """By what a later import knows a field of an earlier one with these options."""
        return name


import_schemas: Registry[ImportSchema] = Registry("kinds of imports")
