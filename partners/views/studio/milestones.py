"""Milestones of partners, and the button that congratulates."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from partners.models import Milestone
from partners.queries import milestones as queries
from partners.services.milestones import congratulate
from partners.views.studio.partners import permissions_of
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.pages import page_of
from prm.web.rendering import render_page, see_other, toast


@studio("partners.view")
@require_safe
def milestone_list(request: Request) -> HttpResponse:
    """What partners reached, the latest first, and who congratulated them."""
    page = page_of(queries.milestones(), request, per_page=30)
    context = {"page": page.map(queries.milestone_row), **permissions_of(request)}
    return render_page(request, "partners/milestone_list.html", context, {"milestones": "milestones"})


@studio("partners.manage")
@require_POST
def milestone_congratulate(request: Request, public_id: str) -> HttpResponse:
    """One click: a mail in the colleague's name."""
    row = get_object_or_404(Milestone, public_id=public_id)
    try:
        n = congratulate(actor=request.actor, milestone=row, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    else:
        toast(request, ngettext("%d person hears it from you.", "%d people hear it from you.", n) % n)
    return see_other("milestone_list")
