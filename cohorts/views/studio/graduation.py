"""Graduation: who has done what, together at once, and a certificate taken back."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.forms.running import ReasonForm
from cohorts.models import Cohort, Graduation
from cohorts.queries.graduation import candidates
from cohorts.services import graduation as services
from cohorts.views.studio.cohorts import tabs
from cohorts.views.studio.loading import load_cohort
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.problems import Problem, Refused
from prm.web.rendering import render_page, see_other, toast


@studio("cohorts.manage")
def graduation_list(request: Request, public_id: str) -> HttpResponse:
    """The conditions and how far each has come; the ticked ones graduate together."""
    cohort = load_cohort(public_id)
    problems: list[Problem] = []
    if request.method == "POST":
        chosen = [int(pk) for pk in request.POST.getlist("member") if pk.isascii() and pk.isdigit() and len(pk) < 19]
        try:
            made = services.graduate(actor=request.actor, cohort=cohort, membership_ids=chosen, now=request.now)
        except Refused as refusal:
            problems = refusal.problems
        else:
            words = ngettext("%(n)d person has graduated.", "%(n)d people have graduated.", len(made))
            toast(request, words % {"n": len(made)})
            return see_other("graduation_list", public_id)
    context = {
        "cohort": cohort,
        "rows": candidates(cohort),
        "problems": problems,
        "is_time": cohort.state == Cohort.State.GRADUATING,
        **tabs(request, "graduation"),
    }
    return render_page(request, "cohorts/graduation_list.html", context, status=422 if problems else 200)


@studio("cohorts.manage")
def graduation_revoke(request: Request, public_id: str, graduation_id: str) -> HttpResponse:
    rows = Graduation.objects.select_related("cohort__program", "membership__person")
    graduation = get_object_or_404(rows, cohort__public_id=public_id, public_id=graduation_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            services.revoke_graduation(actor=request.actor, graduation=graduation, reason=reason, now=request.now)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Revoked. The certificate's page says so."))
            return see_other("graduation_list", public_id)
    context = {"form": form, "graduation": graduation, "cohort": graduation.cohort, **tabs(request, "graduation")}
    return render_page(request, "cohorts/graduation_revoke.html", context, status=422 if form.errors else 200)
