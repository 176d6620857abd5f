"""What partners do when accounts ring."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from partners.models import PartnerUser
from partners.services.profiles import erase_profile
from partners.services.standards import ensure_standard_attributes
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.accounts.signals import changed, started


@receiver(started)
def make_standard_attributes(actor: Actor, now: datetime, **_more: Any) -> None:
    """A new organization begins with the standard attributes."""
    ensure_standard_attributes(actor=actor, now=now)


@receiver(changed)
def erase_who_left(actor: Actor, verb: str, obj: Any, **_more: Any) -> None:
    """Whoever leaves an organization takes along what they told about themselves."""
    if verb == "accounts.member_left" and isinstance(obj, Membership):
        user = PartnerUser.objects.filter(membership=obj).first()
        if user is not None and obj.ended_at is not None:
            erase_profile(actor=actor, user=user, now=obj.ended_at)
