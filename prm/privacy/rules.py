"""When somebody cannot be erased, and which of their names can be looked for. No query, no clock."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from prm.accounts.models import Membership
from prm.accounts.rules import last_owner_problems
from prm.problems import Problem


def erasure_problems(
    member: Membership | None, *, rows: int, actor_id: int | None, other_owners: int, is_running: bool
) -> list[Problem]:
    """`rows` counts what is held; `other_owners` the active owners beside the member."""
    if is_running:
        return [Problem("running", _("This is being erased already."), "email")]
    if member is None and not rows:
        return [Problem("nothing_held", _("Nothing is kept here under this address."), "email")]
    if member is not None and member.pk == actor_id:
        return [Problem("oneself", _("This is you. Another owner can erase your data."), "email")]
    return last_owner_problems(member, other_owners) if member is not None else []


def wish_problems(member: Membership, other_owners: int) -> list[Problem]:
    """When a member cannot ask to be erased: nobody would be left who could do it."""
    return last_owner_problems(member, other_owners)


def exact_names(names: Collection[str], searchable: Collection[str], shared: Collection[str]) -> list[str]:
    """Names that are too short to be looked for within a text, and mean this person where they stand alone."""
    others = {name.casefold() for name in shared}
    return sorted(name for name in set(names) - set(searchable) if name.casefold() not in others)


def searchable_names(names: Collection[str], shared: Collection[str]) -> list[str]:
    """Names that mean this person wherever they stand: of two words or more, and nobody else's."""
    others = {name.casefold() for name in shared}
    return sorted(name for name in names if len(name.split()) > 1 and len(name) > 4 and name.casefold() not in others)
