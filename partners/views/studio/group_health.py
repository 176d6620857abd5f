"""How groups are doing: their warnings, a review that decides, partners told."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from partners.forms.groups import ReviewForm
from partners.models import GroupReview
from partners.queries import group_health as queries
from partners.queries.groups import partner_counts
from partners.services import group_health as services
from partners.views.studio.groups import load
from partners.views.studio.partners import permissions_of
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


@studio("partners.view")
@require_safe
def group_health(request: Request) -> HttpResponse:
    """Every group with what is wrong with it, and the button that mends it."""
    health = queries.health_of(queries.groups_for_health(), request.now)
    context = {
        "troubled": [group for group in health if group.warnings],
        "sound": [group for group in health if not group.warnings],
        **permissions_of(request),
    }
    return render_page(request, "partners/group_health.html", context)


@studio("partners.manage")
def group_review(request: Request, public_id: str) -> HttpResponse:
    """Look at what became of a group, and decide: keep, change, close."""
    group = load(public_id)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.review_group(actor=request.actor, group=group, now=request.now, **form.cleaned_data)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("The decision is recorded."))
            decision = form.cleaned_data["decision"]
            if decision == GroupReview.Decision.CLOSE:
                return see_other("group_list")
            return see_other("group_edit" if decision == GroupReview.Decision.CHANGE else "group_detail", public_id)
    context = {
        "group": group,
        "form": form,
        "since": queries.changes_since_review(group),
        "goal": queries.goal_of(group),
        "health": queries.health_of([group], request.now)[0],
        "reviews": queries.reviews_of(group),
    }
    return render_page(request, "partners/group_review.html", context, status=422 if form.errors else 200)


@studio("partners.manage")
def group_tell(request: Request, public_id: str) -> HttpResponse:
    """Write to the leads of a group's partners that they are in it: the mail is shown before it is sent."""
    group = load(public_id)
    if request.method == "POST":
        try:
            told = services.tell_partners(actor=request.actor, group=group, now=request.now)
        except Refused as refusal:
            toast(request, str(refusal))
        else:
            toast(request, ngettext("%d mail is on its way.", "%d mails are on their way.", told) % told)
        return see_other("group_detail", public_id)
    context = {"group": group, "count": partner_counts([group]).get(group.pk, 0), "leads": queries.leads_of(group)}
    return render_page(request, "partners/group_tell.html", context)
