"""What is recorded of changes below the audit trail: accounts stand under it and only ring."""

from typing import Any

from django.db import models
from django.dispatch import receiver

from prm.accounts.actors import Actor
from prm.accounts.signals import changed
from prm.audit.services import note


@receiver(changed)
def note_change(
    sender: Any, *, actor: Actor, verb: str, obj: models.Model, changes: dict[str, Any], reason: str, **kwargs: Any
) -> None:
    """One line for each change to a membership or to the organization, in the transaction that makes it."""
    note(actor=actor, verb=verb, obj=obj, changes=changes, reason=reason)
