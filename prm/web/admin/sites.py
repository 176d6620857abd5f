"""The two admin sites, which differ in the models they show and in where an access is recorded."""

import logging
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from prm.accounts.access import ATTRIBUTE
from prm.accounts.actors import Actor
from prm.accounts.models import Person
from prm.audit.services import note
from prm.tenancy.scope import current_organization, current_organization_id
from prm.web.admin.unmasking import is_unmasked, mask, unmask
from prm.web.limits import network_address

logger = logging.getLogger("canopy.operator")


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        min_length=10,
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Recorded. An organization's owners read it in their audit trail."),
    )


def acting(request: HttpRequest) -> Actor:
    assert isinstance(request.user, Person)
    return Actor.operator(request.user, network_address(request))


def record(
    request: HttpRequest, verb: str, obj: Any = None, reason: str = "", changes: dict[str, list[Any]] | None = None
) -> None:
    """In the organization's audit trail inside a scope, else in the log."""
    if current_organization_id() is not None:
        note(actor=acting(request), verb=verb, obj=obj, changes=changes, reason=reason)
    logger.info(
        "operator %s: %s", request.user.pk, verb, extra={"operator": request.user.pk, "verb": verb, "reason": reason}
    )


class OperatorSite(AdminSite):
    """Signing in is the site's own, with its limits and second factor; nobody but operators gets further."""

    site_title = site_header = _("Canopy operator")
    site_url = "/"
    index_template = "admin/canopy_index.html"
    final_catch_all_view = False
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_staff)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied(_("Only operators of this installation get in here."))
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"), resolve_url("/accounts/login/"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return HttpResponseRedirect("/accounts/logout/")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return HttpResponseRedirect("/accounts/password/change/")

    def each_context(self, request: Any) -> dict[str, Any]:
        inside = current_organization() if current_organization_id() is not None else None
        return {**super().each_context(request), "is_unmasked": is_unmasked(request), "inside": inside}

    def get_urls(self) -> list[Any]:
        own = [
            path("unmask/", self._guarded(self.unmask_view), name="unmask"),
            path("mask/", self._guarded(self.mask_view), name="mask"),
        ]
        return own + super().get_urls()

    def _guarded(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        guarded: Any = self.admin_view(view)
        guarded.admin_site = self
        return guarded  # type: ignore[no-any-return]

    def unmask_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for the reason, record it, and show texts for half an hour."""
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            record(request, "accounts.unmasked", reason=form.cleaned_data["reason"])
            unmask(request, request.now)  # type: ignore[attr-defined]
            return HttpResponseRedirect(reverse("admin:index"))
        context = {**self.each_context(request), "title": _("Read what people wrote"), "form": form}
        return TemplateResponse(request, "admin/canopy_unmask.html", context, status=422 if form.is_bound else 200)

    def mask_view(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            mask(request)
        return HttpResponseRedirect(reverse("admin:index"))


class GlobalSite(OperatorSite):
    """Accounts, organizations and what else stands outside them."""

    index_title = _("Installation")


class TenantSite(OperatorSite):
    """The tables of the one organization whose scope is open."""

    index_title = _("Organization")


# The one page of the admin that anybody may ask for: it sends to the site's own sign-in.
setattr(OperatorSite.login, ATTRIBUTE, "public")
global_site = GlobalSite(name="admin")
tenant_site = TenantSite(name="admin")
