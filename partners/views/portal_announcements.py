"""The portal: announcements, the page of each, and the button that confirms it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partners.models import Milestone
from partners.queries.announcements import moment_words
from partners.queries.milestones import milestones_of, told_by_others
from partners.queries.my_announcements import announcement_for, announcement_part, my_announcements, remember, who
from partners.queries.people import partner_user_of
from partners.services.announcing import acknowledge, open_announcement
from partners.services.milestones import agree_to_tell
from partners.views.portal import me
from prm.accounts.access import portal
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.due import DueItem
from prm.web.rendering import render_page, see_other, toast

_ON_HOME = 3


@portal
@require_safe
def my_announcement_list(request: Request) -> HttpResponse:
    """Everything that was announced to this person, the newest first; what their company and others reached."""
    user = partner_user_of(request.membership)
    context = {
        "rows": my_announcements(request.membership, request.now),
        "reached": milestones_of(user, request.now) if user else [],
        "others": told_by_others(request.now, user.partner_id if user else None),
    }
    return render_page(request, "partners/my_announcement_list.html", context)


@portal
@require_POST
def my_milestone_tell(request: Request, public_id: str) -> HttpResponse:
    """Agree that other partners read what one's company reached, or take that back."""
    user = me(request)
    row = get_object_or_404(Milestone, public_id=public_id, partner=user.partner_id)
    is_told = request.POST.get("told") == "yes"
    try:
        agree_to_tell(actor=request.actor, member=request.membership, milestone=row, is_told=is_told, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    else:
        toast(request, _("Others may read it now.") if is_told else _("It stays among us."))
    return see_other("my_announcement_list")


@portal
@require_safe
def my_announcement_detail(request: Request, public_id: str) -> HttpResponse:
    """One announcement as it reads now. Opening it is told to who wrote it, but for colleagues who see as somebody."""
    row = _load(request, public_id)
    if not request.see_as:
        open_announcement(membership=request.membership, announcement=row, now=request.now)
    context = {
        "row": row,
        "sent": moment_words(row.sent_at),
        "changed": moment_words(row.changed_at) if row.changed_at else "",
        "confirmed": moment_words(row.acknowledged_at) if row.acknowledged_at else "",
    }
    return render_page(request, "partners/my_announcement_detail.html", context)


@portal
@require_POST
def my_announcement_confirm(request: Request, public_id: str) -> HttpResponse:
    """The person has read it and says so."""
    row = _load(request, public_id)
    try:
        acknowledge(membership=request.membership, announcement=row, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    else:
        toast(request, _("Thank you. They know that you have read it."))
    return see_other("my_announcement_detail", public_id)


def _load(request: Request, public_id: str) -> Any:
    row = announcement_for(request.membership, public_id, request.now)
    if row is None:
        raise Http404
    return row


def announcement_values(request: Request) -> tuple[Any, ...]:
    """What the card `announcements_card` stands on."""
    return who(request.membership, request.now)


def announcement_parts(*values: Any) -> dict[str, Any]:
    """What it asks."""
    return {"found": announcement_part(*values)}


def announcements_card(request: Request, found: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The newest that are not read, or not confirmed; nothing where there is none."""
    rows = [row for row in remember(request.membership, found, request.now) if row.is_new]
    return {"rows": rows[:_ON_HOME], "more": len(rows) > _ON_HOME} if rows else None


def announcements_due(request: HttpRequest) -> list[DueItem]:
    """A line for each that is to be confirmed."""
    member, now = request.membership, request.now  # type: ignore[attr-defined]
    if member.is_staff:
        return []
    asked = [row for row in my_announcements(member, now) if row.asks]
    return [DueItem(_("Read and confirm: %s") % row.subject, row.url, "megaphone", hint=row.writer) for row in asked]
