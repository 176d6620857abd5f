"""What partners do when accounts ring."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from partners.services.standards import ensure_standard_attributes
from prm.accounts.actors import Actor
from prm.accounts.signals import started


@receiver(started)
def make_standard_attributes(actor: Actor, now: datetime, **_more: Any) -> None:
    """A new organization begins with the standard attributes."""
    ensure_standard_attributes(actor=actor, now=now)
