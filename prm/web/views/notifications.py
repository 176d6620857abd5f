"""What stands behind the bell."""

from functools import partial

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from prm.accounts.access import member
from prm.accounts.requests import Request
from prm.outbox import notifications
from prm.web.faces import face_of
from prm.web.pages import page_of_rows
from prm.web.rendering import SeeOther, render_page, see_other


@member
@require_safe
def notification_list(request: Request) -> HttpResponse:
    page = page_of_rows(request, partial(notifications.notifications_of, request.membership))
    context = {"page": page, "face": face_of(request), "has_unread": any(row.read_at is None for row in page)}
    return render_page(request, "web/notification_list.html", context, {"notifications": "notifications"})


@member
@require_safe
def notification_bell(request: Request) -> HttpResponse:
    """The bell with its present count, for the page that asks again every minute."""
    return render_page(request, "web/_bell.html")


@member
@require_POST
def notification_open(request: Request, public_id: str) -> HttpResponse:
    """Mark one line as read and go to what it is about."""
    found = notifications.notification_of(request.membership, public_id)
    if found is None:
        raise Http404
    notifications.mark_read(membership=request.membership, public_id=public_id, now=request.now)
    return SeeOther(found.url)


@member
@require_POST
def notification_read_all(request: Request) -> HttpResponse:
    notifications.mark_read(membership=request.membership, now=request.now)
    return see_other("notification_list")
