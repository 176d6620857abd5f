"""Which part of a page is sent, what is said in passing, and how redirects travel."""

import json
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import engines
from django.test import RequestFactory
from django_htmx.middleware import HtmxMiddleware

from prm.web.middleware import htmx_redirects, private_pages
from prm.web.rendering import render_page, toast
from prm.web.toasts import pending

HERE = "https://canopy.example/o/acme/studio/partners/"


def asked(path: str = "/", **headers: str) -> HttpRequest:
    request: Any = RequestFactory().get(path, headers=headers)
    for middleware in (SessionMiddleware, MessageMiddleware, HtmxMiddleware):
        middleware(lambda _: HttpResponse())(request)
    return request  # type: ignore[no-any-return]


@pytest.fixture
def template(monkeypatch: pytest.MonkeyPatch) -> str:
    """A template of one page with one partial, put where templates are found."""
    source = "whole {% partialdef rows inline %}rows {{ n }}{% endpartialdef %}"
    engine = engines["django"].engine  # type: ignore[attr-defined]
    parsed = engine.from_string(source)

    def find(name: str, *args: object) -> tuple[object, object]:
        _name, _hash, partial = name.partition("#")
        return (parsed.extra_data["partials"][partial] if partial else parsed), None

    monkeypatch.setattr(engine, "find_template", find)
    return "page.html"


def drawn(request: HttpRequest, template: str, **options: Any) -> str:
    response = render_page(request, template, {"n": 3}, {"rows": "rows"}, **options)
    return response.content.decode().strip()


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, "whole rows 3"),
        ({"HX-Request": "true", "HX-Target": "rows"}, "rows 3"),
        ({"HX-Request": "true", "HX-Target": "other"}, "whole rows 3"),
        ({"HX-Request": "true"}, "whole rows 3"),
        ({"HX-Request": "true", "HX-Target": "rows", "HX-Boosted": "true"}, "whole rows 3"),
        ({"HX-Request": "true", "HX-Target": "rows", "HX-History-Restore-Request": "true"}, "whole rows 3"),
        ({"HX-Target": "rows"}, "whole rows 3"),
    ],
)
def test_target_chooses_what_is_drawn(template: str, headers: dict[str, str], expected: str) -> None:
    assert drawn(asked(**headers), template) == expected


def test_address_cannot_choose_a_partial(template: str) -> None:
    assert drawn(asked("/?partial=rows&HX-Target=rows"), template) == "whole rows 3"


def test_status_is_kept(template: str) -> None:
    assert render_page(asked(), template, status=422).status_code == 422


def test_partial_brings_waiting_toasts_along(template: str) -> None:
    request = asked(**{"HX-Request": "true", "HX-Target": "rows"})
    toast(request, "Archived", undo_url="/o/acme/studio/undo/")
    response = render_page(request, template, {}, {"rows": "rows"})
    assert json.loads(response["HX-Trigger"]) == {
        "canopy:toasts": {"toasts": [{"text": "Archived", "tone": "success", "undo_url": "/o/acme/studio/undo/"}]}
    }


def test_whole_page_leaves_toasts_to_its_template(template: str) -> None:
    request = asked()
    toast(request, "Saved")
    assert "HX-Trigger" not in render_page(request, template)
    assert [waiting.text for waiting in pending(request)] == ["Saved"]
    assert list(get_messages(request)) != []


@pytest.mark.parametrize(
    ("location", "header"),
    [
        ("/o/acme/studio/partners/abc/", "HX-Location"),
        ("/o/acme/", "HX-Redirect"),
        ("/o/umbrella/studio/", "HX-Redirect"),
        ("/accounts/login/?next=/o/acme/studio/", "HX-Redirect"),
        ("https://elsewhere.example/o/acme/studio/", "HX-Redirect"),
        ("//elsewhere.example/o/acme/studio/", "HX-Redirect"),
    ],
)
def test_redirect_for_htmx_stays_in_its_shell_or_loads_another(location: str, header: str) -> None:
    def answer(_request: HttpRequest) -> HttpResponse:
        response = HttpResponseRedirect(location)
        response.set_cookie("kept", "1")
        return response

    response = htmx_redirects(answer)(asked(**{"HX-Request": "true", "HX-Current-URL": HERE}))
    assert (response.status_code, response.headers.get(header)) == (204, location)
    assert response.cookies["kept"].value == "1"


def test_redirect_without_htmx_is_left_alone() -> None:
    response = htmx_redirects(lambda _: HttpResponseRedirect("/there/"))(asked())
    assert (response.status_code, response.headers["Location"]) == (302, "/there/")


def test_pages_of_signed_in_people_are_not_stored() -> None:
    request = asked()
    request.COOKIES["canopy"] = "a-session"
    response = private_pages(lambda _: HttpResponse("x"))(request)
    assert response.headers["Cache-Control"] == "private, no-store"
    assert {name.strip() for name in response.headers["Vary"].split(",")} == {"HX-Request", "HX-Target", "Cookie"}


def test_other_answers_keep_what_they_say_about_caching() -> None:
    def answer(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("x", content_type="text/css", headers={"Cache-Control": "public, max-age=60"})

    response = private_pages(answer)(asked())
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert "Vary" not in response.headers
