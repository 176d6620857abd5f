"""Light, dark, or what the device prefers: remembered on the device, so that it needs no account and no query."""

from django.http import HttpRequest

THEMES = ("light", "dark", "auto")
THEME_COOKIE = "theme"


def theme_of(request: HttpRequest) -> str:
    """light, dark or auto; auto for anything that nobody offered."""
    chosen = request.COOKIES.get(THEME_COOKIE, "auto")
    return chosen if chosen in THEMES else "auto"
