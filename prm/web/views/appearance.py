"""How pages look to somebody: light or dark, an organization's color and its logo."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from prm.accounts.access import public
from prm.accounts.requests import Request
from prm.colors import stylesheet
from prm.files.models import StoredFile
from prm.files.serving import file_response
from prm.web.rendering import SeeOther
from prm.web.themes import THEME_COOKIE, THEMES

_YEAR = 365 * 24 * 3600
_FOR_GOOD = f"public, max-age={_YEAR}, immutable"


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
    """A brand color for a whole page, mended so that it can be read in light and dark.

    The color itself is the address: nothing about an organization is looked up or told, and it is cached for good.
    """
    return _stylesheet(stylesheet(f"#{color}"))


@public
@require_safe
def brand_marks(request: HttpRequest, colors: str) -> HttpResponse:
    """The same for a page that shows several organizations: a class for each color, `cn-brand-3b3fb6`."""
    wanted = sorted(set(colors.split("-")))
    return _stylesheet("".join(stylesheet(f"#{color}", f".cn-brand-{color}") for color in wanted))


def _stylesheet(css: str) -> HttpResponse:
    headers = {"Cache-Control": _FOR_GOOD}
    return HttpResponse(css, content_type="text/css; charset=utf-8", headers=headers)


@public
@require_safe
def organization_logo(request: Request) -> HttpResponseBase:
    """The logo, for pages and mails. It is shown to people who are not signed in, so it is no secret."""
    stored = StoredFile.objects.filter(key=request.organization.logo_key or "-").first()
    if stored is None:
        raise Http404
    response = file_response(stored, request, inline=True)
    response["Cache-Control"] = _FOR_GOOD if "v" in request.GET else "public, max-age=300"
    return response
