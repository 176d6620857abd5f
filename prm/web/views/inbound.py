"""Mail that comes in: posted by a mail provider, and what colleagues do with mails that nobody could place."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from prm.accounts.access import public, studio
from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.inbound.kinds import reply_receivers
from prm.inbound.mailbox import MOST_BYTES
from prm.inbound.models import InboundMail
from prm.inbound.services import dismiss, place_by_hand, take_in
from prm.problems import Refused
from prm.web.limits import Limit, TooManyRequests, limited, network_address
from prm.web.pages import page_of
from prm.web.rendering import render_page, see_other, toast

POSTS = Limit("inbound", 600, per=60)
_PIECE = 2**20
_WHEN_BROKEN = 60
logger = logging.getLogger(__name__)


@public
@csrf_exempt
@limited
@require_POST
def inbound_post(request: HttpRequest, secret: str) -> HttpResponse:
    """A provider posts one mail as it is (raw MIME). 200 says that it need not come again, placed or not."""
    expected = settings.INBOUND_WEBHOOK_SECRET
    if not expected or not constant_time_compare(expected, secret):
        POSTS.take(network_address(request))
        raise Http404
    try:
        POSTS.take(network_address(request))
        raw, is_cut = _body(request)
        fate = take_in(raw, timezone.now(), is_cut=is_cut)
    except TooManyRequests as refusal:
        return _later(429, refusal.retry_after)
    except Exception as error:
        logger.exception("a posted mail could not be taken in", exc_info=error)
        return _later(503, _WHEN_BROKEN)
    return HttpResponse(f"{fate}\n", content_type="text/plain")


def _later(status: int, seconds: int) -> HttpResponse:
    """Come again. Django would write the address, and with it the secret, into the log of refusals."""
    answer = HttpResponse("later\n", content_type="text/plain", status=status, headers={"Retry-After": str(seconds)})
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


def _body(request: HttpRequest) -> tuple[bytes, bool]:
    """The mail, or its beginning where it is larger than any that is read; `request.body` would refuse it."""
    pieces, size = [], 0
    while size < MOST_BYTES and (piece := request.read(_PIECE)):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces), bool(size >= MOST_BYTES and request.read(1))


@studio("partners.view")
@require_safe
def inbound_list(request: Request) -> HttpResponse:
    """Mails that nobody could place wait here; automatic answers and bounces are shown on request."""
    show = request.GET.get("show", "")
    rows = InboundMail.objects.newest_first().select_related("settled_by__person")
    if show == "automatic":
        rows = rows.filter(outcome__in=[InboundMail.Outcome.AUTOMATIC, InboundMail.Outcome.BOUNCE])
    elif show == "settled":
        rows = rows.filter(settled_at__isnull=False)
    else:
        rows = rows.waiting()
    page = page_of(rows, request, per_page=20)
    about = _about(page.rows)
    context = {
        "page": page,
        "rows": [(row, *about.get((row.receiver, row.subject_key), ("", ""))) for row in page.rows],
        "show": show if show in ("automatic", "settled") else "",
        "may_answer": may(request.membership, "conversations.answer"),
        "is_open": bool(settings.INBOUND_DOMAIN),
    }
    return render_page(request, "web/inbound_list.html", context, {"mails": "mails"})


def _about(rows: Iterable[InboundMail]) -> dict[tuple[str, str], tuple[str, str]]:
    """By receiver and subject what the mails answer, and where that is read."""
    found = {}
    by_receiver: dict[str, set[str]] = {}
    for row in rows:
        by_receiver.setdefault(row.receiver, set()).add(row.subject_key)
    for name, keys in by_receiver.items():
        if name in reply_receivers:
            receiver = reply_receivers.get(name)
            for key, label in receiver.labels(sorted(keys)).items():
                found[name, key] = (label, receiver.url(key))
    return found


@studio("conversations.answer")
@require_POST
def inbound_place(request: Request, public_id: str) -> HttpResponse:
    """A colleague vouches for it: it is entered under the address that it came from."""
    return _settled(request, public_id, place_by_hand, _("Entered, under the address that it came from."))


@studio("conversations.answer")
@require_POST
def inbound_dismiss(request: Request, public_id: str) -> HttpResponse:
    return _settled(request, public_id, dismiss, _("Put away. It stays readable under “Dealt with”."))


def _settled(request: Request, public_id: str, act: Callable[..., Any], words: str) -> HttpResponse:
    mail = get_object_or_404(InboundMail, public_id=public_id)
    try:
        act(actor=request.actor, member=request.membership, mail=mail, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    else:
        toast(request, words)
    return see_other("inbound_list")
