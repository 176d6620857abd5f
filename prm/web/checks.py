"""System checks that fail the build: views without declared access, links of the shell to pages that do not exist."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.urls import URLPattern, URLResolver, get_resolver

from prm.accounts.access import ATTRIBUTE
from prm.addresses import is_known
from prm.web.places import ChecklistStep, NavItem, checklist, navigation

# Views of packages that guard themselves, by the module they are in.
SELF_GUARDED = ("allauth.", "django.contrib.admin.")


def patterns(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every route of the installation with its pattern."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        else:
            yield route, entry


def access_of(pattern: URLPattern) -> str:
    """public, signed_in, member, portal or studio:<permission>; empty where the view declares nothing."""
    return str(getattr(pattern.callback, ATTRIBUTE, ""))


def is_self_guarded(pattern: URLPattern) -> bool:
    view = pattern.callback
    module = getattr(getattr(view, "view_class", view), "__module__", "")
    # The admin wraps its views in a closure that remembers the site it belongs to.
    return module.startswith(SELF_GUARDED) or hasattr(view, "admin_site") or hasattr(view, "model_admin")


@register(Tags.security)
def undeclared_views(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Each view says on its first line who may open it."""
    return [
        Error(f"the view of {route!r} declares no access", hint="See prm.accounts.access.", id="canopy.E001")
        for route, pattern in patterns()
        if not access_of(pattern) and not is_self_guarded(pattern)
    ]


@register(Tags.urls)
def dangling_places(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """What is in the menu or on the checklist has a page."""
    places: list[NavItem | ChecklistStep] = [*navigation.all(), *checklist.all()]
    return [
        Error(f"{place.name!r} leads to {place.url_name!r}, which has no page", id="canopy.E002")
        for place in places
        if not is_known(place.url_name)
    ]
