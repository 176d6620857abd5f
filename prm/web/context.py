"""What every page's frame needs, computed when the template asks for it and not before."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from prm.outbox import notifications
from prm.web import shell, toasts
from prm.web.themes import theme_of


def page(request: HttpRequest) -> dict[str, Any]:
    """The context processor: one lazy object and the organization of the request."""
    return {"shell": Shell(request), "organization": getattr(request, "organization", None)}


class Shell:
    """The frame around a page: whose it is, where one can go, and what is to be said in passing."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def theme(self) -> str:
        """light, dark, or auto for what the device prefers."""
        return theme_of(self.request)

    @property
    def next_theme(self) -> str:
        return {"light": "dark", "dark": "light", "auto": "dark"}[self.theme]

    @property
    def membership(self) -> Any:
        return getattr(self.request, "membership", None)

    @property
    def person(self) -> Any:
        return self.request.user if self.request.user.is_authenticated else None

    @property
    def see_as(self) -> bool:
        return bool(getattr(self.request, "see_as", False))

    @property
    def mails_stay(self) -> bool:
        """Whether mails are kept on this machine because no mail server is set."""
        return settings.DEV_PAGES and not settings.MAIL_CONNECTED

    @property
    def dev_pages(self) -> bool:
        return bool(settings.DEV_PAGES)

    @cached_property
    def unread(self) -> int:
        """How many notifications wait behind the bell."""
        return notifications.unread_count(self.membership)

    @property
    def unread_label(self) -> str:
        most = notifications.SHOWN_AS_MANY
        return f"{most}+" if self.unread > most else str(self.unread)

    @cached_property
    def studio(self) -> "list[shell.Entry]":
        return shell.entries(self.request, "studio")

    @cached_property
    def portal(self) -> "list[shell.Entry]":
        return shell.entries(self.request, "portal")

    @property
    def at_hand(self) -> "list[shell.AtHand]":
        """What is at hand on every page of the portal, beside its menu."""
        return shell.at_hand(self.membership)

    @property
    def menu_key(self) -> str:
        """Everything that the studio's menus show, for keeping them drawn."""
        return self._menu_key(self.studio)

    @property
    def portal_key(self) -> str:
        """Everything that the portal's menu shows."""
        return self._menu_key(self.portal)

    def _menu_key(self, entries: "list[shell.Entry]") -> str:
        of_organization = ""
        if (organization := getattr(self.request, "organization", None)) is not None:
            look = organization.name, organization.label, organization.logo_key, organization.brand_color
            of_organization = repr((organization.slug, *look, shell.drawn(entries)))
        return f"{get_language()} {of_organization}"

    @property
    def account_key(self) -> str:
        """Everything that the account's menu shows."""
        person, slug = self.person, getattr(getattr(self.request, "organization", None), "slug", "")
        member = (slug, self.may_enter_studio, self.may_see_as) if self.membership else ()
        return f"{get_language()} {(str(person), person.email, person.is_staff, *member)!r}"

    @property
    def crumbs(self) -> "list[shell.Entry]":
        """Where in the studio's menu this page is: the open entry, then its child."""
        return shell.trail(self.studio)

    @cached_property
    def may_enter_studio(self) -> bool:
        return shell.may_enter_studio(self.membership)

    @property
    def may_see_as(self) -> bool:
        return shell.may_see_as(self.membership)

    @cached_property
    def toasts(self) -> list[toasts.Toast]:
        return toasts.pending(self.request)
