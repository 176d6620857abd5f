"""Keeping lists of partners under a name."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from partners import rules
from partners.models import SavedView
from partners.names import comparable
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.services import note
from prm.problems import Problem, Refused, refuse_if
from prm.tenancy.editing import update_if_unchanged


def save_view(*, actor: Actor, owner: Membership, name: str, query: str, is_shared: bool, now: datetime) -> SavedView:
    """Keep what a list shows under a name. Raises `Refused`: name_taken (one's own), too_long."""
    refuse_if(rules.query_problems(query))
    name = " ".join(name.split())
    try:
        with transaction.atomic():
            view: SavedView = SavedView.objects.create(
                name=name,
                normalized_name=comparable(name)[:80],
                query=query,
                owner=owner,
                is_shared=is_shared,
                created_at=now,
            )
    except IntegrityError as error:
        raise Refused(_name_taken()) from error
    note(actor=actor, verb="partners.view_saved", obj=view)
    return view


def change_view(
    *, actor: Actor, view: SavedView, revision: int, name: str, is_shared: bool, query: str | None = None
) -> None:
    """Change what a view is called, whom it is for and, where `query` is given, what it shows.

    Raises `Refused`: changed_meanwhile, name_taken, too_long.
    """
    refuse_if(rules.query_problems(query or ""))
    name = " ".join(name.split())
    values = {"name": name, "normalized_name": comparable(name)[:80], "is_shared": is_shared}
    if query is not None:
        values["query"] = query
    try:
        with transaction.atomic():
            changes = update_if_unchanged(view, revision, **values)
    except IntegrityError as error:
        raise Refused(_name_taken()) from error
    changes.pop("normalized_name", None)
    if changes:
        note(actor=actor, verb="partners.view_changed", obj=view, changes=changes)


def remove_view(*, actor: Actor, view: SavedView, now: datetime) -> None:
    """Take a view away; `restore_view` brings it back. Twice is once."""
    if SavedView.objects.filter(pk=view.pk, archived_at=None).update(archived_at=now):
        note(actor=actor, verb="partners.view_removed", obj=view)


def restore_view(*, actor: Actor, view: SavedView) -> None:
    """Raises `Refused` with `name_taken` where its owner has another one of that name by now."""
    try:
        with transaction.atomic():
            restored = SavedView.objects.filter(pk=view.pk, archived_at__isnull=False).update(archived_at=None)
    except IntegrityError as error:
        raise Refused(_name_taken()) from error
    if restored:
        note(actor=actor, verb="partners.view_restored", obj=view)


def _name_taken() -> Problem:
    return Problem("name_taken", _("There is already a view of this name."), "name")
