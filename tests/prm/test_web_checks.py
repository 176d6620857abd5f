"""The build fails for a view that says nothing about access, and for a menu that leads nowhere."""

import pytest
from django.core.checks import run_checks
from django.http import HttpRequest, HttpResponse
from django.urls import path

from prm.accounts.access import public
from prm.web import checks
from prm.web.checks import SELF_GUARDED, access_of, is_self_guarded, patterns
from prm.web.places import NavItem, navigation


def silent(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def test_every_view_of_the_installation_says_who_may_open_it() -> None:
    assert checks.undeclared_views(None) == []


def test_view_without_a_word_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    routes = [("here/", path("here/", silent)), ("there/", path("there/", public(silent)))]
    monkeypatch.setattr(checks, "patterns", lambda: iter(routes))
    assert [error.id for error in checks.undeclared_views(None)] == ["canopy.E001"]
    assert "'here/'" in checks.undeclared_views(None)[0].msg


def test_packages_that_guard_themselves_are_really_there() -> None:
    found = [pattern for _route, pattern in patterns() if is_self_guarded(pattern)]
    modules = {pattern.callback.__module__ for pattern in found}
    for prefix in SELF_GUARDED:
        assert any(module.startswith(prefix) for module in modules), f"{prefix} is on the list for nothing"


def test_our_own_views_are_not_excused() -> None:
    excused = [route for route, pattern in patterns() if is_self_guarded(pattern) and not access_of(pattern)]
    assert all(route.startswith(("accounts/", "admin/")) for route in excused)


def test_menu_and_checklist_lead_somewhere() -> None:
    assert checks.dangling_places(None) == []


def test_menu_entry_without_a_page_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_items", {"x": NavItem("x", "X", "x", "no_such_page", "studio")})
    assert [error.id for error in checks.dangling_places(None)] == ["canopy.E002"]


def test_checks_are_part_of_manage_py_check() -> None:
    assert not [error for error in run_checks() if str(error.id).startswith("canopy.")]
