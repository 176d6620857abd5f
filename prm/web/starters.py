"""What a new organization begins with: cards to choose from, and what each app makes of a card."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from prm.accounts.actors import Actor
from prm.registry import Registry


@dataclass(frozen=True)
class Choice:
    """A kind of partners, as a card of the step "Who are your partners?"."""

    name: str
    label: Any
    hint: Any
    icon: str


CHOICES = (
    Choice("resellers", _("Resellers"), _("They sell what you make, and earn on it"), "shopping-bag"),
    Choice("msps", _("Managed service providers"), _("They run it for their customers, month by month"), "server"),
    Choice("distributors", _("Distributors"), _("They bring you many resellers at once"), "truck"),
    Choice("integrators", _("Integrators"), _("They build it into what customers have"), "puzzle"),
    Choice("isvs", _("Software vendors (ISVs)"), _("They make products that work with yours"), "app-window"),
)


@dataclass(frozen=True)
class Starter:
    """What an app makes for a new organization: `label` says it on the page ("a group for each kind").

    `apply(actor=, choice=, now=)` runs for each chosen card's name, inside the organization's scope. Doing it again for
    the same card makes nothing new: people go back, and click twice.
    """

    name: str
    label: Any
    apply: Callable[..., None]
    order: int = 100


starters: Registry[Starter] = Registry("starters")


def apply_choices(*, actor: Actor, choices: list[str], now: datetime) -> None:
    """Have every app make what belongs to the chosen cards."""
    known = [choice.name for choice in CHOICES if choice.name in choices]
    for choice in known:
        for starter in starters.all():
            starter.apply(actor=actor, choice=choice, now=now)
