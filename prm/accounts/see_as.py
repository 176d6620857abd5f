"""Seeing the portal as a partner person does: read-only, with a banner, recorded when it begins and ends."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from prm.accounts.models import Membership
from prm.accounts.permissions import may

SESSION_KEY = "see_as"
LEAVE_URL_NAME = "see_as_leave"


def begin(request: HttpRequest, membership: Membership) -> None:
    """Show this session the organization's portal as `membership`, until `end`."""
    request.session[SESSION_KEY] = {"organization": membership.organization_id, "membership": membership.pk}


def end(request: HttpRequest) -> None:
    request.session.pop(SESSION_KEY, None)


def apply(request: Any) -> None:
    """On portal pages put the seen person in the place of the staff member, who stays the actor.

    Studio pages are one's own.
    """
    wanted = request.session.get(SESSION_KEY)
    if not wanted or wanted["organization"] != request.organization.pk or "/studio/" in request.path_info:
        return
    if not may(request.membership, "portal.see_as"):
        return
    rows = Membership.objects.in_organization(request.organization).active().with_person()
    seen = rows.filter(pk=wanted["membership"], kind=Membership.Kind.PARTNER).first()
    if seen is None:
        return
    seen.organization = request.organization
    request.staff_membership, request.membership, request.see_as = request.membership, seen, True


def is_leaving(request: Any) -> bool:
    return bool(request.path_info.endswith("/see-as/leave/"))


def refusal(request: HttpRequest) -> HttpResponseBase:
    """Nothing can be done in somebody else's name."""
    raise PermissionDenied(
        _("You are looking, not acting: this portal is shown read-only. Leave “See as” to act yourself.")
    )
