"""How pages look to somebody: light or dark, and an organization's own color."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from prm.accounts.access import public
from prm.colors import stylesheet
from prm.web.context import THEME_COOKIE, THEMES
from prm.web.rendering import SeeOther

_YEAR = 365 * 24 * 3600


@public
@require_POST
def theme_set(request: HttpRequest) -> HttpResponse:
    """Remember light, dark or auto on this device, and go back to the page."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    response = SeeOther(back)
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(THEME_COOKIE, chosen, max_age=_YEAR, samesite="Lax", secure=settings.HTTPS)
    return response


@public
@require_safe
def brand_stylesheet(request: HttpRequest, color: str) -> HttpResponse:
    """A brand color, mended so that text on it and text in it can be read in light and dark.

    The color itself is the address: nothing about an organization is looked up or told, and it is cached for good.
    """
    response = HttpResponse(stylesheet(f"#{color}"), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return response
