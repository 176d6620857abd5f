"""What happens around every request. Which one stands where is said in prm/settings.py."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import DataError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from redis.exceptions import RedisError

from prm.web.logs import request_id
from prm.web.views.errors import bad_request, method_not_allowed, too_many_requests, unstorable

type Handler = Callable[[HttpRequest], HttpResponseBase]

logger = logging.getLogger("canopy.request")
_GIVEN_ID = re.compile(r"^[A-Za-z0-9_-]{8,64}$")
_SHELL = re.compile(r"^/o/([^/]+)/(studio/)?")


def request_log(get_response: Handler) -> Handler:
    """Give the request an id and write one line when it is answered.

    The line names the route, never the path: paths carry tokens.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        identity = given if _GIVEN_ID.match(given) else uuid.uuid4().hex
        token = request_id.set(identity)
        started = time.perf_counter()
        try:
            response = get_response(request)
            response["X-Request-ID"] = identity
            _log(request, response, time.perf_counter() - started)
        finally:
            request_id.reset(token)
        return response

    return middleware


def _log(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    match = request.resolver_match
    organization = getattr(request, "organization", None)
    fields = {
        "method": request.method,
        "route": match.route if match else "",
        "view": match.view_name if match else "",
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
        "organization": getattr(organization, "slug", ""),
    }
    line = "%s %s %s in %s ms"
    logger.info(line, request.method, fields["route"] or "-", response.status_code, fields["ms"], extra=fields)


def private_pages(get_response: Handler) -> Handler:
    """Keep pages out of shared caches, and pages of signed-in people out of every cache."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ["HX-Request", "HX-Target", "Cookie"])
        if "Cache-Control" not in response:
            signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
            signed_in = signed_in or settings.SESSION_COOKIE_NAME in response.cookies
            response["Cache-Control"] = "private, no-store" if signed_in else "private, no-cache"
        return response

    return middleware


def worded_refusals(get_response: Handler) -> Handler:
    """Give a 405 a page: somebody opened or reloaded an address that only takes what a form sends."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code == 405 and not getattr(response, "content", b""):
            return method_not_allowed(request, response.get("Allow", ""))
        return response

    return middleware


def storable_input(get_response: Handler) -> Handler:
    """Refuse NUL characters, which Postgres cannot hold.

    Nobody types them: in an address or a cookie they are 400. In what a form sends, the form's own fields say so beside
    themselves; where a view reads without a form, it is a 422 and nothing is kept.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        words = [request.path_info, *(value for _name, values in request.GET.lists() for value in values)]
        if any("\0" in word for word in [*words, *request.GET, *request.COOKIES.values()]):
            return bad_request(request)
        return get_response(request)

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DataError) and "NUL" in str(exception):
            _undo()
            return unstorable(request)
        return None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def counted_or_refused(get_response: Handler) -> Handler:
    """Where uses cannot be counted because Valkey is away, what has a limit is refused for now (429)."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return get_response(request)

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, RedisError):
            return None
        logger.warning("refused, since nothing can be counted: %s", type(exception).__name__)
        _undo()
        return too_many_requests(request)

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def _undo() -> None:
    """The answer is no error to the scope around it, so what the view did until then is undone here."""
    if transaction.get_connection().in_atomic_block:
        transaction.set_rollback(True)


def htmx_redirects(get_response: Handler) -> Handler:
    """Turn a redirect that htmx asked for into a navigation, which the browser's own request would have made.

    Within one shell that swaps the body (HX-Location); into another one, whose head differs, the page is loaded anew.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        htmx = getattr(request, "htmx", None)
        if not htmx or response.status_code not in {301, 302, 303, 307, 308}:
            return response
        answer = HttpResponse(status=204)
        for name, morsel in response.cookies.items():
            answer.cookies[name] = morsel
        header = "HX-Location" if _same_shell(htmx.current_url or "", response["Location"]) else "HX-Redirect"
        answer[header] = response["Location"]
        return answer

    return middleware


def _same_shell(here: str, there: str) -> bool:
    target = urlsplit(there)
    if target.scheme or target.netloc:
        return False
    return _shell_of(urlsplit(here).path) == _shell_of(target.path)


def _shell_of(path: str) -> tuple[str, bool]:
    match = _SHELL.match(path)
    return (match[1], bool(match[2])) if match else ("", False)


def person_zone(get_response: Handler) -> Handler:
    """Show times in the zone of the person, else of the organization; words in the person's language."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        try:
            return get_response(request)
        finally:
            timezone.deactivate()

    def process_view(request: HttpRequest, *_: Any) -> None:
        person = request.user if settings.SESSION_COOKIE_NAME in request.COOKIES else None
        organization = getattr(request, "organization", None)
        zone = getattr(person, "zone", "") or getattr(organization, "zone", "")
        if zone:
            timezone.activate(ZoneInfo(zone))
        language = getattr(person, "language", "")
        if language and language in dict(settings.LANGUAGES):
            translation.activate(language)
            request.LANGUAGE_CODE = language

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware
