"""From an address to an organization's scope: `/o/<slug>/…`."""

import re
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponsePermanentRedirect
from django.urls import resolve
from django.utils import timezone

from prm.accounts import see_as
from prm.accounts.access import ATTRIBUTE
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.tenancy.models import FormerSlug, Organization
from prm.tenancy.scope import scope

_PREFIX = re.compile(r"^/o/([^/]+)/")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class OrganizationScope:
    """Open the organization's scope around the view and the rendering of its page, and roll back what failed.

    Sets `request.organization`, `.membership`, `.actor`, `.see_as` and `.now`. An anonymous visitor gets the same
    answer whether the organization exists or not; a page of a suspended organization or a former member is unknown.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        request.now = timezone.now()
        request.organization = request.membership = request.actor = None
        request.see_as = False
        found = _PREFIX.match(request.path_info)
        if not found:
            return self.get_response(request)
        match = resolve(request.path_info)
        access = getattr(match.func, ATTRIBUTE, "member")
        if access != "public" and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        organization = Organization.objects.filter(slug=found[1], state=Organization.State.ACTIVE).first()
        if organization is None:
            return self._moved(request, found[1])
        request.organization = organization
        # The body is read before the transaction opens: a slow upload holds no connection and no lock.
        if request.method == "POST":
            request.POST  # noqa: B018
        return self._inside(request, organization)

    def _inside(self, request: Any, organization: Organization) -> HttpResponseBase:
        with scope(organization):
            request.membership = _membership(request, organization)
            if request.membership is not None:
                request.actor = Actor.of(request.membership, request.META.get("REMOTE_ADDR", ""))
                see_as.apply(request)
            if request.see_as and request.method not in SAFE_METHODS and not see_as.is_leaving(request):
                return see_as.refusal(request)
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
            return response

    def process_view(self, request: Any, view: Any, args: list[Any], kwargs: dict[str, Any]) -> HttpResponse | None:
        """Views are written without the organization in their signature."""
        kwargs.pop("organization", None)
        return None

    def _moved(self, request: HttpRequest, slug: str) -> HttpResponseBase:
        former = FormerSlug.objects.filter(slug=slug).select_related("organization").first()
        if former is None or request.method not in SAFE_METHODS:
            raise Http404
        path = request.get_full_path().replace(f"/o/{slug}/", f"/o/{former.organization.slug}/", 1)
        return HttpResponsePermanentRedirect(path)


def _membership(request: HttpRequest, organization: Organization) -> Membership | None:
    if not request.user.is_authenticated:
        return None
    rows = Membership.objects.for_person(request.user).active().filter(organization=organization)
    membership = rows.first()
    if membership is not None:
        membership.organization = organization
        membership.person = request.user
    return membership
