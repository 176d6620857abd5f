"""A member's sessions for their calendar program: how to subscribe, and what the program reads."""

from urllib.parse import quote

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cohorts.calendar_events import sessions_feed
from cohorts.queries.calendars import feed_by_token, feed_entries, feed_of
from cohorts.services.calendars import renew_feed
from prm.accounts.access import member, public
from prm.accounts.requests import Request
from prm.addresses import address
from prm.web.faces import face_of
from prm.web.limits import Limit, limited, network_address
from prm.web.rendering import render_page, see_other, toast

READS = Limit("calendar.read", 60, per=600, opens=True)
GUESSES = Limit("calendar.guess", 30, per=600)


@member
@require_safe
def calendar_subscribe(request: Request) -> HttpResponse:
    """The secret address, ready for the usual calendar programs."""
    feed = feed_of(request.membership)
    url = address("calendar_feed", feed.token, absolute=True) if feed else ""
    webcal = f"webcal://{url.partition('://')[2]}"
    context = {
        "face": face_of(request),
        "url": url,
        "webcal": webcal,
        "google": f"https://calendar.google.com/calendar/r?cid={quote(webcal, safe='')}",
        "outlook": f"https://outlook.office.com/calendar/0/addfromweb?url={quote(url, safe='')}",
        "entries": len(feed_entries(request.membership, request.now)),
    }
    return render_page(request, "cohorts/calendar_subscribe.html", context)


@member
@require_POST
def calendar_renew(request: Request) -> HttpResponse:
    """The first address, or a new one in the place of the former."""
    if renew_feed(membership=request.membership, now=request.now):
        toast(request, _("A new address. The former one shows nothing any more: subscribe again."))
    return see_other("calendar_subscribe")


@public
@limited
@require_safe
def calendar_feed(request: Request, token: str) -> HttpResponse:
    """The sessions of whoever the token belongs to; calendar programs cannot sign in."""
    feed = feed_by_token(token)
    if feed is None:
        GUESSES.take(network_address(request))
        raise Http404
    READS.take(feed.pk)
    entries = feed_entries(feed.membership, request.now)
    name = _("Sessions at %(label)s") % {"label": request.organization.label}
    content = sessions_feed(entries, name=name, stamped_at=request.now)
    return HttpResponse(content, content_type="text/calendar; charset=utf-8")
