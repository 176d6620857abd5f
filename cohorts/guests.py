"""What an invitation means that asks somebody new straight into a cohort: a guest of it, and of nothing else."""

from datetime import datetime

from django.utils.translation import gettext as _

from cohorts.models import SeatInvitation
from cohorts.services.seat_invitations import welcome_guest
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.invitations.models import Invitation


def describe(invitation: Invitation) -> str:
    """What the addressee reads: for what, and as whom."""
    asked = _asked(invitation)
    if asked is None:
        return ""
    return _("“%(cohort)s”, as %(role)s") % {"cohort": asked.cohort.title, "role": asked.get_role_display()}


def sees(invitation: Invitation) -> list[str]:
    asked = _asked(invitation)
    return [_("confirm your seat in “%(cohort)s”") % {"cohort": asked.cohort.title}] if asked else []


def accept(invitation: Invitation, membership: Membership, actor: Actor, now: datetime) -> None:
    asked = _asked(invitation)
    if asked is not None:
        welcome_guest(invitation=asked, membership=membership, now=now)


def find_target(public_id: str) -> int | None:
    return SeatInvitation.objects.filter(public_id=public_id).values_list("pk", flat=True).first()


def _asked(invitation: Invitation) -> SeatInvitation | None:
    return SeatInvitation.objects.filter(pk=invitation.target_id or 0).select_related("cohort").first()
