"""Agendas: built item by item. Of two facilitators who change one at once neither overwrites the other.

Each verb holds the session's row and raises `agenda_revision`; what depends on the order that somebody saw (moving,
ordering) is refused when that has changed meanwhile, adding and removing are not.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from cohorts import agenda_text, rules
from cohorts.models import AgendaItem, AgendaKind, Session, Speaker
from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.problems import Problem, Refused
from prm.tenancy.editing import update_if_unchanged

# More than anybody runs in a day.
MOST_ITEMS = 60


@dataclass(frozen=True)
class ItemPlan:
    """What an item of an agenda, or of the library, says."""

    title: str
    minutes: int = 10
    kind: str = AgendaKind.OTHER
    speaker: str = Speaker.PARTICIPANTS
    is_flexible: bool = False
    aim: str = ""
    say: str = ""
    ask: str = ""


def plan_items(session: Session, items: Iterable[Mapping[str, Any]]) -> list[AgendaItem]:
    """Give a new session its agenda out of plain data: `minutes`, `title`, `speaker`, `is_flexible`, `kind` of each,
    and where there are any `aim`, `say`, `ask`, `notes`.
    """
    rows = [AgendaItem(session=session, position=position, **item) for position, item in enumerate(items)]
    made: list[AgendaItem] = AgendaItem.objects.bulk_create(rows)
    return made


def plan_text(session: Session, text: str) -> list[AgendaItem]:
    """Give a new session its agenda out of text that somebody wrote, a line an item."""
    return plan_items(session, [asdict(item) for item in agenda_text.items_of(text)])


@transaction.atomic
def add_item(
    *, actor: Actor, session: Session, plan: ItemPlan, place: int | None = None, notes: str = "", now: datetime
) -> AgendaItem:
    """Put an item into the agenda, last or at `place` (0 is first). Raises `Refused`: full."""
    _hold(session)
    order = _order(session)
    if len(order) >= MOST_ITEMS:
        raise Refused(Problem("full", _("An agenda has at most %d items.") % MOST_ITEMS))
    item = AgendaItem.objects.create(session=session, position=len(order), notes=notes, **asdict(plan))
    if place is not None and place < len(order):
        order.insert(max(place, 0), item.pk)
        _write(session, order)
    _changed(actor, session, {"added": ["", item.title]})
    return item


@transaction.atomic
def edit_item(
    *, actor: Actor, item: AgendaItem, revision: int, plan: ItemPlan, notes: str, now: datetime
) -> dict[str, list[Any]]:
    """Change an item's words and minutes. Raises `Refused`: changed_meanwhile."""
    _hold(item.session)
    changes = update_if_unchanged(item, revision, notes=notes, **asdict(plan))
    if changes:
        _changed(actor, item.session, changes)
    return changes


@transaction.atomic
def move_item(*, actor: Actor, item: AgendaItem, step: int, revision: int, now: datetime) -> None:
    """One place further up (-1) or down (1), in the agenda as it was seen. Raises `Refused`: changed_meanwhile."""
    _hold(item.session, revision)
    order = _order(item.session)
    _write(item.session, rules.moved(order, item.pk, step))
    _changed(actor, item.session, {})


@transaction.atomic
def order_items(*, actor: Actor, session: Session, order: Sequence[str], revision: int, now: datetime) -> None:
    """Put the items, named by their public ids, into this order.

    Raises `Refused`: changed_meanwhile, unknown (these are not exactly the agenda's items).
    """
    _hold(session, revision)
    known = dict(AgendaItem.objects.filter(session=session).values_list("public_id", "pk"))
    if sorted(order) != sorted(known):
        raise Refused(Problem("unknown", _("These are not the items of this agenda.")))
    _write(session, [known[public_id] for public_id in order])
    _changed(actor, session, {})


@transaction.atomic
def remove_item(*, actor: Actor, item: AgendaItem, now: datetime) -> None:
    """Take an item out, whatever somebody did to it meanwhile: it stays in the audit trail."""
    _hold(item.session)
    session, title = item.session, item.title
    AgendaItem.objects.filter(pk=item.pk).delete()
    _write(session, _order(session))
    _changed(actor, session, {"removed": [title, ""]})


def _hold(session: Session, revision: int | None = None) -> None:
    """Hold the session's row until the end, as it was seen at `revision`. Raises `Refused`: changed_meanwhile."""
    held = (
        Session.objects.select_for_update(no_key=True).filter(pk=session.pk).values_list("agenda_revision", flat=True)
    )
    present = held.get()
    if revision is not None and revision != present:
        text = _("Somebody changed this agenda meanwhile. Look at it as it is now, and move once more.")
        raise Refused(Problem("changed_meanwhile", text))


def _order(session: Session) -> list[int]:
    return list(AgendaItem.objects.filter(session=session).in_order().values_list("pk", flat=True))


def _write(session: Session, order: Sequence[int]) -> None:
    rows = AgendaItem.objects.in_bulk(order)
    moved = []
    for position, pk in enumerate(order):
        if rows[pk].position != position:
            rows[pk].position = position
            moved.append(rows[pk])
    AgendaItem.objects.bulk_update(moved, ["position"])


def _changed(actor: Actor, session: Session, changes: Mapping[str, Sequence[Any]]) -> None:
    Session.objects.filter(pk=session.pk).update(agenda_revision=F("agenda_revision") + 1)
    note(actor=actor, verb="cohorts.agenda_edited", obj=session, changes=changes)
