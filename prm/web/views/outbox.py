"""Messages as staff see them: what was sent, what waits, what failed, and how mail leaves this installation."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from prm.accounts.access import studio
from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.outbox import queries, services
from prm.outbox.histories import history_of
from prm.outbox.models import Message
from prm.outbox.models.message import MACHINE
from prm.outbox.rendering.letters import sender_line
from prm.problems import Refused
from prm.web.pages import page_of
from prm.web.rendering import render_page, see_other, toast


@studio("messages.view")
@require_safe
def message_list(request: Request) -> HttpResponse:
    asked = {name: request.GET.get(name, "").strip() for name in ("state", "kind", "q")}
    found = queries.messages_for_staff(asked["state"], asked["kind"], asked["q"])
    context = {
        "page": page_of(found, request).map(queries.message_row),
        "states": Message.State.choices,
        "kinds": queries.kinds_by_label(),
        "asked": asked,
        "is_filtered": any(asked.values()),
        "trouble": queries.mail_trouble() if settings.MAIL_CONNECTED else "",
        "is_waiting": not settings.MAIL_CONNECTED and not settings.DEV_PAGES,
    }
    return render_page(request, "web/message_list.html", context, {"messages": "messages"})


@studio("messages.view")
@require_safe
def message_detail(request: Request, public_id: str) -> HttpResponse:
    return _detail(request, _message(public_id))


@studio("messages.manage")
@require_POST
def message_retry(request: Request, public_id: str) -> HttpResponse:
    message = _message(public_id)
    try:
        services.retry_message(actor=request.actor, message=message, now=request.now)
    except Refused as refusal:
        return _detail(request, message, refusal)
    toast(request, _("It is on its way again."))
    return see_other("message_detail", public_id)


@studio("messages.manage")
@require_POST
def message_cancel(request: Request, public_id: str) -> HttpResponse:
    message = _message(public_id)
    try:
        services.cancel_message(actor=request.actor, message=message, now=request.now)
    except Refused as refusal:
        return _detail(request, message, refusal)
    toast(request, _("It will not be sent."))
    return see_other("message_detail", public_id)


def _detail(request: Request, message: Message, refusal: Refused | None = None) -> HttpResponse:
    may_act = may(request.membership, "messages.manage")
    context = {
        "message": message,
        "problems": refusal.problems if refusal else [],
        "recipient": queries.recipient_label(message),
        "kind": queries.kind_label(message),
        "preview": queries.preview_of(message),
        "history": history_of(message),
        "may_retry": may_act and MACHINE.can(message, "retry"),
        "may_cancel": may_act and MACHINE.can(message, "cancel"),
    }
    return render_page(request, "web/message_detail.html", context, status=422 if refusal else 200)


def _message(public_id: str) -> Message:
    try:
        return queries.message_for_staff(public_id)
    except Message.DoesNotExist:
        raise Http404 from None


@studio("organization.manage")
@require_safe
def mail_status(request: Request) -> HttpResponse:
    """Whether mail leaves this installation, who it comes from, and how an operator connects a mail server."""
    organization = request.organization
    context = {
        "is_connected": settings.MAIL_CONNECTED,
        "stays_here": not settings.MAIL_CONNECTED and settings.DEV_PAGES,
        "trouble": queries.mail_trouble(),
        "sender": sender_line(organization.sender_label(organization.sender_name or str(request.membership.person))),
        "reply_to": organization.reply_to,
    }
    return render_page(request, "web/mail_status.html", context)


@studio("organization.manage")
@require_POST
def mail_test(request: Request) -> HttpResponse:
    services.post_test_mail(membership=request.membership, now=request.now)
    toast(request, _("A mail to %(address)s is on its way.") % {"address": request.user.email})
    return see_other("mail_status")
