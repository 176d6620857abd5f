"""Pages for when something is not as it should be. They make no query: the database may be the reason."""

from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from prm.web.logs import request_id
from prm.web.themes import theme_of


def _page(request: HttpRequest, template: str, status: int, **context: Any) -> HttpResponse:
    context |= {"theme": theme_of(request), "path": request.path}
    return HttpResponse(render_to_string(f"errors/{template}.html", context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, or 413 for more than the installation takes in at once."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return _page(request, "413", 413)
    return _page(request, "400", 400)


def method_not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    """405: an address that only takes what a form sends, opened by itself. `allowed` is the Allow header."""
    response = _page(request, "405", 405)
    response["Allow"] = allowed
    return response


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, with what is missing in the words of the guard that refused."""
    return _page(request, "403", 403, reason=str(exception or ""))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing here, or nothing for this person. The two cannot be told apart."""
    return _page(request, "404", 404)


def unstorable(request: HttpRequest) -> HttpResponse:
    """422: a character that nobody types and no database keeps."""
    return _page(request, "422", 422)


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(request, "500", 500, request_id=request_id.get())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose page was open too long, or whose cookie was lost. Going back keeps what was typed."""
    return _page(request, "csrf", 403)


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    response = _page(request, "429", 429)
    response["Retry-After"] = "60"
    return response
