"""Light and dark, colors and logos, error pages and health."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest
from django.test import Client, RequestFactory

from prm.accounts.models import Membership
from prm.tenancy.models import Organization
from prm.web import health
from prm.web.views import errors

type SignIn = Callable[[Membership], Client]


def test_theme_is_kept_on_the_device(client: Client, db: None) -> None:
    response = client.post("/theme/", {"theme": "dark", "next": "/accounts/login/"})
    assert (response.status_code, response.headers["Location"]) == (303, "/accounts/login/")
    assert '<html lang="en" data-bs-theme="dark">' in client.get("/").content.decode()


def test_device_decides_until_somebody_chooses(client: Client, db: None) -> None:
    assert '<html lang="en">' in client.get("/").content.decode()


@pytest.mark.parametrize("theme", ["", "neon", '"><script>'])
def test_unknown_theme_changes_nothing(client: Client, db: None, theme: str) -> None:
    response = client.post("/theme/", {"theme": theme})
    assert "theme" not in response.cookies
    client.cookies["theme"] = theme
    assert '<html lang="en">' in client.get("/").content.decode()


@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"])
def test_theme_does_not_lead_elsewhere(client: Client, db: None, there: str) -> None:
    assert client.post("/theme/", {"theme": "dark", "next": there}).headers["Location"] == "/"


def test_brand_is_a_stylesheet_that_browsers_keep(client: Client) -> None:
    response = client.get("/brand/3b3fb6.css")
    assert response.headers["Content-Type"] == "text/css; charset=utf-8"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert b":root,[data-bs-theme]{--tblr-primary:light-dark(#3b3fb6," in response.content


def test_several_brands_have_a_class_each(client: Client) -> None:
    css = client.get("/brand/marks/3b3fb6-e8a400-3b3fb6.css").content.decode()
    assert css.count(".cn-brand-3b3fb6{") == 1
    assert ".cn-brand-e8a400{" in css


@pytest.mark.parametrize("path", ["/brand/xyz.css", "/brand/3b3fb.css", "/brand/marks/.css", "/brand/3b3fb6;.css"])
def test_what_is_no_color_has_no_stylesheet(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 404


def test_organization_without_a_logo_has_none(client: Client, acme: Organization) -> None:
    assert client.get("/o/acme/logo/").status_code == 404


def test_unknown_page_makes_no_query(
    db: None, client: Client, django_assert_num_queries: Callable[[int], object]
) -> None:
    with django_assert_num_queries(0):  # type: ignore[attr-defined]
        response = client.get("/no/such/page/")
    assert response.status_code == 404
    assert "There is nothing here for you to see" in response.content.decode()


def asked() -> HttpRequest:
    return RequestFactory().get("/somewhere/", HTTP_X_REQUEST_ID="abcdef123456")


@pytest.mark.parametrize(
    ("page", "status", "told"),
    [
        (errors.bad_request, 400, "We could not read that request"),
        (errors.not_found, 404, "There is nothing here for you to see"),
        (errors.unstorable, 422, "One character cannot be kept"),
        (errors.server_error, 500, "Something broke on our side"),
        (errors.csrf_failure, 403, "This page was open for too long"),
        (errors.too_many_requests, 429, "That was a lot at once"),
    ],
)
def test_error_pages_tell_what_happened_and_the_way_on(
    page: Callable[[HttpRequest], object], status: int, told: str
) -> None:
    response = page(asked())
    assert response.status_code == status  # type: ignore[attr-defined]
    content = response.content.decode()  # type: ignore[attr-defined]
    assert told in content
    assert 'href="/' in content
    assert "<script" not in content


@pytest.mark.parametrize("too_much", [RequestDataTooBig(), TooManyFieldsSent(), TooManyFilesSent()])
def test_too_much_at_once_is_told_as_that(too_much: Exception) -> None:
    response = errors.bad_request(asked(), too_much)
    assert response.status_code == 413
    assert "too big" in response.content.decode()


def test_address_that_only_takes_forms_says_so(client: Client, db: None) -> None:
    response = client.get("/theme/")
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")
    assert "This address only takes what a form sends" in response.content.decode()


def test_refusal_says_what_is_missing_and_escapes_it() -> None:
    content = errors.forbidden(asked(), PermissionDenied("You need <the role>")).content.decode()
    assert "You need &lt;the role&gt;" in content


def test_stale_form_is_told_kindly(acme: Organization, alice: Membership) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/theme/", {"theme": "dark"})
    assert response.status_code == 403
    assert "This page was open for too long" in response.content.decode()


def test_every_page_carries_the_content_policy(client: Client, db: None) -> None:
    for path in ("/", "/no/such/page/", "/accounts/login/", "/brand/3b3fb6.css"):
        policy = client.get(path).headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_pages_hold_no_inline_style_or_handler(client: Client, sign_in: SignIn, alice: Membership, db: None) -> None:
    browser = sign_in(alice)
    for path in ("/dev/components/?wrong", "/", "/o/acme/studio/"):
        content = browser.get(path).content.decode()
        assert " style=" not in content
        assert " onclick=" not in content
        assert "hx-on" not in content


def test_alive_without_anybodys_help(
    db: None, client: Client, django_assert_num_queries: Callable[[int], object]
) -> None:
    with django_assert_num_queries(0):  # type: ignore[attr-defined]
        assert client.get("/healthz").json() == {"ok": True}


def test_ready_tells_which_part_is_not(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(now: object) -> health.Finding:
        raise ConnectionError("secret host name")

    monkeypatch.setattr(health.checks, "_items", {"broker": health.HealthCheck("broker", broken)})
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"ok": False, "parts": {"broker": {"ok": False, "detail": "ConnectionError"}}}
    assert "secret" not in json.dumps(response.json())


def test_ready_when_every_part_is(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    fine = {name: health.checks.get(name) for name in ("database", "broker")}
    monkeypatch.setattr(health.checks, "_items", fine)
    assert client.get("/readyz").status_code == 200


def test_dev_pages_are_for_one_machine(settings: Any) -> None:
    from prm.web.urls import dev

    assert settings.DEV_PAGES
    assert all(str(pattern.pattern).startswith("dev/") for pattern in dev)
