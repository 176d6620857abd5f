"""What the pages of an import of partners show beside what prm.imports finds."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import F, QuerySet
from django.db.models.fields.json import KeyTextTransform

from prm.imports.models import Import, ImportRow

# The option of an import that lists the columns that groups were made of.
GROUPED = "grouped_columns"
FEWEST, MOST = 2, 8
# A column with a value in fewer rows than this share says nothing about partners as such.
_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class GroupProposal:
    """A column that divides the imported partners: its number and title, and (value, how many) with the most first."""

    column: int
    title: str
    values: tuple[tuple[str, int], ...]


def group_proposals(row_import: Import) -> list[GroupProposal]:
    """Columns with few values, each in several rows: candidates for groups, the fewest values first, three at most.

    Columns that were made groups of already are left out.
    """
    made = ImportRow.objects.filter(row_import=row_import, object_id__isnull=False)
    total = made.count()
    taken = {row_import.mapping.get(name) for name in ("name", "domain", "website", "notes")}
    taken |= set(row_import.options.get(GROUPED, ()))
    found = []
    for column, title in enumerate(row_import.columns):
        if column in taken or not title.strip():
            continue
        values = _values(made, column)
        if _divides(values, total):
            found.append(GroupProposal(column, title, tuple(values.most_common())))
    return sorted(found, key=lambda proposal: (len(proposal.values), proposal.column))[:3]


def _values(made: QuerySet[ImportRow], column: int) -> Counter[str]:
    """How often each value stands in the column; stops looking after one more than are of use."""
    texts = made.annotate(text=KeyTextTransform(str(column), F("cells"))).exclude(text="").exclude(text=None)
    different = list(texts.order_by().values_list("text", flat=True).distinct()[: MOST + 1])
    if not FEWEST <= len(different) <= MOST:
        return Counter()
    return Counter(texts.values_list("text", flat=True).iterator())


def _divides(values: Counter[str], total: int) -> bool:
    return bool(values) and min(values.values()) >= 2 and values.total() >= total * _SHARE
