"""Pages for when something is not as it should be. They make no query: the database may be the reason."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from prm.web.context import THEME_COOKIE, THEMES


def _page(request: HttpRequest, template: str, status: int, **context: Any) -> HttpResponse:
    chosen = request.COOKIES.get(THEME_COOKIE, "auto")
    context["theme"] = chosen if chosen in THEMES else "auto"
    context["path"] = request.path
    return HttpResponse(render_to_string(f"errors/{template}.html", context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "400", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, with what is missing in the words of the guard that refused."""
    return _page(request, "403", 403, reason=str(exception or ""))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing here, or nothing for this person. The two cannot be told apart."""
    return _page(request, "404", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(request, "500", 500, request_id=request.headers.get("X-Request-ID", ""))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose page was open too long, or whose cookie was lost. Going back keeps what was typed."""
    return _page(request, "csrf", 403)


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    response = _page(request, "429", 429)
    response["Retry-After"] = "60"
    return response
