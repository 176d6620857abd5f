"""The organization's own item library: words over what is shipped, own items, what is hidden."""

from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cohorts.models import LibraryItem
from cohorts.queries.library import Entry, entry_of
from cohorts.services.agenda import ItemPlan
from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.problems import Problem
from prm.tenancy.editing import update_if_unchanged
from prm.tenancy.violations import refused_by


def add_library_item(*, actor: Actor, plan: ItemPlan, now: datetime) -> LibraryItem:
    """An item of the organization's own."""
    with transaction.atomic():
        row = LibraryItem.objects.create(**asdict(plan))
        note(actor=actor, verb="cohorts.library_item_added", obj=row)
    return row


def edit_library_item(*, actor: Actor, ref: str, revision: int, plan: ItemPlan, now: datetime) -> LibraryItem:
    """Change an item; a shipped one gets the organization's words over it. Raises `Refused`: changed_meanwhile."""
    with _only_once():
        row = _row(ref)
        if row is None:
            row = LibraryItem.objects.create(key=ref, **asdict(plan))
            note(actor=actor, verb="cohorts.library_item_edited", obj=row)
            return row
        changes = update_if_unchanged(row, revision, **asdict(plan))
        if changes:
            note(actor=actor, verb="cohorts.library_item_edited", obj=row, changes=changes)
        return row


def show_library_item(*, actor: Actor, ref: str, is_hidden: bool, now: datetime) -> None:
    """Hide an item from the builder, or offer it again. Agendas that have it keep it."""
    with _only_once():
        row = _row(ref) or LibraryItem.objects.create(key=ref, **asdict(plan_of(entry_of(ref))))
        LibraryItem.objects.filter(pk=row.pk).update(is_hidden=is_hidden)
        note(actor=actor, verb="cohorts.library_item_hidden" if is_hidden else "cohorts.library_item_shown", obj=row)


@transaction.atomic
def restore_library_item(*, actor: Actor, ref: str, now: datetime) -> None:
    """Give a shipped item the words back that it came with."""
    row = LibraryItem.objects.filter(key=ref).exclude(key="").select_for_update().first()
    if row is not None:
        note(actor=actor, verb="cohorts.library_item_restored", obj=row, changes={"title": [row.title, ""]})
        row.delete()


def plan_of(entry: Entry) -> ItemPlan:
    """What an entry of the library says, for an agenda."""
    return ItemPlan(**{name: getattr(entry, name) for name in ItemPlan.__dataclass_fields__})


def _row(ref: str) -> LibraryItem | None:
    """The organization's own row, locked: of a shipped item (None where nobody changed it) or of an own one."""
    rows = LibraryItem.objects.select_for_update(no_key=True)
    return rows.filter(key=ref).first() if entry_of(ref).is_shipped else rows.get(public_id=ref)


def _only_once() -> AbstractContextManager[None]:
    text = _("Somebody saved this meanwhile. Your words are kept below; compare and save again.")
    return refused_by("cohorts_library_item_once", Problem("changed_meanwhile", text))
