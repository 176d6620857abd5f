"""Where everything is mounted. Apps bring lists called `studio`, `portal` and `public` in their `urls.py`."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from prm.web import urls as web
from prm.web.admin.entrance import tenant_admin
from prm.web.admin.registration import register_all
from prm.web.admin.sites import global_site

APPS = ("partners", "enablement", "cohorts", "analytics")


def _pages(face: str) -> list[URLPattern | URLResolver]:
    """The pages of one face: the platform's, then those of each app that has any."""
    found: list[URLPattern | URLResolver] = list(getattr(web, face))
    for app in APPS:
        if find_spec(f"{app}.urls"):
            found += getattr(import_module(f"{app}.urls"), face, [])
    return found


register_all()
urlpatterns = [
    *web.site,
    path("accounts/", include("allauth.urls")),
    path("admin/o/<slug:slug>/", tenant_admin, name="tenant_admin"),
    path("admin/o/<slug:slug>/<path:rest>", tenant_admin, name="tenant_admin_page"),
    path("admin/", global_site.urls),
    path("o/<slug:organization>/studio/", include(_pages("studio"))),
    path("o/<slug:organization>/", include([*_pages("public"), *_pages("portal")])),
]
if settings.DEV_PAGES:
    urlpatterns += web.dev

handler400 = "prm.web.views.errors.bad_request"
handler403 = "prm.web.views.errors.forbidden"
handler404 = "prm.web.views.errors.not_found"
handler500 = "prm.web.views.errors.server_error"
# Asked for by allauth.
handler429 = "prm.web.views.errors.too_many_requests"
