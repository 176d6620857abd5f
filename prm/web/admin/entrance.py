"""The way into one organization's tables: opens its scope and records who came.

Django's admin knows no addresses with a changing middle part, so its pages are resolved by a URL conf of their own with
/admin/o/<slug>/ as the script's prefix, for the length of the request.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import get_script_prefix, get_urlconf, resolve, set_script_prefix, set_urlconf

from prm.accounts.access import operator
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from prm.web.admin.sites import record

URLCONF = "prm.web.admin.tenant_urls"
ENTERED = "entered"


@operator
def tenant_admin(request: HttpRequest, slug: str, rest: str = "") -> HttpResponseBase:
    """Any page of the organization's admin."""
    organization = Organization.objects.filter(slug=slug).first()
    if organization is None:
        raise Http404
    with scope(organization), _mounted(f"/admin/o/{slug}/"):
        _record_entry(request, organization)
        match = resolve(f"/admin/o/{slug}/{rest}".removeprefix(get_script_prefix().rstrip("/")))
        request.resolver_match = match
        response: Any = match.func(request, *match.args, **match.kwargs)
        if hasattr(response, "render"):
            response.render()
        if response.status_code >= 500:
            transaction.set_rollback(True)
        return response  # type: ignore[no-any-return]


@contextmanager
def _mounted(prefix: str) -> Iterator[None]:
    former_prefix, former_urlconf = get_script_prefix(), get_urlconf()
    set_script_prefix(prefix)
    set_urlconf(URLCONF)
    try:
        yield
    finally:
        set_script_prefix(former_prefix)
        set_urlconf(former_urlconf)


def _record_entry(request: HttpRequest, organization: Organization) -> None:
    """Once for each session and organization: that is what its owners want to read."""
    entered = request.session.get(ENTERED, [])
    if organization.pk not in entered:
        request.session[ENTERED] = [*entered, organization.pk]
        record(request, "accounts.entered_by_operator", organization)
