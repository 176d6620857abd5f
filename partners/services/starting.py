"""What a new organization begins with: a group for each kind of partners that its owner chose."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from partners.models import Group
from partners.names import comparable
from partners.services.groups import GroupDetails, create_group
from prm.accounts.actors import Actor

# By the name of a card in prm.web.starters: the group's name, what its partners read, its color.
_GROUPS: Mapping[str, tuple[Any, Any, str]] = {
    "resellers": (
        _("Resellers"),
        _("You sell what we make. Here is what helps you win customers and keep them."),
        Group.Color.INDIGO,
    ),
    "msps": (_("MSPs"), _("You run it for your customers. Here is what keeps it running well."), Group.Color.TEAL),
    "distributors": (
        _("Distributors"),
        _("You bring many resellers along. Here is what you pass on to them."),
        Group.Color.AMBER,
    ),
    "integrators": (
        _("Integrators"),
        _("You build it into what customers have. Here is what you build with."),
        Group.Color.VIOLET,
    ),
    "isvs": (
        _("Software vendors"),
        _("Your products work with ours. Here is how they do, and how we tell it."),
        Group.Color.SKY,
    ),
}


def make_starting_group(*, actor: Actor, choice: str, now: datetime) -> None:
    """A group for a chosen card, unless there is one of this name; a card without a group makes nothing."""
    if choice not in _GROUPS:
        return
    name, description, color = _GROUPS[choice]
    if not Group.objects.listed().filter(normalized_name=comparable(str(name))).exists():
        create_group(actor=actor, details=GroupDetails(str(name), str(description), color=color), now=now)
