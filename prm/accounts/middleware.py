"""From an address to an organization's scope: `/o/<slug>/…`."""

import re
from collections.abc import Callable
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponsePermanentRedirect
from django.urls import resolve
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from prm.accounts import lasting, see_as
from prm.accounts.access import ATTRIBUTE, sign_in_first
from prm.accounts.actors import Actor
from prm.accounts.backends import member_at, membership_at
from prm.accounts.models import Membership
from prm.tenancy.models import FormerSlug, Organization
from prm.tenancy.scope import scope

_PREFIX = re.compile(r"^/o/([^/]+)/")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


# Pages ask for these by themselves: an open window is no sign that anybody is there.
QUIET = frozenset({"notification_bell"})


def sign_in_lasts(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Let a session that is used go on (prm.accounts.lasting). One that nothing looked into stays as it is."""

    def middleware(request: Any) -> HttpResponseBase:
        response = get_response(request)
        match = request.resolver_match
        is_quiet = match is not None and match.view_name in QUIET
        is_used = request.session.accessed and SESSION_KEY in request.session and not is_quiet
        if is_used and request.user.is_authenticated:
            lasting.extend(request.session, request.user, timezone.now())
        return response

    return middleware


class Authentication(AuthenticationMiddleware):
    """Django's, with the visitor found together with the membership that a page of an organization asks for."""

    def process_request(self, request: Any) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _visitor(request))


def _visitor(request: HttpRequest) -> Any:
    found = _PREFIX.match(request.path_info)
    # A body may be long under way: what it may do is asked when it is there (OrganizationScope).
    with member_at(found[1] if found and request.method in SAFE_METHODS else ""):
        return get_user(request)


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
        if not request.user.is_authenticated and not _is_public(request.path_info):
            return sign_in_first(request)
        # The body is read first: a slow upload holds no connection and no lock, and may outlast the membership.
        if request.method == "POST":
            request.POST  # noqa: B018
        membership = _membership(request, found[1])
        organization = membership.organization if membership else _organization(found[1])
        if organization is None:
            return self._moved(request, found[1])
        request.organization, request.membership = organization, membership
        return self._inside(request, organization)

    def _inside(self, request: Any, organization: Organization) -> HttpResponseBase:
        with scope(organization):
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


def _is_public(path: str) -> bool:
    return getattr(resolve(path).func, ATTRIBUTE, "member") == "public"


def _organization(slug: str) -> Organization | None:
    return Organization.objects.filter(slug=slug, state=Organization.State.ACTIVE).first()


def _membership(request: HttpRequest, slug: str) -> Membership | None:
    """The visitor's active membership in the active organization of this slug, with it: one query for both."""
    if not request.user.is_authenticated:
        return None
    membership = request.user.found_at
    if membership is None or membership.organization.slug != slug:
        membership = membership_at.first(request.user.pk, slug)
    if membership is not None:
        membership.person = request.user
    return membership
