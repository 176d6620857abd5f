"""The item library: what is shipped, with the organization's own words over it, and what it added."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from cohorts.models import AgendaKind, LibraryItem, Speaker
from cohorts.queries.agenda import ICONS
from cohorts.shipped_items import SHIPPED, ShippedItem
from prm.tenancy.prepared import prepared


@dataclass(frozen=True, slots=True)
class Entry:
    """An item of the library as it is offered. `ref` names it in addresses; `revision` 0: nobody changed it."""

    ref: str
    kind: str
    title: str
    minutes: int
    is_flexible: bool
    speaker: str
    aim: str
    say: str
    ask: str
    is_hidden: bool = False
    is_shipped: bool = False
    revision: int = 0

    @property
    def is_changed(self) -> bool:
        return self.is_shipped and self.revision > 0

    @property
    def kind_label(self) -> str:
        return str(AgendaKind(self.kind).label)

    @property
    def speaker_label(self) -> str:
        return str(Speaker(self.speaker).label)

    @property
    def icon(self) -> str:
        return ICONS[AgendaKind(self.kind)]


def library() -> list[Entry]:
    """Everything there is, shipped first and in its order, then the organization's own by title; one query."""
    rows = _rows()
    changed = {row.key: row for row in rows if row.key}
    shipped = [_over(item, changed.get(item.key)) for item in SHIPPED]
    return [*shipped, *(_own(row, row.public_id, is_shipped=False) for row in rows if not row.key)]


@prepared
def _rows() -> QuerySet[LibraryItem]:
    rows: QuerySet[LibraryItem] = LibraryItem.objects.by_title()
    return rows


def offered() -> list[Entry]:
    """What the agenda builder shows: nothing hidden."""
    return [entry for entry in library() if not entry.is_hidden]


def entry_of(ref: str) -> Entry:
    """The entry with this reference, hidden or not; nothing else is found."""
    found = next((entry for entry in library() if entry.ref == ref), None)
    if found is None:
        raise Http404(_("There is no such item."))
    return found


def _over(item: ShippedItem, row: LibraryItem | None) -> Entry:
    if row is not None:
        return _own(row, item.key, is_shipped=True)
    return Entry(
        ref=item.key,
        kind=item.kind,
        title=str(item.title),
        minutes=item.minutes,
        is_flexible=item.is_flexible,
        speaker=item.speaker,
        aim=str(item.aim),
        say=str(item.say),
        ask=str(item.ask),
        is_shipped=True,
    )


def _own(row: LibraryItem, ref: str, *, is_shipped: bool) -> Entry:
    return Entry(
        ref=ref,
        kind=row.kind,
        title=row.title,
        minutes=row.minutes,
        is_flexible=row.is_flexible,
        speaker=row.speaker,
        aim=row.aim,
        say=row.say,
        ask=row.ask,
        is_hidden=row.is_hidden,
        is_shipped=is_shipped,
        revision=row.revision,
    )
