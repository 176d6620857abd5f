"""Short words after an action, carried by the messages framework: on the next page, or beside a partial."""

import json
from dataclasses import asdict, dataclass

from django.conf import settings
from django.contrib import messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpRequest, HttpResponse

_TONES = {"debug": "info", "info": "info", "success": "success", "warning": "warning", "error": "danger"}


class _Cookie(CookieStorage):
    # Named as the other cookies are: the prefix comes with https.
    cookie_name = "__Host-toasts" if settings.SESSION_COOKIE_SECURE else "toasts"


class Toasts(FallbackStorage):
    """Django's own storage, in a signed cookie as long as that is short: the page that shows a toast writes nothing."""

    storage_classes = (_Cookie, SessionStorage)


@dataclass(frozen=True, slots=True)
class Toast:
    """`tone` is info, success, warning or danger; `undo_url` takes a POST and is empty when there is no way back."""

    text: str
    tone: str
    undo_url: str = ""


def pending(request: HttpRequest) -> list[Toast]:
    """The toasts that wait for this person; reading them uses them up."""
    return [
        Toast(text=str(message), tone=_TONES.get(message.level_tag, "info"), undo_url=message.extra_tags or "")
        for message in messages.get_messages(request)
    ]


def send_with_partial(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Hand what waits to the page in the browser by an event, since a partial has no place for it."""
    waiting = pending(request)
    if waiting:
        response["HX-Trigger"] = json.dumps({"canopy:toasts": {"toasts": [asdict(item) for item in waiting]}})
    return response
