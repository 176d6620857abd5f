"""Access is declared on the first line of each view; a view without a declaration fails the build (prm.web.checks).

    @studio("partners.manage")
    def partner_create(request: Request) -> HttpResponse: ...

Who may not: an anonymous visitor is sent to sign in and back, a stranger gets 404 (the organization does not exist for
them), a known member without the role 403 with what is missing.
"""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Concatenate
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBase
from django.utils.translation import gettext as _

from prm.accounts.permissions import PERMISSION_LABELS, TABLE, may

# A view names the kind of request it needs (`Request` inside an organization); callers pass any request.
type Page[**P] = Callable[Concatenate[Any, P], HttpResponseBase]
type Guard = Callable[[Any], HttpResponseBase | None]
ATTRIBUTE = "canopy_access"


def sign_in_first(request: Any) -> HttpResponseBase:
    """To the sign-in page, and afterwards back to the page that the person had before them.

    That is not the address asked for where htmx fetched a part or a form was sent.
    """
    here = request.get_full_path()
    htmx = getattr(request, "htmx", None)
    if htmx:
        here = htmx.current_url_abs_path or here
    elif request.method == "POST":
        page = urlsplit(request.headers.get("Referer", ""))
        here = page.path if page.netloc == request.get_host() and page.path else here
    return redirect_to_login(here)


def _declared[**P](view: Page[P], guard: Guard, access: str) -> Page[P]:
    def guarded(request: Any, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        refused = guard(request)
        return view(request, *args, **kwargs) if refused is None else refused

    update_wrapper(guarded, view)
    setattr(guarded, ATTRIBUTE, access)
    return guarded


def public[**P](view: Page[P]) -> Page[P]:
    """Anybody, signed in or not. Inside an organization its scope is open; `request.membership` may be None."""
    return _declared(view, lambda request: None, "public")


def signed_in[**P](view: Page[P]) -> Page[P]:
    """Anybody with an account; for pages outside organizations."""

    def guard(request: Any) -> HttpResponseBase | None:
        return None if request.user.is_authenticated else sign_in_first(request)

    return _declared(view, guard, "signed_in")


def operator[**P](view: Page[P]) -> Page[P]:
    """Operators of the installation (`Person.is_staff`); for anybody else the page does not exist."""

    def guard(request: Any) -> HttpResponseBase | None:
        if not request.user.is_authenticated:
            return sign_in_first(request)
        if not request.user.is_staff:
            raise Http404
        return None

    return _declared(view, guard, "operator")


def member[**P](view: Page[P]) -> Page[P]:
    """Any active member of the organization, staff or partner: for what both faces share, such as notifications."""
    return _declared(view, _member_guard, "member")


def portal[**P](view: Page[P]) -> Page[P]:
    """Partner people and guests. Staff look at the portal through "see as"."""

    def guard(request: Any) -> HttpResponseBase | None:
        refused = _member_guard(request)
        if refused is None and request.membership.kind == "staff":
            raise PermissionDenied(
                _("This page belongs to the partner portal. In the studio, “See as” shows it to you.")
            )
        return refused

    return _declared(view, guard, "portal")


def studio(permission: str) -> Callable[[Page[Any]], Page[Any]]:
    """Staff with a role that has this permission (see prm.accounts.permissions)."""
    if permission not in TABLE:
        raise KeyError(f"unknown permission {permission!r}")

    def guard(request: Any) -> HttpResponseBase | None:
        refused = _member_guard(request)
        if refused is None and request.membership.kind != "staff":
            raise PermissionDenied(
                _("This page belongs to the studio of %(organization)s. What is yours stands in the portal.")
                % {"organization": request.organization}
            )
        if refused is None and not may(request.membership, permission):
            raise PermissionDenied(
                _("Your role does not include: %(what)s. An owner of the organization can change that.")
                % {"what": PERMISSION_LABELS[permission]}
            )
        return refused

    return lambda view: _declared(view, guard, f"studio:{permission}")


def _member_guard(request: Any) -> HttpResponseBase | None:
    if not request.user.is_authenticated:
        return sign_in_first(request)
    if request.membership is None:
        raise Http404
    return None
