"""How a view answers: a page or one of its partials, a redirect after success, a word in passing."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from prm.accounts.requests import Request
from prm.addresses import address
from prm.tenancy.scope import ScopeRequired
from prm.web.toasts import send_with_partial


class SeeOther(HttpResponseRedirect):
    status_code = 303


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    partials: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Answer with the page, or with the one partial of it that the browser is about to replace.

    `partials` maps the id of an element that htmx targets to the name of a `{% partialdef %}` in the same template.
    Nothing a client can type chooses a partial that the view did not name, and the context is the same either way.
    """
    partial = _asked_partial(request, partials or {})
    if partial is None:
        return render(request, template, dict(context or {}), status=status)
    response = render(request, f"{template}#{partial}", dict(context or {}), status=status)
    return send_with_partial(request, response)


def _asked_partial(request: HttpRequest, partials: Mapping[str, str]) -> str | None:
    htmx = getattr(request, "htmx", None)
    if not htmx or htmx.boosted or htmx.history_restore_request:
        return None
    return partials.get(htmx.target or "")


def is_preview(request: Request) -> bool:
    """Whether a form is only looked at: while one types, or by its button "Preview". Wrong input is 422 all the same,
    with what is wrong and what was typed.
    """
    return request.htmx.target == "preview" or "preview" in request.POST


def see_other(name: str, *args: object) -> HttpResponse:
    """303 to the page called `name`: of the current organization, or of the installation where it is not in one."""
    try:
        return SeeOther(address(name, *args))
    except (NoReverseMatch, ScopeRequired):
        return SeeOther(reverse(name, args=args))


def toast(request: HttpRequest, text: str, undo_url: str = "", level: int = messages.SUCCESS) -> None:
    """Say `text` on the next page or with the present partial, with an Undo button (a POST) when there is one."""
    messages.add_message(request, level, text, extra_tags=undo_url)
