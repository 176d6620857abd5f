"""Invitations as tests make and open them."""

import re
from typing import Any
from urllib.parse import quote

from django.utils import timezone

from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.invitations import services
from prm.invitations.models import Invitation
from prm.tenancy.scope import scope

EMAIL = "nora@nordwind.example"


def invite(inviter: Membership, email: str = EMAIL, **fields: Any) -> Invitation:
    values: dict[str, Any] = {"kind": "staff", "roles": ["editor"], "name": "Nora Lind", "now": timezone.now()}
    with scope(inviter.organization):
        return services.invite(actor=Actor.of(inviter), inviter=inviter, email=email, **{**values, **fields})


def path(invitation: Invitation, page: str = "", copied: bool = False) -> str:
    token = invitation.copied_token if copied else invitation.mailed_token
    return f"/o/{invitation.organization.slug}/join/{token}/{page}"


def reloaded(invitation: Invitation) -> Invitation:
    with scope(invitation.organization):
        return Invitation.objects.get(pk=invitation.pk)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def plain(page: Any, path: str) -> str:
    """A page without what differs from request to request."""
    words = text(page).replace(path, "").replace(quote(path), "")
    return re.sub(r'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"', "", words)
