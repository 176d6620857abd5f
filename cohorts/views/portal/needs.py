"""What the group needs, as participants see it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cohorts.forms.taking_part import NeedForm
from cohorts.models import Cohort, Need
from cohorts.parts import Part
from cohorts.queries import needs as queries
from cohorts.services import needs as services
from cohorts.views.portal.loading import load_as_participant
from prm.accounts.access import portal
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


def _load(request: Request, public_id: str) -> Cohort:
    cohort = load_as_participant(request, public_id)
    if not cohort.uses(Part.NEEDS):
        raise Http404
    return cohort


@portal
def need_list(request: Request, public_id: str) -> HttpResponse:
    """The board, and one need more."""
    cohort = _load(request, public_id)
    form = NeedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said: dict[str, Any] = {"membership": request.membership, "text": form.cleaned_data["text"], "now": request.now}
        try:
            services.put_need(cohort=cohort, **said)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            return see_other("need_list", public_id)
    return _page(request, cohort, form)


def _page(request: Request, cohort: Cohort, form: forms.BaseForm) -> HttpResponse:
    context = {"cohort": cohort, "rows": queries.needs(cohort, request.membership), "form": form}
    return render_page(request, "cohorts/need_list.html", context, status=422 if form.errors else 200)


@portal
@require_POST
def need_vote(request: Request, public_id: str, need_id: str) -> HttpResponse:
    """ "I need that, too", or no longer; or one's own off the board."""
    need = get_object_or_404(Need, cohort=_load(request, public_id), public_id=need_id)
    said: dict[str, Any] = {"need": need, "membership": request.membership, "now": request.now}
    try:
        if request.POST.get("wants") == "gone":
            services.withdraw_need(**said)
            toast(request, _("Off the board."), level=messages.INFO)
        else:
            services.vote(wants=request.POST.get("wants") == "yes", **said)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    return see_other("need_list", public_id)
